#include "handover.h"

#include "../host/handover_file.h"
#include "../host/lock.h"

#include <cstring>

namespace winmem::object {

namespace {

constexpr std::uint64_t kMagic = 0x31656C646E614877; // "wHandle1"
constexpr unsigned kDescriptors = 2;

struct Header {
  std::uint64_t magic;
  std::uint32_t record_size;
  std::uint32_t count;
};

struct Record {
  char type[16];
  std::uint32_t handle;
  AccessMask granted;
  std::uint32_t flags;
  std::uint32_t object; // the same for handles to the same one
  host::FileIdentity files[kDescriptors];
  Handover handover;
};

struct Records {
  Record items[kMostHandedOver];
  Object* objects[kMostHandedOver];
  unsigned count;
};

constinit host::Lock handover_lock; // guards what follows
constinit Records* records = nullptr;
constinit host::FileIdentity note{};
constinit std::uint32_t last_object = 0;

constexpr unsigned kMostTypes = 8;
constinit const Type* types[kMostTypes]{}; // written before the first handle
constinit unsigned type_count = 0;

bool make_room_locked() {
  if (records == nullptr) {
    records = static_cast<Records*>(take_block(round_up(sizeof(Records), kPage)));
  }
  return records != nullptr && records->count < kMostHandedOver;
}

unsigned find_locked(Handle handle) {
  unsigned i = 0;
  while (records != nullptr && i < records->count && records->items[i].handle != handle) {
    ++i;
  }
  return i;
}

void publish_locked() {
  if (records->count == 0) {
    host::take_note_away(note);
    return;
  }
  Header header{kMagic, sizeof(Record), records->count};
  static_cast<void>(host::leave_note(note, {&header, sizeof header, records->items, records->count * sizeof(Record)}));
}

void set_on_exec(const Handover& handover, host::OnExec on_exec) {
  for (int file : handover.descriptors) {
    if (file >= 0) {
      host::set_on_exec(file, on_exec);
    }
  }
}

std::uint32_t number_locked(const Object& object) {
  for (unsigned i = 0; i < records->count; ++i) {
    if (records->objects[i] == &object) {
      return records->items[i].object;
    }
  }
  return ++last_object;
}

// The descriptors stay open before the note says so, and until it does not any more.
void add_locked(Handle handle, Object& object, AccessMask granted, Flags flags) {
  Record record{};
  if (object.type->hand_over == nullptr || !object.type->hand_over(object, record.handover) || !make_room_locked()) {
    return;
  }
  for (unsigned i = 0; i < kDescriptors; ++i) {
    int file = record.handover.descriptors[i];
    if (file >= 0 && !host::identify(file, record.files[i])) {
      return;
    }
  }
  std::strncpy(record.type, object.type->name, sizeof record.type - 1);
  record.handle = static_cast<std::uint32_t>(handle);
  record.granted = granted;
  record.flags = static_cast<std::uint32_t>(flags);
  record.object = number_locked(object);
  set_on_exec(record.handover, host::OnExec::keep);
  records->items[records->count] = record;
  records->objects[records->count++] = &object;
}

void remove_locked(unsigned at) {
  unsigned last = --records->count;
  records->items[at] = records->items[last];
  records->objects[at] = records->objects[last];
}

bool has_others_locked(const Object& object) {
  for (unsigned i = 0; i < records->count; ++i) {
    if (records->objects[i] == &object) {
      return true;
    }
  }
  return false;
}

} // namespace

void note_inheritance(Handle handle, Object& object) {
  if (object.type->hand_over == nullptr) {
    return;
  }
  host::LockHold hold(handover_lock);
  unsigned at = find_locked(handle & ~Handle{3});
  bool is_noted = records != nullptr && at < records->count && records->objects[at] == &object;
  Handover before{};
  if (is_noted) {
    before = records->items[at].handover;
    remove_locked(at);
  }
  AccessMask granted = 0;
  Flags flags = Flags::none;
  bool may_be_inherited = inheritable(handle, object, granted, flags);
  if (may_be_inherited) {
    add_locked(handle & ~Handle{3}, object, granted, flags);
  }
  if (is_noted || may_be_inherited) {
    if (records != nullptr) {
      publish_locked();
    }
    if (is_noted && !has_others_locked(object)) {
      set_on_exec(before, host::OnExec::close);
    }
  }
}

void expect_from_exec(const Type& type) {
  if (type_count < kMostTypes) {
    types[type_count++] = &type;
  }
}

void lock_handover_for_fork() { handover_lock.lock(); }
void unlock_handover_after_fork() { handover_lock.unlock(); }

// ---- the new program -----------------------------------------------------------------------------------------------

namespace {

const Type* type_of(const Record& record) {
  for (unsigned i = 0; i < type_count; ++i) {
    if (std::strncmp(record.type, types[i]->name, sizeof record.type) == 0) {
      return types[i];
    }
  }
  return nullptr;
}

bool has_its_files(const Record& record) {
  for (unsigned i = 0; i < kDescriptors; ++i) {
    host::FileIdentity there{};
    int file = record.handover.descriptors[i];
    if (file >= 0 && !(host::identify(file, there) && there == record.files[i])) {
      return false;
    }
  }
  return true;
}

// The object of an earlier record, or a new one; null when it cannot be had.
Ref<Object> find_or_make(const Record& record, unsigned before) {
  for (unsigned i = 0; i < before; ++i) {
    if (records->objects[i] != nullptr && records->items[i].object == record.object) {
      records->objects[i]->add_reference();
      return Ref<Object>(records->objects[i]);
    }
  }
  const Type* type = type_of(record);
  return type != nullptr && has_its_files(record) ? type->take_over(record.handover) : Ref<Object>();
}

void sort(Record* items, unsigned count) {
  for (unsigned i = 1; i < count; ++i) {
    for (unsigned at = i; at > 0 && items[at].handle < items[at - 1].handle; --at) {
      std::swap(items[at], items[at - 1]);
    }
  }
}

// Records whose objects cannot be had are left out.
void take_over(unsigned count) {
  sort(records->items, count);
  for (unsigned i = 0; i < count; ++i) {
    const Record& record = records->items[i];
    Ref<Object> object = find_or_make(record, i);
    records->objects[i] = object.get();
    auto flags = static_cast<Flags>(record.flags & static_cast<std::uint32_t>(Flags::both));
    if (object && open_as(record.handle, object, record.granted & object->type->rights.all, flags) != Status::ok) {
      records->objects[i] = nullptr;
    }
    last_object = record.object > last_object ? record.object : last_object;
  }
  records->count = count;
  for (unsigned i = count; i > 0; --i) {
    if (records->objects[i - 1] == nullptr) {
      remove_locked(i - 1);
    }
  }
}

// After the types' constructors.
[[gnu::constructor(104)]] void take_over_from_last_program() {
  Header header{};
  bool is_ours = host::read_note(note, &header, sizeof header, 0) == sizeof header && header.magic == kMagic &&
                 header.record_size == sizeof(Record) && header.count <= kMostHandedOver && make_room_locked();
  Bytes size = header.count * sizeof(Record);
  if (!is_ours || host::read_note(note, records->items, size, sizeof header) != size) {
    note = {}; // somebody else's, so it stays as it is
    return;
  }
  take_over(header.count);
}

} // namespace

} // namespace winmem::object
