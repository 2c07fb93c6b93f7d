// NtWaitForSingleObject: a time-out behind the caller's pointer.
#include "synchronization.h"
#include "user_memory.h"

#include <winternl.h>

using namespace winmem;

namespace {

constexpr std::int64_t kUnit = 100;                               // nanoseconds; the unit of a time-out
constexpr std::int64_t kUnitsUntil1970 = 116'444'736'000'000'000; // from 1601, where Windows' time begins

// Below 0: from now on; else the time when the wait ends.
sync::Patience patience_of_units(std::int64_t units) {
  constexpr auto kMost = static_cast<std::int64_t>(host::kNever / 2 / kUnit);
  if (units <= 0) {
    return units <= -kMost ? host::kNever : static_cast<sync::Patience>(-units * kUnit);
  }
  std::int64_t since_1970 = units - kUnitsUntil1970;
  if (since_1970 >= kMost) {
    return host::kNever;
  }
  return since_1970 <= 0 ? 0 : host::nanoseconds_until(since_1970 * kUnit);
}

} // namespace

NTSTATUS NTAPI NtWaitForSingleObject(HANDLE Handle, BOOLEAN, PLARGE_INTEGER Timeout) {
  sync::Patience patience = host::kNever;
  if (Timeout != nullptr) {
    LARGE_INTEGER units{};
    if (!nt::read_from_user(units, Timeout)) {
      return static_cast<NTSTATUS>(Status::access_violation);
    }
    patience = patience_of_units(units.QuadPart);
  }
  return static_cast<NTSTATUS>(nt::wait_for_one(Handle, patience));
}
