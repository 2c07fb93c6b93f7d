// io.h: descriptors of C's library and handles of files.
#include "../host/c_errno.h"
#include "../nt/descriptors.h"
#include "process_blocks.h"

#include <io.h>

using namespace winmem;

intptr_t _get_osfhandle(int _FileHandle) {
  HANDLE handle = nullptr;
  Status status = nt::handle_of(_FileHandle, handle);
  if (status != Status::ok) {
    if (status == Status::invalid_handle) {
      crt::invalid_parameter();
    }
    host::set_errno(status == Status::invalid_handle ? host::CError::bad_descriptor : host::CError::no_descriptors);
    return -1;
  }
  return reinterpret_cast<intptr_t>(handle);
}

int _open_osfhandle(intptr_t _OSFileHandle, int _Flags) {
  int descriptor = -1;
  auto on_exec = (_Flags & _O_NOINHERIT) != 0 ? nt::OnExec::close : nt::OnExec::keep;
  Status status = nt::descriptor_of(reinterpret_cast<HANDLE>(_OSFileHandle), on_exec, descriptor);
  if (status != Status::ok) {
    host::set_errno(status == Status::invalid_handle ? host::CError::bad_descriptor : host::CError::no_descriptors);
    return -1;
  }
  return descriptor;
}
