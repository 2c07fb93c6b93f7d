#include "temporary.h"

#include "../host/clock.h"
#include "../host/environment.h"
#include "../host/own_process.h"
#include "file.h"
#include "full_path.h"

#include <cstring>

namespace winmem::file {

namespace {

constinit std::atomic<std::uint32_t> asked{0};

class Name {
public:
  explicit Name(char (&buffer)[kPathRoom]) : buffer_(buffer) {}

  void text(const char* bytes) {
    for (; *bytes != 0; ++bytes) {
      if (length_ + 1 < kPathRoom) {
        buffer_[length_++] = *bytes;
      } else {
        fits_ = false;
      }
    }
  }
  void slash() {
    if (length_ == 0 || buffer_[length_ - 1] != '/') {
      text("/");
    }
  }
  void hex(std::uint16_t number) {
    char digits[5] = {};
    unsigned count = 0;
    for (unsigned rest = number; rest != 0; rest /= 16) {
      ++count;
    }
    for (unsigned rest = number; rest != 0; rest /= 16) {
      digits[--count] = "0123456789ABCDEF"[rest % 16];
    }
    text(digits);
  }
  Status finish() {
    buffer_[length_] = 0;
    return fits_ ? Status::ok : Status::name_too_long;
  }

private:
  char (&buffer_)[kPathRoom];
  std::size_t length_ = 0;
  bool fits_ = true;
};

Status make_name(const char* directory, const char* start, std::uint16_t number, char (&out)[kPathRoom]) {
  Name name(out);
  name.text(directory);
  name.slash();
  name.text(start);
  name.hex(number);
  name.text(".tmp");
  return name.finish();
}

// Another number for each call, process and moment, so that those who look at the same time seldom meet.
std::uint16_t first_number() {
  std::uint64_t mixed = host::milliseconds() + host::process_id() * std::uint64_t{0x9E37} +
                        asked.fetch_add(1, std::memory_order_relaxed) * std::uint64_t{0x79B9};
  return static_cast<std::uint16_t>(mixed);
}

} // namespace

Status temporary_directory(char (&out)[kPathRoom]) {
  const char* found = "/tmp";
  for (const char* variable : {"TMPDIR", "TEMP", "TMP"}) { // the last one that is set
    const char* text = host::environment(variable);
    found = text != nullptr && *text != 0 ? text : found;
  }
  char path[kPathRoom];
  char full[kPathRoom];
  Status status = to_path(found, path);
  status = status == Status::ok ? to_full_path(path, full) : status;
  if (status != Status::ok) {
    return status;
  }
  Name name(out);
  name.text(full);
  name.slash();
  return name.finish();
}

TemporaryFile name_temporary_file(const char* directory, const char* start, std::uint16_t number,
                                  char (&out)[kPathRoom]) {
  if (number != 0) {
    return {make_name(directory, start, number, out), number};
  }
  host::FileStatus there{};
  if (host::file_status(directory, there) != Status::ok || there.kind != host::FileKind::directory) {
    return {Status::not_a_directory};
  }
  std::uint16_t candidate = first_number();
  for (unsigned tried = 0; tried < 0x10000; ++tried, ++candidate) {
    if (candidate == 0) {
      continue;
    }
    if (Status status = make_name(directory, start, candidate, out); status != Status::ok) {
      return {status};
    }
    host::OpenedFile made = host::open_file(out, {.writes = true, .creates = true});
    if (made.status == Status::ok) {
      host::close_file(made.file);
      return {Status::ok, candidate, true};
    }
    if (made.status != Status::object_name_collision) {
      return {made.status};
    }
  }
  return {Status::object_name_collision};
}

} // namespace winmem::file
