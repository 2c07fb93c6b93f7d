#include "shared_pages.h"

#include "mapping_calls.h"
#include "syscall.h"

namespace winmem::host {

void* map_shared_pages(Bytes size) {
  long result =
      system_call(SYS_mmap, 0, static_cast<long>(size), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return is_error(result) ? nullptr : reinterpret_cast<void*>(result);
}

} // namespace winmem::host
