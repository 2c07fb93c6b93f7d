#include "mapping_path.h"

#include "formatted_text.h"
#include "process_map.h"
#include "syscall.h"

#include <fcntl.h>

namespace winmem::host {

bool path_of_mapping(Address at, char* to, Bytes room) {
  Mapping mapping;
  if (!next_mapping(at, mapping) || !mapping.range.contains(at)) {
    return false;
  }
  char link[64];
  format_text(link, sizeof link, "/proc/self/map_files/%lx-%lx", static_cast<unsigned long>(mapping.range.begin),
              static_cast<unsigned long>(mapping.range.end));
  long length = system_call(SYS_readlinkat, AT_FDCWD, as_argument(link), as_argument(to), static_cast<long>(room));
  if (length <= 0 || static_cast<Bytes>(length) >= room) {
    return false;
  }
  to[length] = 0;
  return to[0] == '/';
}

} // namespace winmem::host
