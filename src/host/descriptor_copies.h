// Descriptors of the program's, and the same open file under another number.
#pragma once

#include "../base/status.h"

namespace winmem::host {

// Above 1023, closed on exec. -1 when `file` is not open, or no number is to be had.
int copy_high(int file);

// Among the program's own numbers.
enum class Inherited : bool { no, yes };
int copy_low(int file, Inherited inherited);

// What an open descriptor may be used for. False: it is not open.
bool descriptor_access(int file, bool& reads, bool& writes);

} // namespace winmem::host
