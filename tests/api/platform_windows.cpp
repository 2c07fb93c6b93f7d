// apitest::platform on Windows. Each probe is a tiny function whose first instruction makes the access; a vectored
// handler, installed for the time of the probe, turns an access violation there into a return. A guard page counts as
// inaccessible, and is armed again.
//
// ReadProcessMemory would be shorter, but Wine lets it read pages that are PAGE_NOACCESS and write read-only ones.
#include "platform.h"

#include "windows_api.h"

#include <cstring>

extern "C" {
// Each answers 1; the handler answers 0 in its place.
int apitest_probe_read(const void* byte);
int apitest_probe_write(void* byte, char value);
}

__asm__(".text\n"
        ".globl apitest_probe_read\n"
        "apitest_probe_read:\n"
        "  movb (%rcx), %al\n"
        "  movl $1, %eax\n"
        "  ret\n"
        ".globl apitest_probe_write\n"
        "apitest_probe_write:\n"
        "  movb %dl, (%rcx)\n"
        "  movl $1, %eax\n"
        "  ret\n");

namespace apitest::platform {

namespace {

thread_local const void* tried_code = nullptr;
thread_local bool faulted = false;

constexpr DWORD kAccessViolation = 0xC0000005;
constexpr DWORD kGuardPage = 0x80000001;

void arm_again(ULONG_PTR address) {
  MEMORY_BASIC_INFORMATION info;
  DWORD old = 0;
  if (VirtualQuery(at(address), &info, sizeof info) != 0) {
    VirtualProtect(at(address), 1, info.Protect | PAGE_GUARD, &old);
  }
}

LONG CALLBACK return_from_probe(EXCEPTION_POINTERS* pointers) {
  CONTEXT* context = pointers->ContextRecord;
  const EXCEPTION_RECORD* record = pointers->ExceptionRecord;
  auto instruction = static_cast<std::uintptr_t>(context->Rip);
  bool ours = instruction == number(reinterpret_cast<const void*>(apitest_probe_read)) ||
              instruction == number(reinterpret_cast<const void*>(apitest_probe_write)) ||
              (tried_code != nullptr && instruction == number(tried_code));
  if ((record->ExceptionCode != kAccessViolation && record->ExceptionCode != kGuardPage) || !ours) {
    return EXCEPTION_CONTINUE_SEARCH;
  }
  if (record->ExceptionCode == kGuardPage) {
    arm_again(record->ExceptionInformation[1]);
  }
  faulted = true;
  context->Rip = *reinterpret_cast<DWORD64*>(context->Rsp); // What `ret` does.
  context->Rsp += 8;
  context->Rax = 0;
  return EXCEPTION_CONTINUE_EXECUTION;
}

// The handler for the time of one probe; the last error stays as it is.
class Handler {
public:
  Handler() : error_(GetLastError()), handle_(AddVectoredExceptionHandler(1, return_from_probe)) { faulted = false; }
  ~Handler() {
    RemoveVectoredExceptionHandler(handle_);
    SetLastError(error_);
  }

private:
  DWORD error_;
  PVOID handle_;
};

} // namespace

bool can_read(const void* byte) {
  Handler handler;
  return apitest_probe_read(byte) == 1;
}

bool can_write(void* byte) {
  Handler handler;
  if (apitest_probe_read(byte) != 1) {
    return false;
  }
  return apitest_probe_write(byte, *static_cast<volatile char*>(byte)) == 1;
}

bool can_execute(const void* code) {
  Handler handler;
  tried_code = code;
  call_function(code);
  tried_code = nullptr;
  return !faulted;
}

std::size_t write_function(void* place, int value) {
  unsigned char code[] = {0xF3, 0x0F, 0x1E, 0xFA, 0xB8, 0, 0, 0, 0, 0xC3}; // endbr64; mov eax, value; ret
  std::memcpy(code + 5, &value, sizeof value);
  std::memcpy(place, code, sizeof code);
  return sizeof code;
}

int call_function(const void* place) { return reinterpret_cast<int (*)()>(const_cast<void*>(place))(); }

bool guard_markers_missing() { return false; }

bool can_undo_resets() { return false; }

std::size_t resident_bytes() { return 0; }

std::size_t arena_bytes() { return std::size_t{1} << 47; }

bool must_be_small() { return true; }

} // namespace apitest::platform
