// Names of sections, events, mutexes and semaphores: the first one of all, one that another process has, what a dead
// process left. Each call leaves no handle open.
#include "fail.h"
#include "scenario.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace faults {
namespace {

constexpr std::uint32_t kNoName[] = {ERROR_ACCESS_DENIED, ERROR_NO_SYSTEM_RESOURCES, ERROR_NOT_ENOUGH_MEMORY,
                                     ERROR_COMMITMENT_LIMIT};
constexpr std::uint32_t kNotFound[] = {ERROR_ACCESS_DENIED, ERROR_NO_SYSTEM_RESOURCES, ERROR_NOT_ENOUGH_MEMORY,
                                       ERROR_FILE_NOT_FOUND};

char folder[64];
pid_t holder = 0;

// The directory of names in one that only this process uses.
void use_own_folder() {
  std::snprintf(folder, sizeof folder, "/tmp/winmem-faults-names-%d", static_cast<int>(getpid()));
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored); // of a process that had the same number
  FAULTS_REQUIRE(mkdir(folder, 0700) == 0 && setenv("WINMEM_NAMES", folder, 1) == 0);
}

// errno stays: trials look at it.
void remove_folder() {
  int before = errno;
  if (holder != 0) {
    kill(holder, SIGKILL);
    waitpid(holder, nullptr, 0);
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  errno = before;
}

// On the stack, where it is read without asking the kernel.
struct ShortName {
  char text[16] = "x";
};

HANDLE create(const ShortName& name = {}) {
  return CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, kPage, name.text);
}

HANDLE create_event(const ShortName& name = {}) { return CreateEventA(nullptr, FALSE, FALSE, name.text); }

HANDLE create_owned_mutex(const ShortName& name = {}) { return CreateMutexA(nullptr, TRUE, name.text); }

HANDLE create_semaphore(const ShortName& name = {}) { return CreateSemaphoreA(nullptr, 0, 1, name.text); }

using Create = HANDLE (*)(const ShortName& name);

// A success of Create... sets the last error, which trials would take for a mistake.
bool create_and_close(Create create = faults::create, const ShortName& name = {}) {
  DWORD before = GetLastError();
  HANDLE made = create(name);
  if (made == nullptr) {
    return false;
  }
  FAULTS_REQUIRE(CloseHandle(made));
  SetLastError(before);
  return true;
}

// Another process that has the name, until it is killed.
void start_holder(Create create = faults::create) {
  int ready[2];
  FAULTS_REQUIRE(pipe(ready) == 0);
  holder = fork();
  if (holder == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    char byte = create({}) != nullptr ? 1 : 0;
    FAULTS_REQUIRE(write(ready[1], &byte, 1) == 1);
    for (;;) {
      pause();
    }
  }
  char byte = 0;
  FAULTS_REQUIRE(read(ready[0], &byte, 1) == 1 && byte == 1);
  close(ready[0]);
  close(ready[1]);
}

// With a umask that keeps the owner out.
SCENARIO(first_name_of_all, kNoName) {
  use_own_folder();
  umask(0200);
  trial.afterwards(remove_folder);
  trial.call([] { return create_and_close(); });
}

SCENARIO(name_beside_others, kNoName) {
  use_own_folder();
  FAULTS_REQUIRE(create_and_close());
  start_holder();
  trial.afterwards(remove_folder);
  trial.call([] { return create_and_close(create, {"Global\\y"}); });
}

SCENARIO(name_that_another_process_has, kNotFound) {
  use_own_folder();
  start_holder();
  FAULTS_REQUIRE(CloseHandle(create({"y"})));
  trial.afterwards(remove_folder);
  trial.call([] {
    ShortName name;
    HANDLE opened = OpenFileMappingA(FILE_MAP_READ, FALSE, name.text);
    return opened != nullptr && CloseHandle(opened) != 0;
  });
}

SCENARIO(name_that_a_dead_process_left, kNoName) {
  use_own_folder();
  FAULTS_REQUIRE(CloseHandle(create({"y"})));
  start_holder();
  kill(holder, SIGKILL);
  waitpid(holder, nullptr, 0);
  holder = 0;
  trial.afterwards(remove_folder);
  trial.call([] { return create_and_close(); });
}

SCENARIO(first_named_event_of_all, kNoName) {
  use_own_folder();
  trial.afterwards(remove_folder);
  trial.call([] { return create_and_close(create_event); });
}

SCENARIO(named_semaphore_beside_others, kNoName) {
  use_own_folder();
  FAULTS_REQUIRE(create_and_close());
  start_holder(create_event);
  trial.afterwards(remove_folder);
  trial.call([] { return create_and_close(create_semaphore, {"y"}); });
}

SCENARIO(named_mutex_that_is_owned, kNoName) {
  use_own_folder();
  FAULTS_REQUIRE(create_and_close());
  trial.afterwards(remove_folder);
  trial.call([] {
    DWORD before = GetLastError();
    HANDLE made = create_owned_mutex();
    if (made == nullptr) {
      return false;
    }
    SetLastError(before);
    return ReleaseMutex(made) && CloseHandle(made);
  });
}

SCENARIO(named_event_that_another_process_has, kNotFound) {
  use_own_folder();
  start_holder(create_event);
  FAULTS_REQUIRE(CloseHandle(create({"y"})));
  trial.afterwards(remove_folder);
  trial.call([] {
    ShortName name;
    HANDLE opened = OpenEventA(EVENT_ALL_ACCESS, FALSE, name.text);
    return opened != nullptr && SetEvent(opened) && CloseHandle(opened);
  });
}

SCENARIO(named_mutex_that_a_dead_process_left, kNoName) {
  use_own_folder();
  FAULTS_REQUIRE(CloseHandle(create({"y"})));
  start_holder(create_owned_mutex);
  kill(holder, SIGKILL);
  waitpid(holder, nullptr, 0);
  holder = 0;
  trial.afterwards(remove_folder);
  trial.call(
      [] { return create_and_close([](const ShortName& name) { return CreateMutexA(nullptr, FALSE, name.text); }); });
}

} // namespace
} // namespace faults
