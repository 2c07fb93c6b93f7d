// WaitForSingleObject and its kin, and Sleep.
//
// Nothing calls a thread from outside here (asynchronous procedure calls): a wait that is alertable is like any other.
#include "../host/shared_word.h"
#include "../host/thread.h"
#include "../nt/synchronization.h"
#include "last_error.h"

using namespace winmem;

namespace {

// Statuses of waits that are successes are the functions' values.
DWORD finish(std::uint32_t answer) {
  if (static_cast<NTSTATUS>(answer) < 0) {
    win32::fail(static_cast<NTSTATUS>(answer));
    return WAIT_FAILED;
  }
  return answer;
}

} // namespace

DWORD WINAPI WaitForSingleObject(HANDLE hHandle, DWORD dwMilliseconds) {
  return finish(nt::wait_for_one(hHandle, nt::patience_of(dwMilliseconds)));
}

DWORD WINAPI WaitForSingleObjectEx(HANDLE hHandle, DWORD dwMilliseconds, BOOL) {
  return WaitForSingleObject(hHandle, dwMilliseconds);
}

DWORD WINAPI WaitForMultipleObjects(DWORD nCount, const HANDLE* lpHandles, BOOL bWaitAll, DWORD dwMilliseconds) {
  return finish(nt::wait_for_many(lpHandles, nCount, bWaitAll != FALSE, nt::patience_of(dwMilliseconds)));
}

DWORD WINAPI WaitForMultipleObjectsEx(DWORD nCount, const HANDLE* lpHandles, BOOL bWaitAll, DWORD dwMilliseconds,
                                      BOOL) {
  return WaitForMultipleObjects(nCount, lpHandles, bWaitAll, dwMilliseconds);
}

DWORD WINAPI SignalObjectAndWait(HANDLE hObjectToSignal, HANDLE hObjectToWaitOn, DWORD dwMilliseconds, BOOL) {
  return finish(nt::signal_and_wait(hObjectToSignal, hObjectToWaitOn, nt::patience_of(dwMilliseconds)));
}

void WINAPI Sleep(DWORD dwMilliseconds) {
  if (dwMilliseconds == 0) {
    host::yield();
    return;
  }
  sync::Patience patience = nt::patience_of(dwMilliseconds);
  host::sleep_until(patience == host::kNever ? patience : host::monotonic() + patience);
}

DWORD WINAPI SleepEx(DWORD dwMilliseconds, BOOL) {
  Sleep(dwMilliseconds);
  return 0;
}
