// winmem's answers about a lot, beside its history.
#include "lot.h"
#include "winapi.h"

#include <sys/uio.h>
#include <unistd.h>

namespace stress {
namespace {

constexpr std::uintptr_t kUserEnd = 0x7FFFFFFF0000;

void* pointer(std::uintptr_t address) { return reinterpret_cast<void*>(address); }
std::uintptr_t number(const void* address) { return reinterpret_cast<std::uintptr_t>(address); }

// All forms of the query must be right, so any of them is used.
bool ask(std::uintptr_t address, Random& random, MEMORY_BASIC_INFORMATION& info) {
  switch (random.below(4)) {
  case 0:
    return VirtualQueryEx(GetCurrentProcess(), pointer(address), &info, sizeof info) == sizeof info;
  case 1:
    return NtQueryVirtualMemory(GetCurrentProcess(), pointer(address), MemoryBasicInformation, &info, sizeof info,
                                nullptr) == 0;
  default:
    return VirtualQuery(pointer(address), &info, sizeof info) == sizeof info;
  }
}

// Whether `info` is the answer about `page` in a lot of this shape.
bool explains(const Lot& lot, const Shape& shape, std::size_t page, const MEMORY_BASIC_INFORMATION& info) {
  Page is = shape[page];
  if (number(info.BaseAddress) != lot.address(page))
    return false;
  std::uintptr_t end = lot.address(page) + info.RegionSize;
  std::uintptr_t run_end = lot.address(shape.run_end(page));
  if (is.state == State::free) // and beyond the lot nobody knows
    return info.State == MEM_FREE && info.AllocationBase == nullptr && info.Protect == PAGE_NOACCESS &&
           (end == run_end || (end > run_end && shape.run_end(page) == kLotPages));
  return info.State == (is.state == State::committed ? DWORD{MEM_COMMIT} : DWORD{MEM_RESERVE}) && end == run_end &&
         info.Protect == is.protect && info.AllocationProtect == is.allocation_protect && info.Type == MEM_PRIVATE &&
         number(info.AllocationBase) == lot.address(is.base);
}

[[noreturn]] void unexplained(const Lot& lot, const Shape& shape, std::size_t page,
                              const MEMORY_BASIC_INFORMATION& info, const char* when) {
  Page is = shape[page];
  wrong("%s: %#zx is shown with base %#zx, allocation %#zx, state %#x, protect %#x of %#x, size %#zx;\n"
        "  expected allocation %#zx, state %d, protect %#x of %#x, size %#zx",
        when, lot.address(page), number(info.BaseAddress), number(info.AllocationBase), unsigned{info.State},
        unsigned{info.Protect}, unsigned{info.AllocationProtect}, info.RegionSize, lot.address(is.base),
        static_cast<int>(is.state), is.protect, is.allocation_protect, (shape.run_end(page) - page) * kPage);
}

bool kernel_reads(std::uintptr_t address) {
  char byte = 0;
  iovec here{&byte, 1};
  iovec there{pointer(address), 1};
  return process_vm_readv(getpid(), &here, 1, &there, 1, 0) == 1;
}

} // namespace

void observe(const Lot& lot, Random& random, Observations& counts) {
  std::size_t page = random.below(kLotPages);
  MEMORY_BASIC_INFORMATION info{};

  History::Version first = lot.history.finished();
  bool answered = ask(lot.address(page), random, info);
  History::Version last = lot.history.begun();

  if (!answered)
    wrong("the query of %#zx failed", lot.address(page));
  ++counts.queries;
  counts.met_a_change += first != last;
  Shape shape;
  for (History::Version version = first; version <= last; ++version) {
    if (!lot.history.copy(version, shape)) {
      ++counts.lost;
      return;
    }
    if (explains(lot, shape, page, info))
      return;
  }
  unexplained(lot, shape, page, info, "while a writer runs");
}

Shape check_at_rest(const Lot& lot) {
  History::Version first = lot.history.finished();
  History::Version last = lot.history.begun();
  Shape shape;
  std::size_t page = 0;
  MEMORY_BASIC_INFORMATION info{};
  for (History::Version version = first; version <= last && page < kLotPages; ++version) {
    MUST(lot.history.copy(version, shape));
    for (page = 0; page < kLotPages; page = shape.run_end(page)) {
      MUST(VirtualQuery(pointer(lot.address(page)), &info, sizeof info) == sizeof info);
      if (!explains(lot, shape, page, info))
        break;
    }
  }
  if (page < kLotPages)
    unexplained(lot, shape, page, info, "at rest");

  for (page = 0; page < kLotPages; page = shape.run_end(page)) {
    Page is = shape[page];
    bool readable = is.state == State::committed && is.protect != PAGE_NOACCESS && (is.protect & PAGE_GUARD) == 0;
    for (std::size_t each : {page, shape.run_end(page) - 1})
      if (kernel_reads(lot.address(each)) != readable)
        wrong("at rest: %#zx is %s for the kernel", lot.address(each), readable ? "out of reach" : "readable");
  }
  return shape;
}

void check_walk() {
  std::uintptr_t at = 0;
  MEMORY_BASIC_INFORMATION info;
  while (VirtualQuery(pointer(at), &info, sizeof info) == sizeof info) {
    std::uintptr_t end = at + info.RegionSize;
    if (number(info.BaseAddress) != at || end <= at || end > kUserEnd ||
        (info.State == MEM_FREE) != (info.AllocationBase == nullptr))
      wrong("V56: the walk reached %#zx and was told of %#zx to %#zx", at, number(info.BaseAddress), end);
    at = end;
  }
  if (at != kUserEnd)
    wrong("V56: the walk ended at %#zx", at);
}

} // namespace stress
