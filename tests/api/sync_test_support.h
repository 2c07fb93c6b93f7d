// Events, mutexes and semaphores that tests own, and a thread that tells what it saw.
#pragma once

#include "owned_handle.h"

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

namespace apitest {

// One that is there.
class Handle : public OwnedHandle {
public:
  explicit Handle(HANDLE handle) : OwnedHandle(handle) { EXPECT_NE(handle, nullptr) << GetLastError(); }
};

inline Handle auto_event(bool is_set = false) { return Handle(CreateEventA(nullptr, FALSE, is_set, nullptr)); }
inline Handle manual_event(bool is_set = false) { return Handle(CreateEventA(nullptr, TRUE, is_set, nullptr)); }
inline Handle mutex(bool is_owned = false) { return Handle(CreateMutexA(nullptr, is_owned, nullptr)); }
inline Handle semaphore(LONG count, LONG limit = 100) {
  return Handle(CreateSemaphoreA(nullptr, count, limit, nullptr));
}

// The same object with less access.
inline Handle with_access(HANDLE handle, DWORD access) {
  HANDLE made = nullptr;
  EXPECT_TRUE(DuplicateHandle(GetCurrentProcess(), handle, GetCurrentProcess(), &made, access, FALSE, 0));
  return Handle(made);
}

inline bool is_set(HANDLE object) { return WaitForSingleObject(object, 0) == WAIT_OBJECT_0; }

inline DWORD wait_any(const std::vector<HANDLE>& handles, DWORD milliseconds = 0) {
  return WaitForMultipleObjects(static_cast<DWORD>(handles.size()), handles.data(), FALSE, milliseconds);
}
inline DWORD wait_all(const std::vector<HANDLE>& handles, DWORD milliseconds = 0) {
  return WaitForMultipleObjects(static_cast<DWORD>(handles.size()), handles.data(), TRUE, milliseconds);
}

// What a call answers in a thread of its own, which has ended afterwards.
template <typename Call> DWORD in_thread(Call call) {
  DWORD result = 0;
  std::thread([&] { result = call(); }).join();
  return result;
}

// A wait that a call of the kind `DWORD wait()` fails.
#define EXPECT_WAIT_ERROR(error, ...)                                                                                  \
  do {                                                                                                                 \
    SetLastError(kNobodysError);                                                                                       \
    EXPECT_EQ((__VA_ARGS__), WAIT_FAILED);                                                                             \
    EXPECT_EQ(GetLastError(), DWORD{error});                                                                           \
  } while (false)

} // namespace apitest
