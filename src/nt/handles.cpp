#include "handles.h"

#include "../object/handle_table.h"
#include "process_handle.h"
#include "user_memory.h"

#include <winbase.h>
#include <winternl.h>

using namespace winmem;

namespace winmem::nt {

namespace {

constexpr DWORD kAllFlags = HANDLE_FLAG_INHERIT | HANDLE_FLAG_PROTECT_FROM_CLOSE;
static_assert(kAllFlags == static_cast<DWORD>(object::Flags::both));

object::Flags flags_of_attributes(ULONG attributes) {
  unsigned flags = 0;
  flags |= (attributes & OBJ_INHERIT) != 0 ? HANDLE_FLAG_INHERIT : 0U;
  flags |= (attributes & OBJ_PROTECT_CLOSE) != 0 ? HANDLE_FLAG_PROTECT_FROM_CLOSE : 0U;
  return static_cast<object::Flags>(flags);
}

Status make_duplicate(HANDLE source, HANDLE target_process, HANDLE* target, ACCESS_MASK access, ULONG attributes,
                      ULONG options) {
  object::Flags flags = flags_of_attributes(attributes);
  // The source is judged before the target, unless that is this process by its pseudo handle, as it mostly is.
  if (to_handle(target_process) != object::kThisProcess) {
    object::Ref<object::Object> there;
    if (Status status = object::reference(to_handle(source), nullptr, 0, there); status != Status::ok) {
      return status;
    }
    if (target_process == nullptr && (options & DUPLICATE_CLOSE_SOURCE) != 0) {
      return Status::ok; // nothing but the close was asked for
    }
    if (Status status = check_process(target_process, PROCESS_DUP_HANDLE); status != Status::ok) {
      return status;
    }
  }
  if ((options & DUPLICATE_SAME_ATTRIBUTES) != 0) {
    if (Status status = object::get_flags(to_handle(source), flags); status != Status::ok) {
      return status;
    }
  }
  object::Handle made = 0;
  Status status =
      object::duplicate(to_handle(source), (options & DUPLICATE_SAME_ACCESS) != 0 ? nullptr : &access, flags, made);
  if (status != Status::ok) {
    return status;
  }
  if (target != nullptr && !write_to_user(target, reinterpret_cast<HANDLE>(made))) {
    static_cast<void>(object::set_flags(made, object::Flags::protect_from_close, object::Flags::none));
    static_cast<void>(object::close(made));
    return Status::access_violation;
  }
  return Status::ok;
}

} // namespace

Status close_handle(HANDLE handle) { return object::close(to_handle(handle)); }

Status hand_out(PHANDLE out, HANDLE handle, Status status) {
  bool is_success = status == Status::ok || status == Status::object_name_exists;
  if (is_success && !write_to_user(out, handle)) {
    static_cast<void>(close_handle(handle)); // taken away meanwhile: nobody would have the handle
    return Status::access_violation;
  }
  return status;
}

Status duplicate_handle(HANDLE source_process, HANDLE source, HANDLE target_process, HANDLE* target, ACCESS_MASK access,
                        ULONG attributes, ULONG options) {
  if (target != nullptr && !can_write_to_user(target)) {
    return Status::access_violation;
  }
  Status status = check_process(source_process, PROCESS_DUP_HANDLE);
  if (status != Status::ok) {
    return status; // the target stays as it is: Y103
  }
  status = make_duplicate(source, target_process, target, access, attributes, options);
  if (status != Status::ok && target != nullptr) {
    static_cast<void>(write_to_user(target, HANDLE{nullptr}));
  }
  if ((options & DUPLICATE_CLOSE_SOURCE) != 0) {
    static_cast<void>(object::close(to_handle(source))); // documented: whatever the rest answers
  }
  return status;
}

Status are_same_object(HANDLE first, HANDLE second, bool& are_same) {
  object::Ref<object::Object> a;
  object::Ref<object::Object> b;
  if (Status status = object::reference(to_handle(first), nullptr, 0, a); status != Status::ok) {
    return status;
  }
  if (Status status = object::reference(to_handle(second), nullptr, 0, b); status != Status::ok) {
    return status;
  }
  are_same = a.get() == b.get();
  return Status::ok;
}

Status handle_flags(HANDLE handle, DWORD& flags) {
  object::Flags there{};
  Status status = object::get_flags(to_handle(handle), there);
  flags = static_cast<DWORD>(there);
  return status;
}

Status change_handle_flags(HANDLE handle, DWORD mask, DWORD flags) {
  if ((mask & ~kAllFlags) != 0) {
    return Status::invalid_parameter;
  }
  return object::set_flags(to_handle(handle), static_cast<object::Flags>(mask),
                           static_cast<object::Flags>(flags & kAllFlags));
}

} // namespace winmem::nt

NTSTATUS NTAPI NtClose(HANDLE Handle) { return static_cast<NTSTATUS>(nt::close_handle(Handle)); }

NTSTATUS NTAPI NtDuplicateObject(HANDLE SourceProcessHandle, HANDLE SourceHandle, HANDLE TargetProcessHandle,
                                 PHANDLE TargetHandle, ACCESS_MASK DesiredAccess, ULONG HandleAttributes,
                                 ULONG Options) {
  return static_cast<NTSTATUS>(nt::duplicate_handle(SourceProcessHandle, SourceHandle, TargetProcessHandle,
                                                    TargetHandle, DesiredAccess, HandleAttributes, Options));
}

// The Zw names are the same functions: in user mode Windows tells them apart no more than this.
extern "C" __attribute__((visibility("default"), alias("winmem_NtClose"))) decltype(NtClose) ZwClose;
extern "C" __attribute__((visibility("default"),
                          alias("winmem_NtDuplicateObject"))) decltype(NtDuplicateObject) ZwDuplicateObject;
