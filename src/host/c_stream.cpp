#include "c_stream.h"

#include <cerrno>
#include <cstdio>

namespace winmem::host {

int descriptor_of_stream(void* stream) {
  int before = errno;
  int descriptor = fileno(static_cast<FILE*>(stream));
  errno = before;
  return descriptor;
}

} // namespace winmem::host
