#include "process_memory.h"

#include "../host/process_memory.h"
#include "../object/cells.h"
#include "../vm/vm.h"

namespace winmem::nt {

ProcessMemory process_memory() {
  host::ProcessMemory kernel = host::process_memory();
  vm::Usage usage = vm::usage();
  return {.resident = kernel.resident,
          .most_resident = kernel.most_resident,
          .private_resident = kernel.private_resident,
          .committed = usage.own_committed,
          .most_committed = usage.most_own_committed,
          .shared_committed = usage.committed > usage.own_committed ? usage.committed - usage.own_committed : 0,
          .kernel_tables = kernel.page_tables,
          .handle_tables = object::footprint(),
          .faults = kernel.faults};
}

} // namespace winmem::nt
