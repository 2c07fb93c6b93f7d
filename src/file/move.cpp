#include "move.h"

#include "../host/own_process.h"
#include "file.h"
#include "path.h"

#include <cstring>

namespace winmem::file {

namespace {

// A name beside `path` that nobody else has.
bool name_beside(const char* path, char (&out)[kPathRoom]) {
  std::size_t length = std::strlen(path);
  constexpr std::size_t kMore = 24;
  if (length + kMore >= kPathRoom) {
    return false;
  }
  std::memcpy(out, path, length);
  char* end = out + length;
  for (const char* text = ".winmem-"; *text != 0; ++text) {
    *end++ = *text;
  }
  for (std::uint32_t rest = host::thread_id(); rest != 0; rest /= 16) {
    *end++ = "0123456789abcdef"[rest % 16];
  }
  *end = 0;
  return true;
}

Status copy_bytes(int from, int to, std::uint64_t size) {
  char buffer[0x4000];
  for (std::uint64_t copied = 0;;) {
    host::Transferred got = host::read_file(from, buffer, sizeof buffer);
    if (got.status != Status::ok || got.bytes == 0) {
      return got.status == Status::ok && copied < size ? Status::io_device_error : got.status;
    }
    copied += got.bytes;
    for (Bytes done = 0; done < got.bytes;) {
      host::Transferred put = host::write_file(to, buffer + done, got.bytes - done);
      if (put.status != Status::ok) {
        return put.status;
      }
      done += put.bytes;
    }
  }
}

// The whole copy gets its name in one step, so nobody sees a part of it.
Status copy(const char* from, const char* to, const Move& how) {
  char beside[kPathRoom];
  if (!name_beside(to, beside)) {
    return Status::name_too_long;
  }
  host::OpenedFile source = host::open_file(from, {.reads = true});
  if (source.status != Status::ok) {
    return source.status;
  }
  host::FileStatus kind{};
  Status status = host::file_status(source.file, kind);
  host::OpenedFile target;
  if (status == Status::ok) {
    target = host::open_file(beside, {.writes = true, .creates = true, .read_only = !kind.may_be_written});
    status = target.status;
  }
  if (status == Status::ok) {
    status = copy_bytes(source.file, target.file, kind.size);
    if (status == Status::ok && how.writes_through) {
      status = host::flush_file(target.file);
    }
    host::close_file(target.file);
    status = status == Status::ok ? host::rename(beside, to, how.if_there) : status;
    if (status != Status::ok) {
      static_cast<void>(host::remove_name(beside));
    }
  }
  host::close_file(source.file);
  if (status == Status::ok) {
    static_cast<void>(host::remove_name(from)); // documented: where that fails both stay, and the move has succeeded
  }
  return status;
}

} // namespace

Status move(const char* from, const char* to, const Move& how) {
  host::FileStatus source{};
  if (Status status = status_of(from, source); status != Status::ok) {
    return status;
  }
  if (std::strcmp(from, to) == 0) {
    return Status::ok;
  }
  if (source.kind == host::FileKind::regular && is_kept(from, Keeping::name)) {
    return Status::sharing_violation;
  }
  host::FileStatus target{};
  Status there = status_of(to, target);
  if (there == Status::object_path_not_found) {
    return there;
  }
  if (there == Status::ok) {
    if (how.if_there == host::IfThere::fail) {
      return Status::object_name_collision;
    }
    bool is_kept_open = target.kind == host::FileKind::regular && is_kept(to, Keeping::contents);
    if (target.kind == host::FileKind::directory || !target.may_be_written || is_kept_open) {
      return Status::access_denied;
    }
  }
  Status status = host::rename(from, to, how.if_there);
  if (status == Status::not_same_device && how.may_copy) {
    return source.kind == host::FileKind::regular ? copy(from, to, how) : Status::access_denied;
  }
  return status;
}

} // namespace winmem::file
