#include "handle_table.h"

#include "../host/fork.h"
#include "../host/lock.h"
#include "handover.h"
#include "names.h"
#include "own.h"

namespace winmem::object {

namespace {

// One handle. `word` says all that changes when it is opened and closed, in one store: the object's address, the flags
// in its low bits, and on top how often the entry was used, so that a look-up sees when it met two lives of it.
struct Entry {
  std::atomic<std::uint64_t> word{0};
  std::atomic<AccessMask> granted{0}; // written while the entry is free; pairs with the look-up's acquire
  std::uint32_t next_free = 0;        // guarded by table_lock
};

constexpr std::uint64_t kFlagBits = 3;
constexpr unsigned kLifeShift = 48;
constexpr std::uint64_t kObjectBits = ((std::uint64_t{1} << kLifeShift) - 1) & ~std::uint64_t{15};
constexpr std::uint64_t kOneLife = std::uint64_t{1} << kLifeShift;

constexpr std::uint32_t kBlockEntries = 4096;
constexpr std::uint32_t kBlocks = kMostHandles / kBlockEntries;
constexpr std::uint32_t kRested = 256; // closed handles that wait before one of them is opened again; a guess

constinit std::atomic<Entry*> blocks[kBlocks]{};

constinit host::Lock table_lock; // guards what follows, and every change of an entry
constinit std::uint32_t fresh = 1;
constinit std::uint32_t first_free = 0; // the one that was closed longest ago; 0 is none
constinit std::uint32_t last_free = 0;
constinit std::uint32_t count_of_free = 0;

Object* object_of(std::uint64_t word) { return reinterpret_cast<Object*>(word & kObjectBits); }

Entry* entry_at(std::uint32_t index) {
  Entry* block = blocks[index / kBlockEntries].load(std::memory_order_acquire); // pairs with take_fresh_locked()
  return block != nullptr ? &block[index % kBlockEntries] : nullptr;
}

Entry* find(Handle handle) {
  Handle index = handle / 4;
  return index != 0 && index < kMostHandles ? entry_at(static_cast<std::uint32_t>(index)) : nullptr;
}

std::uint32_t take_free_locked() {
  std::uint32_t index = first_free;
  first_free = entry_at(index)->next_free;
  last_free = first_free == 0 ? 0 : last_free;
  --count_of_free;
  return index;
}

Status take_fresh_locked(std::uint32_t& index) {
  std::atomic<Entry*>& block = blocks[fresh / kBlockEntries];
  if (block.load(std::memory_order_relaxed) == nullptr) {
    void* memory = take_block(kBlockEntries * sizeof(Entry));
    if (memory == nullptr) {
      return Status::no_memory;
    }
    block.store(static_cast<Entry*>(memory), std::memory_order_release); // all zero: free entries
  }
  index = fresh++;
  return Status::ok;
}

Status take_index_locked(std::uint32_t& index) {
  if (count_of_free >= kRested || (fresh == kMostHandles && count_of_free != 0)) {
    index = take_free_locked();
    return Status::ok;
  }
  if (fresh == kMostHandles) {
    return Status::insufficient_resources;
  }
  Status status = take_fresh_locked(index);
  if (status != Status::ok && count_of_free != 0) { // better soon again than not at all
    index = take_free_locked();
    return Status::ok;
  }
  return status;
}

void give_index_locked(std::uint32_t index) {
  entry_at(index)->next_free = 0;
  if (last_free != 0) {
    entry_at(last_free)->next_free = index;
  } else {
    first_free = index;
  }
  last_free = index;
  ++count_of_free;
}

// What an entry says at one moment, with a reference to its object.
struct Seen {
  Ref<Object> object;
  AccessMask granted = 0;
};

Seen look_up(Handle handle) {
  Entry* entry = find(handle);
  if (entry == nullptr) {
    return {};
  }
  for (;;) {
    std::uint64_t word = entry->word.load(std::memory_order_acquire);
    Object* object = object_of(word);
    if (object == nullptr) {
      return {};
    }
    AccessMask granted = entry->granted.load(std::memory_order_acquire);
    if (!object->try_reference()) {
      continue; // the object has ended, so the word has changed
    }
    Seen seen{Ref<Object>(object), granted};
    // Was it this handle's object, and that its access? A set_flags meanwhile only means another turn.
    if (entry->word.load(std::memory_order_acquire) == word) {
      return seen;
    }
  }
}

Status own_object(Handle handle, Ref<Object>& out) {
  out = handle == kThisProcess ? this_process() : this_thread();
  return out ? Status::ok : Status::no_memory;
}

} // namespace

namespace {

bool has(Flags flags, Flags bit) { return (static_cast<unsigned>(flags) & static_cast<unsigned>(bit)) != 0; }
Flags flags_of(std::uint64_t word) { return static_cast<Flags>(word & kFlagBits); }

// The entry is free; its reference becomes the handle's.
void fill_locked(std::uint32_t index, Object& object, AccessMask granted, Flags flags) {
  object.reference_becomes_handle();
  Entry* entry = entry_at(index);
  std::uint64_t life = entry->word.load(std::memory_order_relaxed) & ~(kOneLife - 1);
  entry->granted.store(granted, std::memory_order_release);
  entry->word.store(life | reinterpret_cast<std::uint64_t>(&object) | static_cast<std::uint64_t>(flags),
                    std::memory_order_release);
}

} // namespace

Status open(Ref<Object>& object, AccessMask granted, Flags flags, Handle& out) {
  bool inherits = has(flags, Flags::inherit);
  if (inherits) {
    object->add_reference(); // another thread may close the handle before it is noted
  }
  Ref<Object> kept(inherits ? object.get() : nullptr);
  std::uint32_t index = 0;
  {
    host::LockHold hold(table_lock);
    if (Status status = take_index_locked(index); status != Status::ok) {
      return status;
    }
    // point of no return
    fill_locked(index, *object.release(), granted, flags);
  }
  out = Handle{index} * 4;
  if (kept) {
    note_inheritance(out, *kept);
  }
  return Status::ok;
}

Status open_as(Handle handle, Ref<Object>& object, AccessMask granted, Flags flags) {
  host::LockHold hold(table_lock);
  Handle index = handle / 4;
  if (index < fresh || index >= kMostHandles) {
    return Status::invalid_handle;
  }
  for (std::uint32_t taken = 0; fresh <= index;) {
    if (Status status = take_fresh_locked(taken); status != Status::ok) {
      return status;
    }
    if (taken != index) {
      give_index_locked(taken);
    }
  }
  fill_locked(static_cast<std::uint32_t>(index), *object.release(), granted, flags);
  return Status::ok;
}

Status reference(Handle handle, const Type* expected, AccessMask wanted, Ref<Object>& out, AccessMask* granted) {
  Seen seen;
  if (handle == kThisProcess || handle == kThisThread) {
    if (Status status = own_object(handle, seen.object); status != Status::ok) {
      return status;
    }
    seen.granted = seen.object->type->rights.all;
  } else {
    seen = look_up(handle);
  }
  if (!seen.object) {
    return Status::invalid_handle;
  }
  if (expected != nullptr && seen.object->type != expected) {
    return Status::object_type_mismatch;
  }
  if ((wanted & ~seen.granted) != 0) {
    return Status::access_denied;
  }
  if (granted != nullptr) {
    *granted = seen.granted;
  }
  out = std::move(seen.object);
  return Status::ok;
}

Status close(Handle handle) {
  if (is_pseudo(handle)) {
    return Status::ok;
  }
  Entry* entry = find(handle);
  if (entry == nullptr) {
    return Status::invalid_handle;
  }
  Object* object = nullptr;
  std::uint64_t word = 0;
  {
    host::LockHold hold(table_lock);
    word = entry->word.load(std::memory_order_relaxed);
    object = object_of(word);
    if (object == nullptr) {
      return Status::invalid_handle;
    }
    if ((word & static_cast<std::uint64_t>(Flags::protect_from_close)) != 0) {
      return Status::handle_not_closable;
    }
    entry->word.store((word & ~(kOneLife - 1)) + kOneLife, std::memory_order_release);
    give_index_locked(static_cast<std::uint32_t>(handle / 4));
  }
  if (has(flags_of(word), Flags::inherit)) {
    note_inheritance(handle, *object);
  }
  object->drop_handle();
  return Status::ok;
}

Status duplicate(Handle source, const AccessMask* wanted, Flags flags, Handle& out) {
  Ref<Object> object;
  AccessMask granted = 0;
  if (Status status = reference(source, nullptr, 0, object, &granted); status != Status::ok) {
    return status;
  }
  if (wanted != nullptr) {
    const Type& type = *object->type;
    AccessMask most = type.most_access != nullptr ? type.most_access(*object) : type.rights.all;
    granted = map_generic(type.rights, *wanted, most);
    if ((granted & ~most) != 0) {
      return Status::access_denied;
    }
  }
  return open(object, granted, flags, out);
}

Status get_flags(Handle handle, Flags& out) {
  if (is_pseudo(handle)) {
    out = Flags::none;
    return Status::ok;
  }
  Entry* entry = find(handle);
  std::uint64_t word = entry != nullptr ? entry->word.load(std::memory_order_acquire) : 0;
  if (object_of(word) == nullptr) {
    return Status::invalid_handle;
  }
  out = flags_of(word);
  return Status::ok;
}

Status set_flags(Handle handle, Flags mask, Flags flags) {
  if (is_pseudo(handle)) {
    return Status::ok;
  }
  Entry* entry = find(handle);
  if (entry == nullptr) {
    return Status::invalid_handle;
  }
  Ref<Object> kept;
  {
    host::LockHold hold(table_lock);
    std::uint64_t old = entry->word.load(std::memory_order_relaxed);
    if (object_of(old) == nullptr) {
      return Status::invalid_handle;
    }
    auto changed = static_cast<std::uint64_t>(mask);
    std::uint64_t word = (old & ~changed) | (static_cast<std::uint64_t>(flags) & changed);
    entry->word.store(word, std::memory_order_release);
    if (word != old && (has(flags_of(word), Flags::inherit) || has(flags_of(old), Flags::inherit))) {
      object_of(word)->add_reference();
      kept = Ref<Object>(object_of(word));
    }
  }
  if (kept) {
    note_inheritance(handle, *kept);
  }
  return Status::ok;
}

std::uint32_t count_handles() {
  host::LockHold hold(table_lock);
  return fresh - 1 - count_of_free;
}

Handle highest_handle() {
  host::LockHold hold(table_lock);
  return Handle{fresh} * 4 - 4;
}

bool inheritable(Handle handle, const Object& object, AccessMask& granted, Flags& flags) {
  Entry* entry = find(handle);
  if (entry == nullptr) {
    return false;
  }
  host::LockHold hold(table_lock);
  std::uint64_t word = entry->word.load(std::memory_order_relaxed);
  granted = entry->granted.load(std::memory_order_relaxed);
  flags = flags_of(word);
  return object_of(word) == &object && has(flags, Flags::inherit);
}

namespace {

void before_fork() {
  lock_names_for_fork();
  lock_own_for_fork();
  lock_handover_for_fork();
  table_lock.lock();
  lock_cells_for_fork();
}

void unlock_all() {
  unlock_cells_after_fork();
  table_lock.unlock();
  unlock_handover_after_fork();
  unlock_own_after_fork();
}

void after_fork() {
  unlock_all();
  unlock_names_in_parent();
}

void after_fork_in_child() {
  unlock_all();
  unlock_names_in_child();
}

// At load, as the other rooms do (heap/registry.cpp). Nothing of another room's is called under these locks. A call
// that another thread was in the middle of at the fork keeps its object in the child: its reference has no owner there.
[[gnu::constructor(102)]] void install_fork_handlers() { host::at_fork(before_fork, after_fork, after_fork_in_child); }

} // namespace

} // namespace winmem::object
