// An object is fixed, then its handle is its block, a block of the process heap; or moveable, then its handle is an
// entry's. The low four bits tell them apart (G3), and neither is touched before it was found in a table (G31).
#include "moveable_calls.h"

#include "../heap/moveable.h"
#include "../heap/process_block.h"
#include "../nt/user_memory.h"
#include "last_error.h"

using namespace winmem;
using heap::Entry;
using heap::Heap;
namespace handles = heap::handles;
namespace process_block = heap::process_block;

namespace {

// LMEM_DISCARDABLE is this and three bits more.
constexpr UINT kDiscardable = GMEM_DISCARDABLE;

std::uint64_t attributes_of(UINT flags) {
  return ((flags & kDiscardable) != 0 ? handles::kDiscardable : 0) |
         ((flags & GMEM_DDESHARE) != 0 ? handles::kShared : 0);
}

bool is_block(const void* pointer) { return process_block::size_of(pointer) != Heap::kNoSize; }

BOOL fail_as_handle() { return win32::fail(Status::invalid_handle); }

// Some calls tell memory that is not there from memory that is no object's (G60).
BOOL fail_as_pointer(const void* pointer) {
  char byte = 0;
  bool is_there = handles::has_form(pointer) || nt::read_from_user(byte, static_cast<const char*>(pointer));
  return win32::fail(is_there ? Status::invalid_handle : Status::access_violation);
}

// The state of a moveable handle; 0 for anything else.
std::uint64_t state_of(HANDLE object) {
  const Entry* entry = handles::find(object);
  std::uint64_t state = entry != nullptr ? handles::read(*entry) : 0;
  return (state & handles::kUsed) != 0 ? state : 0;
}

// Heap::kNoSize when it is no object. Another thread may resize it meanwhile: then the block is no more what it was.
Bytes size_of_moveable(HANDLE object) {
  const Entry* entry = handles::find(object);
  for (;;) {
    std::uint64_t state = state_of(object);
    if (state == 0) {
      return Heap::kNoSize;
    }
    const void* block = entry->block.load(std::memory_order_acquire);
    if ((state & handles::kDiscarded) != 0) {
      return 0; // G29
    }
    Bytes size = block != nullptr ? process_block::size_of(block) : 0;
    if (entry->block.load(std::memory_order_acquire) == block) {
      return size;
    }
  }
}

// GMEM_MODIFY: attributes, never sizes (G40).
HANDLE modify(HANDLE object, UINT flags, win32::Family family) {
  if (Entry* entry = handles::find(object)) {
    if ((flags & kDiscardable) != 0) {
      handles::make_discardable(*entry);
    }
    return object;
  }
  if (family == win32::Family::local || (flags & GMEM_MOVEABLE) == 0 || handles::owner_of(object) != nullptr) {
    return object;
  }
  HANDLE handle = heap::moveable::adopt(object, attributes_of(flags));
  if (handle == nullptr) {
    win32::fail(Status::no_memory);
  }
  return handle;
}

Status resize_moveable(Entry& entry, SIZE_T size, UINT flags) {
  bool moves = (flags & GMEM_MOVEABLE) != 0;
  if (size > 0) {
    return heap::moveable::resize(entry, size, (flags & GMEM_ZEROINIT) != 0, moves);
  }
  return moves ? heap::moveable::discard(entry) : Status::invalid_parameter; // G42
}

// G43. The block of a moveable object, given as if it were a fixed one, changes together with its handle.
HANDLE resize_fixed(HANDLE block, SIZE_T size, UINT flags) {
  bool moves = (flags & GMEM_MOVEABLE) != 0;
  bool zeroed = (flags & GMEM_ZEROINIT) != 0;
  if (Entry* owner = handles::owner_of(block); owner != nullptr && size > 0) {
    Status status = heap::moveable::resize(*owner, size, zeroed, moves);
    if (status == Status::ok) {
      return owner->block.load(std::memory_order_relaxed);
    }
    win32::fail(status);
    return nullptr;
  }
  Heap::Reallocated result =
      process_block::resize(block, size, zeroed, moves ? Heap::Moving::allowed : Heap::Moving::in_place_only);
  if (result.status != Status::ok) {
    win32::fail(result.status);
  }
  return result.block;
}

} // namespace

HANDLE win32::allocate_object(UINT flags, SIZE_T size) {
  bool zeroed = (flags & GMEM_ZEROINIT) != 0;
  void* object = (flags & GMEM_MOVEABLE) != 0 ? heap::moveable::create(size, zeroed, attributes_of(flags))
                                              : process_block::take(size, zeroed);
  if (object == nullptr) {
    fail(Status::no_memory);
  }
  return object;
}

HANDLE win32::reallocate_object(HANDLE object, SIZE_T size, UINT flags, Family family) {
  Entry* entry = handles::find(object);
  bool is_object = entry != nullptr ? state_of(object) != 0 : is_block(object);
  if (!is_object) {
    object != nullptr ? fail_as_pointer(object) : fail_as_handle();
    return nullptr;
  }
  if ((flags & GMEM_MODIFY) != 0) {
    return modify(object, flags, family);
  }
  if ((flags & kDiscardable) != 0) {
    fail(Status::invalid_parameter); // G41a
    return nullptr;
  }
  if (entry == nullptr) {
    return resize_fixed(object, size, flags);
  }
  Status status = resize_moveable(*entry, size, flags);
  if (status != Status::ok) {
    fail(status);
    return nullptr;
  }
  return object;
}

HANDLE win32::free_object(HANDLE object) {
  if (object == nullptr) {
    return nullptr;
  }
  Entry* entry = handles::find(object);
  if (entry == nullptr) {
    entry = handles::owner_of(object); // G53
  }
  bool freed = entry != nullptr ? heap::moveable::destroy(*entry) : process_block::give(object);
  if (!freed) {
    fail_as_pointer(object);
    return object;
  }
  return nullptr;
}

LPVOID win32::lock_object(HANDLE object) {
  if (object == nullptr) {
    return nullptr; // G23: no error either
  }
  Entry* entry = handles::find(object);
  if (entry == nullptr) {
    if (is_block(object)) {
      return object;
    }
    fail_as_handle();
    return nullptr;
  }
  void* block = nullptr;
  switch (handles::lock(*entry, block)) {
  case handles::Outcome::done:
    return block;
  case handles::Outcome::refused:
    set_last_error(ERROR_DISCARDED);
    return nullptr;
  case handles::Outcome::no_handle:
    break;
  }
  fail_as_handle();
  return nullptr;
}

BOOL win32::unlock_object(HANDLE object, Family family) {
  Entry* entry = handles::find(object);
  unsigned left = 0;
  handles::Outcome outcome = handles::Outcome::no_handle;
  if (entry != nullptr) {
    outcome = handles::unlock(*entry, left);
  } else if (is_block(object)) {
    if (family == Family::global) {
      return TRUE; // G26
    }
    outcome = handles::Outcome::refused;
  }
  switch (outcome) {
  case handles::Outcome::done:
    if (left == 0) {
      set_last_error(NO_ERROR); // G24
    }
    return left != 0 ? TRUE : FALSE;
  case handles::Outcome::refused:
    set_last_error(ERROR_NOT_LOCKED);
    return FALSE;
  case handles::Outcome::no_handle:
    break;
  }
  fail_as_handle();
  return family == Family::global ? TRUE : FALSE; // G27
}

SIZE_T win32::size_of_object(HANDLE object) {
  Bytes size = handles::has_form(object) ? size_of_moveable(object) : process_block::size_of(object);
  if (size == Heap::kNoSize) {
    fail_as_handle();
    return 0;
  }
  return size;
}

UINT win32::flags_of_object(HANDLE object, Family family) {
  bool is_local = family == Family::local;
  std::uint64_t state = state_of(object);
  if (state == 0) {
    if (!handles::has_form(object) && is_block(object)) {
      return 0;
    }
    is_local&& object != nullptr ? fail_as_pointer(object) : fail_as_handle();
    return GMEM_INVALID_HANDLE;
  }
  UINT flags = handles::locks_of(state);
  if ((state & handles::kDiscardable) != 0) {
    flags |= is_local ? LMEM_DISCARDABLE : GMEM_DISCARDABLE; // G8
  }
  if ((state & handles::kShared) != 0 && !is_local) {
    flags |= GMEM_DDESHARE;
  }
  return (state & handles::kDiscarded) != 0 ? flags | GMEM_DISCARDED : flags;
}

HANDLE win32::object_of_pointer(LPCVOID pointer, Family family) {
  if (pointer == nullptr) {
    fail(Status::invalid_parameter);
    return nullptr;
  }
  if (Entry* owner = handles::owner_of(pointer)) {
    return handles::handle_of(*owner);
  }
  if (is_block(pointer)) {
    return const_cast<void*>(pointer);
  }
  family == Family::local ? fail_as_pointer(pointer) : fail_as_handle();
  return nullptr;
}
