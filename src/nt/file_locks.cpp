#include "file_locks.h"

#include "../file/byte_locks.h"
#include "completion_event.h"
#include "files.h"

namespace winmem::nt {

namespace {

// The file to lock in, if it has bytes and the range is one.
Status judge(HANDLE handle, ULONGLONG first, ULONGLONG size, object::Ref<file::File>& out) {
  if (Status status = file_of(handle, FILE_READ_DATA | FILE_WRITE_DATA, out); status != Status::ok) {
    return status;
  }
  if (out->kind != host::FileKind::regular) {
    return out->kind == host::FileKind::directory ? Status::invalid_parameter : Status::invalid_device_request;
  }
  ULONGLONG last = 0;
  bool wraps = size != 0 && __builtin_add_overflow(first, size - 1, &last);
  return wraps ? Status::invalid_lock_range : Status::ok;
}

} // namespace

Status lock_file(HANDLE handle, ULONGLONG first, ULONGLONG size, LockKind kind, IfTaken if_taken, HANDLE event) {
  object::Ref<file::File> file;
  CompletionEvent completion;
  Status status = judge(handle, first, size, file);
  status = status == Status::ok ? completion.begin(event) : status;
  if (status != Status::ok) {
    return status;
  }
  status = file::lock(*file, {first, size},
                      kind == LockKind::exclusive ? host::RangeLock::exclusive : host::RangeLock::shared,
                      if_taken == IfTaken::wait ? file::IfTaken::wait : file::IfTaken::fail);
  completion.end(status);
  return status;
}

Status unlock_file(HANDLE handle, ULONGLONG first, ULONGLONG size) {
  object::Ref<file::File> file;
  Status status = judge(handle, first, size, file);
  return status == Status::ok ? file::unlock(*file, {first, size}) : status;
}

} // namespace winmem::nt
