// What the dynamic linker knows of an address in code: for messages to people.
#pragma once

#include "../base/address.h"

namespace winmem::host {

struct CodePlace {
  const char* module = nullptr;   // the file's name without its folder; none: not of a loaded image
  Bytes offset = 0;               // in the image, as addr2line takes it
  const char* function = nullptr; // the exported one that lies before it; none: no such
  Bytes into = 0;                 // how far behind the function's beginning
};

// Takes the linker's lock, allocates nothing. In a static program nothing is known.
CodePlace code_place(Address at);

} // namespace winmem::host
