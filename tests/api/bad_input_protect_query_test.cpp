// The matrix of bad input for VirtualProtect, VirtualQuery, their Ex forms and the native ones.
// Rules: N2 V40 to V44, V50 to V52, V110 V113 V114, C29
#include "bad_input.h"

#include "memory_map.h"
#include "platform.h"

#include <cstring>
#include <sstream>

namespace apitest {
namespace {

constexpr DWORD kOldUntouched = 0x12345678;

std::vector<DWORD> all_protections() {
  std::vector<DWORD> protections = {0x0,   0x03,  0x06,  0x0C,  0x30,  0x60,      0xFF,
                                    0x604, 0x304, 0x101, 0x201, 0x401, 0x40000020};
  for (int bit = 0; bit < 32; ++bit) {
    protections.push_back(DWORD{1} << bit);
    protections.push_back((DWORD{1} << bit) | 0x04);
    protections.push_back((DWORD{1} << bit) | 0x20);
  }
  return protections;
}

Outcome make(const ProtectCall& call, const void* success) {
  PVOID base = at(call.address);
  SIZE_T size = call.size;
  SetLastError(kNobodysError);
  BOOL result = FALSE;
  switch (call.form) {
  case Form::plain:
    result = VirtualProtect(base, size, call.protect, call.old);
    break;
  case Form::process:
    result = VirtualProtectEx(call.process, base, size, call.protect, call.old);
    break;
  case Form::native: {
    NTSTATUS answer = nt::protect(call.process, &base, &size, call.protect, call.old);
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
  return {result ? success : nullptr, GetLastError()};
}

void run_protect_matrix(Form form, HANDLE process) {
  Region unwritable = committed(2, PAGE_READONLY);
  Region reserved = reserve(1);
  Grounds grounds; // after the others, which must not lie in its free granules
  DWORD old = kOldUntouched;
  struct Old {
    const char* name;
    DWORD* pointer;
    bool writable;
  };
  const Old olds[] = {
      {"good", &old, true},
      {"null", nullptr, false},
      {"read-only", reinterpret_cast<DWORD*>(unwritable.base()), false},
      {"reserved", reinterpret_cast<DWORD*>(reserved.base()), false},
      {"kernel half", reinterpret_cast<DWORD*>(at(0xFFFF800000001000)), false},
  };
  int failures = 0;
  std::size_t turn = 0;
  for (const Grounds::Named& address : grounds.addresses()) {
    for (const Grounds::Named& size : grounds.sizes(address.value)) {
      for (const Old& old_kind : olds) {
        for (DWORD protect : all_protections()) {
          if (turn++ % matrix_stride() != 0) {
            continue;
          }
          old = kOldUntouched;
          const ProtectCall call = {form,    process,          address.value,    size.value,
                                    protect, old_kind.pointer, old_kind.writable};
          const Verdict verdict = judge(grounds, call);
          const Outcome outcome = make(call, grounds.page(0));
          std::string wrong = problem(grounds, verdict, outcome);
          // V44 speaks of VirtualProtect; the native call may set it to 0 (C12).
          if (outcome.result == nullptr && old != kOldUntouched && form != Form::native) {
            wrong += "\n  failed, but changed the old protection to " + std::to_string(old);
          }
          if (!wrong.empty()) {
            ADD_FAILURE() << name_of(form) << " protect: address " << address.name << ", size " << size.name
                          << ", protection " << std::hex << protect << ", old pointer " << old_kind.name << ", process "
                          << number(process) << wrong;
            ASSERT_LT(++failures, 20) << "and so on";
          }
        }
      }
    }
  }
}

TEST(BadInput, N2_every_wrong_VirtualProtect_fails_as_a_whole) { run_protect_matrix(Form::plain, GetCurrentProcess()); }

TEST(BadInput, N2_every_wrong_VirtualProtectEx_fails_as_a_whole) {
  run_protect_matrix(Form::process, GetCurrentProcess());
  run_protect_matrix(Form::process, nullptr);
  run_protect_matrix(Form::process, at(0xDEADBEE0));
}

TEST(BadInput, N2_V110_every_wrong_NtProtectVirtualMemory_fails_as_a_whole) {
  run_protect_matrix(Form::native, GetCurrentProcess());
  run_protect_matrix(Form::native, nullptr);
}

// One query, by any form: how many bytes it says it wrote, and its error.
struct QueryOutcome {
  SIZE_T length = 0;
  DWORD error = 0;
};

QueryOutcome query(Form form, HANDLE process, std::uintptr_t address, MEMORY_BASIC_INFORMATION* buffer, SIZE_T length) {
  SetLastError(kNobodysError);
  SIZE_T returned = 0;
  switch (form) {
  case Form::plain:
    returned = VirtualQuery(at(address), buffer, length);
    return {returned, GetLastError()};
  case Form::process:
    returned = VirtualQueryEx(process, at(address), buffer, length);
    return {returned, GetLastError()};
  default: {
    NTSTATUS answer = nt::query(process, at(address), 0, buffer, length, &returned);
    if (answer < 0) {
      return {0, status(answer) == 0xC0000004 ? 24 : error_of(answer)};
    }
    return {returned, kNobodysError};
  }
  }
}

// The errors that apply, in no order; none if the query must succeed.
std::vector<DWORD> judge_query(Form form, HANDLE process, std::uintptr_t address, SIZE_T length, bool writable) {
  std::vector<DWORD> errors;
  if (length < 48) { // V51
    errors.push_back(24);
  }
  if (!writable) {
    errors.push_back(998);
  }
  if (address > kHighestUser) { // V52
    errors.push_back(87);
  }
  if (form != Form::plain && process != GetCurrentProcess()) {
    errors.push_back(6);
  }
  return errors;
}

TEST(BadInput, V51_V52_every_wrong_query_fails_and_leaves_its_buffer_alone) {
  Region buffers = committed(4);
  Region read_only = committed(1, PAGE_READONLY);
  Region reserved = reserve(1);
  Grounds grounds; // after the others, which must not lie in its free granules
  struct Buffer {
    const char* name;
    char* place;
    bool writable;
  };
  std::vector<Buffer> kinds = {{"good", buffers.base(), true}, {"misaligned", buffers.base() + 13, true}};
  if (kIsWinmem) { // Wine stops for ever at an unwritable buffer.
    DWORD old = 0;
    ASSERT_OK(VirtualProtect(buffers.page(3), kPage, PAGE_NOACCESS, &old));
    kinds.insert(kinds.end(), {{"null", nullptr, false},
                               {"read-only", read_only.base(), false},
                               {"reserved", reserved.base(), false},
                               {"running into a page without access", buffers.page(3) - 40, false},
                               {"kernel half", at(0xFFFF800000001000), false},
                               {"last bytes", at(~std::uintptr_t{0} - 15), false}});
  }
  const Form forms[] = {Form::plain, Form::process, Form::native};
  const HANDLE processes[] = {GetCurrentProcess(), nullptr, at(0xDEADBEE0)};
  int failures = 0;
  for (Form form : forms) {
    for (HANDLE process : processes) {
      for (const Grounds::Named& address : grounds.addresses()) {
        for (const Buffer& buffer : kinds) {
          for (SIZE_T length : {0, 1, 24, 40, 47, 48, 49, 64}) {
            if (buffer.writable) {
              std::memset(buffer.place, 0xCC, 128);
            }
            auto* info = reinterpret_cast<MEMORY_BASIC_INFORMATION*>(buffer.place);
            const QueryOutcome seen = query(form, process, address.value, info, length);
            const std::vector<DWORD> errors = judge_query(form, process, address.value, length, buffer.writable);
            bool right = errors.empty() ? seen.length == 48 && seen.error == kNobodysError
                                        : seen.length == 0 && Verdict::failure(errors).allows(seen.error);
            std::size_t untouched_from = errors.empty() ? 48 : 0;
            for (std::size_t i = untouched_from; buffer.writable && i < 128; ++i) {
              right = right && static_cast<unsigned char>(buffer.place[i]) == 0xCC;
            }
            if (!right) {
              ADD_FAILURE() << name_of(form) << " query: address " << address.name << ", buffer " << buffer.name
                            << ", length " << length << ", process " << number(process) << "\n  gave " << seen.length
                            << ", error " << seen.error;
              ASSERT_LT(++failures, 20) << "and so on";
            }
          }
        }
      }
    }
  }
  EXPECT_EQ(grounds.difference(), "");
}

} // namespace
} // namespace apitest
