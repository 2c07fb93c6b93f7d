#include "system_memory.h"

#include "../host/machine_memory.h"
#include "../vm/vm.h"

namespace winmem::nt {

namespace {

constexpr Bytes less(Bytes from, Bytes what) { return from > what ? from - what : 0; }

} // namespace

SystemMemory system_memory() {
  host::MachineMemory machine = host::machine_memory();
  host::MemoryFigures figures = host::memory_figures(machine);
  vm::set_system_commit_limit(figures.commit);
  vm::Usage usage = vm::usage();
  Bytes commit_left = less(usage.commit_limit, usage.committed);
  return {.physical = figures.physical,
          .available = figures.available,
          .commit_limit = usage.commit_limit,
          .commit_left = commit_left < figures.strict_left ? commit_left : figures.strict_left,
          .most_committed = usage.most_committed,
          .file_cache = machine.file_cache,
          .kernel_droppable = machine.kernel_droppable,
          .kernel_fixed = machine.kernel_fixed};
}

Bytes virtual_bytes_left() {
  vm::Usage usage = vm::usage();
  // The kernel counts the arena as a whole; of that only regions are taken.
  Bytes others = host::mapped_beside(usage.arena + usage.reserved_outside);
  return less(kVirtualBytes, others + usage.reserved_in_arena + usage.reserved_outside);
}

} // namespace winmem::nt
