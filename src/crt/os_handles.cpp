// io.h, stdio.h: descriptors of C's library, handles of files, and streams (H168).
#include "../host/c_errno.h"
#include "../host/c_stream.h"
#include "../host/file.h"
#include "../nt/descriptors.h"
#include "process_blocks.h"

#include <io.h>
#include <stdio.h>

using namespace winmem;

namespace {

host::CError error_of(Status status) {
  switch (status) {
  case Status::access_denied:
  case Status::invalid_parameter:      // the kernel's answer for what is not open to be written
  case Status::invalid_device_request: // a pipe, a console
    return host::CError::no_access;
  case Status::disk_full:
    return host::CError::disk_full;
  default:
    return host::CError::io_error;
  }
}

} // namespace

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

errno_t _chsize_s(int fd, int64_t size) {
  if (size < 0) {
    crt::invalid_parameter();
    return host::number_of(host::CError::invalid_argument);
  }
  host::FileIdentity identity;
  if (fd < 0 || !host::identify(fd, identity)) {
    crt::invalid_parameter();
    host::set_errno(host::CError::bad_descriptor);
    return host::number_of(host::CError::bad_descriptor);
  }
  host::FileStatus there{};
  Status status = host::file_status(fd, there);
  if (status == Status::ok) {
    status = there.kind == host::FileKind::regular ? host::resize_file(fd, there.size, static_cast<std::uint64_t>(size))
                                                   : Status::invalid_device_request;
  }
  if (status == Status::ok) {
    return 0;
  }
  host::set_errno(error_of(status));
  return host::number_of(error_of(status));
}

int _chsize(int fd, long size) { return _chsize_s(fd, size) == 0 ? 0 : -1; }

int _fileno(FILE* _Stream) {
  if (_Stream == nullptr) {
    crt::invalid_parameter();
    return -1;
  }
  constexpr int kNone = -2;
  int descriptor = host::descriptor_of_stream(_Stream);
  return descriptor >= 0 ? descriptor : kNone;
}
