// WINMEM_HEAP=strict: wrong pointers end the process where Windows would end it, though the functions could fail.
#pragma once

namespace winmem::heap {

// The first answer stays, whatever the program does to its environment.
bool is_strict();

} // namespace winmem::heap
