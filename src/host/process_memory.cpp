#include "process_memory.h"

#include "features.h"
#include "syscall.h"
#include "text_file.h"

#include <sys/resource.h>

namespace winmem::host {

ProcessMemory process_memory() {
  ProcessMemory memory;
  rusage usage{};
  if (system_call(SYS_getrusage, RUSAGE_SELF, as_argument(&usage)) == 0) {
    memory.faults = static_cast<std::uint64_t>(usage.ru_minflt + usage.ru_majflt);
    memory.resident = static_cast<Bytes>(usage.ru_maxrss) * 1024;
    memory.most_resident = memory.resident;
  }
  if (disabled(Feature::proc)) {
    return memory;
  }
  TextFile file("/proc/self/status");
  while (const char* line = file.next_line()) {
    if (parse_kilobytes(line, "VmHWM:", memory.most_resident) || parse_kilobytes(line, "VmRSS:", memory.resident) ||
        parse_kilobytes(line, "RssAnon:", memory.private_resident)) {
      continue;
    }
    if (parse_kilobytes(line, "VmPTE:", memory.page_tables)) {
      break; // the last of them
    }
  }
  if (memory.most_resident < memory.resident) {
    memory.most_resident = memory.resident;
  }
  return memory;
}

} // namespace winmem::host
