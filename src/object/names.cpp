#include "names.h"

#include "../host/file.h"
#include "../host/lock.h"
#include "../host/own_process.h"
#include "../host/thread.h"
#include "state_page.h"

#include <cstring>

namespace winmem::object {

// A name that an object of this process holds. Guarded by names_lock.
struct Held {
  std::uint64_t zero; // as in a FreeCell
  Held* next;
  Named* object;
  int file;        // holds the name in the directory
  int shared_file; // negative: none
  Bytes place;     // of this process among the holders; 0: it is not listed
  Name name;
};

namespace {

constexpr unsigned kBuckets = 1024;

constinit host::Lock names_lock; // guards what follows, and all of Held
constinit Held* buckets[kBuckets]{};
constinit Cells held_cells(sizeof(Held));
constinit bool has_swept = false;
constinit std::uint32_t count_of_shared = 0; // names with a shared file

Held*& bucket_of(const Name& name) { return buckets[hash_of(name) % kBuckets]; }

class DirectoryHold {
public:
  DirectoryHold() : status_(host::lock_name_directory()) {}
  ~DirectoryHold() {
    if (status_ == Status::ok) {
      host::unlock_name_directory();
    }
  }
  DirectoryHold(const DirectoryHold&) = delete;
  DirectoryHold& operator=(const DirectoryHold&) = delete;
  Status status() const { return status_; }

private:
  Status status_;
};

// The name goes if no other process holds it; whether that is so, as far as can be told.
bool give_up_file(const Held& held) {
  char file_name[kFileNameRoom];
  file_name_of(held.name, file_name);
  DirectoryHold hold;
  if (hold.status() != Status::ok) {
    host::close_file(held.file); // nobody holds it from here on: it is swept when the directory is ours again
    return false;
  }
  if (held.place != 0) {
    remove_holder(held.file, held.place);
  }
  bool is_others = host::is_held_by_others(held.file);
  host::close_file(held.file);
  // A child of a fork may hold it yet, by a copy of this very descriptor.
  return !is_others && host::remove_unheld_name(file_name);
}

void release_locked(Held* held) {
  Held** link = &bucket_of(held->name);
  while (*link != held) {
    link = &(*link)->next;
  }
  *link = held->next;
  held->object->held = nullptr;
  count_of_shared -= held->shared_file >= 0 ? 1 : 0;
  held->object->outlived_name = give_up_file(*held);
  held->zero = 0;
  held_cells.give(held);
}

// This process's object of that name, counted.
Ref<Named> find_locked(const Name& name) {
  for (Held* held = bucket_of(name); held != nullptr; held = held->next) {
    if (held->name == name) {
      if (held->object->try_reference()) {
        return Ref<Named>(held->object);
      }
      release_locked(held); // its last handle is being closed by a thread that waits for names_lock
      break;
    }
  }
  return {};
}

Status give_handle(const NameRequest& request, Ref<Named>& object, NameAnswer& answer) {
  answer.status = object::open(object, request.granted, request.flags, answer.handle);
  return answer.status;
}

// What one call takes, and gives back unless it succeeds.
struct Attempt {
  explicit Attempt(const Name& name) { file_name_of(name, file_name); }
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

  ~Attempt() {
    if (is_kept) {
      return;
    }
    if (shared.state != nullptr) {
      unmap_state(shared.state);
    }
    if (!shared.is_new && shared.file >= 0) {
      host::close_file(shared.file);
    }
    if (file >= 0) {
      if (held != nullptr && held->place != 0) {
        remove_holder(file, held->place);
      }
      host::close_file(file);
      static_cast<void>(host::remove_unheld_name(file_name));
    }
    if (held != nullptr) {
      held->zero = 0;
      held_cells.give(held);
    }
  }

  char file_name[kFileNameRoom];
  int file = -1;
  Held* held = nullptr;
  Shared shared;
  NameHeader header;
  bool is_kept = false;
};

// A name that some process holds: what its file says.
Status read_existing(const NameRequest& request, Attempt& attempt) {
  Status status = read_header(attempt.file, request.name, attempt.header);
  if (status != Status::ok) {
    return status;
  }
  if (attempt.header.kind != request.type.name_kind) {
    return Status::object_type_mismatch; // S22
  }
  std::memcpy(attempt.shared.details, attempt.header.details, kDetailBytes);
  attempt.shared.is_writable = attempt.header.is_writable;
  if (attempt.header.has_file()) {
    attempt.shared.file = open_shared_file(attempt.file, attempt.header);
    return attempt.shared.file >= 0 ? Status::ok : Status::object_name_not_found;
  }
  return Status::ok;
}

Status describe_new(const NameRequest& request, Attempt& attempt) {
  NameHeader& header = attempt.header;
  header.kind = request.type.name_kind;
  header.is_writable = attempt.shared.is_writable;
  std::memcpy(header.details, attempt.shared.details, kDetailBytes);
  if (attempt.shared.file >= 0 && !host::identify(attempt.shared.file, header.file)) {
    return Status::insufficient_resources;
  }
  return write_header(attempt.file, header, request.name);
}

Status list_holder(Attempt& attempt) {
  if (attempt.shared.file < 0) {
    return Status::ok;
  }
  return add_holder(attempt.file, {host::process_id(), attempt.shared.file}, attempt.held->place);
}

void keep(const NameRequest& request, Attempt& attempt, Named* object) {
  Held* held = attempt.held;
  held->object = object;
  held->file = attempt.file;
  held->shared_file = attempt.shared.file;
  held->name = request.name;
  Held*& bucket = bucket_of(request.name);
  held->next = bucket;
  bucket = held;
  object->held = held;
  count_of_shared += held->shared_file >= 0 ? 1 : 0;
  attempt.is_kept = true;
}

// The object of this process, with a handle, for the name whose file is held and, unless it is new, was read.
Status make_object(const NameRequest& request, MakeNamed make, void* context, Attempt& attempt, NameAnswer& answer) {
  Shared& shared = attempt.shared;
  if (request.type.shares_state) {
    Status status = shared.is_new ? host::provide_name_pages(attempt.file, kStatePage, kPage) : Status::ok;
    shared.state = status == Status::ok ? map_state(attempt.file_name) : nullptr;
    if (shared.state == nullptr) {
      return status == Status::ok ? Status::no_memory : status;
    }
  }
  attempt.held = static_cast<Held*>(held_cells.take());
  if (attempt.held == nullptr) {
    return Status::no_memory;
  }
  attempt.held->place = 0;
  Ref<Named> object;
  if (Status status = make(context, shared, object); status != Status::ok) {
    return status;
  }
  // From here on page and descriptor are the object's.
  object->is_named = true;
  object->state = std::exchange(shared.state, nullptr);
  int file = shared.file;
  Status status = shared.is_new ? describe_new(request, attempt) : Status::ok;
  status = status == Status::ok ? list_holder(attempt) : status;
  Named* made = object.get();
  status = status == Status::ok ? give_handle(request, object, answer) : status;
  if (status != Status::ok) {
    shared.file = -1;
    return status;
  }
  shared.file = file;
  keep(request, attempt, made);
  return Status::ok;
}

// One try. object_name_not_found for create_or_open: the name is held, but what it stands for was not to be had.
Status try_directory(const NameRequest& request, MakeNamed make, void* context, NameAnswer& answer, bool& is_held) {
  DirectoryHold hold;
  if (hold.status() != Status::ok) {
    return hold.status();
  }
  if (!has_swept) {
    host::sweep_names(true);
    has_swept = true;
  }
  Attempt attempt(request.name);
  host::NameFile found = host::hold_name(attempt.file_name);
  is_held = found.status == Status::ok;
  if (is_held) {
    attempt.file = found.file;
    if (request.finding == Finding::create) {
      return Status::object_name_collision;
    }
    answer.existed = true;
    Status status = read_existing(request, attempt);
    return status == Status::ok ? make_object(request, make, context, attempt, answer) : status;
  }
  if (found.status != Status::object_name_not_found || request.finding == Finding::open) {
    return found.status;
  }
  host::sweep_names(false);
  found = host::make_name(attempt.file_name);
  if (found.status != Status::ok) {
    return found.status == Status::object_name_not_found ? Status::access_denied : found.status;
  }
  attempt.file = found.file;
  attempt.shared.is_new = true;
  answer.existed = false;
  return make_object(request, make, context, attempt, answer);
}

} // namespace

NameAnswer open_named(const NameRequest& request, MakeNamed make, void* context) {
  host::LockHold lock(names_lock);
  NameAnswer answer;
  if (Ref<Named> object = find_locked(request.name)) {
    answer.existed = true;
    if (object->type != &request.type) {
      answer.status = Status::object_type_mismatch;
    } else if (request.finding == Finding::create) {
      answer.status = Status::object_name_collision;
    } else {
      answer.status = give_handle(request, object, answer);
    }
    return answer;
  }
  // A holder that was forked a moment ago may be the only one left, and not be listed yet; or one that is being killed
  // is not quite gone.
  constexpr unsigned kTries = 50;
  for (unsigned i = 0; i < kTries; ++i) {
    bool is_held = false;
    answer.status = try_directory(request, make, context, answer, is_held);
    if (answer.status != Status::object_name_not_found || !is_held) {
      return answer;
    }
    host::sleep_a_millisecond();
  }
  answer.status = Status::access_denied;
  return answer;
}

// Its last handle was closed a moment ago; meanwhile it may have been opened by its name again.
void release_name(Object& object) {
  auto& named = static_cast<Named&>(object);
  host::LockHold lock(names_lock);
  if (named.held != nullptr && named.count().handles == 0) {
    release_locked(named.held);
  }
}

std::size_t name_of(const Object& object, char16_t* to, std::size_t room) {
  constexpr char16_t kSession[] = u"\\Sessions\\1\\BaseNamedObjects\\";
  constexpr char16_t kGlobal[] = u"\\BaseNamedObjects\\";
  host::LockHold lock(names_lock);
  const Held* held = static_cast<const Named&>(object).held;
  if (held == nullptr) {
    return 0;
  }
  std::size_t count = 0;
  auto add = [&](const char16_t* text, std::size_t length) {
    for (std::size_t i = 0; i < length && count < room; ++i) {
      to[count++] = text[i];
    }
  };
  if (held->name.space == NameSpace::global) {
    add(kGlobal, std::size(kGlobal) - 1);
  } else {
    add(kSession, std::size(kSession) - 1);
  }
  add(held->name.text, held->name.length);
  return count;
}

void end_named(Named& object) {
  if (object.state != nullptr) {
    unmap_state(object.state);
  }
}

void lock_names_for_fork() { names_lock.lock(); }

void unlock_names_in_parent() { names_lock.unlock(); }

// The child holds its names by the descriptors that it inherited, and tells where its shared files are.
void unlock_names_in_child() {
  if (count_of_shared != 0) {
    DirectoryHold hold;
    for (Held* first : buckets) {
      for (Held* held = first; held != nullptr; held = held->next) {
        held->place = 0;
        if (held->shared_file >= 0 && hold.status() == Status::ok) {
          static_cast<void>(add_holder(held->file, {host::process_id(), held->shared_file}, held->place));
        }
      }
    }
  }
  names_lock.unlock();
}

} // namespace winmem::object
