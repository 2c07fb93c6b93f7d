// Events, mutexes, semaphores and waits with Windows' arguments: what is legal, and what a handle must grant.
//
// These take values; nt/wait_calls.cpp adds pointers that may be bad, and win32 adds the last error.
#pragma once

#include "../base/status.h"
#include "../object/handle_table.h"
#include "../object/name.h"
#include "../sync/waiting.h"

#include <winnt.h>

namespace winmem::nt {

struct NewHandle {
  ACCESS_MASK access = 0;
  bool is_inherited = false;
  object::Name name{};
};

// object_name_exists is a success: the object was there, and only the name and the access counted. Else as
// object::open_named.
Status create_event(const NewHandle& wanted, bool stays_set, bool is_set, HANDLE& out);
Status create_mutex(const NewHandle& wanted, bool is_owned, HANDLE& out);
Status create_semaphore(const NewHandle& wanted, LONG count, LONG limit, HANDLE& out);

Status open_event(const NewHandle& wanted, HANDLE& out);
Status open_mutex(const NewHandle& wanted, HANDLE& out);
Status open_semaphore(const NewHandle& wanted, HANDLE& out);

Status set_event(HANDLE event);
Status reset_event(HANDLE event);
Status pulse_event(HANDLE event);
Status release_mutex(HANDLE mutex);
Status release_semaphore(HANDLE semaphore, LONG count, LONG& previous);

// WAIT_...: what NtWaitForSingleObject and its kin answer; failures are NTSTATUS errors.
std::uint32_t wait_for_one(HANDLE handle, sync::Patience patience);
std::uint32_t wait_for_many(const HANDLE* handles, std::uint32_t count, bool for_all, sync::Patience patience);
std::uint32_t signal_and_wait(HANDLE to_signal, HANDLE to_wait_for, sync::Patience patience);

// `milliseconds` may be INFINITE.
sync::Patience patience_of(DWORD milliseconds);

} // namespace winmem::nt
