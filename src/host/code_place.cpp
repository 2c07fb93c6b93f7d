#include "code_place.h"

#include <cstring>
#include <dlfcn.h>

#pragma weak dladdr // a static program is not linked with a dynamic linker for this

namespace winmem::host {

CodePlace code_place(Address at) {
  Dl_info info{};
  if (dladdr == nullptr || dladdr(reinterpret_cast<void*>(at), &info) == 0 || info.dli_fname == nullptr) {
    return {};
  }
  const char* slash = std::strrchr(info.dli_fname, '/');
  CodePlace place{.module = slash != nullptr ? slash + 1 : info.dli_fname,
                  .offset = at - reinterpret_cast<Address>(info.dli_fbase)};
  if (info.dli_sname != nullptr) {
    place.function = info.dli_sname;
    place.into = at - reinterpret_cast<Address>(info.dli_saddr);
  }
  return place;
}

} // namespace winmem::host
