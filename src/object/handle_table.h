// Handles: small numbers by which a program names objects.
//
// Owns:      the table of this process: for each handle its object, the access that was granted, two flags.
// Used:      by nt's CloseHandle and company, and by the rooms that have objects: open() when they made or found one,
//            reference() when they are given a handle.
// Lock:      table_lock for what opens and closes; a leaf, fork takes it. reference() takes none, never waits for more
//            than a change of the very handle, and may be used in a signal handler.
// Holds:     H1  a handle is its index times 4; index 0 is none. Its two low bits do not matter (Y100).
//            H2  a value comes back only after kRested others were opened since it was closed, so a stale handle does
//                not soon mean a newer object; the values stay small all the same.
//            H3  entries stay where they are, and their memory is never given back.
// Cost:      a look-up is four loads and a compare-and-swap on the object's counts; opening or closing one lock more.
#pragma once

#include "object.h"

namespace winmem::object {

using Handle = std::uintptr_t; // a HANDLE's bits

enum class Flags : std::uint8_t { none = 0, inherit = 1, protect_from_close = 2, both = 3 }; // HANDLE_FLAG_...

inline constexpr std::uint32_t kMostHandles = 0x1000000; // 16,777,216, as on Windows

// Handles that mean the caller's own process and thread (Y100). reference() knows them, with all access; others like
// them, for tokens, are known to is_pseudo alone.
inline constexpr Handle kThisProcess = ~Handle{0};
inline constexpr Handle kThisThread = ~Handle{1};
constexpr bool is_pseudo(Handle handle) {
  return handle >= ~Handle{5} && handle != ~Handle{2}; // -1, -2, -4, -5, -6
}

// A new handle to `object`, whose reference it takes; `object` is null afterwards, unless that fails for want of memory
// (no_memory) or of handles (insufficient_resources).
Status open(Ref<Object>& object, AccessMask granted, Flags flags, Handle& out);

template <class Kind> Status open(Ref<Kind>& object, AccessMask granted, Flags flags, Handle& out) {
  Ref<Object> base(object.release());
  Status status = open(base, granted, flags, out);
  object = Ref<Kind>(static_cast<Kind*>(base.release()));
  return status;
}

// The object behind a handle, counted, and what the handle may be used for. `expected` null: of any type. Errors:
// invalid_handle, type_mismatch, access_denied (a bit of `wanted` is not granted).
Status reference(Handle handle, const Type* expected, AccessMask wanted, Ref<Object>& out,
                 AccessMask* granted = nullptr);

template <class Kind>
Status reference(Handle handle, const Type& expected, AccessMask wanted, Ref<Kind>& out,
                 AccessMask* granted = nullptr) {
  Ref<Object> object;
  Status status = reference(handle, &expected, wanted, object, granted);
  out = Ref<Kind>(static_cast<Kind*>(object.release()));
  return status;
}

// invalid_handle, or not_closable for one that is protected. Pseudo handles: ok, without effect (Y101).
Status close(Handle handle);

// Another handle to the same object. `wanted` is what the new one may be used for, generic rights included; the
// pointer is null for the same access as the source. access_denied: more than the object can give.
Status duplicate(Handle source, const AccessMask* wanted, Flags flags, Handle& out);

// The flags of a handle; pseudo handles have none. set_flags changes the bits of `mask` alone.
Status get_flags(Handle handle, Flags& out);
Status set_flags(Handle handle, Flags mask, Flags flags);

// How many are open now.
std::uint32_t count_handles();

// No handle that was ever opened is larger.
Handle highest_handle();

// For handover.h. Whether the handle stands for that object and may be inherited, and for what it may be used.
bool inheritable(Handle handle, const Object& object, AccessMask& granted, Flags& flags);
// A handle with that value, larger than any that was opened before; only before the program runs.
Status open_as(Handle handle, Ref<Object>& object, AccessMask granted, Flags flags);

} // namespace winmem::object
