// Handles with Windows' arguments: closing, duplicating, comparing.
#pragma once

#include "../object/handle_table.h"

#include <winnt.h>

namespace winmem::nt {

inline object::Handle to_handle(HANDLE handle) { return reinterpret_cast<object::Handle>(handle); }

Status close_handle(HANDLE handle);

// What a call that made `handle`, if `status` says so, answers: the handle goes to the caller, or to nobody.
Status hand_out(PHANDLE out, HANDLE handle, Status status);

// `attributes` are OBJ_... bits, `options` DUPLICATE_... . `target` may be null.
Status duplicate_handle(HANDLE source_process, HANDLE source, HANDLE target_process, HANDLE* target, ACCESS_MASK access,
                        ULONG attributes, ULONG options);

Status are_same_object(HANDLE first, HANDLE second, bool& are_same);

// HANDLE_FLAG_... bits.
Status handle_flags(HANDLE handle, DWORD& flags);
Status change_handle_flags(HANDLE handle, DWORD mask, DWORD flags);

} // namespace winmem::nt
