// Events, mutexes and semaphores by their Win32 names.
#include "../nt/synchronization.h"
#include "../nt/object_name.h"
#include "../nt/user_memory.h"
#include "last_error.h"

using namespace winmem;
using win32::fail;
using win32::set_last_error;

namespace {

Status read_security(const SECURITY_ATTRIBUTES* given, nt::NewHandle& out) {
  SECURITY_ATTRIBUTES attributes{};
  if (given != nullptr && !nt::read_from_user(attributes, given)) {
    return Status::access_violation;
  }
  out.is_inherited = attributes.bInheritHandle != FALSE;
  return Status::ok;
}

// What all three kinds have in common: `make` is given what the handle shall be, and makes it.
template <typename Character, typename Make>
HANDLE create(const SECURITY_ATTRIBUTES* security, const Character* name, DWORD access, bool are_flags_legal,
              Make make) {
  nt::NewHandle wanted{.access = access};
  HANDLE handle = nullptr;
  Status status = are_flags_legal ? Status::ok : Status::invalid_parameter;
  status = status == Status::ok ? read_security(security, wanted) : status;
  status = status == Status::ok ? nt::read_name(name, wanted.name) : status;
  status = status == Status::ok ? make(wanted, handle) : status;
  if (status != Status::ok && status != Status::object_name_exists) {
    fail(status);
    return nullptr;
  }
  set_last_error(status == Status::ok ? ERROR_SUCCESS : ERROR_ALREADY_EXISTS); // Y110
  return handle;
}

template <typename Character>
HANDLE open(Status (*find)(const nt::NewHandle&, HANDLE&), DWORD access, BOOL is_inherited, const Character* name) {
  nt::NewHandle wanted{.access = access, .is_inherited = is_inherited != FALSE};
  HANDLE handle = nullptr;
  Status status = name != nullptr ? nt::read_name(name, wanted.name) : Status::invalid_parameter;
  status = status == Status::ok ? find(wanted, handle) : status;
  if (status != Status::ok) {
    fail(status);
    return nullptr;
  }
  return handle;
}

template <typename Character>
HANDLE create_event(const SECURITY_ATTRIBUTES* security, const Character* name, DWORD flags, DWORD access) {
  constexpr DWORD kFlags = CREATE_EVENT_MANUAL_RESET | CREATE_EVENT_INITIAL_SET;
  return create(security, name, access, (flags & ~kFlags) == 0, [flags](const nt::NewHandle& wanted, HANDLE& out) {
    return nt::create_event(wanted, (flags & CREATE_EVENT_MANUAL_RESET) != 0, (flags & CREATE_EVENT_INITIAL_SET) != 0,
                            out);
  });
}

template <typename Character>
HANDLE create_mutex(const SECURITY_ATTRIBUTES* security, const Character* name, DWORD flags, DWORD access) {
  return create(security, name, access, (flags & ~DWORD{CREATE_MUTEX_INITIAL_OWNER}) == 0,
                [flags](const nt::NewHandle& wanted, HANDLE& out) {
                  return nt::create_mutex(wanted, (flags & CREATE_MUTEX_INITIAL_OWNER) != 0, out);
                });
}

template <typename Character>
HANDLE create_semaphore(const SECURITY_ATTRIBUTES* security, LONG count, LONG limit, const Character* name, DWORD flags,
                        DWORD access) {
  return create(security, name, access, flags == 0, [count, limit](const nt::NewHandle& wanted, HANDLE& out) {
    return nt::create_semaphore(wanted, count, limit, out);
  });
}

DWORD event_flags(BOOL stays_set, BOOL is_set) {
  return (stays_set != FALSE ? CREATE_EVENT_MANUAL_RESET : 0U) | (is_set != FALSE ? CREATE_EVENT_INITIAL_SET : 0U);
}

DWORD mutex_flags(BOOL is_owned) { return is_owned != FALSE ? CREATE_MUTEX_INITIAL_OWNER : 0; }

BOOL finish(Status status) { return status == Status::ok ? TRUE : fail(status); }

} // namespace

HANDLE WINAPI CreateEventA(LPSECURITY_ATTRIBUTES lpEventAttributes, BOOL bManualReset, BOOL bInitialState,
                           LPCSTR lpName) {
  return create_event(lpEventAttributes, lpName, event_flags(bManualReset, bInitialState), EVENT_ALL_ACCESS);
}

HANDLE WINAPI CreateEventExA(LPSECURITY_ATTRIBUTES lpEventAttributes, LPCSTR lpName, DWORD dwFlags,
                             DWORD dwDesiredAccess) {
  return create_event(lpEventAttributes, lpName, dwFlags, dwDesiredAccess);
}

BOOL WINAPI SetEvent(HANDLE hEvent) { return finish(nt::set_event(hEvent)); }
BOOL WINAPI ResetEvent(HANDLE hEvent) { return finish(nt::reset_event(hEvent)); }
BOOL WINAPI PulseEvent(HANDLE hEvent) { return finish(nt::pulse_event(hEvent)); }

HANDLE WINAPI CreateMutexA(LPSECURITY_ATTRIBUTES lpMutexAttributes, BOOL bInitialOwner, LPCSTR lpName) {
  return create_mutex(lpMutexAttributes, lpName, mutex_flags(bInitialOwner), MUTEX_ALL_ACCESS);
}

HANDLE WINAPI CreateMutexExA(LPSECURITY_ATTRIBUTES lpMutexAttributes, LPCSTR lpName, DWORD dwFlags,
                             DWORD dwDesiredAccess) {
  return create_mutex(lpMutexAttributes, lpName, dwFlags, dwDesiredAccess);
}

BOOL WINAPI ReleaseMutex(HANDLE hMutex) { return finish(nt::release_mutex(hMutex)); }

HANDLE WINAPI CreateSemaphoreA(LPSECURITY_ATTRIBUTES lpSemaphoreAttributes, LONG lInitialCount, LONG lMaximumCount,
                               LPCSTR lpName) {
  return create_semaphore(lpSemaphoreAttributes, lInitialCount, lMaximumCount, lpName, 0, SEMAPHORE_ALL_ACCESS);
}

HANDLE WINAPI CreateSemaphoreExA(LPSECURITY_ATTRIBUTES lpSemaphoreAttributes, LONG lInitialCount, LONG lMaximumCount,
                                 LPCSTR lpName, DWORD dwFlags, DWORD dwDesiredAccess) {
  return create_semaphore(lpSemaphoreAttributes, lInitialCount, lMaximumCount, lpName, dwFlags, dwDesiredAccess);
}

BOOL WINAPI ReleaseSemaphore(HANDLE hSemaphore, LONG lReleaseCount, LPLONG lpPreviousCount) {
  if (lpPreviousCount != nullptr && !nt::can_write_to_user(lpPreviousCount)) {
    return fail(Status::access_violation);
  }
  LONG previous = 0;
  Status status = nt::release_semaphore(hSemaphore, lReleaseCount, previous);
  if (status == Status::ok && lpPreviousCount != nullptr) {
    static_cast<void>(nt::write_to_user(lpPreviousCount, previous));
  }
  return finish(status);
}

HANDLE WINAPI OpenEventA(DWORD dwDesiredAccess, BOOL bInheritHandle, LPCSTR lpName) {
  return open(nt::open_event, dwDesiredAccess, bInheritHandle, lpName);
}

HANDLE WINAPI OpenMutexA(DWORD dwDesiredAccess, BOOL bInheritHandle, LPCSTR lpName) {
  return open(nt::open_mutex, dwDesiredAccess, bInheritHandle, lpName);
}

HANDLE WINAPI OpenSemaphoreA(DWORD dwDesiredAccess, BOOL bInheritHandle, LPCSTR lpName) {
  return open(nt::open_semaphore, dwDesiredAccess, bInheritHandle, lpName);
}

// ---- with names, once for wide characters of 16 and once for those of 32 bits ----

extern "C" {

#define WINMEM_WIDE_FUNCTIONS(suffix, Character)                                                                       \
  WINMEM_API HANDLE WINAPI winmem_CreateEventW##suffix(LPSECURITY_ATTRIBUTES security, BOOL stays_set, BOOL is_set,    \
                                                       const Character* name) {                                        \
    return create_event(security, name, event_flags(stays_set, is_set), EVENT_ALL_ACCESS);                             \
  }                                                                                                                    \
  WINMEM_API HANDLE WINAPI winmem_CreateEventExW##suffix(LPSECURITY_ATTRIBUTES security, const Character* name,        \
                                                         DWORD flags, DWORD access) {                                  \
    return create_event(security, name, flags, access);                                                                \
  }                                                                                                                    \
  WINMEM_API HANDLE WINAPI winmem_CreateMutexW##suffix(LPSECURITY_ATTRIBUTES security, BOOL is_owned,                  \
                                                       const Character* name) {                                        \
    return create_mutex(security, name, mutex_flags(is_owned), MUTEX_ALL_ACCESS);                                      \
  }                                                                                                                    \
  WINMEM_API HANDLE WINAPI winmem_CreateMutexExW##suffix(LPSECURITY_ATTRIBUTES security, const Character* name,        \
                                                         DWORD flags, DWORD access) {                                  \
    return create_mutex(security, name, flags, access);                                                                \
  }                                                                                                                    \
  WINMEM_API HANDLE WINAPI winmem_CreateSemaphoreW##suffix(LPSECURITY_ATTRIBUTES security, LONG count, LONG limit,     \
                                                           const Character* name) {                                    \
    return create_semaphore(security, count, limit, name, 0, SEMAPHORE_ALL_ACCESS);                                    \
  }                                                                                                                    \
  WINMEM_API HANDLE WINAPI winmem_CreateSemaphoreExW##suffix(LPSECURITY_ATTRIBUTES security, LONG count, LONG limit,   \
                                                             const Character* name, DWORD flags, DWORD access) {       \
    return create_semaphore(security, count, limit, name, flags, access);                                              \
  }                                                                                                                    \
  WINMEM_API HANDLE WINAPI winmem_OpenEventW##suffix(DWORD access, BOOL is_inherited, const Character* name) {         \
    return open(nt::open_event, access, is_inherited, name);                                                           \
  }                                                                                                                    \
  WINMEM_API HANDLE WINAPI winmem_OpenMutexW##suffix(DWORD access, BOOL is_inherited, const Character* name) {         \
    return open(nt::open_mutex, access, is_inherited, name);                                                           \
  }                                                                                                                    \
  WINMEM_API HANDLE WINAPI winmem_OpenSemaphoreW##suffix(DWORD access, BOOL is_inherited, const Character* name) {     \
    return open(nt::open_semaphore, access, is_inherited, name);                                                       \
  }

WINMEM_WIDE_FUNCTIONS(, char16_t)
WINMEM_WIDE_FUNCTIONS(_utf32, char32_t)
#undef WINMEM_WIDE_FUNCTIONS

} // extern "C"
