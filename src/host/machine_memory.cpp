#include "machine_memory.h"

#include "features.h"
#include "syscall.h"
#include "text_file.h"

#include <atomic>
#include <ctime>
#include <sys/sysinfo.h>

namespace winmem::host {

namespace {

constexpr Bytes lesser(Bytes a, Bytes b) { return a < b ? a : b; }

// "MemAvailable:   24247892 kB"
bool kilobytes(const char* line, const char* name, Bytes& out) {
  const char* rest = nullptr;
  std::uint64_t value = 0;
  if (!after_prefix(line, name, rest) || !parse_number(rest, value)) {
    return false;
  }
  out = value * 1024;
  return true;
}

} // namespace

MachineMemory machine_memory() {
  MachineMemory machine;
  struct sysinfo info {};
  if (system_call(SYS_sysinfo, as_argument(&info)) == 0) {
    machine.physical = info.totalram * info.mem_unit;
    machine.swap = info.totalswap * info.mem_unit;
    machine.available = (info.freeram + info.bufferram) * info.mem_unit;
  }
  if (disabled(Feature::proc)) {
    return machine;
  }
  TextFile file("/proc/meminfo");
  while (const char* line = file.next_line()) {
    if (kilobytes(line, "MemTotal:", machine.physical) || kilobytes(line, "MemAvailable:", machine.available) ||
        kilobytes(line, "SwapTotal:", machine.swap) || kilobytes(line, "CommitLimit:", machine.strict_limit)) {
      continue;
    }
    if (kilobytes(line, "Committed_AS:", machine.strict_in_use)) {
      break; // the last of them
    }
  }
  constexpr std::uint64_t kNever = 2;
  std::uint64_t mode = 0;
  machine.is_strict = read_number("/proc/sys/vm/overcommit_memory", mode) && mode == kNever;
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

constexpr std::uint64_t kMilliseconds = 100;

std::uint64_t now() {
  timespec time{};
  system_call(SYS_clock_gettime, CLOCK_MONOTONIC_COARSE, as_argument(&time));
  return static_cast<std::uint64_t>(time.tv_sec) * 1000 + static_cast<std::uint64_t>(time.tv_nsec) / 1'000'000;
}

GroupLimits recent_group_limits() {
  std::uint64_t time = now();
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

MemoryFigures memory_figures() {
  return combine(machine_memory(), disabled(Feature::proc) ? GroupLimits{} : recent_group_limits());
}

Bytes mapped_bytes() {
  std::uint64_t pages = 0;
  return !disabled(Feature::proc) && read_number("/proc/self/statm", pages) ? pages_to_bytes(pages) : 0;
}

} // namespace winmem::host
