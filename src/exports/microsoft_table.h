// The form of the generated table of functions in Microsoft's calling convention (make_microsoft_table.py), and who
// looks into it.
#pragma once

#include "callback_stubs.h"

namespace winmem::exports {

// Each tells a function; in the order of process::kExportTable's rows. (No compiler takes the functions themselves, of
// as many types, as constants of one type.)
using Entry = Code (*)();
extern const Entry kMicrosoftEntries[];

// The function of that name in the module (process/module.h), nullptr if it has none: find.cpp.
Code microsoft_function(const void* module, const char* name);

} // namespace winmem::exports
