// winbase.h: the Global functions. What they do is in moveable_calls.cpp.
#include "../heap/caller.h"
#include "moveable_calls.h"

using namespace winmem::win32;

HGLOBAL WINAPI GlobalAlloc(UINT uFlags, SIZE_T dwBytes) {
  winmem::heap::Caller caller(__builtin_return_address(0));
  return allocate_object(uFlags, dwBytes);
}

HGLOBAL WINAPI GlobalReAlloc(HGLOBAL hMem, SIZE_T dwBytes, UINT uFlags) {
  winmem::heap::Caller caller(__builtin_return_address(0));
  return reallocate_object(hMem, dwBytes, uFlags, Family::global);
}

HGLOBAL WINAPI GlobalFree(HGLOBAL hMem) {
  winmem::heap::Caller caller(__builtin_return_address(0));
  return free_object(hMem);
}

LPVOID WINAPI GlobalLock(HGLOBAL hMem) { return lock_object(hMem); }

BOOL WINAPI GlobalUnlock(HGLOBAL hMem) { return unlock_object(hMem, Family::global); }

SIZE_T WINAPI GlobalSize(HGLOBAL hMem) { return size_of_object(hMem); }

UINT WINAPI GlobalFlags(HGLOBAL hMem) { return flags_of_object(hMem, Family::global); }

HGLOBAL WINAPI GlobalHandle(LPCVOID pMem) { return object_of_pointer(pMem, Family::global); }

// ---- Obsolete (G54) ----

SIZE_T WINAPI GlobalCompact(DWORD) { return 0; }

VOID WINAPI GlobalFix(HGLOBAL hMem) { lock_object(hMem); }

VOID WINAPI GlobalUnfix(HGLOBAL hMem) { unlock_object(hMem, Family::global); }

LPVOID WINAPI GlobalWire(HGLOBAL hMem) { return lock_object(hMem); }

BOOL WINAPI GlobalUnWire(HGLOBAL hMem) { return unlock_object(hMem, Family::global); }
