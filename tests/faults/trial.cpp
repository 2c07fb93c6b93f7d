#include "trial.h"

#include "fail.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/syscall.h>
#include <unistd.h>

namespace faults {

Shared* shared = nullptr;

namespace {

constexpr int kErrno = 12345;          // no errno; a Windows call leaves errno alone
constexpr DWORD kLastError = 0x5EED00; // stays on success (N1)
constexpr unsigned kSecondsToHang = 20;

// Large, and the stack is memory too.
KernelState kernel_before;
KernelState kernel_now;
ApiState api_now;

Outcome call_watched(Outcome (*call)(void*), void* function) {
  SetLastError(kLastError);
  errno = kErrno;
  watch(shared->log, shared->faults, shared->fault_count);
  Outcome outcome = call(function);
  stop_watching();
  if (errno != kErrno) {
    fail("errno was changed to %d", errno);
  }
  if (outcome.succeeded && GetLastError() != kLastError) {
    fail("succeeded, but changed the last error to %u", GetLastError());
  }
  return outcome;
}

bool was_refused(long number) {
  return shared->fault_count != 0 && shared->log.calls[shared->faults[0].nth].number == number;
}

void take_now() {
  take(kernel_now); // first: VirtualQuery may open a file
  take(api_now);
  take_charge(kernel_now);
  must_agree(api_now, kernel_now);
}

// Everything goes; that works however the call ended.
void release_everything() {
  std::uintptr_t last = 0;
  for (const ApiRun& run : api_now.runs) {
    if (run.allocation_base != last) {
      last = run.allocation_base;
      auto* base = reinterpret_cast<void*>(last);
      if ((run.type == MEM_MAPPED ? UnmapViewOfFile(base) : VirtualFree(base, 0, MEM_RELEASE)) == 0) {
        fail("afterwards: cannot release %lx: error %u", last, GetLastError());
      }
    }
  }
  take_now();
  must_be_empty(api_now, kernel_now);
}

} // namespace

void Trial::run(Outcome (*made)(void*), void* function) {
  shared->came_to_call = true;
  switch (shared->role) {
  case Role::picture:
    take(shared->api_before);
    _exit(0);
  case Role::reference: {
    take(kernel_before); // as in an injection, so that the calls are the same
    Outcome outcome = call_watched(made, function);
    if (!outcome.succeeded) {
      fail("fails without a fault: error %x", outcome.error);
    }
    settle_();
    take_now();
    shared->kernel_after = kernel_now;
    shared->api_after = api_now;
    release_everything();
    _exit(0);
  }
  case Role::injection:
    break;
  }
  take(kernel_before);
  Outcome outcome = call_watched(made, function);
  shared->succeeded = outcome.succeeded;
  if (!outcome.succeeded) {
    if (std::find(errors_.begin(), errors_.end(), outcome.error) == errors_.end()) {
      fail("fails with error %x, which is not documented for it", outcome.error);
    }
    take(kernel_now);
    must_be_unchanged(kernel_before, kernel_now, shared->met);
    take_now();
    must_be_unchanged(shared->api_before, api_now);
    Outcome again = made(function);
    if (!again.succeeded) {
      fail("fails once more when nothing is wrong any longer: error %x", again.error);
    }
  }
  settle_();
  take_now();
  must_be_unchanged(shared->api_after, api_now);
  if (was_refused(SYS_munmap)) {
    kernel_now.stacks = 0; // one that could not be unmapped; there is nothing better to be done
  }
  must_agree(shared->kernel_after, kernel_now);
  release_everything();
  _exit(0);
}

void run_trial(const Scenario& scenario) {
  send_message_to(shared->message, sizeof shared->message);
  alarm(kSecondsToHang);
  Trial trial(scenario.errors);
  scenario.body(trial);
  fail("the scenario makes no call");
}

} // namespace faults
