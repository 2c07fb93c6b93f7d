// The matrix of bad input for VirtualFree, VirtualFreeEx and NtFreeVirtualMemory.
// Rules: N2 V30 to V36, V39, V110 V112, C29
#include "bad_input.h"

#include <sstream>

namespace apitest {
namespace {

std::vector<DWORD> all_types() {
  std::vector<DWORD> types = {0x0, 0xC000, 0x3000, 0x8003, 0x4003, 0x18000, 0x14000, 0xFFFFFFFF};
  for (int bit = 0; bit < 32; ++bit) {
    types.push_back(DWORD{1} << bit);
    types.push_back((DWORD{1} << bit) | 0x4000);
    types.push_back((DWORD{1} << bit) | 0x8000);
  }
  return types;
}

Outcome make(const FreeCall& call, const void* success) {
  PVOID base = at(call.address);
  SIZE_T size = call.size;
  SetLastError(kNobodysError);
  BOOL result = FALSE;
  switch (call.form) {
  case Form::plain:
    result = VirtualFree(base, size, call.type);
    break;
  case Form::process:
    result = VirtualFreeEx(call.process, base, size, call.type);
    break;
  case Form::native: {
    NTSTATUS answer = nt::free(call.process, &base, &size, call.type);
    if (answer < 0) {
      EXPECT_EQ(base, at(call.address)); // V110
      EXPECT_EQ(size, call.size);
      return {nullptr, error_of(answer)};
    }
    return {success, 0};
  }
  case Form::extended:
    break;
  }
  const DWORD error = GetLastError();
  return {result ? success : nullptr, error};
}

void run_matrix(Form form, HANDLE process) {
  Grounds grounds;
  int failures = 0;
  std::size_t turn = 0;
  for (const Grounds::Named& address : grounds.addresses()) {
    for (const Grounds::Named& size : grounds.sizes(address.value)) {
      for (DWORD type : all_types()) {
        if (turn++ % matrix_stride() != 0) {
          continue;
        }
        const FreeCall call = {form, process, address.value, size.value, type};
        const Verdict verdict = judge(grounds, call);
        const std::string wrong = problem(grounds, verdict, make(call, grounds.page(0)));
        if (!wrong.empty()) {
          ADD_FAILURE() << name_of(form) << " free: address " << address.name << ", size " << size.name << ", type "
                        << std::hex << type << ", process " << number(process) << wrong;
          ASSERT_LT(++failures, 20) << "and so on";
        }
      }
    }
  }
}

TEST(BadInput, N2_every_wrong_VirtualFree_fails_as_a_whole) { run_matrix(Form::plain, GetCurrentProcess()); }

TEST(BadInput, N2_every_wrong_VirtualFreeEx_fails_as_a_whole) {
  run_matrix(Form::process, GetCurrentProcess());
  run_matrix(Form::process, nullptr);
  run_matrix(Form::process, at(0xDEADBEE0));
}

TEST(BadInput, N2_V110_every_wrong_NtFreeVirtualMemory_fails_as_a_whole) {
  run_matrix(Form::native, GetCurrentProcess());
  run_matrix(Form::native, nullptr);
}

} // namespace
} // namespace apitest
