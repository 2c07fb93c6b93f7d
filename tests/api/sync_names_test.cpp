// Events, mutexes and semaphores with names.
// Rules: W1 W3 W4
#include "sync_test_support.h"

#include <string>

namespace apitest {
namespace {

// Nobody else's.
std::string fresh_name(const char* what) {
  static int count = 0;
  return "Local\\winmem-test-" + std::to_string(GetCurrentProcessId()) + "-" + what + std::to_string(++count);
}

std::wstring wide(const std::string& text) { return {text.begin(), text.end()}; }

TEST(NamedEvent, W3_the_second_creation_opens_the_first) {
  std::string name = fresh_name("event");
  Handle first(CreateEventA(nullptr, TRUE, TRUE, name.c_str()));
  EXPECT_EQ(GetLastError(), 0u);
  Handle second(CreateEventW(nullptr, FALSE, FALSE, wide(name).c_str()));
  EXPECT_EQ(GetLastError(), 183u);

  EXPECT_TRUE(is_set(second));
  EXPECT_TRUE(is_set(second)); // manual reset, as the first one said
  EXPECT_OK(ResetEvent(first));
  EXPECT_FALSE(is_set(second));
}

TEST(NamedMutex, W3_the_second_creation_does_not_own_it) {
  std::string name = fresh_name("mutex");
  Handle first(CreateMutexA(nullptr, FALSE, name.c_str()));
  Handle second(CreateMutexA(nullptr, TRUE, name.c_str()));
  EXPECT_EQ(GetLastError(), 183u);

  EXPECT_ERROR(288, ReleaseMutex(second));
  EXPECT_TRUE(is_set(second));
  EXPECT_OK(ReleaseMutex(first));
}

TEST(NamedSemaphore, W3_the_second_creation_keeps_the_counts) {
  std::string name = fresh_name("semaphore");
  Handle first(CreateSemaphoreA(nullptr, 1, 2, name.c_str()));
  Handle second(CreateSemaphoreW(nullptr, 9, 9, wide(name).c_str()));
  EXPECT_EQ(GetLastError(), 183u);

  EXPECT_OK(ReleaseSemaphore(second, 1, nullptr));
  EXPECT_ERROR(298, ReleaseSemaphore(second, 1, nullptr));
  EXPECT_TRUE(is_set(first) && is_set(first) && !is_set(first));
}

TEST(NamedEvent, W3_W4_another_kind_has_the_name) {
  std::string name = fresh_name("kind");
  Handle event(CreateEventA(nullptr, FALSE, FALSE, name.c_str()));

  EXPECT_ERROR(6, CreateMutexA(nullptr, FALSE, name.c_str()));
  EXPECT_ERROR(6, CreateSemaphoreA(nullptr, 0, 1, name.c_str()));
  EXPECT_ERROR(6, CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, 4096, name.c_str()));
  EXPECT_ERROR(6, OpenMutexA(MUTEX_ALL_ACCESS, FALSE, name.c_str()));
  EXPECT_ERROR(6, OpenSemaphoreW(SEMAPHORE_ALL_ACCESS, FALSE, wide(name).c_str()));
}

TEST(NamedEvent, W4_opening_finds_what_there_is) {
  std::string name = fresh_name("open");
  EXPECT_ERROR(2, OpenEventA(EVENT_ALL_ACCESS, FALSE, name.c_str()));
  EXPECT_ERROR(2, OpenMutexW(MUTEX_ALL_ACCESS, FALSE, wide(name).c_str()));
  EXPECT_ERROR(2, OpenSemaphoreA(SEMAPHORE_ALL_ACCESS, FALSE, name.c_str()));
  EXPECT_ERROR(87, OpenEventA(EVENT_ALL_ACCESS, FALSE, nullptr));
  {
    Handle made(CreateEventA(nullptr, TRUE, FALSE, name.c_str()));
    HANDLE opened = nullptr;
    EXPECT_OK((opened = OpenEventA(SYNCHRONIZE, FALSE, name.c_str())) != nullptr);
    Handle waits_only(opened);
    EXPECT_ERROR(5, SetEvent(waits_only));
    EXPECT_OK(SetEvent(made));
    EXPECT_TRUE(is_set(waits_only));
  }
  EXPECT_ERROR(2, OpenEventA(EVENT_ALL_ACCESS, FALSE, name.c_str())); // it went with its last handle
}

} // namespace
} // namespace apitest
