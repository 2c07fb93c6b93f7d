#include "file_information.h"

#include "files.h"

namespace winmem::nt {

namespace {

constexpr DWORD low(std::uint64_t value) { return static_cast<DWORD>(value); }
constexpr DWORD high(std::uint64_t value) { return static_cast<DWORD>(value >> 32); }

// In units of 100 ns since 1601.
constexpr std::int64_t to_windows_time(host::FileTime time) {
  constexpr std::int64_t kSecond = 10'000'000;
  constexpr std::int64_t k1970 = 11'644'473'600;
  return (time.seconds + k1970) * kSecond + time.nanoseconds / 100;
}

FILETIME to_file_time(host::FileTime time) {
  auto value = static_cast<std::uint64_t>(to_windows_time(time));
  return {low(value), high(value)};
}

LARGE_INTEGER to_large(std::int64_t value) {
  LARGE_INTEGER out;
  out.QuadPart = value;
  return out;
}

// Files of data have FILE_ATTRIBUTE_ARCHIVE, as each has that was ever written on Windows.
DWORD attributes_of(const host::FileStatus& status) {
  DWORD read_only = status.may_be_written ? 0 : DWORD{FILE_ATTRIBUTE_READONLY};
  switch (status.kind) {
  case host::FileKind::directory:
    return FILE_ATTRIBUTE_DIRECTORY | read_only;
  case host::FileKind::regular:
    return FILE_ATTRIBUTE_ARCHIVE | read_only;
  case host::FileKind::character:
  case host::FileKind::pipe:
  case host::FileKind::other:
    break;
  }
  return read_only != 0 ? read_only : DWORD{FILE_ATTRIBUTE_NORMAL};
}

// Of directories and devices Windows tells no size.
std::uint64_t size_of(const host::FileStatus& status) {
  return status.kind == host::FileKind::regular ? status.size : 0;
}

Status details_of(HANDLE handle, host::FileDetails& out) {
  object::Ref<file::File> file;
  Status status = file_of(handle, 0, file);
  return status == Status::ok ? host::file_details(file->descriptor, out) : status;
}

} // namespace

Status file_attributes(const char* path, WIN32_FILE_ATTRIBUTE_DATA& out) {
  host::FileDetails details{};
  if (Status status = file::details_of(path, details); status != Status::ok) {
    return status;
  }
  std::uint64_t size = size_of(details.status);
  out = {.dwFileAttributes = attributes_of(details.status),
         .ftCreationTime = to_file_time(details.created),
         .ftLastAccessTime = to_file_time(details.accessed),
         .ftLastWriteTime = to_file_time(details.written),
         .nFileSizeHigh = high(size),
         .nFileSizeLow = low(size)};
  return Status::ok;
}

Status file_information(HANDLE handle, BY_HANDLE_FILE_INFORMATION& out) {
  host::FileDetails details{};
  if (Status status = details_of(handle, details); status != Status::ok) {
    return status;
  }
  std::uint64_t size = size_of(details.status);
  std::uint64_t device = details.status.device;
  out = {.dwFileAttributes = attributes_of(details.status),
         .ftCreationTime = to_file_time(details.created),
         .ftLastAccessTime = to_file_time(details.accessed),
         .ftLastWriteTime = to_file_time(details.written),
         .dwVolumeSerialNumber = low(device ^ device >> 32),
         .nFileSizeHigh = high(size),
         .nFileSizeLow = low(size),
         .nNumberOfLinks = details.links,
         .nFileIndexHigh = high(details.status.inode),
         .nFileIndexLow = low(details.status.inode)};
  return Status::ok;
}

Status file_information(HANDLE handle, FILE_BASIC_INFO& out) {
  host::FileDetails details{};
  Status status = details_of(handle, details);
  if (status == Status::ok) {
    out = {.CreationTime = to_large(to_windows_time(details.created)),
           .LastAccessTime = to_large(to_windows_time(details.accessed)),
           .LastWriteTime = to_large(to_windows_time(details.written)),
           .ChangeTime = to_large(to_windows_time(details.changed)),
           .FileAttributes = attributes_of(details.status)};
  }
  return status;
}

Status file_information(HANDLE handle, FILE_STANDARD_INFO& out) {
  host::FileDetails details{};
  Status status = details_of(handle, details);
  if (status == Status::ok) {
    bool is_directory = details.status.kind == host::FileKind::directory;
    out = {.AllocationSize = to_large(is_directory ? 0 : static_cast<std::int64_t>(details.allocated)),
           .EndOfFile = to_large(static_cast<std::int64_t>(size_of(details.status))),
           .NumberOfLinks = details.links,
           .DeletePending = static_cast<BOOLEAN>(details.links == 0),
           .Directory = static_cast<BOOLEAN>(is_directory)};
  }
  return status;
}

} // namespace winmem::nt
