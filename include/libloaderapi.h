// Modules and the functions in them.
#ifndef _APISETLIBLOADER_
#define _APISETLIBLOADER_

#include "minwindef.h"

WINMEM_BEGIN_C

// LoadLibraryEx's flags.
#define DONT_RESOLVE_DLL_REFERENCES               0x0001
#define LOAD_LIBRARY_AS_DATAFILE                  0x0002
#define LOAD_WITH_ALTERED_SEARCH_PATH             0x0008
#define LOAD_LIBRARY_AS_IMAGE_RESOURCE            0x0020
#define LOAD_LIBRARY_AS_DATAFILE_EXCLUSIVE        0x0040
#define LOAD_LIBRARY_REQUIRE_SIGNED_TARGET        0x0080
#define LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR          0x0100
#define LOAD_LIBRARY_SEARCH_APPLICATION_DIR       0x0200
#define LOAD_LIBRARY_SEARCH_USER_DIRS             0x0400
#define LOAD_LIBRARY_SEARCH_SYSTEM32              0x0800
#define LOAD_LIBRARY_SEARCH_DEFAULT_DIRS          0x1000
#define LOAD_LIBRARY_SAFE_CURRENT_DIRS            0x2000
#define LOAD_LIBRARY_SEARCH_SYSTEM32_NO_FORWARDER 0x4000
#define LOAD_LIBRARY_OS_INTEGRITY_CONTINUITY      0x8000

// GetModuleHandleEx's flags.
#define GET_MODULE_HANDLE_EX_FLAG_PIN                1
#define GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT 2
#define GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS       4

// The handle of a module that is loaded: kernel32, kernelbase, ntdll, ..., with or without ".dll", in any case of
// letters. NULL asks for the program itself. Not loaded: NULL and ERROR_MOD_NOT_FOUND.
WINBASEAPI HMODULE WINAPI GetModuleHandleA(LPCSTR lpModuleName);
WINBASEAPI HMODULE WINAPI GetModuleHandleW(LPCWSTR lpModuleName) WINMEM_WIDE(GetModuleHandleW);

// Loads a module, or counts one more use of a loaded one. No such module: NULL and ERROR_MOD_NOT_FOUND.
WINBASEAPI HMODULE WINAPI LoadLibraryA(LPCSTR lpLibFileName);
WINBASEAPI HMODULE WINAPI LoadLibraryW(LPCWSTR lpLibFileName) WINMEM_WIDE(LoadLibraryW);

// As LoadLibrary, with LOAD_LIBRARY_... flags. hFile is reserved: NULL.
WINBASEAPI HMODULE WINAPI LoadLibraryExA(LPCSTR lpLibFileName, HANDLE hFile, DWORD dwFlags);
WINBASEAPI HMODULE WINAPI LoadLibraryExW(LPCWSTR lpLibFileName, HANDLE hFile, DWORD dwFlags)
    WINMEM_WIDE(LoadLibraryExW);

// Takes back one LoadLibrary. FALSE and ERROR_MOD_NOT_FOUND if hLibModule is no module.
WINBASEAPI BOOL WINAPI FreeLibrary(HMODULE hLibModule);

// The function of that name in the module. Unknown name: NULL and ERROR_PROC_NOT_FOUND. It is bound as the W functions
// are, since the W functions that it finds are those for the program's own wide characters.
WINBASEAPI FARPROC WINAPI GetProcAddress(HMODULE hModule, LPCSTR lpProcName) WINMEM_WIDE(GetProcAddress);

#ifdef UNICODE
#define GetModuleHandle GetModuleHandleW
#define LoadLibrary     LoadLibraryW
#define LoadLibraryEx   LoadLibraryExW
#else
#define GetModuleHandle GetModuleHandleA
#define LoadLibrary     LoadLibraryA
#define LoadLibraryEx   LoadLibraryExA
#endif

WINMEM_END_C

#endif
