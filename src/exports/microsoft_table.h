// The form of the generated table of functions in Microsoft's calling convention (make_microsoft_table.py), and who
// looks into it.
#pragma once

#include "callback_stubs.h"

#include <windows.h>

namespace winmem::exports {

// Each tells a function; in the order of process::kExportTable's rows. (No compiler takes the functions themselves, of
// as many types, as constants of one type.)
using Entry = Code (*)();
extern const Entry kMicrosoftEntries[];

// As GetProcAddress, last error and all: find.cpp.
Code microsoft_function(HMODULE module, LPCSTR name);

} // namespace winmem::exports
