// winbase.h's IsBadReadPtr and its kin: TRUE is bad. They leave the last error alone.
#include "../nt/pointer_tests.h"

#include <windows.h>

using namespace winmem;

namespace {

Address to_address(const void* pointer) { return reinterpret_cast<Address>(pointer); }

} // namespace

BOOL WINAPI IsBadReadPtr(const void* lp, UINT_PTR ucb) {
  return nt::is_bad_to_read(to_address(lp), ucb) ? TRUE : FALSE;
}

BOOL WINAPI IsBadWritePtr(LPVOID lp, UINT_PTR ucb) { return nt::is_bad_to_write(to_address(lp), ucb) ? TRUE : FALSE; }

BOOL WINAPI IsBadHugeReadPtr(const void* lp, UINT_PTR ucb) { return IsBadReadPtr(lp, ucb); }

BOOL WINAPI IsBadHugeWritePtr(LPVOID lp, UINT_PTR ucb) { return IsBadWritePtr(lp, ucb); }

BOOL WINAPI IsBadCodePtr(FARPROC lpfn) { return IsBadReadPtr(reinterpret_cast<const void*>(lpfn), 1); }

BOOL WINAPI IsBadStringPtrA(LPCSTR lpsz, UINT_PTR ucchMax) {
  return nt::is_bad_string(to_address(lpsz), ucchMax, 1) ? TRUE : FALSE;
}

extern "C" {

WINMEM_API BOOL WINAPI winmem_IsBadStringPtrW(const char16_t* lpsz, UINT_PTR ucchMax) {
  return nt::is_bad_string(to_address(lpsz), ucchMax, sizeof *lpsz) ? TRUE : FALSE;
}

WINMEM_API BOOL WINAPI winmem_IsBadStringPtrW_utf32(const char32_t* lpsz, UINT_PTR ucchMax) {
  return nt::is_bad_string(to_address(lpsz), ucchMax, sizeof *lpsz) ? TRUE : FALSE;
}

} // extern "C"
