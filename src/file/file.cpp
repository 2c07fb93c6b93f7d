#include "file.h"

#include "../host/descriptor_copies.h"
#include "../host/own_process.h"
#include "../object/handover.h"
#include "byte_locks.h"
#include "path.h"
#include "sharing.h"

#include <algorithm>

namespace winmem::file {

namespace {

constinit object::Cells cells(sizeof(File));
constinit std::atomic<bool> some_delete_on_close{false};

// Its path, as the kernel knows it now; false when it has none any more, or never had one.
bool path_of(const File& file, char (&path)[kPathRoom]) {
  host::FileIdentity ours;
  host::FileStatus named;
  return host::path_of_file(file.descriptor, path, sizeof path) && host::identify(file.descriptor, ours) &&
         host::file_status(path, named) == Status::ok && ours == host::FileIdentity{named.device, named.inode};
}

// The file is gone by name when its last handle is; what it was renamed to goes, not what has its old name now.
void delete_by_name(const File& file) {
  char path[kPathRoom];
  if (path_of(file, path)) {
    static_cast<void>(host::remove_name(path));
  }
}

// A fork's child leaves it to its parent.
bool takes_name(const File& file) { return file.deletes_on_close && file.process == host::process_id(); }

void close_name(object::Object& object) {
  auto& file = static_cast<File&>(object);
  if (takes_name(file)) {
    delete_by_name(file);
  }
}

void end(object::Object& object) {
  auto& file = static_cast<File&>(object);
  forget_locks(file);
  if (file.descriptor >= 0) {
    host::close_file(file.descriptor);
  }
  cells.give(&file);
}

object::AccessMask most_access(const object::Object& object) { return static_cast<const File&>(object).most_access; }

std::size_t name_of(const object::Object& object, char16_t* to, std::size_t room) {
  char path[kPathRoom];
  char16_t name[kPathRoom];
  if (!path_of(static_cast<const File&>(object), path) || length_as<char16_t>(path) > room) {
    return 0;
  }
  copy_as(path, name);
  std::size_t count = length_as<char16_t>(path);
  std::copy_n(name, count, to);
  return count;
}

// Its locks of ranges go on with the descriptors, but which ranges they are the new program is not told.
bool hand_over(object::Object& object, object::Handover& out) {
  auto& file = static_cast<File&>(object);
  out.descriptors[0] = file.descriptor;
  out.descriptors[1] = file.lock_descriptor.load(std::memory_order_relaxed);
  out.values[0] = file.most_access;
  out.values[1] = static_cast<std::uint64_t>(file.kind);
  out.values[2] = (file.deletes_on_close ? 1U : 0U) | (file.is_unbuffered ? 2U : 0U);
  out.values[3] = file.process;
  return true;
}

object::Ref<object::Object> take_over(const object::Handover& from) {
  object::Ref<File> file = object::make<File>(cells);
  if (file) {
    file->descriptor = from.descriptors[0];
    file->lock_descriptor.store(from.descriptors[1], std::memory_order_relaxed);
    file->most_access = static_cast<object::AccessMask>(from.values[0]);
    file->kind = static_cast<host::FileKind>(from.values[1]);
    file->deletes_on_close = (from.values[2] & 1) != 0;
    file->is_unbuffered = (from.values[2] & 2) != 0;
    file->process = static_cast<std::uint32_t>(from.values[3]);
  }
  return object::Ref<object::Object>(file.release());
}

bool has_data_access(object::AccessMask access) {
  return (access & (kReadData | kWriteData | kAppendData | kExecute | kDelete)) != 0;
}

bool replaces(const Request& request) {
  return request.disposition == Disposition::create_always || request.disposition == Disposition::truncate_existing;
}

host::Opening opening_of(const Request& request) {
  bool writes = (request.access & (kWriteData | kAppendData)) != 0 || replaces(request);
  return {
      .reads = has_data_access(request.access) || writes,
      .writes = writes,
      .read_only = request.read_only,
      .appends = (request.access & (kWriteData | kAppendData)) == kAppendData,
      .writes_through = request.writes_through,
  };
}

// A file that may be written and not read is opened so, without marks; a directory is opened to be asked about.
host::OpenedFile open_existing(const char* path, const Request& request) {
  host::Opening how = opening_of(request);
  host::OpenedFile opened = host::open_file(path, how);
  if (opened.status == Status::access_denied && how.writes && (request.access & (kReadData | kExecute)) == 0) {
    how.reads = false;
    opened = host::open_file(path, how);
  }
  if (opened.status == Status::file_is_a_directory && request.may_be_directory) {
    how.writes = false;
    how.reads = true;
    opened = host::open_file(path, how);
  }
  if (opened.status == Status::access_denied && !how.writes && (request.access & (kReadData | kExecute)) == 0) {
    how.reads = false;
    opened = host::open_file(path, how);
  }
  return opened;
}

host::OpenedFile open_new(const char* path, const Request& request) {
  host::Opening how = opening_of(request);
  how.creates = true;
  how.reads = true; // also for who wants no access to the data
  return host::open_file(path, how);
}

// Not found because of the last part of the path, or because of one before it?
Status missing_part(const char* path) {
  char parent[kPathRoom];
  std::size_t length = 0;
  std::size_t last_slash = 0;
  for (; path[length] != 0 && length < kPathRoom - 1; ++length) {
    parent[length] = path[length];
    last_slash = path[length] == '/' ? length : last_slash;
  }
  if (last_slash == 0) {
    return Status::object_name_not_found; // in the current directory, or in the root
  }
  parent[last_slash] = 0;
  host::FileStatus status;
  bool is_there = host::file_status(parent, status) == Status::ok && status.kind == host::FileKind::directory;
  return is_there ? Status::object_name_not_found : Status::object_path_not_found;
}

host::OpenedFile open_by_disposition(const char* path, const Request& request, Existed& existed) {
  bool may_create =
      request.disposition != Disposition::open_existing && request.disposition != Disposition::truncate_existing;
  bool may_open = request.disposition != Disposition::create_new;
  constexpr int kTries = 16; // somebody else creates and deletes it in turn
  host::OpenedFile opened;
  for (int tried = 0; tried < kTries; ++tried) {
    if (may_open) {
      opened = open_existing(path, request);
      existed = Existed::yes;
      if (opened.status != Status::object_name_not_found || !may_create) {
        break;
      }
    }
    opened = open_new(path, request);
    existed = Existed::no;
    if (opened.status != Status::object_name_collision || !may_open) {
      break;
    }
  }
  if (opened.status == Status::object_name_not_found) {
    opened.status = missing_part(path);
  }
  return opened;
}

// Devices and pipes are anybody's at any time.
Status mark(const File& file, const Request& request) {
  bool has_marks = file.kind == host::FileKind::regular || file.kind == host::FileKind::directory;
  return has_marks ? mark_sharing(file.descriptor, request.access, request.share) : Status::ok;
}

// What must hold of a file that was there already.
Status check_existing(const File& file, const host::FileStatus& status, const Request& request) {
  bool is_directory = status.kind == host::FileKind::directory;
  if (is_directory && !request.may_be_directory) {
    return Status::file_is_a_directory;
  }
  bool writes = (request.access & (kWriteData | kAppendData)) != 0 || replaces(request);
  if (!is_directory && writes && !status.may_be_written) {
    return Status::access_denied; // the attribute holds for everybody
  }
  return mark(file, request);
}

} // namespace

constexpr object::Type kFileType = {
    .name = "File",
    .rights = {.read = 0x00120089, .write = 0x00120116, .execute = 0x001200A0, .all = 0x001F01FF},
    .last_handle_closed = close_name,
    .end = end,
    .name_of = name_of,
    .most_access = most_access,
    .hand_over = hand_over,
    .take_over = take_over,
};

namespace {
[[gnu::constructor(103)]] void expect_files() { object::expect_from_exec(kFileType); }
} // namespace

Opened open(const char* path, const Request& request) {
  Opened result{.file = object::make<File>(cells)};
  if (!result.file) {
    return {.status = Status::no_memory, .file = {}};
  }
  host::OpenedFile opened = open_by_disposition(path, request, result.existed);
  if (opened.status != Status::ok) {
    return {.status = opened.status, .file = {}};
  }
  File& file = *result.file;
  file.descriptor = opened.file;
  file.most_access = request.access;
  host::FileStatus status{};
  result.status = host::file_status(file.descriptor, status);
  file.kind = status.kind;
  if (result.status == Status::ok) {
    result.status = result.existed == Existed::yes ? check_existing(file, status, request) : mark(file, request);
  }
  if (result.status != Status::ok) {
    undo_creation(path, result);
    return {.status = result.status, .file = {}};
  }
  file.deletes_on_close = request.deletes_on_close;
  file.is_unbuffered = request.unbuffered;
  file.process = host::process_id();
  if (request.deletes_on_close) {
    some_delete_on_close.store(true, std::memory_order_relaxed);
  }
  return result;
}

Opened adopt(int descriptor) {
  Opened result{.file = object::make<File>(cells), .existed = Existed::yes};
  if (!result.file) {
    return {.status = Status::no_memory, .file = {}};
  }
  bool reads = false;
  bool writes = false;
  host::FileStatus status{};
  if (!host::descriptor_access(descriptor, reads, writes) || host::file_status(descriptor, status) != Status::ok) {
    return {.status = Status::invalid_handle, .file = {}};
  }
  File& file = *result.file;
  file.descriptor = host::copy_high(descriptor);
  if (file.descriptor < 0) {
    return {.status = Status::insufficient_resources, .file = {}};
  }
  file.kind = status.kind;
  file.process = host::process_id();
  file.most_access =
      kSynchronize | kReadAttributes | (reads ? kFileType.rights.read : 0) | (writes ? kFileType.rights.write : 0);
  return result;
}

namespace {

// Names that are to go with the last handle go when the process ends by exit, as Windows closes the handles then.
[[gnu::destructor]] void take_names_at_exit() {
  if (!some_delete_on_close.load(std::memory_order_relaxed)) {
    return;
  }
  for (object::Handle handle = 4; handle <= object::highest_handle(); handle += 4) {
    object::Ref<File> file;
    if (object::reference(handle, kFileType, 0, file) == Status::ok && takes_name(*file)) {
      delete_by_name(*file);
    }
  }
}

} // namespace

Status truncate(File& file) {
  if (file.kind != host::FileKind::regular) {
    return Status::ok;
  }
  return is_mapped_beyond(file.descriptor, 0) ? Status::user_mapped_file // S45
                                              : host::resize_file(file.descriptor, 0, 0);
}

void undo_creation(const char* path, const Opened& opened) {
  if (opened.existed == Existed::no) {
    static_cast<void>(host::remove_name(path));
  }
}

Status status_of(const char* path, host::FileStatus& out) {
  Status result = host::file_status(path, out);
  return result == Status::object_name_not_found ? missing_part(path) : result;
}

Status details_of(const char* path, host::FileDetails& out) {
  Status result = host::file_details(path, out);
  return result == Status::object_name_not_found ? missing_part(path) : result;
}

namespace {

// Who keeps a file from losing its name.
struct Held {
  bool by_handle = false; // that does not share deletion
  bool by_section = false;
};

// access_denied: it cannot be opened for reading, so nobody can tell.
Status find_held(const char* path, Held& out) {
  host::OpenedFile opened = host::open_file(path, {.reads = true});
  if (opened.status == Status::ok) {
    out = {is_deletion_denied(opened.file), is_mapped_beyond(opened.file, 0)};
    host::close_file(opened.file);
  }
  return opened.status;
}

} // namespace

bool is_kept(const char* path, Keeping keeping) {
  Held held;
  return find_held(path, held) == Status::ok && (held.by_handle || (keeping == Keeping::contents && held.by_section));
}

Status remove(const char* path) {
  host::FileStatus status{};
  if (Status result = status_of(path, status); result != Status::ok) {
    return result;
  }
  if (status.kind == host::FileKind::directory || !status.may_be_written) {
    return Status::access_denied;
  }
  if (status.kind == host::FileKind::regular) { // a pipe that is opened may wait for the other end
    Held held;
    Status result = find_held(path, held);
    if (result != Status::ok && result != Status::access_denied) {
      return result;
    }
    if (held.by_handle) {
      return Status::sharing_violation;
    }
    if (held.by_section) {
      return Status::access_denied; // S45
    }
  }
  return host::remove_name(path);
}

} // namespace winmem::file
