// NtOpenProcess and NtTerminateProcess, of the own process.
#include "../host/own_process.h"
#include "../host/last_words.h"
#include "../object/own.h"
#include "handles.h"
#include "process_handle.h"
#include "user_memory.h"

#include <winternl.h>

#include <ntstatus.h>

using namespace winmem;

NTSTATUS NTAPI NtOpenProcess(PHANDLE ProcessHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes,
                             CLIENT_ID* ClientId) {
  OBJECT_ATTRIBUTES attributes;
  CLIENT_ID id{};
  if (!nt::can_write_to_user(ProcessHandle) || !nt::read_from_user(attributes, ObjectAttributes) ||
      (ClientId != nullptr && !nt::read_from_user(id, ClientId))) {
    return STATUS_ACCESS_VIOLATION;
  }
  if (attributes.ObjectName != nullptr || ClientId == nullptr) {
    return STATUS_INVALID_PARAMETER_MIX;
  }
  if (nt::to_handle(id.UniqueProcess) != host::process_id()) {
    return STATUS_INVALID_CID; // no other one is reached so far
  }
  object::Ref<object::Object> process = object::this_process();
  if (!process) {
    return STATUS_NO_MEMORY;
  }
  const object::GenericRights& rights = process->type->rights;
  bool is_inherited = (attributes.Attributes & OBJ_INHERIT) != 0;
  object::Handle handle = 0;
  Status status = object::open(process, object::map_generic(rights, DesiredAccess, rights.all),
                               is_inherited ? object::Flags::inherit : object::Flags::none, handle);
  return static_cast<NTSTATUS>(nt::hand_out(ProcessHandle, reinterpret_cast<HANDLE>(handle), status));
}

NTSTATUS NTAPI NtTerminateProcess(HANDLE ProcessHandle, NTSTATUS ExitStatus) {
  if (Status status = nt::check_process(ProcessHandle, PROCESS_TERMINATE); status != Status::ok) {
    return static_cast<NTSTATUS>(status);
  }
  constexpr int kKept = 0xFF;
  int code = ExitStatus & kKept;
  host::leave_process(code == 0 && ExitStatus != 0 ? kKept : code);
}
