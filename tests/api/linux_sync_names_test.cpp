// Events, mutexes and semaphores by their names: processes that know nothing else of each other.
// Rules: W3 W20 W22 S25
#include "child_process.h"
#include "sync_test_support.h"

#include <csignal>
#include <fstream>
#include <string>
#include <unistd.h>

namespace apitest {
namespace {

// How many pages of names this process has mapped.
unsigned mapped_pages_of(const std::string& name) {
  std::ifstream maps("/proc/self/maps");
  unsigned count = 0;
  for (std::string line; std::getline(maps, line);) {
    count += line.find(name) != std::string::npos ? 1 : 0;
  }
  return count;
}

TEST(SharedByName, W20_a_mutex_that_is_owned_when_its_last_handle_is_closed_leaves_nothing) {
  std::string name = "winmem-owned-" + std::to_string(getpid());
  for (int round = 0; round < 100; ++round) {
    Handle mutex(CreateMutexA(nullptr, TRUE, name.c_str()));
    EXPECT_EQ(GetLastError(), 0u);
  }
  EXPECT_EQ(mapped_pages_of(name), 0u);
  EXPECT_ERROR(2, OpenMutexA(MUTEX_ALL_ACCESS, FALSE, name.c_str()));
}

TEST(SharedByName, W20_W22_a_mutex_stays_its_threads_without_a_handle_in_its_process) {
  std::string name = "winmem-closed-" + std::to_string(getpid());
  Handle closed = auto_event();
  Handle over = auto_event();
  Handle mutex(CreateMutexA(nullptr, FALSE, name.c_str()));
  pid_t owner = start_child([&] {
    WaitForSingleObject(mutex, INFINITE);
    CloseHandle(mutex);
    SetEvent(closed);
    return WaitForSingleObject(over, INFINITE) == WAIT_OBJECT_0 ? 0 : 1;
  });
  WaitForSingleObject(closed, INFINITE);
  EXPECT_EQ(WaitForSingleObject(mutex, 1), DWORD{WAIT_TIMEOUT});
  EXPECT_OK(SetEvent(over));
  EXPECT_EQ(WaitForSingleObject(mutex, INFINITE), DWORD{WAIT_ABANDONED});
  EXPECT_EQ(result_of(owner), 0);
}

TEST(SharedByName, S25_what_a_killed_process_had_is_gone_at_once) {
  std::string name = "winmem-gone-" + std::to_string(getpid());
  Handle ready = auto_event();
  pid_t holder = start_child([&] {
    HANDLE made = CreateEventA(nullptr, TRUE, TRUE, name.c_str());
    SetEvent(ready);
    return made == nullptr ? 1 : static_cast<int>(pause());
  });
  WaitForSingleObject(ready, INFINITE);
  {
    Handle event(OpenEventA(SYNCHRONIZE, FALSE, name.c_str()));
    EXPECT_TRUE(is_set(event));
  }
  kill(holder, SIGKILL);
  EXPECT_EQ(result_of(holder), 256 + SIGKILL);
  EXPECT_ERROR(2, OpenEventA(SYNCHRONIZE, FALSE, name.c_str()));
  Handle fresh(CreateSemaphoreA(nullptr, 0, 1, name.c_str())); // of any kind
  EXPECT_EQ(GetLastError(), 0u);
}

// Another process, which knows the mutex by its name alone.
TEST(SharedByName, W3_W22_a_killed_process_abandons_its_mutex) {
  std::string name = "Local\\winmem-killed-" + std::to_string(getpid());
  Handle ready = auto_event();
  pid_t owner = start_child([&] {
    HANDLE own = CreateMutexA(nullptr, TRUE, name.c_str());
    SetEvent(ready);
    return own == nullptr ? 1 : static_cast<int>(pause());
  });
  WaitForSingleObject(ready, INFINITE);
  Handle mutex(OpenMutexA(MUTEX_ALL_ACCESS, FALSE, name.c_str()));
  EXPECT_EQ(WaitForSingleObject(mutex, 1), DWORD{WAIT_TIMEOUT});
  std::thread waiter([&] {
    EXPECT_EQ(WaitForSingleObject(mutex, INFINITE), DWORD{WAIT_ABANDONED});
    EXPECT_TRUE(ReleaseMutex(mutex));
  });
  kill(owner, SIGKILL);
  waiter.join();
  EXPECT_EQ(result_of(owner), 256 + SIGKILL);
}

TEST(SharedByName, W3_processes_wake_each_other) {
  std::string name = "Local\\winmem-turns-" + std::to_string(getpid());
  Handle ready = auto_event();
  pid_t other = start_child([&] {
    HANDLE ping = CreateEventA(nullptr, FALSE, FALSE, (name + "ping").c_str());
    HANDLE pong = CreateSemaphoreA(nullptr, 0, 1, (name + "pong").c_str());
    SetEvent(ready);
    for (int i = 0; i < 500; ++i) {
      if (WaitForSingleObject(ping, INFINITE) != WAIT_OBJECT_0 || !ReleaseSemaphore(pong, 1, nullptr)) {
        return 1;
      }
    }
    return 0;
  });
  WaitForSingleObject(ready, INFINITE);
  Handle ping(OpenEventA(EVENT_ALL_ACCESS, FALSE, (name + "ping").c_str()));
  Handle pong(OpenSemaphoreA(SEMAPHORE_ALL_ACCESS, FALSE, (name + "pong").c_str()));
  for (int i = 0; i < 500; ++i) {
    EXPECT_EQ(SignalObjectAndWait(ping, pong, INFINITE, FALSE), DWORD{WAIT_OBJECT_0});
  }
  EXPECT_EQ(result_of(other), 0);
}

} // namespace
} // namespace apitest
