// Objects of GlobalAlloc and LocalAlloc, fixed and moveable, and strings with their length in front.
#include "made_block.h"

#include <oleauto.h>

extern "C" void* winmem_SysAllocStringByteLen(LPCSTR text, UINT length); // the name that is bound to 16-bit characters

namespace faults {
namespace {

void free_by_global(void* object) { FAULTS_REQUIRE(GlobalFree(object) == nullptr); }

// ---- fixed and moveable objects ------------------------------------------------------------------------------------

SCENARIO(global_alloc_of_a_first_object, kOutOfMemory) {
  make_process_heap();
  trial.afterwards(settle<free_by_global>);
  trial.call([] {
    made = GlobalAlloc(GPTR, kSmall);
    return made != nullptr && GlobalSize(made) == kSmall && is_filled(made, kSmall, 0);
  });
}

bool allocates_moveable(std::size_t size) {
  made = GlobalAlloc(GHND, size);
  if (made == nullptr) {
    return false;
  }
  bool right = GlobalSize(made) == size && is_filled(GlobalLock(made), size, 0);
  return right && GlobalUnlock(made) == FALSE;
}

// GlobalUnlock says by the last error that it was the last lock.
template <typename Call> bool leaving_last_error(Call call) {
  DWORD before = GetLastError();
  bool is_done = call();
  if (is_done) {
    SetLastError(before);
  }
  return is_done;
}

SCENARIO(global_alloc_of_a_first_moveable_object, kOutOfMemory) {
  make_process_heap();
  trial.afterwards(settle<free_by_global>);
  trial.call([] { return leaving_last_error([] { return allocates_moveable(kSmall); }); });
}

SCENARIO(global_alloc_of_a_large_moveable_object, kOutOfMemory) {
  warm_up();
  trial.afterwards(settle<free_by_global>);
  trial.call([] { return leaving_last_error([] { return allocates_moveable(kLarge); }); });
}

HGLOBAL moveable(std::size_t size) {
  HGLOBAL object = GlobalAlloc(GMEM_MOVEABLE, size);
  FAULTS_REQUIRE(object != nullptr);
  std::memset(GlobalLock(object), 0x5A, size);
  GlobalUnlock(object);
  return object;
}

// What it had stays, moved or not.
bool resizes(HGLOBAL object, std::size_t old_size, std::size_t size) {
  bool is_done = GlobalReAlloc(object, size, GMEM_MOVEABLE) == object;
  DWORD error = GetLastError();
  FAULTS_REQUIRE(GlobalSize(object) == (is_done ? size : old_size));
  FAULTS_REQUIRE(is_filled(GlobalLock(object), old_size < size ? old_size : size, 0x5A));
  GlobalUnlock(object);
  FAULTS_REQUIRE((GlobalFlags(object) & GMEM_LOCKCOUNT) == 0);
  SetLastError(error);
  return is_done;
}

SCENARIO(global_realloc_of_a_moveable_object_to_a_single_one, kOutOfMemory) {
  made = moveable(kSmall);
  trial.afterwards(settle<free_by_global>);
  trial.call([] { return resizes(made, kSmall, kSingle); });
}

SCENARIO(global_realloc_of_a_moveable_object_to_a_large_one, kOutOfMemory) {
  made = moveable(kSmall);
  trial.afterwards(settle<free_by_global>);
  trial.call([] { return resizes(made, kSmall, kLarge); });
}

// It always fits where it is.
SCENARIO(global_realloc_of_a_large_moveable_object_to_a_small_one, kNever) {
  made = moveable(kLarge);
  trial.afterwards(settle<free_by_global>);
  trial.call([] { return resizes(made, kLarge, kSmall); });
}

SCENARIO(global_realloc_of_a_discarded_object, kOutOfMemory) {
  made = moveable(kSmall);
  FAULTS_REQUIRE(GlobalDiscard(made) == made && (GlobalFlags(made) & GMEM_DISCARDED) != 0);
  trim();
  trial.afterwards(settle<free_by_global>);
  trial.call([] {
    bool is_done = GlobalReAlloc(made, kSingle, GMEM_MOVEABLE) == made;
    DWORD error = GetLastError();
    FAULTS_REQUIRE(is_done ? GlobalSize(made) == kSingle : (GlobalFlags(made) & GMEM_DISCARDED) != 0);
    SetLastError(error);
    return is_done;
  });
}

SCENARIO(global_free_of_a_large_moveable_object, kNever) {
  made = moveable(kLarge);
  trial.afterwards(trim);
  trial.call([] { return GlobalFree(std::exchange(made, nullptr)) == nullptr; });
}

SCENARIO(local_alloc_of_a_single_object, kOutOfMemory) {
  warm_up();
  trial.afterwards(settle<free_by_global>);
  trial.call([] {
    made = LocalAlloc(LPTR, kSingle);
    return made != nullptr && LocalSize(made) == kSingle && is_filled(made, kSingle, 0);
  });
}

SCENARIO(local_realloc_of_a_fixed_object, kOutOfMemory) {
  made = LocalAlloc(LMEM_FIXED, kSmall);
  FAULTS_REQUIRE(made != nullptr);
  std::memset(made, 0x5A, kSmall);
  trial.afterwards(settle<free_by_global>);
  trial.call([] {
    HLOCAL moved = LocalReAlloc(made, kLarge, LMEM_MOVEABLE);
    DWORD error = GetLastError();
    made = moved != nullptr ? moved : made;
    FAULTS_REQUIRE(LocalSize(made) == (moved != nullptr ? kLarge : kSmall) && is_filled(made, kSmall, 0x5A));
    SetLastError(error);
    return moved != nullptr;
  });
}

// Who makes a string says nothing about why not.
bool silently(bool is_done) {
  if (!is_done) {
    SetLastError(ERROR_NOT_ENOUGH_MEMORY);
  }
  return is_done;
}

void free_string(void* text) { SysFreeString(static_cast<BSTR>(text)); }

SCENARIO(sys_alloc_string, kOutOfMemory) {
  warm_up();
  trial.afterwards(settle<free_string>);
  trial.call([] {
    made = winmem_SysAllocStringByteLen(nullptr, kSingle);
    return silently(made != nullptr && SysStringByteLen(static_cast<BSTR>(made)) == kSingle);
  });
}

} // namespace
} // namespace faults
