// The file that the kernel has mapped at an address, by its name.
#pragma once

#include "../base/address.h"

namespace winmem::host {

// Its path, with " (deleted)" behind it if the name is gone. False where nothing of a name is mapped, or it does not
// fit.
bool path_of_mapping(Address at, char* to, Bytes room);

} // namespace winmem::host
