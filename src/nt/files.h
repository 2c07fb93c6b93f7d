// Files with Windows' arguments: what is legal, and what a handle must grant for each call.
#pragma once

#include "../base/status.h"
#include "../file/file.h"

#include <minwinbase.h>
#include <winnt.h>

namespace winmem::nt {

struct FileArguments {
  DWORD access = 0; // generic rights allowed
  DWORD share = 0;
  DWORD disposition = 0;
  DWORD flags = 0; // FILE_FLAG_... and FILE_ATTRIBUTE_...
  const SECURITY_ATTRIBUTES* security = nullptr;
};

struct CreatedFile {
  Status status = Status::ok;
  HANDLE handle = nullptr;
  bool existed = false;
};

CreatedFile create_file(const char* path, const FileArguments& arguments);

// The open file of a handle that grants one of the rights; all handles of files will do for 0.
Status file_of(HANDLE handle, ACCESS_MASK any_of, object::Ref<file::File>& out);

struct FileTransfer {
  Status status = Status::ok;
  DWORD bytes = 0;
};

// At the position, or where `overlapped` says, which then gets the outcome.
FileTransfer read_file(HANDLE handle, void* buffer, DWORD length, OVERLAPPED* overlapped);
FileTransfer write_file(HANDLE handle, const void* buffer, DWORD length, OVERLAPPED* overlapped);

enum class Moved : unsigned char { ok, negative, too_far };

// The new position. `most` bounds it: beyond that nothing moves (too_far).
Status move_position(HANDLE handle, LONGLONG distance, DWORD method, LONGLONG most, LONGLONG& position, Moved& moved);

Status file_size(HANDLE handle, ULONGLONG& size);
Status end_file_at_position(HANDLE handle);
Status flush_file(HANDLE handle);

// FILE_TYPE_...
Status file_type(HANDLE handle, DWORD& type);

} // namespace winmem::nt
