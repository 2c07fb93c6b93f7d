// The whole allocation around an address: a region of winmem's, or what Windows would call one of foreign memory.
//
// Lock:      none; may run in a signal handler.
// Cost:      of a region, a look at every run: its committed pages are counted, not kept. Of foreign memory, a question
//            to the kernel for each piece.
#pragma once

#include "vm.h"

namespace winmem::vm {

struct Allocation {
  Description there{}; // of the page asked about; nobody: there is no allocation
  AddressRange range{};
  // A region or private memory: committed pages. A view, an image or a mapped file: pages that are written to as
  // copies.
  Bytes committed = 0;
};

Allocation describe_allocation(Address page);

} // namespace winmem::vm
