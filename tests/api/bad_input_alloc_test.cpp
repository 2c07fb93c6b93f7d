// The matrix of bad input for VirtualAlloc, VirtualAllocEx, VirtualAlloc2 and NtAllocateVirtualMemory.
// Rules: N2 V1 to V11, V13 V17 V18 V23, C29
#include "bad_input.h"

#include <sstream>

namespace apitest {
namespace {

// Every bit alone and every bit beside what is usual, then the combinations that mean something.
std::vector<DWORD> all_types() {
  std::vector<DWORD> types = {0x0,        0x3000,     0x102000,   0x101000,  0x103000,  0x81000,    0x82000,
                              0x83000,    0x180000,   0x280000,   0x1080000, 0x1001000, 0x201000,   0x202000,
                              0x203000,   0x402000,   0x403000,   0x602000,  0x502000,  0x20001000, 0x20002000,
                              0x20003000, 0x20403000, 0x20203000, 0x300000,  0xFFFFFFFF};
  for (int bit = 0; bit < 32; ++bit) {
    types.push_back(DWORD{1} << bit);
    types.push_back((DWORD{1} << bit) | 0x3000);
  }
  return types;
}

// Every single bit, every two of the base protections, every modifier beside every base, every two modifiers.
std::vector<DWORD> all_protections() {
  constexpr DWORD kBases[] = {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80};
  constexpr DWORD kModifiers[] = {0x100, 0x200, 0x400, 0x40000000};
  std::vector<DWORD> protections = {0x0, 0xFF, 0x06, 0x07, 0xFFFFFFFF, 0x704, 0x7FF};
  for (int bit = 0; bit < 32; ++bit) {
    protections.push_back(DWORD{1} << bit);
    if (bit > 7) {
      protections.push_back((DWORD{1} << bit) | 0x04);
    }
  }
  for (DWORD base : kBases) {
    for (DWORD modifier : kModifiers) {
      protections.push_back(base | modifier);
    }
    protections.push_back(base | (base << 1));
  }
  for (DWORD one : kModifiers) {
    for (DWORD other : kModifiers) {
      protections.push_back(0x20 | one | other);
    }
  }
  return protections;
}

Outcome make(const AllocCall& call) {
  PVOID base = at(call.address);
  SIZE_T size = call.size;
  SetLastError(kNobodysError);
  const void* result = nullptr;
  switch (call.form) {
  case Form::plain:
    result = VirtualAlloc(base, size, call.type, call.protect);
    break;
  case Form::process:
    result = VirtualAllocEx(call.process, base, size, call.type, call.protect);
    break;
  case Form::extended:
    result = app::alloc2(call.process, base, size, call.type, call.protect, nullptr, 0);
    break;
  case Form::native: {
    NTSTATUS answer = nt::allocate(call.process, &base, 0, &size, call.type, call.protect);
    if (answer < 0) {
      EXPECT_EQ(base, at(call.address)); // V110
      EXPECT_EQ(size, call.size);
      return {nullptr, error_of(answer)};
    }
    return {base, 0};
  }
  }
  const DWORD error = GetLastError();
  if (result != nullptr) {
    EXPECT_EQ(error, kNobodysError); // N1
  }
  return {result, error};
}

std::string describe(const AllocCall& call, const char* address_name, const char* size_name) {
  std::ostringstream text;
  text << name_of(call.form) << ": address " << address_name << std::hex << " (" << call.address << "), size "
       << size_name << " (" << call.size << "), type " << call.type << ", protection " << call.protect << ", process "
       << number(call.process);
  return text.str();
}

// All types x protections x addresses x sizes for one form of the call and one process handle.
void run_matrix(Form form, HANDLE process, std::size_t stride) {
  Grounds grounds;
  const std::vector<DWORD> types = all_types();
  const std::vector<DWORD> protections = all_protections();
  std::size_t turn = 0;
  int failures = 0;
  for (const Grounds::Named& address : grounds.addresses()) {
    for (const Grounds::Named& size : grounds.sizes(address.value)) {
      for (DWORD type : types) {
        for (DWORD protect : protections) {
          if (turn++ % stride != 0) {
            continue;
          }
          const AllocCall call = {form, process, address.value, size.value, type, protect};
          const Verdict verdict = judge(grounds, call);
          const std::string wrong = problem(grounds, verdict, make(call));
          if (!wrong.empty()) {
            ADD_FAILURE() << describe(call, address.name, size.name) << wrong;
            ASSERT_LT(++failures, 20) << "and so on";
          }
        }
      }
    }
  }
}

// A prime, so that the calls left out differ from turn to turn of every list.
constexpr std::size_t kFew = 29;

TEST(BadInput, N2_every_wrong_VirtualAlloc_fails_as_a_whole) {
  run_matrix(Form::plain, GetCurrentProcess(), matrix_stride());
}

TEST(BadInput, N2_every_wrong_VirtualAllocEx_fails_as_a_whole) {
  run_matrix(Form::process, GetCurrentProcess(), kFew * matrix_stride());
  run_matrix(Form::process, nullptr, kFew * matrix_stride());
  run_matrix(Form::process, at(0xDEADBEE0), kFew * matrix_stride());
}

TEST(BadInput, N2_every_wrong_VirtualAlloc2_fails_as_a_whole) {
  run_matrix(Form::extended, GetCurrentProcess(), kFew * matrix_stride());
  run_matrix(Form::extended, nullptr, kFew * matrix_stride());
  run_matrix(Form::extended, at(0xDEADBEE0), kFew * matrix_stride());
}

TEST(BadInput, N2_V110_every_wrong_NtAllocateVirtualMemory_fails_as_a_whole) {
  run_matrix(Form::native, GetCurrentProcess(), kFew * matrix_stride());
  run_matrix(Form::native, nullptr, kFew * matrix_stride());
}

} // namespace
} // namespace apitest
