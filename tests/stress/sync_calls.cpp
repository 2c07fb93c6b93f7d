#include "sync_calls.h"

#include "winapi.h"

#include <atomic>
#include <cstdio>
#include <unistd.h>

namespace stress {
namespace {

bool is_set(HANDLE object) { return WaitForSingleObject(object, 0) == WAIT_OBJECT_0; }

HANDLE some_event(Random& random, bool stays_set) {
  DWORD flags = stays_set ? CREATE_EVENT_MANUAL_RESET : 0;
  switch (random.below(4)) {
  case 0:
    return CreateEventA(nullptr, stays_set, FALSE, nullptr);
  case 1:
    return CreateEventW(nullptr, stays_set, FALSE, nullptr);
  case 2:
    return CreateEventExA(nullptr, nullptr, flags, EVENT_ALL_ACCESS);
  default:
    return CreateEventExW(nullptr, nullptr, flags, EVENT_ALL_ACCESS);
  }
}

HANDLE some_mutex(Random& random) {
  switch (random.below(4)) {
  case 0:
    return CreateMutexA(nullptr, TRUE, nullptr);
  case 1:
    return CreateMutexW(nullptr, TRUE, nullptr);
  case 2:
    return CreateMutexExA(nullptr, nullptr, CREATE_MUTEX_INITIAL_OWNER, MUTEX_ALL_ACCESS);
  default:
    return CreateMutexExW(nullptr, nullptr, CREATE_MUTEX_INITIAL_OWNER, MUTEX_ALL_ACCESS);
  }
}

HANDLE some_semaphore(Random& random) {
  switch (random.below(4)) {
  case 0:
    return CreateSemaphoreA(nullptr, 0, 9, nullptr);
  case 1:
    return CreateSemaphoreW(nullptr, 0, 9, nullptr);
  case 2:
    return CreateSemaphoreExA(nullptr, 0, 9, nullptr, 0, SEMAPHORE_ALL_ACCESS);
  default:
    return CreateSemaphoreExW(nullptr, 0, 9, nullptr, 0, SEMAPHORE_ALL_ACCESS);
  }
}

// Made by the first thread that asks, and by a fork's child anew: what its parent's threads own is theirs.
struct Shared {
  HANDLE mutex = nullptr;
  long counted = 0; // guarded by the mutex
};

Shared* shared() {
  static Shared known;
  static std::atomic<pid_t> made_by{0};
  pid_t self = getpid();
  pid_t before = made_by.load();
  if (before != self && before != -self && made_by.compare_exchange_strong(before, -self)) {
    known = {CreateMutexA(nullptr, FALSE, nullptr), 0};
    MUST(known.mutex != nullptr);
    made_by.store(self);
  }
  return made_by.load() == self ? &known : nullptr; // null: another thread makes it just now
}

} // namespace

void own_events(Random& random) {
  bool stays_set = random.one_in(2);
  HANDLE event = some_event(random, stays_set);
  MUST(event != nullptr && !is_set(event));
  MUST(SetEvent(event) && WaitForSingleObjectEx(event, INFINITE, TRUE) == WAIT_OBJECT_0);
  MUST(is_set(event) == stays_set);
  MUST(SetEvent(event) && ResetEvent(event) && !is_set(event));
  MUST(SetEvent(event) && PulseEvent(event) && !is_set(event));
  LARGE_INTEGER none{};
  MUST(NtWaitForSingleObject(event, FALSE, &none) == STATUS_TIMEOUT);
  MUST(SignalObjectAndWait(event, event, INFINITE, FALSE) == WAIT_OBJECT_0);
  MUST(CloseHandle(event));
}

void own_mutexes_and_semaphores(Random& random) {
  HANDLE mutex = some_mutex(random);
  HANDLE semaphore = some_semaphore(random);
  HANDLE both[] = {semaphore, mutex};
  MUST(mutex != nullptr && semaphore != nullptr);
  MUST(WaitForMultipleObjects(2, both, TRUE, 0) == WAIT_TIMEOUT);
  LONG previous = -1;
  MUST(ReleaseSemaphore(semaphore, 2, &previous) && previous == 0);
  MUST(WaitForMultipleObjects(2, both, TRUE, INFINITE) == WAIT_OBJECT_0);
  MUST(WaitForMultipleObjectsEx(2, both, FALSE, INFINITE, TRUE) == WAIT_OBJECT_0);
  MUST(WaitForMultipleObjectsEx(2, both, FALSE, INFINITE, TRUE) == WAIT_OBJECT_0 + 1);
  for (int owned = 0; owned < 3; ++owned)
    MUST(ReleaseMutex(mutex));
  MUST(!ReleaseMutex(mutex) && GetLastError() == ERROR_NOT_OWNER);
  MUST(CloseHandle(mutex) && CloseHandle(semaphore));
}

void shared_mutex(Random& random) {
  Shared* here = shared();
  if (here == nullptr)
    return;
  DWORD answer = WaitForSingleObject(here->mutex, random.one_in(4) ? 0 : INFINITE);
  if (answer == WAIT_TIMEOUT)
    return;
  MUST(answer == WAIT_OBJECT_0);
  long before = here->counted;
  if (random.one_in(8))
    MUST(WaitForSingleObject(here->mutex, 0) == WAIT_OBJECT_0 && ReleaseMutex(here->mutex));
  here->counted = before + 1;
  MUST(here->counted == before + 1 && ReleaseMutex(here->mutex));
}

// Each thread has its own names, or opening would say who else has them.
void named_objects(Random& random) {
  char text[64];
  std::snprintf(text, sizeof text, "Local\\winmem-stress-%d-%d-%llu", getpid(), static_cast<int>(gettid()),
                static_cast<unsigned long long>(random.below(1000)));
  wchar_t wide[64] = {};
  for (std::size_t i = 0; text[i] != 0; ++i)
    wide[i] = static_cast<wchar_t>(text[i]);
  HANDLE made = nullptr;
  HANDLE again = nullptr;
  switch (random.below(3)) {
  case 0:
    made = CreateEventA(nullptr, TRUE, TRUE, text);
    again = random.one_in(2) ? OpenEventA(EVENT_ALL_ACCESS, FALSE, text) : OpenEventW(EVENT_ALL_ACCESS, FALSE, wide);
    break;
  case 1:
    made = CreateMutexA(nullptr, FALSE, text);
    again = random.one_in(2) ? OpenMutexA(MUTEX_ALL_ACCESS, FALSE, text) : OpenMutexW(MUTEX_ALL_ACCESS, FALSE, wide);
    break;
  default:
    made = CreateSemaphoreA(nullptr, 1, 1, text);
    again = random.one_in(2) ? OpenSemaphoreA(SEMAPHORE_ALL_ACCESS, FALSE, text)
                             : OpenSemaphoreW(SEMAPHORE_ALL_ACCESS, FALSE, wide);
  }
  MUST(made != nullptr && again != nullptr && CompareObjectHandles(made, again) && is_set(again));
  ReleaseMutex(made);
  MUST(CloseHandle(made) && CloseHandle(again));
}

void short_sleeps(Random& random) {
  Sleep(0);
  MUST(SleepEx(random.one_in(100) ? 1 : 0, FALSE) == 0);
}

} // namespace stress
