// The calling thread, as the kernel and libc see it.
#pragma once

namespace winmem::host {

void yield();

// The same; false when no other thread ran meanwhile.
bool yield_to_another();
void sleep_a_millisecond();

// Has `function`, the same for all, called when the calling thread ends: behind the destructors of thread_local
// objects, beside those of pthread keys. libc may allocate for it. Without a free key nothing is called.
void at_thread_end(void (*function)());

} // namespace winmem::host
