// Modules: the program, the DLLs of Windows that winmem stands for, and ELF images that are neither.
//
// Owns:      the modules' handles, and the rules by which a name means a module.
// Used:      by win32's GetModuleHandle, LoadLibrary, FreeLibrary and GetProcAddress.
// Lock:      none; nothing changes after the build. The DLLs are always loaded and never unloaded.
// Surprise:  the handle of a DLL is the address of a small object in winmem itself, unlike Windows' where it is the
// base
//            of the DLL's image: there is no image. It is readable, is no PE header, and differs for each DLL.
#pragma once

#include "exported.h"

namespace winmem::process {

// What an HMODULE points to; nullptr is no module.
using ModuleHandle = const void*;

// The program's first page, which is also the AllocationBase that VirtualQuery reports for its code.
ModuleHandle program_module();

// The module of that name; nullptr if there is none. Names are as on Windows:
//   - case does not count; ".dll" may be left out, and one dot after it is ignored; a name that ends in a dot otherwise
//     has no extension, so "kernel32." is nothing
//   - a directory before it must be the system's: \Windows\System32 on any drive, with slashes of either kind
//   - names of API sets (api-ms-win-core-memory-l1-1-0) mean the DLL that has them on Windows, at any level
//   - the program's own file name, with or without ".exe" on disk, with ".exe" in the call, means the program
// Defined for char, char16_t and char32_t.
template <typename Character> ModuleHandle module_by_name(const Character* name);

// Whether the handle is one that these functions gave out, or the base of any ELF image in the process.
bool is_module(ModuleHandle handle);

enum class WideCharacters : std::uint8_t { utf16, utf32 };

// The row of the export by that name, case counting; nullptr if the module has none. Only the DLLs export names.
const Export* find_export(ModuleHandle handle, const char* name);

// The function that the module exports by that name, case counting; nullptr if it has none. Only the DLLs export names.
Entry exported_by(ModuleHandle handle, const char* name, WideCharacters wide);

} // namespace winmem::process
