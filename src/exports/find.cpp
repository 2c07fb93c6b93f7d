// winmem_find: the table for loaders (winmem.h).
#include "../process/module.h"
#include "../win32/last_error.h"
#include "microsoft.h"
#include "microsoft_table.h"

#include <winmem.h>

namespace winmem::exports {

void note_lack_of_stubs() { win32::set_last_error(ERROR_NOT_ENOUGH_MEMORY); }

Code microsoft_function(const void* module, const char* name) {
  const process::Export* found = process::find_export(module, name);
  return found != nullptr ? kMicrosoftEntries[found - process::kExportTable.rows]() : nullptr;
}

} // namespace winmem::exports

using namespace winmem;

winmem_function winmem_find(const char* dll, const char* function) {
  if (dll == nullptr || function == nullptr) {
    win32::set_last_error(ERROR_INVALID_PARAMETER);
    return nullptr;
  }
  process::ModuleHandle module = process::module_by_name(dll);
  if (module == nullptr) {
    win32::set_last_error(ERROR_MOD_NOT_FOUND);
    return nullptr;
  }
  exports::Code found = exports::microsoft_function(module, function);
  if (found == nullptr) {
    win32::set_last_error(ERROR_PROC_NOT_FOUND);
  }
  return found;
}
