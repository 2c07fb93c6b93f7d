#include "last_words.h"

#include "syscall.h"

#include <cstdlib>
#include <unistd.h>

namespace winmem::host {

void write_error(const char* text, std::size_t size) { write_text(STDERR_FILENO, text, size); }

void write_text(int descriptor, const char* text, std::size_t size) {
  while (size > 0) {
    long written = system_call(SYS_write, descriptor, as_argument(text), static_cast<long>(size));
    if (written <= 0) {
      return;
    }
    text += written;
    size -= static_cast<std::size_t>(written);
  }
}

void leave_process(int code) {
  while (true) {
    system_call(SYS_exit_group, code);
  }
}

void abort_process() { std::abort(); }

} // namespace winmem::host
