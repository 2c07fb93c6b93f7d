// Modules and the functions in them, by name: GetModuleHandle, LoadLibrary, FreeLibrary, GetProcAddress.
//
// Errors, where Microsoft's documentation is silent, are what programs get under Wine:
//   no such module      126 ERROR_MOD_NOT_FOUND; 2 ERROR_FILE_NOT_FOUND if it was to be loaded as data
//   no such function    127 ERROR_PROC_NOT_FOUND, for ordinals too: winmem's functions have none
//   no such handle      126; FreeLibrary(NULL) 6
// The W functions are here twice, for wide characters of 16 and of 32 bits; GetProcAddress too, so that a program finds
// the functions that fit its own wide characters.

#include "../process/module.h"
#include "last_error.h"

#include <windows.h>

using winmem::process::ModuleHandle;
using winmem::process::WideCharacters;
using winmem::win32::set_last_error;

namespace {

constexpr DWORD kDataFlags =
    LOAD_LIBRARY_AS_DATAFILE | LOAD_LIBRARY_AS_DATAFILE_EXCLUSIVE | LOAD_LIBRARY_AS_IMAGE_RESOURCE;
constexpr DWORD kSearchFlags = LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR | LOAD_LIBRARY_SEARCH_APPLICATION_DIR |
                               LOAD_LIBRARY_SEARCH_USER_DIRS | LOAD_LIBRARY_SEARCH_SYSTEM32 |
                               LOAD_LIBRARY_SEARCH_DEFAULT_DIRS;

// A module's memory is never written through its handle; HMODULE is no pointer to const only by tradition.
HMODULE to_handle(ModuleHandle module) {
  return static_cast<HMODULE>(const_cast<void*>(module)); // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

template <typename Character> bool has_drive_or_root(const Character* name) {
  return name[0] == '\\' || name[0] == '/' || (name[0] != 0 && name[1] == ':');
}

template <typename Character> HMODULE module_handle(const Character* name) {
  if (name == nullptr) {
    return to_handle(winmem::process::program_module());
  }
  ModuleHandle module = winmem::process::module_by_name(name);
  if (module == nullptr) {
    set_last_error(ERROR_MOD_NOT_FOUND);
  }
  return to_handle(module);
}

template <typename Character> HMODULE load(const Character* name, HANDLE file, DWORD flags) {
  // Documented: the handle is reserved, the altered search path excludes the search flags, and the directory of the
  // DLL can be searched only if the name has one.
  bool altered = (flags & LOAD_WITH_ALTERED_SEARCH_PATH) != 0;
  bool own_directory = (flags & LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR) != 0;
  if (file != nullptr || (altered && (flags & kSearchFlags) != 0) ||
      (own_directory && (name == nullptr || !has_drive_or_root(name)))) {
    set_last_error(ERROR_INVALID_PARAMETER);
    return nullptr;
  }
  ModuleHandle module = name != nullptr ? winmem::process::module_by_name(name) : nullptr;
  if (module == nullptr) {
    set_last_error((flags & kDataFlags) != 0 ? ERROR_FILE_NOT_FOUND : ERROR_MOD_NOT_FOUND);
  }
  return to_handle(module);
}

FARPROC function_in(HMODULE module, LPCSTR name, WideCharacters wide) {
  ModuleHandle handle = module != nullptr ? module : winmem::process::program_module();
  if (!winmem::process::is_module(handle)) {
    set_last_error(ERROR_MOD_NOT_FOUND);
    return nullptr;
  }
  bool is_ordinal = (reinterpret_cast<ULONG_PTR>(name) >> 16) == 0;
  winmem::process::Entry entry = is_ordinal ? nullptr : winmem::process::exported_by(handle, name, wide);
  if (entry == nullptr) {
    set_last_error(ERROR_PROC_NOT_FOUND);
  }
  return reinterpret_cast<FARPROC>(entry);
}

} // namespace

HMODULE WINAPI GetModuleHandleA(LPCSTR lpModuleName) { return module_handle(lpModuleName); }

HMODULE WINAPI LoadLibraryA(LPCSTR lpLibFileName) { return load(lpLibFileName, nullptr, 0); }

HMODULE WINAPI LoadLibraryExA(LPCSTR lpLibFileName, HANDLE hFile, DWORD dwFlags) {
  return load(lpLibFileName, hFile, dwFlags);
}

BOOL WINAPI FreeLibrary(HMODULE hLibModule) {
  if (winmem::process::is_module(hLibModule)) {
    return TRUE; // what is loaded stays: nothing here is ever unloaded
  }
  set_last_error(hLibModule == nullptr ? ERROR_INVALID_HANDLE : ERROR_MOD_NOT_FOUND);
  return FALSE;
}

extern "C" {

WINMEM_API HMODULE WINAPI winmem_GetModuleHandleW(const char16_t* lpModuleName) { return module_handle(lpModuleName); }

WINMEM_API HMODULE WINAPI winmem_GetModuleHandleW_utf32(const char32_t* lpModuleName) {
  return module_handle(lpModuleName);
}

WINMEM_API HMODULE WINAPI winmem_LoadLibraryW(const char16_t* lpLibFileName) { return load(lpLibFileName, nullptr, 0); }

WINMEM_API HMODULE WINAPI winmem_LoadLibraryW_utf32(const char32_t* lpLibFileName) {
  return load(lpLibFileName, nullptr, 0);
}

WINMEM_API HMODULE WINAPI winmem_LoadLibraryExW(const char16_t* lpLibFileName, HANDLE hFile, DWORD dwFlags) {
  return load(lpLibFileName, hFile, dwFlags);
}

WINMEM_API HMODULE WINAPI winmem_LoadLibraryExW_utf32(const char32_t* lpLibFileName, HANDLE hFile, DWORD dwFlags) {
  return load(lpLibFileName, hFile, dwFlags);
}

WINMEM_API FARPROC WINAPI winmem_GetProcAddress(HMODULE hModule, LPCSTR lpProcName) {
  return function_in(hModule, lpProcName, WideCharacters::utf16);
}

WINMEM_API FARPROC WINAPI winmem_GetProcAddress_utf32(HMODULE hModule, LPCSTR lpProcName) {
  return function_in(hModule, lpProcName, WideCharacters::utf32);
}

} // extern "C"
