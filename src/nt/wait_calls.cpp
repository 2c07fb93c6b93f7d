// NtWaitForSingleObject and NtDelayExecution, with a time-out behind the caller's pointer; clocks.
#include "../host/thread.h"
#include "synchronization.h"
#include "user_memory.h"

#include <winternl.h>

#include <ntstatus.h>

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

NTSTATUS NTAPI NtDelayExecution(BOOLEAN, PLARGE_INTEGER DelayInterval) {
  LARGE_INTEGER units{};
  if (!nt::read_from_user(units, DelayInterval)) {
    return STATUS_ACCESS_VIOLATION;
  }
  sync::Patience patience = patience_of_units(units.QuadPart);
  if (patience == 0) {
    host::yield();
  } else {
    host::sleep_until(patience == host::kNever ? patience : host::monotonic() + patience);
  }
  return STATUS_SUCCESS;
}

NTSTATUS NTAPI NtYieldExecution() { return host::yield_to_another() ? STATUS_SUCCESS : STATUS_NO_YIELD_PERFORMED; }

NTSTATUS NTAPI NtQueryPerformanceCounter(PLARGE_INTEGER PerformanceCounter, PLARGE_INTEGER PerformanceFrequency) {
  constexpr LONGLONG kInASecond = 1'000'000'000 / kUnit; // as on Windows 10
  LARGE_INTEGER count{};
  count.QuadPart = static_cast<LONGLONG>(host::monotonic()) / kUnit;
  LARGE_INTEGER frequency{};
  frequency.QuadPart = kInASecond;
  bool written = nt::write_to_user(PerformanceCounter, count) &&
                 (PerformanceFrequency == nullptr || nt::write_to_user(PerformanceFrequency, frequency));
  return written ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
}

NTSTATUS NTAPI NtQuerySystemTime(PLARGE_INTEGER SystemTime) {
  LARGE_INTEGER now{};
  now.QuadPart = static_cast<LONGLONG>(host::time_of_day()) / kUnit + kUnitsUntil1970;
  return nt::write_to_user(SystemTime, now) ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
}
