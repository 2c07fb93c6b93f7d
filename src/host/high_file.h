// Descriptors that programs do not meet: above the numbers that they count through and that select() can hold.
#pragma once

namespace winmem::host {

// The same open file under a number from 1024 on, or near the limit if that is lower; `file` is closed then. As it is
// where no such number can be had. Closed on exec either way if it was before.
int move_high(int file);

} // namespace winmem::host
