#include "fail.h"

#include <cstdarg>
#include <cstdio>
#include <unistd.h>

namespace faults {

namespace {
char* message = nullptr;
unsigned message_size = 0;
} // namespace

void send_message_to(char* buffer, unsigned size) {
  message = buffer;
  message_size = size;
}

void fail(const char* format, ...) {
  char text[600];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  if (message != nullptr) {
    std::snprintf(message, message_size, "%s", text);
  } else {
    std::fprintf(stderr, "%s\n", text);
  }
  _exit(1);
}

} // namespace faults
