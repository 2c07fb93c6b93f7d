#include "transfer.h"

#include "process_handle.h"
#include "user_memory.h"

#include <algorithm>

namespace winmem::nt {

namespace {

bool is_in_user_space(Address at, Bytes size) { return at <= kUserEnd && size <= kUserEnd - at; }

// What can be copied of a source that ends early: Windows copies fourteen pages at a time, and none of them if one
// cannot be read (V121).
Bytes usable_source(Address from, Bytes size) {
  constexpr Bytes kAtOnce = 14 * kPage;
  AddressRange pages = AddressRange{from, from + size}.round_out(kPage);
  if (pages.size() == kPage || vm::is_accessible(pages, host::Access::read)) {
    return size;
  }
  Bytes readable = host::readable_bytes(from, size);
  return readable == size ? size : readable / kAtOnce * kAtOnce;
}

// To a place that begins inside the source: from the last byte to the first, a piece at a time. All or nothing.
Bytes copy_overlapping(Address to, Address from, Bytes size) {
  if (host::readable_bytes(from, size) != size) {
    return 0;
  }
  char piece[kPage];
  for (Bytes left = size; left != 0;) {
    Bytes step = std::min(left, Bytes{sizeof piece});
    left -= step;
    if (!host::copy_from(piece, from + left, step) || !host::copy_to(to + left, piece, step)) {
      return 0;
    }
  }
  return size;
}

Transfer copy(Address to, Address from, Bytes size) {
  Bytes usable = usable_source(from, size);
  vm::note_write({to, to + usable}); // V75
  bool overlaps = to > from && to - from < usable;
  Bytes done = overlaps ? copy_overlapping(to, from, usable) : host::copy_as_far(to, from, usable);
  return {done == size ? Status::ok : Status::partial_copy, done};
}

Transfer checked_copy(HANDLE process, ACCESS_MASK access, Address to, Address from, Bytes size) {
  if (Status status = check_process(process, access); status != Status::ok) {
    return {status};
  }
  if (size == 0) {
    return {}; // V120
  }
  if (!is_in_user_space(to, size) || !is_in_user_space(from, size)) {
    return {Status::access_violation};
  }
  return copy(to, from, size);
}

enum class Writable { yes, as_code, no };

Writable writable(Address at) {
  vm::Description there = vm::describe(round_down(at, kPage));
  if (there.owner != vm::Owner::winmem) {
    return there.owner == vm::Owner::nobody ? Writable::no : Writable::yes; // of others the kernel decides
  }
  switch (there.state) {
  case vm::PageState::execute:
  case vm::PageState::execute_read:
    return there.kind == vm::RegionKind::private_memory ? Writable::as_code : Writable::no;
  case vm::PageState::reserved:
  case vm::PageState::no_access:
  case vm::PageState::read_only:
    return Writable::no;
  default:
    return Writable::yes; // a guard page too: it is met in the copy
  }
}

} // namespace

Transfer read_memory(HANDLE process, Address from, Address to, Bytes size) {
  return checked_copy(process, PROCESS_VM_READ, to, from, size);
}

Transfer write_memory(HANDLE process, Address to, Address from, Bytes size) {
  return checked_copy(process, PROCESS_VM_WRITE, to, from, size);
}

Transfer write_memory_and_code(HANDLE process, Address to, Address from, Bytes size) {
  if (size == 0 || !is_in_user_space(to, size) || !is_in_user_space(from, size)) {
    return write_memory(process, to, from, size);
  }
  if (Status status = check_process(process, PROCESS_VM_WRITE | PROCESS_VM_OPERATION); status != Status::ok) {
    return {status};
  }
  Writable first = writable(to);
  if (first == Writable::no) {
    return {Status::access_violation}; // C32
  }
  if (first == Writable::yes) {
    return copy(to, from, size);
  }
  Bytes usable = usable_source(from, size);
  Bytes done = vm::write_code(to, reinterpret_cast<const void*>(from), usable);
  if (done != 0 && done < usable) {
    done += host::copy_as_far(to + done, from + done, usable - done); // what follows the code
  }
  if (done == 0 && usable != 0) {
    return {Status::access_violation}; // it is something else by now, or the kernel does not let it
  }
  return {done == size ? Status::ok : Status::partial_copy, done};
}

} // namespace winmem::nt
