// The processors that this process may use, and of which make they are.
//
// Lock:      none. Asked of the kernel once and remembered, so that the answer is constant for the process (Y1).
#pragma once

#include <cstdint>

namespace winmem::host {

// One bit per processor. Windows counts in groups of 64, and a plain program sees one group: the bits are of the first
// 64 numbers, or if the process may use none of those, as many bits from 0 up as it has processors. Never 0.
std::uint64_t processor_mask();

struct ProcessorModel {
  std::uint16_t family;
  std::uint8_t model;
  std::uint8_t stepping;
};

ProcessorModel processor_model();

} // namespace winmem::host
