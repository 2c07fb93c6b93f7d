// Streams of C's library.
#pragma once

namespace winmem::host {

// The descriptor of an open FILE; -1 if it has none. errno stays.
int descriptor_of_stream(void* stream);

} // namespace winmem::host
