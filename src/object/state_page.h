// The page of a name's file that holds an object's state, as this process has it mapped.
//
// Used:      by names.cpp, under the lock of the directory of names where it maps; unmapping needs no lock.
#pragma once

#include "../base/address.h"

namespace winmem::object {

// nullptr when the kernel has no memory or no descriptor for it.
void* map_state(const char* file_name);
void unmap_state(void* page);

// Bytes mapped now.
Bytes state_footprint();

} // namespace winmem::object
