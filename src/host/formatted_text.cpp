#include "formatted_text.h"

#include <cstdio>

namespace winmem::host {

void format_text(char* out, std::size_t room, const char* format, va_list arguments) {
  if (std::vsnprintf(out, room, format, arguments) < 0) {
    *out = '\0';
  }
}

// The attribute lets compilers check what callers give. NOLINTNEXTLINE(cert-dcl50-cpp)
void format_text(char* out, std::size_t room, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  format_text(out, room, format, arguments);
  va_end(arguments);
}

} // namespace winmem::host
