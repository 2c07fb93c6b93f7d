#include "modules.h"

#include <dlfcn.h>
#include <sys/auxv.h>

namespace winmem::host {

namespace {

bool image_of_byte(Address byte, Image& out) {
  dl_find_object found;
  if (_dl_find_object(reinterpret_cast<void*>(byte), &found) != 0) {
    return false;
  }
  AddressRange bytes{reinterpret_cast<Address>(found.dlfo_map_start), reinterpret_cast<Address>(found.dlfo_map_end)};
  out.range = bytes.round_out(kPage);
  return true;
}

} // namespace

bool image_at(Address page, Image& out) { return image_of_byte(page, out) || image_of_byte(page + kPage - 1, out); }

bool program_image(Image& out) {
  // The program headers lie in the program's first segment, and the kernel tells where.
  Address headers = getauxval(AT_PHDR);
  return headers != 0 && image_at(round_down(headers, kPage), out);
}

const char* program_path() {
  const auto* path = reinterpret_cast<const char*>(getauxval(AT_EXECFN));
  return path != nullptr ? path : "";
}

} // namespace winmem::host
