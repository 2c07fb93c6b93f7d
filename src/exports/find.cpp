// winmem_find: the table for loaders (winmem.h).
#include "../process/module.h"
#include "../win32/last_error.h"
#include "microsoft.h"
#include "microsoft_table.h"

#include <winmem.h>

extern "C" FARPROC WINAPI winmem_GetProcAddress(HMODULE hModule, LPCSTR lpProcName);

namespace winmem::exports {

void note_lack_of_stubs() { win32::set_last_error(ERROR_NOT_ENOUGH_MEMORY); }

Code microsoft_function(HMODULE module, LPCSTR name) {
  if (winmem_GetProcAddress(module, name) == nullptr) { // the judge of the arguments
    return nullptr;
  }
  return kMicrosoftEntries[process::find_export(module, name) - process::kExportTable.rows]();
}

} // namespace winmem::exports

using namespace winmem;

winmem_function winmem_find(const char* dll, const char* function) {
  if (dll == nullptr || function == nullptr) {
    win32::set_last_error(ERROR_INVALID_PARAMETER);
    return nullptr;
  }
  HMODULE module = GetModuleHandleA(dll);
  return module != nullptr ? exports::microsoft_function(module, function) : nullptr;
}
