// Names of objects: one name space for all processes of a user, and all kinds of objects.
//
// Owns:      the table of this process's named objects, and its part in the names' files (host/name_directory.h).
// Used:      by the rooms whose objects may have names: open_named() makes or finds the object and gives a handle.
// Holds:     M1  a name lives exactly as long as some process has a handle to its object (S24, S25). Nothing else keeps
//                it: no view, no reference.
//            M2  in one process a name stands for one object, however often it was opened; so handles to it are equal.
//            M3  an object with a name has it from its first handle to its last one in this process, not longer.
// Lock:      names_lock, taken before table_lock and before vm's gate; held while this process waits for the lock of
//            the directory, so for a few system calls of another process. Fork takes it.
#pragma once

#include "handle_table.h"
#include "name.h"
#include "name_file.h"

namespace winmem::object {

struct Held; // names.cpp

// `name_kind` of the types that have names: the same numbers in all versions, as they stand in files.
inline constexpr std::uint8_t kSectionNames = 1;
inline constexpr std::uint8_t kEventNames = 2;
inline constexpr std::uint8_t kMutexNames = 3;
inline constexpr std::uint8_t kSemaphoreNames = 4;

// Begins every object that may have a name. Its type has `last_handle_closed` = release_name, `name_of` = name_of, a
// `name_kind`, and its `end` calls end_named.
struct Named : Object {
  explicit Named(const Type& kind) : Object(kind) {}

  Held* held = nullptr;       // the name; null when it has none, or none any more. Guarded by names_lock
  void* state = nullptr;      // for types with shares_state: the page that all processes with the object share
  bool is_named = false;      // made under a name
  bool outlived_name = false; // the name went: no process has a handle any more. Guarded by names_lock
};

// What all processes that have the object share.
struct Shared {
  bool is_new = false;
  void* state = nullptr; // a page, all zero when new; null for types without shares_state
  // Said once, by the process that makes the object; it may be read by all others.
  std::byte details[kDetailBytes]{};
  int file = -1;           // new: a descriptor of the object's, by which others get the same file, or none. Else such
                           // a descriptor for the object, which closes it
  bool is_writable = true; // whether others open it for writing, too
};

enum class Finding : std::uint8_t { open, create, create_or_open };

struct NameRequest {
  const Name& name;
  const Type& type;
  Finding finding;
  AccessMask granted;
  Flags flags;
};

struct NameAnswer {
  Status status = Status::ok;
  Handle handle = 0;
  bool existed = false; // create_or_open: the object was there, and arguments about it did not count
};

// Makes the object of this process, for a name that is new or that another process has. It runs under names_lock and
// the directory's lock. When it fails, or the handle cannot be had, nothing has changed.
using MakeNamed = Status (*)(void* context, Shared& shared, Ref<Named>& out);

// object_name_not_found (open); object_name_collision (create); object_type_mismatch: another kind's name.
// access_denied: the names' directory is not ours alone, or no holder lets us have the shared file.
// insufficient_resources: the directory's file system is full; no descriptors.
NameAnswer open_named(const NameRequest& request, MakeNamed make, void* context);

// The same with a function object: Status(Shared&, Ref<Named>&).
template <class Make> NameAnswer open_named(const NameRequest& request, Make&& make) {
  return open_named(
      request,
      [](void* context, Shared& shared, Ref<Named>& out) {
        return (*static_cast<std::remove_reference_t<Make>*>(context))(shared, out);
      },
      &make);
}

// For types: last_handle_closed, name_of ("\Sessions\1\BaseNamedObjects\..."), and what their `end` calls.
void release_name(Object& object);
std::size_t name_of(const Object& object, char16_t* to, std::size_t room);
void end_named(Named& object);

void lock_names_for_fork();
void unlock_names_in_parent();
void unlock_names_in_child();

} // namespace winmem::object
