#include "check.h"

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>

namespace stress {

void wrong(const char* format, ...) {
  char text[600];
  va_list arguments;
  va_start(arguments, format);
  int length = std::vsnprintf(text, sizeof text - 1, format, arguments);
  va_end(arguments);
  if (length > static_cast<int>(sizeof text) - 2)
    length = static_cast<int>(sizeof text) - 2;
  text[length] = '\n';
  // A child of fork comes here too: no stdio, whose locks another thread may have held.
  if (write(2, text, static_cast<std::size_t>(length) + 1) < 0)
    _exit(3);
  std::abort();
}

} // namespace stress
