#include "handover_file.h"

#include "high_file.h"
#include "syscall.h"

#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/mman.h>

namespace winmem::host {

namespace {

constexpr int kNote = 1024;
constexpr FileIdentity kNone{};

bool is_note_ours(const FileIdentity& note) {
  FileIdentity there{};
  return note != kNone && identify(kNote, there) && there == note;
}

bool write_all(int file, const void* bytes, Bytes size, std::int64_t offset) {
  for (Bytes done = 0; done < size;) {
    Transferred part =
        write_file(file, static_cast<const char*>(bytes) + done, size - done, offset + static_cast<std::int64_t>(done));
    if (part.status != Status::ok || part.bytes == 0) {
      return false;
    }
    done += part.bytes;
  }
  return true;
}

// The number is taken only if it is free or the old note has it.
bool give_number(int file, const FileIdentity& old) {
  if (is_note_ours(old)) {
    return system_call(SYS_dup3, file, kNote, 0) == kNote;
  }
  long number = system_call(SYS_fcntl, file, F_DUPFD, kNote);
  while (number == -EINVAL && raise_descriptor_limit()) {
    number = system_call(SYS_fcntl, file, F_DUPFD, kNote);
  }
  if (number > kNote) {
    close_file(static_cast<int>(number));
  }
  return number == kNote;
}

} // namespace

bool leave_note(FileIdentity& note, const NoteParts& parts) {
  long made = 0;
  do {
    made = system_call(SYS_memfd_create, as_argument("winmem-handles"), MFD_CLOEXEC);
  } while (made == -EMFILE && raise_descriptor_limit());
  if (made < 0) {
    return false;
  }
  int file = static_cast<int>(made);
  FileIdentity identity{};
  bool left = identify(file, identity) && write_all(file, parts.first, parts.first_size, 0) &&
              write_all(file, parts.second, parts.second_size, static_cast<std::int64_t>(parts.first_size)) &&
              give_number(file, note);
  close_file(file);
  note = left ? identity : note;
  return left;
}

void take_note_away(FileIdentity& note) {
  FileIdentity there{};
  if (note != kNone && (!identify(kNote, there) || there == note)) {
    close_file(kNote);
  }
  note = kNone;
}

Bytes read_note(FileIdentity& note, void* to, Bytes room, Bytes offset) {
  if (getauxval(AT_SECURE) != 0 || !identify(kNote, note)) {
    return 0;
  }
  Bytes done = 0;
  while (done < room) {
    Transferred part =
        read_file(kNote, static_cast<char*>(to) + done, room - done, static_cast<std::int64_t>(offset + done));
    if (part.status != Status::ok || part.bytes == 0) {
      break;
    }
    done += part.bytes;
  }
  return done;
}

void set_on_exec(int file, OnExec on_exec) {
  system_call(SYS_fcntl, file, F_SETFD, on_exec == OnExec::close ? FD_CLOEXEC : 0);
}

} // namespace winmem::host
