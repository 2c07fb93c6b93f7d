// What the Global and the Local functions share: one implementation serves both families (G1).
#pragma once

#include <windows.h>

namespace winmem::win32 {

enum class Family : unsigned char { global, local };

HANDLE allocate_object(UINT flags, SIZE_T size);
HANDLE reallocate_object(HANDLE object, SIZE_T size, UINT flags, Family family);
HANDLE free_object(HANDLE object);
LPVOID lock_object(HANDLE object);
BOOL unlock_object(HANDLE object, Family family);
SIZE_T size_of_object(HANDLE object);
UINT flags_of_object(HANDLE object, Family family);
HANDLE object_of_pointer(LPCVOID pointer, Family family);

} // namespace winmem::win32
