// The Global and Local calls: objects of one thread each, and one that all of them lock and resize.
#include "heap_calls.h"

#include "winapi.h"

#include <objbase.h>
#include <oleauto.h>

#include <atomic>
#include <cstring>

namespace stress {

namespace {

struct Family {
  HANDLE(WINAPI* alloc)(UINT, SIZE_T);
  HANDLE(WINAPI* realloc)(HANDLE, SIZE_T, UINT);
  HANDLE(WINAPI* free)(HANDLE);
  LPVOID(WINAPI* lock)(HANDLE);
  BOOL(WINAPI* unlock)(HANDLE);
  SIZE_T(WINAPI* size)(HANDLE);
  UINT(WINAPI* flags)(HANDLE);
  HANDLE(WINAPI* handle)(LPCVOID);
};

constexpr Family kGlobal = {GlobalAlloc,  GlobalReAlloc, GlobalFree,  GlobalLock,
                            GlobalUnlock, GlobalSize,    GlobalFlags, GlobalHandle};
constexpr Family kLocal = {LocalAlloc,  LocalReAlloc, LocalFree,  LocalLock,
                           LocalUnlock, LocalSize,    LocalFlags, LocalHandle};

bool is_filled(const void* block, SIZE_T size, char fill) {
  for (SIZE_T i = 0; i < size; ++i) {
    if (static_cast<const char*>(block)[i] != fill) {
      return false;
    }
  }
  return true;
}

void moveable_object(const Family& family, Random& random) {
  SIZE_T size = 1 + random.below(random.one_in(16) ? 100'000 : 600);
  auto fill = static_cast<char>(random.next());
  HANDLE object = family.alloc(GMEM_MOVEABLE | GMEM_ZEROINIT, size);
  MUST(object != nullptr && family.size(object) == size && family.flags(object) == 0);
  void* block = family.lock(object);
  MUST(block != nullptr && is_filled(block, size, 0) && family.handle(block) == object);
  std::memset(block, fill, size);
  MUST(family.flags(object) == 1);
  MUST(!family.unlock(object) && GetLastError() == NO_ERROR);
  SIZE_T larger = size + random.below(2000);
  MUST(family.realloc(object, larger, GMEM_ZEROINIT) == object && family.size(object) == larger);
  auto* moved = static_cast<char*>(family.lock(object));
  MUST(is_filled(moved, size, fill) && is_filled(moved + size, larger - size, 0));
  family.unlock(object);
  if (random.one_in(4)) {
    MUST(family.realloc(object, 0, GMEM_MOVEABLE) == object && family.flags(object) == GMEM_DISCARDED);
  }
  MUST(family.free(object) == nullptr);
}

void fixed_object(const Family& family, Random& random) {
  SIZE_T size = 1 + random.below(600);
  HANDLE object = family.alloc(GMEM_FIXED, size);
  MUST(object != nullptr && family.size(object) == size && family.lock(object) == object);
  MUST(family.handle(object) == object && family.flags(object) == 0);
  MUST(family.free(object) == nullptr);
}

// Everybody's, never freed: its size changes while others hold it. Its contents are only read: who writes them while
// another thread resizes makes that one copy again, which ThreadSanitizer calls a race.
void shared_object(const Family& family, Random& random) {
  static std::atomic<HANDLE> shared{nullptr};
  HANDLE object = shared;
  if (object == nullptr) {
    HANDLE mine = family.alloc(GMEM_MOVEABLE | GMEM_ZEROINIT, 64);
    MUST(mine != nullptr);
    if (shared.compare_exchange_strong(object, mine)) {
      object = mine;
    } else {
      MUST(family.free(mine) == nullptr);
    }
  }
  void* block = family.lock(object);
  MUST(block != nullptr && is_filled(block, 64, 0));
  family.unlock(object);
  if (random.one_in(4)) {
    family.realloc(object, 64 + random.below(3000), 0); // fails where a locked one would have to move
  }
  MUST(family.size(object) >= 64);
}

void objects(const Family& family, Random& random) {
  moveable_object(family, random);
  fixed_object(family, random);
  shared_object(family, random);
}

} // namespace

void global_objects(Random& random) { objects(kGlobal, random); }

void local_objects(Random& random) { objects(kLocal, random); }

void obsolete_calls(Random&) {
  HANDLE object = GlobalAlloc(GMEM_MOVEABLE, 10);
  MUST(object != nullptr && GlobalWire(object) != nullptr);
  GlobalFix(object);
  MUST(GlobalUnWire(object));
  GlobalUnfix(object);
  MUST(GlobalFlags(object) == 0 && GlobalCompact(0) == 0 && LocalCompact(0) == 0 && LocalShrink(object, 1) == 0);
  MUST(GlobalFree(object) == nullptr);
}

void com_memory(Random& random) {
  auto* block = static_cast<char*>(CoTaskMemRealloc(CoTaskMemAlloc(random.below(500)), 500 + random.below(500)));
  MUST(block != nullptr);
  std::memset(block, 1, 500);
  CoTaskMemFree(block);

  BSTR string = SysAllocString(OLESTR("some text"));
  MUST(string != nullptr && SysStringLen(string) == 9);
  MUST(SysReAllocString(&string, string + 5) && SysStringLen(string) == 4);
  MUST(SysReAllocStringLen(&string, nullptr, 100) && SysStringByteLen(string) == 100 * sizeof(OLECHAR));
  SysFreeString(string);
  string = SysAllocStringLen(nullptr, 10);
  MUST(string != nullptr && string[10] == 0);
  SysFreeString(string);
  string = SysAllocStringByteLen("bytes", 5);
  MUST(string != nullptr && SysStringByteLen(string) == 5);
  SysFreeString(string);
}

} // namespace stress
