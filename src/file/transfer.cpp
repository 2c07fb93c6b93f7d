#include "transfer.h"

#include "../vm/vm.h"
#include "byte_locks.h"
#include "sharing.h"

namespace winmem::file {

namespace {

// A transfer at an offset leaves the position behind what it transferred, as on Windows.
void move_behind(const File& file, std::int64_t offset, Bytes bytes) {
  if (offset != host::kAtPosition) {
    std::int64_t position = 0;
    static_cast<void>(
        host::seek_file(file.descriptor, offset + static_cast<std::int64_t>(bytes), host::SeekFrom::begin, position));
  }
}

// What FILE_FLAG_NO_BUFFERING asks for: whole sectors, where the position is as where an offset says.
bool is_misaligned(const File& file, std::int64_t offset, Bytes size) {
  constexpr std::int64_t kSector = 512;
  if (!file.is_unbuffered || file.kind != host::FileKind::regular) {
    return false;
  }
  std::int64_t begin = offset;
  if (offset == host::kAtPosition &&
      host::seek_file(file.descriptor, 0, host::SeekFrom::position, begin) != Status::ok) {
    return false;
  }
  return begin % kSector != 0 || size % kSector != 0;
}

} // namespace

host::Transferred read(File& file, void* to, Bytes size, std::int64_t offset) {
  if (is_misaligned(file, offset, size)) {
    return {Status::invalid_parameter};
  }
  if (is_locked_against(file, Transfer::read, offset, size)) {
    return {Status::file_lock_conflict};
  }
  vm::note_write(AddressRange{reinterpret_cast<Address>(to), reinterpret_cast<Address>(to) + size}); // V75, C30
  host::Transferred result = host::read_file(file.descriptor, to, size, offset);
  if (result.status != Status::ok) {
    return result;
  }
  if (result.bytes == 0 && size != 0 && offset != host::kAtPosition) {
    return {Status::end_of_file};
  }
  move_behind(file, offset, result.bytes);
  return result;
}

namespace {

// A write that failed after its first `done` bytes: what it made the file longer by goes again, unless somebody has
// written behind that meanwhile. What it wrote over stays so.
void take_back(const File& file, const host::FileStatus& before, std::int64_t offset, Bytes done) {
  std::int64_t position = 0;
  if (offset == host::kAtPosition) {
    static_cast<void>(
        host::seek_file(file.descriptor, -static_cast<std::int64_t>(done), host::SeekFrom::position, position));
    offset = position;
  }
  host::FileStatus now{};
  bool grew = host::file_status(file.descriptor, now) == Status::ok && now.size > before.size &&
              now.size == static_cast<std::uint64_t>(offset) + done;
  if (grew) {
    static_cast<void>(host::resize_file(file.descriptor, now.size, before.size));
  }
}

} // namespace

// A write that the kernel cuts short goes on: on Windows it is whole, or fails.
host::Transferred write(File& file, const void* from, Bytes size, std::int64_t offset) {
  if (is_misaligned(file, offset, size)) {
    return {Status::invalid_parameter};
  }
  if (is_locked_against(file, Transfer::write, offset, size)) {
    return {Status::file_lock_conflict};
  }
  host::FileStatus before{};
  bool may_grow = file.kind == host::FileKind::regular && host::file_status(file.descriptor, before) == Status::ok;
  Bytes done = 0;
  do {
    std::int64_t at = offset == host::kAtPosition ? offset : offset + static_cast<std::int64_t>(done);
    host::Transferred part = host::write_file(file.descriptor, static_cast<const char*>(from) + done, size - done, at);
    if (part.status != Status::ok) {
      if (may_grow && done != 0) {
        take_back(file, before, offset, done);
        done = 0;
      }
      return {part.status == Status::access_violation ? Status::invalid_user_buffer : part.status, done};
    }
    if (part.bytes == 0) {
      break;
    }
    done += part.bytes;
  } while (done < size);
  move_behind(file, offset, done);
  return {Status::ok, done};
}

Status size_of(File& file, std::uint64_t& size) {
  host::FileStatus status{};
  if (Status result = host::file_status(file.descriptor, status); result != Status::ok) {
    return result;
  }
  if (status.kind != host::FileKind::regular && status.kind != host::FileKind::directory) {
    return Status::invalid_device_request;
  }
  size = status.size;
  return Status::ok;
}

Status resize(File& file, std::uint64_t size) {
  std::uint64_t old_size = 0;
  if (Status status = size_of(file, old_size); status != Status::ok) {
    return status;
  }
  if (size < old_size && is_mapped_beyond(file.descriptor, size)) {
    return Status::user_mapped_file; // S45
  }
  return host::resize_file(file.descriptor, old_size, size);
}

Status end_at_position(File& file) {
  std::int64_t position = 0;
  if (Status status = host::seek_file(file.descriptor, 0, host::SeekFrom::position, position); status != Status::ok) {
    return status;
  }
  return resize(file, static_cast<std::uint64_t>(position));
}

} // namespace winmem::file
