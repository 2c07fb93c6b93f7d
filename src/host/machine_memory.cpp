#include "machine_memory.h"

#include "clock.h"
#include "features.h"
#include "syscall.h"
#include "text_file.h"

#include <atomic>
#include <sys/sysinfo.h>

namespace winmem::host {

namespace {

constexpr Bytes lesser(Bytes a, Bytes b) { return a < b ? a : b; }

constexpr std::uint64_t kMilliseconds = 100;

// One figure that costs as much to ask for as all of /proc/meminfo.
class Recent {
public:
  template <typename Ask> std::uint64_t get(Ask ask) {
    std::uint64_t time = milliseconds();
    if (time < until_.load(std::memory_order_acquire)) { // pairs with the store below
      return value_.load(std::memory_order_relaxed);
    }
    std::uint64_t value = ask();
    value_.store(value, std::memory_order_relaxed);
    until_.store(time + kMilliseconds, std::memory_order_release);
    return value;
  }

private:
  std::atomic<std::uint64_t> until_{0};
  std::atomic<std::uint64_t> value_{0};
};
constinit Recent recent_mode;
constinit Recent recent_mapped;

} // namespace

namespace {

void read_meminfo(MachineMemory& machine) {
  TextFile file("/proc/meminfo");
  while (const char* line = file.next_line()) {
    if (parse_kilobytes(line, "MemTotal:", machine.physical) ||
        parse_kilobytes(line, "MemAvailable:", machine.available) ||
        parse_kilobytes(line, "Cached:", machine.file_cache) || parse_kilobytes(line, "SwapTotal:", machine.swap) ||
        parse_kilobytes(line, "SReclaimable:", machine.kernel_droppable) ||
        parse_kilobytes(line, "SUnreclaim:", machine.kernel_fixed) ||
        parse_kilobytes(line, "CommitLimit:", machine.strict_limit)) {
      continue;
    }
    if (parse_kilobytes(line, "Committed_AS:", machine.strict_in_use)) {
      break; // the last of them
    }
  }
}

} // namespace

MachineMemory machine_memory() {
  MachineMemory machine;
  if (!disabled(Feature::proc)) {
    machine.is_strict = keeps_strict_accounts();
    read_meminfo(machine);
  }
  struct sysinfo info {};
  if (machine.physical == 0 && system_call(SYS_sysinfo, as_argument(&info)) == 0) {
    machine.physical = info.totalram * info.mem_unit;
    machine.swap = info.totalswap * info.mem_unit;
    machine.available = (info.freeram + info.bufferram) * info.mem_unit;
  }
  return machine;
}

MemoryFigures combine(const MachineMemory& machine, const GroupLimits& group) {
  MemoryFigures figures;
  figures.physical = lesser(machine.physical, group.memory);
  figures.available = lesser(machine.available, figures.physical);
  if (group.memory < machine.physical) {
    Bytes used = group.in_use - lesser(group.in_use, group.cache);
    figures.available = lesser(figures.available, group.memory - lesser(group.memory, used));
  }
  figures.commit = lesser(figures.physical + lesser(machine.swap, group.swap), group.memory_and_swap);
  if (machine.physical == 0) {
    figures.commit = kNoLimit; // a sandbox that forbids the question
  }
  if (machine.is_strict) {
    figures.commit = lesser(figures.commit, machine.strict_limit);
    figures.strict_left = machine.strict_limit - lesser(machine.strict_limit, machine.strict_in_use);
  }
  return figures;
}

namespace {

// What the group said last. Threads that write at the same time write nearly the same, each word for itself.
struct Remembered {
  std::atomic<std::uint64_t> until{0}; // in milliseconds since the machine started
  std::atomic<Bytes> memory{kNoLimit};
  std::atomic<Bytes> swap{kNoLimit};
  std::atomic<Bytes> memory_and_swap{kNoLimit};
  std::atomic<Bytes> in_use{0};
  std::atomic<Bytes> cache{0};
};
constinit Remembered remembered;

GroupLimits recent_group_limits() {
  std::uint64_t time = milliseconds();
  if (time < remembered.until.load(std::memory_order_acquire)) { // pairs with the store below
    return {.memory = remembered.memory.load(std::memory_order_relaxed),
            .swap = remembered.swap.load(std::memory_order_relaxed),
            .memory_and_swap = remembered.memory_and_swap.load(std::memory_order_relaxed),
            .in_use = remembered.in_use.load(std::memory_order_relaxed),
            .cache = remembered.cache.load(std::memory_order_relaxed)};
  }
  GroupLimits limits = group_limits();
  remembered.memory.store(limits.memory, std::memory_order_relaxed);
  remembered.swap.store(limits.swap, std::memory_order_relaxed);
  remembered.memory_and_swap.store(limits.memory_and_swap, std::memory_order_relaxed);
  remembered.in_use.store(limits.in_use, std::memory_order_relaxed);
  remembered.cache.store(limits.cache, std::memory_order_relaxed);
  remembered.until.store(time + kMilliseconds, std::memory_order_release);
  return limits;
}

} // namespace

MemoryFigures memory_figures() { return memory_figures(machine_memory()); }

MemoryFigures memory_figures(const MachineMemory& machine) {
  return combine(machine, disabled(Feature::proc) ? GroupLimits{} : recent_group_limits());
}

bool keeps_strict_accounts() {
  constexpr std::uint64_t kNever = 2;
  return recent_mode.get([] {
    std::uint64_t mode = 0;
    return read_number("/proc/sys/vm/overcommit_memory", mode) ? mode : 0;
  }) == kNever;
}

Bytes mapped_beside(Bytes own) {
  if (disabled(Feature::proc)) {
    return 0;
  }
  return recent_mapped.get([own] {
    std::uint64_t pages = 0;
    Bytes mapped = read_number("/proc/self/statm", pages) ? pages_to_bytes(pages) : 0;
    return mapped > own ? mapped - own : 0;
  });
}

} // namespace winmem::host
