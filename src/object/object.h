// Objects that handles stand for: what they have in common, and how long they live.
//
// Owns:      Type, Object and its two counts, Ref.
// Used:      by the rooms that have objects (section, file, sync): `struct Section : object::Object { ... };`, a
//            constant Type, Cells for the memory, and then make<Section>(...). Handles to it are handle_table.h's.
// Holds:     O1  `references` counts all who keep the object: one for each handle, one for each Ref, and what its own
//                room added (a view keeps its section). When it becomes 0 the object ends, once.
//            O2  `handles` counts the handles alone, in this process.
//            O3  the memory of an object stays the memory of an object for ever (cells.h), and a free cell has count 0.
//                So a look-up may try to take a reference from what it has just read in the table: it fails, or gives
//                an object that is alive.
// Lock:      none; both counts are one atomic word. last_handle_closed and end are called without any lock of this
//            room's, by the thread that took the last one away.
#pragma once

#include "../base/status.h"
#include "cells.h"

#include <new>
#include <type_traits>
#include <utility>

namespace winmem::object {

// What a handle may be used for: Windows' ACCESS_MASK bits. The low 16 mean something else for each type.
using AccessMask = std::uint32_t;

inline constexpr AccessMask kStandardRights = 0x001F0000; // DELETE ... SYNCHRONIZE
inline constexpr AccessMask kMaximumAllowed = 0x02000000;
inline constexpr AccessMask kGenericRead = 0x80000000;
inline constexpr AccessMask kGenericWrite = 0x40000000;
inline constexpr AccessMask kGenericExecute = 0x20000000;
inline constexpr AccessMask kGenericAll = 0x10000000;

struct Object;
struct Handover; // handover.h
template <class Kind> class Ref;

// What the generic rights mean for a type, and all rights that it has.
struct GenericRights {
  AccessMask read;
  AccessMask write;
  AccessMask execute;
  AccessMask all;
};

// One constant per kind of object. All operations may be null.
struct Type {
  const char* name; // as NtQueryObject tells it: "Section"
  GenericRights rights;

  // No handle in this process stands for the object any more: its name goes. The object is alive during the call, and
  // may get a handle again while somebody has a reference, so this may be called again.
  void (*last_handle_closed)(Object& object) = nullptr;

  // Nobody has the object any more: gives back what it holds, its memory last (Cells::give).
  void (*end)(Object& object) = nullptr;

  // The name as NtQueryObject tells it: writes up to `room` UTF-16 units, without an end, and returns how many it has.
  std::size_t (*name_of)(const Object& object, char16_t* to, std::size_t room) = nullptr;

  // The most that a duplicate may be granted; all rights of the type if null.
  AccessMask (*most_access)(const Object& object) = nullptr;

  // For types whose objects may have names (names.h): which kind it is, the same in all processes; 0: no names. And
  // whether all processes that have a named object share a page of state.
  std::uint8_t name_kind = 0;
  bool shares_state = false;

  // For types whose handles exec hands on (handover.h): what makes the object again, false if it cannot be; and that,
  // in the new program. Null where it cannot be made.
  bool (*hand_over)(Object& object, Handover& out) = nullptr;
  Ref<Object> (*take_over)(const Handover& from) = nullptr;
};

// Generic rights become the type's own; MAXIMUM_ALLOWED becomes `most`. Bits that the type does not have are dropped.
constexpr AccessMask map_generic(const GenericRights& rights, AccessMask wanted, AccessMask most) {
  AccessMask mapped = wanted & rights.all;
  mapped |= (wanted & kGenericRead) != 0 ? rights.read : 0;
  mapped |= (wanted & kGenericWrite) != 0 ? rights.write : 0;
  mapped |= (wanted & kGenericExecute) != 0 ? rights.execute : 0;
  mapped |= (wanted & kGenericAll) != 0 ? rights.all : 0;
  mapped |= (wanted & kMaximumAllowed) != 0 ? most : 0;
  return mapped;
}

struct Counts {
  std::uint32_t references;
  std::uint32_t handles;
};

// Begins every object. It is made with one reference, its maker's.
struct Object {
  // The counts stay 0 until all of the object is made: see make().
  explicit Object(const Type& kind) : type(&kind) {}
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;

  Counts count() const {
    std::uint64_t now = counts().load(std::memory_order_relaxed);
    return {static_cast<std::uint32_t>(now), static_cast<std::uint32_t>(now >> 32)};
  }

  // For who has a reference already.
  void add_reference() { counts().fetch_add(kReference, std::memory_order_relaxed); }

  // False when the object has ended. `this` may be what a table said a moment ago (O3).
  bool try_reference() {
    std::uint64_t now = counts().load(std::memory_order_relaxed);
    while (static_cast<std::uint32_t>(now) != 0) {
      if (counts().compare_exchange_weak(now, now + kReference, std::memory_order_acquire, std::memory_order_relaxed)) {
        return true;
      }
    }
    return false;
  }

  void drop_reference() {
    if (static_cast<std::uint32_t>(counts().fetch_sub(kReference, std::memory_order_acq_rel)) == 1 &&
        type->end != nullptr) {
      type->end(*this);
    }
  }

  // The first reference. From here on look-ups that remember the memory may take one, too.
  void begin() { counts().store(kReference, std::memory_order_release); }

  // For the handle table: a reference that the caller has becomes a handle's, and back.
  void reference_becomes_handle() { counts().fetch_add(kHandle, std::memory_order_relaxed); }
  void drop_handle();

private:
  static constexpr std::uint64_t kReference = 1;
  static constexpr std::uint64_t kHandle = std::uint64_t{1} << 32;

  // A plain word, since the constructor must not write it: a look-up may try it meanwhile (O3).
  std::atomic_ref<std::uint64_t> counts() const { return std::atomic_ref<std::uint64_t>(counts_); }
  mutable std::uint64_t counts_; // first, as in a FreeCell

public:
  const Type* type;
};
static_assert(sizeof(Object) == sizeof(FreeCell));

// A counted pointer to an object; move-only. Null after a look-up that failed.
template <class Kind> class [[nodiscard]] Ref {
public:
  Ref() = default;
  // Takes over a reference that the caller has.
  explicit Ref(Kind* object) : object_(object) {}
  Ref(Ref&& other) noexcept : object_(other.release()) {}
  Ref& operator=(Ref&& other) noexcept {
    if (this != &other) {
      reset();
      object_ = other.release();
    }
    return *this;
  }
  Ref(const Ref&) = delete;
  Ref& operator=(const Ref&) = delete;
  ~Ref() { reset(); }

  explicit operator bool() const { return object_ != nullptr; }
  Kind* get() const { return object_; }
  Kind& operator*() const { return *object_; }
  Kind* operator->() const { return object_; }

  // The reference is the caller's from now on.
  Kind* release() { return std::exchange(object_, nullptr); }
  void reset() {
    if (Kind* object = std::exchange(object_, nullptr)) {
      object->drop_reference();
    }
  }

private:
  Kind* object_ = nullptr;
};

// A new object in memory of `cells`, which has room for a Kind. Null when there is no memory.
template <class Kind, class... Arguments> Ref<Kind> make(Cells& cells, Arguments&&... arguments) {
  static_assert(!std::is_polymorphic_v<Kind>, "the counts must come first in the cell");
  void* cell = cells.take();
  if (cell == nullptr) {
    return {};
  }
  Kind* object = new (cell) Kind(std::forward<Arguments>(arguments)...);
  object->begin();
  return Ref<Kind>(object);
}

} // namespace winmem::object
