// Descriptors that programs do not meet: above the numbers that they count through and that select() can hold.
#pragma once

namespace winmem::host {

// The same open file under a number from 1025 on, or near the limit if that is lower; `file` is closed then. As it is
// where no such number can be had. Closed on exec either way if it was before.
int move_high(int file);

// The same, raising the soft limit on descriptors where that is what it takes; for those of objects.
int move_high_or_raise(int file);

// Doubles the soft limit on descriptors, as far as the hard one allows.
bool raise_descriptor_limit();

} // namespace winmem::host
