#include "files.h"

#include "../file/transfer.h"
#include "../object/handle_table.h"
#include "completion_event.h"
#include "handles.h"
#include "user_memory.h"

#include <fileapi.h>
#include <winbase.h>

#include <limits>

namespace winmem::nt {

namespace {

Status to_request(const FileArguments& arguments, file::Request& out) {
  bool truncates = arguments.disposition == TRUNCATE_EXISTING;
  if (arguments.disposition < CREATE_NEW || arguments.disposition > TRUNCATE_EXISTING ||
      (truncates && (arguments.access & (GENERIC_WRITE | GENERIC_ALL)) == 0)) {
    return Status::invalid_parameter;
  }
  const object::GenericRights& rights = file::kFileType.rights;
  out.access = object::map_generic(rights, arguments.access, rights.all) | SYNCHRONIZE | FILE_READ_ATTRIBUTES;
  out.deletes_on_close = (arguments.flags & FILE_FLAG_DELETE_ON_CLOSE) != 0;
  out.access |= out.deletes_on_close ? DELETE : 0;
  out.share = arguments.share;
  out.disposition = static_cast<file::Disposition>(arguments.disposition);
  out.may_be_directory = (arguments.flags & FILE_FLAG_BACKUP_SEMANTICS) != 0;
  out.read_only = (arguments.flags & FILE_ATTRIBUTE_READONLY) != 0;
  out.unbuffered = (arguments.flags & FILE_FLAG_NO_BUFFERING) != 0;
  out.writes_through = (arguments.flags & FILE_FLAG_WRITE_THROUGH) != 0;
  return Status::ok;
}

// Where OVERLAPPED says; both halves all ones mean the end of the file, for writes.
std::int64_t offset_of(const OVERLAPPED& overlapped) {
  return static_cast<std::int64_t>(ULONGLONG{overlapped.OffsetHigh} << 32 | overlapped.Offset);
}

// `overlapped`, which may be null, gets the outcome before its event is set: who waits for that reads it.
template <typename Move> FileTransfer transfer(OVERLAPPED* overlapped, Move move) {
  CompletionEvent event;
  if (Status status = event.begin(overlapped != nullptr ? overlapped->hEvent : nullptr); status != Status::ok) {
    return {status};
  }
  host::Transferred done = move();
  if (overlapped != nullptr) {
    overlapped->Internal = static_cast<std::uint32_t>(done.status);
    overlapped->InternalHigh = done.bytes;
  }
  event.end(done.status);
  return {done.status, static_cast<DWORD>(done.bytes)};
}

} // namespace

CreatedFile create_file(const char* path, const FileArguments& arguments) {
  file::Request request;
  if (Status status = to_request(arguments, request); status != Status::ok) {
    return {status};
  }
  file::Opened opened = file::open(path, request);
  if (opened.status != Status::ok) {
    return {opened.status};
  }
  bool existed = opened.existed == file::Existed::yes;
  bool inherits = arguments.security != nullptr && arguments.security->bInheritHandle != FALSE;
  bool empties = existed && (arguments.disposition == CREATE_ALWAYS || arguments.disposition == TRUNCATE_EXISTING);
  opened.file->add_reference();
  object::Ref<file::File> file(opened.file.get());
  object::Handle handle = 0;
  Status status = object::open(file, request.access, inherits ? object::Flags::inherit : object::Flags::none, handle);
  if (status != Status::ok) {
    file::undo_creation(path, opened);
    return {status};
  }
  if (empties) {
    status = file::truncate(*opened.file);
    if (status != Status::ok) {
      opened.file->deletes_on_close = false; // it is as it was
      static_cast<void>(object::close(handle));
      return {status};
    }
  }
  return {Status::ok, reinterpret_cast<HANDLE>(handle), existed};
}

Status file_of(HANDLE handle, ACCESS_MASK any_of, object::Ref<file::File>& out) {
  object::AccessMask granted = 0;
  Status status = object::reference(to_handle(handle), file::kFileType, 0, out, &granted);
  if (status == Status::ok && any_of != 0 && (granted & any_of) == 0) {
    out.reset();
    return Status::access_denied;
  }
  return status;
}

FileTransfer read_file(HANDLE handle, void* buffer, DWORD length, OVERLAPPED* overlapped) {
  object::Ref<file::File> file;
  if (Status status = file_of(handle, FILE_READ_DATA, file); status != Status::ok) {
    return {status};
  }
  std::int64_t offset = overlapped != nullptr ? offset_of(*overlapped) : host::kAtPosition;
  if (overlapped != nullptr && offset < 0) {
    return {Status::invalid_parameter};
  }
  return transfer(overlapped, [&] { return file::read(*file, buffer, length, offset); });
}

FileTransfer write_file(HANDLE handle, const void* buffer, DWORD length, OVERLAPPED* overlapped) {
  object::Ref<file::File> file;
  if (Status status = file_of(handle, FILE_WRITE_DATA | FILE_APPEND_DATA, file); status != Status::ok) {
    return {status};
  }
  std::int64_t offset = host::kAtPosition;
  if (overlapped != nullptr) {
    offset = offset_of(*overlapped);
    if (offset == -1) { // the end
      std::uint64_t size = 0;
      if (Status status = file::size_of(*file, size); status != Status::ok) {
        return {status};
      }
      offset = static_cast<std::int64_t>(size);
    } else if (offset < 0) {
      return {Status::invalid_parameter};
    }
  }
  return transfer(overlapped, [&] { return file::write(*file, buffer, length, offset); });
}

Status move_position(HANDLE handle, LONGLONG distance, DWORD method, LONGLONG most, LONGLONG& position, Moved& moved) {
  if (method > FILE_END) {
    return Status::invalid_parameter;
  }
  object::Ref<file::File> file;
  if (Status status = file_of(handle, 0, file); status != Status::ok) {
    return status;
  }
  std::int64_t base = 0;
  if (method == FILE_CURRENT) {
    Status status = host::seek_file(file->descriptor, 0, host::SeekFrom::position, base);
    if (status != Status::ok) {
      return status;
    }
  } else if (method == FILE_END) {
    std::uint64_t size = 0;
    if (Status status = file::size_of(*file, size); status != Status::ok) {
      return status;
    }
    base = static_cast<std::int64_t>(size);
  }
  std::int64_t target = 0;
  if (__builtin_add_overflow(base, distance, &target)) {
    return Status::invalid_parameter;
  }
  moved = target < 0 ? Moved::negative : target > most ? Moved::too_far : Moved::ok;
  if (moved != Moved::ok) {
    return Status::ok;
  }
  std::int64_t reached = 0;
  Status status = host::seek_file(file->descriptor, target, host::SeekFrom::begin, reached);
  position = reached;
  return status;
}

Status file_size(HANDLE handle, ULONGLONG& size) {
  object::Ref<file::File> file;
  if (Status status = file_of(handle, 0, file); status != Status::ok) {
    return status;
  }
  std::uint64_t there = 0;
  Status status = file::size_of(*file, there);
  size = there;
  return status;
}

Status end_file_at_position(HANDLE handle) {
  object::Ref<file::File> file;
  Status status = file_of(handle, FILE_WRITE_DATA, file);
  return status == Status::ok ? file::end_at_position(*file) : status;
}

Status flush_file(HANDLE handle) {
  object::Ref<file::File> file;
  Status status = file_of(handle, FILE_WRITE_DATA | FILE_APPEND_DATA, file);
  return status == Status::ok ? host::flush_file(file->descriptor) : status;
}

Status file_type(HANDLE handle, DWORD& type) {
  object::Ref<file::File> file;
  if (Status status = file_of(handle, 0, file); status != Status::ok) {
    return status;
  }
  switch (file->kind) {
  case host::FileKind::regular:
  case host::FileKind::directory:
    type = FILE_TYPE_DISK;
    break;
  case host::FileKind::character:
    type = FILE_TYPE_CHAR;
    break;
  case host::FileKind::pipe:
    type = FILE_TYPE_PIPE;
    break;
  case host::FileKind::other:
    type = FILE_TYPE_UNKNOWN;
    break;
  }
  return Status::ok;
}

} // namespace winmem::nt
