// Events, mutexes, semaphores and waits.
#include "fail.h"
#include "scenario.h"

#include <csignal>
#include <cstdio>
#include <cstring>
#include <sys/wait.h>
#include <unistd.h>

namespace faults {
namespace {

HANDLE event() {
  HANDLE made = CreateEventA(nullptr, FALSE, FALSE, nullptr);
  FAULTS_REQUIRE(made != nullptr);
  return made;
}

// A success sets the last error to 0, which trials would take for a mistake.
template <typename Make> bool make_and_close(Make make) {
  DWORD before = GetLastError();
  HANDLE made = make();
  if (made == nullptr) {
    return false;
  }
  SetLastError(before);
  return CloseHandle(made) != 0;
}

SCENARIO(event_for_the_first_time, kOutOfMemory) {
  trial.call([] { return make_and_close([] { return CreateEventA(nullptr, TRUE, FALSE, nullptr); }); });
}

SCENARIO(mutex_for_the_first_time, kOutOfMemory) {
  trial.call([] { return make_and_close([] { return CreateMutexA(nullptr, TRUE, nullptr); }); });
}

SCENARIO(semaphore_beside_others, kOutOfMemory) {
  event();
  trial.call([] { return make_and_close([] { return CreateSemaphoreA(nullptr, 1, 1, nullptr); }); });
}

SCENARIO(mutex_is_owned_and_released, kNever) {
  HANDLE mutex = CreateMutexA(nullptr, FALSE, nullptr);
  FAULTS_REQUIRE(mutex != nullptr);
  trial.call([=] { return WaitForSingleObject(mutex, INFINITE) == WAIT_OBJECT_0 && ReleaseMutex(mutex); });
}

SCENARIO(wait_until_the_time_is_over, kNever) {
  HANDLE never = event();
  trial.call([=] { return WaitForSingleObject(never, 3) == WAIT_TIMEOUT; });
}

SCENARIO(wait_for_any_until_the_time_is_over, kNever) {
  HANDLE never[] = {event(), event(), event()};
  trial.call([=] { return WaitForMultipleObjects(3, never, FALSE, 3) == WAIT_TIMEOUT; });
}

SCENARIO(wait_for_all_until_the_time_is_over, kNever) {
  HANDLE never[] = {event(), event()};
  trial.call([=] { return WaitForMultipleObjects(2, never, TRUE, 3) == WAIT_TIMEOUT; });
}

SCENARIO(wait_for_a_thread_until_the_time_is_over, kOutOfMemory) {
  trial.call([] { return WaitForSingleObject(GetCurrentThread(), 7) == WAIT_TIMEOUT; });
}

SCENARIO(sleep, kNever) {
  trial.call([] {
    Sleep(3);
    return true;
  });
}

// Whether the process sleeps, by its line in /proc.
bool sleeps(pid_t process) {
  char path[32];
  char line[256] = {};
  std::snprintf(path, sizeof path, "/proc/%d/stat", static_cast<int>(process));
  std::FILE* file = std::fopen(path, "re");
  FAULTS_REQUIRE(file != nullptr && std::fgets(line, sizeof line, file) != nullptr);
  std::fclose(file);
  const char* behind_name = std::strrchr(line, ')');
  return behind_name != nullptr && behind_name[2] == 'S';
}

// Somebody slept on the event, and was killed: the event still thinks so.
SCENARIO(event_is_set_while_somebody_sleeps, kNever) {
  HANDLE shared = event();
  pid_t sleeper = fork();
  if (sleeper == 0) {
    alarm(60);
    WaitForSingleObject(shared, INFINITE);
    _exit(0);
  }
  FAULTS_REQUIRE(sleeper > 0);
  while (!sleeps(sleeper)) {
    usleep(100);
  }
  FAULTS_REQUIRE(kill(sleeper, SIGKILL) == 0 && waitpid(sleeper, nullptr, 0) == sleeper);
  trial.call([=] { return SetEvent(shared) != 0 && WaitForSingleObject(shared, 0) == WAIT_OBJECT_0; });
}

} // namespace
} // namespace faults
