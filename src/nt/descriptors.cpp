#include "descriptors.h"

#include "../host/descriptor_copies.h"
#include "../host/file.h"
#include "../host/fork.h"
#include "../host/lock.h"
#include "../object/handle_table.h"
#include "files.h"
#include "handles.h"

#include <atomic>

namespace winmem::nt {

namespace {

constexpr int kMost = 1024;
constexpr int kStandard = 3;

struct Entry {
  object::Handle handle; // 0: none
  host::FileIdentity file;
};

constinit host::Lock descriptors_lock; // guards the entries
constinit Entry entries[kMost]{};
constinit std::atomic<HANDLE> standard[kStandard]{};
constinit std::atomic<bool> is_set[kStandard]{};

bool is_file(object::Handle handle) {
  object::Ref<file::File> there;
  return object::reference(handle, file::kFileType, 0, there) == Status::ok;
}

object::Handle known_handle(int descriptor, const host::FileIdentity& file) {
  object::Handle handle = 0;
  {
    host::LockHold hold(descriptors_lock);
    handle = entries[descriptor].file == file ? entries[descriptor].handle : 0;
  }
  return handle != 0 && is_file(handle) ? handle : 0;
}

// The handle that was there before, if it should go now: of standard descriptors programs keep it.
object::Handle exchange(int descriptor, const Entry& entry) {
  host::LockHold hold(descriptors_lock);
  object::Handle before = entries[descriptor].handle;
  entries[descriptor] = entry;
  return descriptor >= kStandard && before != entry.handle ? before : 0;
}

void close_if_any(object::Handle handle) {
  if (handle != 0) {
    static_cast<void>(object::close(handle));
  }
}

// Handles whose descriptors are closed, or are something else.
void close_left() {
  for (int descriptor = kStandard; descriptor < kMost; ++descriptor) {
    Entry entry{};
    {
      host::LockHold hold(descriptors_lock);
      entry = entries[descriptor];
    }
    host::FileIdentity there{};
    if (entry.handle != 0 && !(host::identify(descriptor, there) && there == entry.file)) {
      close_if_any(exchange(descriptor, {}));
    }
  }
}

} // namespace

Status handle_of(int descriptor, HANDLE& out) {
  host::FileIdentity file{};
  if (descriptor < 0 || descriptor >= kMost || !host::identify(descriptor, file)) {
    return Status::invalid_handle;
  }
  object::Handle handle = known_handle(descriptor, file);
  if (handle == 0) {
    file::Opened adopted = file::adopt(descriptor);
    if (adopted.status != Status::ok) {
      return adopted.status;
    }
    object::AccessMask access = adopted.file->most_access;
    if (Status status = object::open(adopted.file, access, object::Flags::none, handle); status != Status::ok) {
      return status;
    }
    close_if_any(exchange(descriptor, {handle, file}));
  }
  out = reinterpret_cast<HANDLE>(handle);
  return Status::ok;
}

Status descriptor_of(HANDLE handle, OnExec on_exec, int& out) {
  close_left();
  object::Ref<file::File> file;
  if (Status status = file_of(handle, 0, file); status != Status::ok) {
    return Status::invalid_handle;
  }
  int made = host::copy_low(file->descriptor, on_exec == OnExec::keep ? host::Inherited::yes : host::Inherited::no);
  host::FileIdentity identity{};
  if (made < 0 || made >= kMost || !host::identify(made, identity)) {
    if (made >= 0) {
      host::close_file(made);
    }
    return Status::insufficient_resources;
  }
  close_if_any(exchange(made, {to_handle(handle), identity}));
  out = made;
  return Status::ok;
}

HANDLE standard_handle(int which) {
  if (is_set[which].load(std::memory_order_acquire)) {
    return standard[which].load(std::memory_order_relaxed);
  }
  HANDLE handle = nullptr;
  return handle_of(which, handle) == Status::ok ? handle : nullptr;
}

void set_standard_handle(int which, HANDLE handle) {
  standard[which].store(handle, std::memory_order_relaxed);
  is_set[which].store(true, std::memory_order_release);
}

namespace {

void before_fork() { descriptors_lock.lock(); }
void after_fork() { descriptors_lock.unlock(); }

[[gnu::constructor(102)]] void install_fork_handlers() { host::at_fork(before_fork, after_fork, after_fork); }

} // namespace

} // namespace winmem::nt
