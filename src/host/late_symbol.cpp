#include "late_symbol.h"

#include <dlfcn.h>

// A static program is not linked with a dynamic linker for this.
#pragma weak dlopen
#pragma weak dlsym

namespace winmem::host {

void* find_in_library(const char* library, const char* name) {
  if (dlsym == nullptr || dlopen == nullptr) {
    return nullptr;
  }
  void* handle = dlopen(library, RTLD_LAZY | RTLD_NOLOAD);
  return handle != nullptr ? dlsym(handle, name) : nullptr; // the handle stays: the function is about to be used
}

} // namespace winmem::host
