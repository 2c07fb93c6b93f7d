// winbase.h: the Local functions. What they do is in moveable_calls.cpp.
#include "../heap/caller.h"
#include "moveable_calls.h"

using namespace winmem::win32;

HLOCAL WINAPI LocalAlloc(UINT uFlags, SIZE_T uBytes) {
  winmem::heap::Caller caller(__builtin_return_address(0));
  return allocate_object(uFlags, uBytes);
}

HLOCAL WINAPI LocalReAlloc(HLOCAL hMem, SIZE_T uBytes, UINT uFlags) {
  winmem::heap::Caller caller(__builtin_return_address(0));
  return reallocate_object(hMem, uBytes, uFlags, Family::local);
}

HLOCAL WINAPI LocalFree(HLOCAL hMem) {
  winmem::heap::Caller caller(__builtin_return_address(0));
  return free_object(hMem);
}

LPVOID WINAPI LocalLock(HLOCAL hMem) { return lock_object(hMem); }

BOOL WINAPI LocalUnlock(HLOCAL hMem) { return unlock_object(hMem, Family::local); }

SIZE_T WINAPI LocalSize(HLOCAL hMem) { return size_of_object(hMem); }

UINT WINAPI LocalFlags(HLOCAL hMem) { return flags_of_object(hMem, Family::local); }

HLOCAL WINAPI LocalHandle(LPCVOID pMem) { return object_of_pointer(pMem, Family::local); }

// ---- Obsolete (G54) ----

SIZE_T WINAPI LocalCompact(UINT) { return 0; }

SIZE_T WINAPI LocalShrink(HLOCAL, UINT) { return 0; }
