#include "backtrace.h"

#include <climits>
#include <execinfo.h>

namespace winmem::host {

[[gnu::noinline]] std::size_t back_trace(void** addresses, std::size_t count) {
  int most = count < INT_MAX ? static_cast<int>(count) : INT_MAX;
  int got = backtrace(addresses, most);
  if (got <= 1) {
    return 0;
  }
  // The first is where this function called libc.
  for (int i = 1; i < got; ++i) {
    addresses[i - 1] = addresses[i];
  }
  return static_cast<std::size_t>(got - 1);
}

} // namespace winmem::host
