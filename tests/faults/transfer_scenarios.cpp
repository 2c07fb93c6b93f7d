// Copies between places that may be bad, and tests of pointers. Where a sandbox forbids one way another is gone; where
// it forbids all of them nothing is copied, and what cannot be tested counts as bad.
#include "fail.h"
#include "scenario.h"

#include <cerrno>
#include <cstring>
#include <sys/syscall.h>

namespace faults {
namespace {

constexpr std::uint32_t kPartial[] = {ERROR_PARTIAL_COPY, ERROR_NOACCESS};
// IsBad...Ptr sets no error; a scenario that takes its TRUE for a failure sets this one.
constexpr std::uint32_t kCalledBad[] = {ERROR_INVALID_ADDRESS};

bool is_good(BOOL bad) {
  if (bad != FALSE) {
    SetLastError(ERROR_INVALID_ADDRESS);
  }
  return bad == FALSE;
}

SCENARIO(read_of_own_memory, kPartial) {
  char* region = filled(64);
  static char buffer[4 * kPage];
  trial.call([=] {
    return ReadProcessMemory(GetCurrentProcess(), region, buffer, sizeof buffer, nullptr) != 0 &&
           std::memcmp(region, buffer, sizeof buffer) == 0;
  });
}

// Foreign memory as the source, of which each page is tried first.
SCENARIO(read_of_memory_of_somebody_else, kPartial) {
  char* region = filled(64);
  static char source[200 * kPage];
  static char buffer[sizeof source];
  static_cast<void>(region);
  trial.call([=] { return ReadProcessMemory(GetCurrentProcess(), source, buffer, sizeof source, nullptr) != 0; });
}

SCENARIO(read_of_memory_of_somebody_else_in_a_sandbox, kPartial) {
  static char source[3 * kPage];
  static char buffer[sizeof source];
  std::memset(source, 7, sizeof source);
  trial.lack(SYS_process_vm_writev, EPERM);
  trial.lack(SYS_process_vm_readv, EPERM);
  trial.call([=] {
    return ReadProcessMemory(GetCurrentProcess(), source, buffer, sizeof source, nullptr) != 0 &&
           buffer[sizeof buffer - 1] == 7;
  });
}

SCENARIO(read_onto_itself, kPartial) {
  char* region = filled(64);
  trial.call([=] { return ReadProcessMemory(GetCurrentProcess(), region, region, 3 * kPage, nullptr) != 0; });
}

SCENARIO(write_into_code, kPartial) {
  char* region = filled(64);
  protect(region + 4 * kPage, 4, PAGE_EXECUTE_READ);
  static char same[2 * kPage];
  std::memcpy(same, region + 5 * kPage, sizeof same);
  trial.call(
      [=] { return WriteProcessMemory(GetCurrentProcess(), region + 5 * kPage, same, sizeof same, nullptr) != 0; });
}

SCENARIO(test_of_memory_of_somebody_else, kCalledBad) {
  static char memory[3 * kPage];
  trial.call([] { return is_good(IsBadReadPtr(memory, sizeof memory)) && is_good(IsBadWritePtr(memory, 2)); });
}

SCENARIO(test_of_memory_of_somebody_else_in_a_sandbox, kCalledBad) {
  static char memory[3 * kPage];
  trial.lack(SYS_process_vm_writev, EPERM);
  trial.lack(SYS_process_vm_readv, EPERM);
  trial.call([] { return is_good(IsBadReadPtr(memory, sizeof memory)) && is_good(IsBadWritePtr(memory, 2)); });
}

// ---- memory that is given back --------------------------------------------------------------------------------------

// The contents may go, so the pages are of one that reads zero.
SCENARIO(offer_and_reclaim, kNever) {
  char* region = commit(reserve(64), 64);
  trial.call([=] {
    return OfferVirtualMemory(region, 8 * kPage, VmOfferPriorityLow) == ERROR_SUCCESS &&
           ReclaimVirtualMemory(region, 8 * kPage) != ERROR_INVALID_ADDRESS;
  });
}

SCENARIO(discard_of_pages, kNever) {
  char* region = commit(reserve(64), 64);
  trial.call([=] { return DiscardVirtualMemory(region, 8 * kPage) == ERROR_SUCCESS; });
}

SCENARIO(prefetch_of_pages, kNever) {
  char* region = filled(64);
  trial.call([=] {
    WIN32_MEMORY_RANGE_ENTRY range{region, 8 * kPage};
    return PrefetchVirtualMemory(GetCurrentProcess(), 1, &range, 0) != 0;
  });
}

} // namespace
} // namespace faults
