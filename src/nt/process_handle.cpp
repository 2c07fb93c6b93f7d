#include "process_handle.h"

#include "../object/handle_table.h"
#include "../object/own.h"
#include "handles.h"

namespace winmem::nt::detail {

Status check_real_process(HANDLE process, ACCESS_MASK access) {
  auto handle = to_handle(process);
  object::Ref<object::Process> found;
  Status status = object::reference(handle, object::kProcessType, access, found);
  if (status == Status::ok && !object::is_this_process(*found)) {
    return Status::invalid_handle;
  }
  return status;
}

Status check_real_process_query(HANDLE process, ACCESS_MASK access) {
  Status status = check_real_process(process, access | PROCESS_QUERY_LIMITED_INFORMATION);
  return status == Status::access_denied ? check_real_process(process, access | PROCESS_QUERY_INFORMATION) : status;
}

} // namespace winmem::nt::detail
