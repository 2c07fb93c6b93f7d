#include "observe.h"

#include "winapi.h"

#include <sys/uio.h>
#include <unistd.h>

#include <sstream>

namespace model {
namespace {

constexpr DWORD kUntouched = 0x1234567; // the last error before the query

std::uintptr_t number(const void* address) { return reinterpret_cast<std::uintptr_t>(address); }

// The words of a page that carry its tag: first, middle, last.
constexpr std::uintptr_t kTagged[] = {0, 2040, 4088};

volatile std::uint64_t& word(std::uintptr_t address) { return *reinterpret_cast<volatile std::uint64_t*>(address); }

} // namespace

std::string hex(std::uint64_t value) {
  std::ostringstream out;
  out << "0x" << std::hex << value;
  return out.str();
}

void write_tag(std::uintptr_t page, std::uint64_t tag) {
  for (std::uintptr_t offset : kTagged)
    word(page + offset) = tag;
}

void check_contents(const Model& model, std::uintptr_t page) {
  const Page& expected = model.pages.at(page);
  for (std::uintptr_t offset : kTagged) {
    std::uint64_t got = word(page + offset);
    if (got != expected.tag && !(expected.may_be_zero && got == 0))
      throw Mismatch("the page " + hex(page) + " holds " + hex(got) + " at offset " + std::to_string(offset) +
                     ", expected " + hex(expected.tag) + (expected.may_be_zero ? " or 0" : ""));
  }
}

void check_query(const Model& model, std::uintptr_t address) {
  std::uintptr_t first = round_down(address, kPage);
  const Page& page = model.pages.at(first);
  const Allocation* allocation = model.pages.allocation_of(first);

  MEMORY_BASIC_INFORMATION got{};
  SetLastError(kUntouched);
  SIZE_T length = VirtualQuery(reinterpret_cast<void*>(address), &got, sizeof got);
  if (length != sizeof got || GetLastError() != kUntouched)
    throw Mismatch("V50: the query of " + hex(address) + " returned " + std::to_string(length) + ", last error " +
                   std::to_string(GetLastError()));

  auto expect = [&](const char* field, std::uint64_t value, std::uint64_t wanted) {
    if (value != wanted)
      throw Mismatch("query of " + hex(address) + ": expected " + field + " " + hex(wanted) + ", got " + hex(value));
  };
  expect("BaseAddress", number(got.BaseAddress), first);
  if (allocation == nullptr) {
    expect("State", got.State, MEM_FREE);
    expect("AllocationBase", number(got.AllocationBase), 0);
    expect("AllocationProtect", got.AllocationProtect, 0);
    expect("Protect", got.Protect, PAGE_NOACCESS);
    expect("Type", got.Type, 0);
    // V53: forward to the first page that differs. What ends a free run is ours, or else the query says so.
    std::uintptr_t end = first + got.RegionSize;
    std::uintptr_t ours = model.pages.next_occupied(first);
    if (end > ours || end <= first)
      throw Mismatch("query of " + hex(address) + ": a free run ends at " + hex(end) + ", but " + hex(ours) +
                     " is not free");
    return;
  }
  expect("State", got.State, page.state == State::committed ? MEM_COMMIT : MEM_RESERVE);
  expect("AllocationBase", number(got.AllocationBase), allocation->range.begin);
  expect("AllocationProtect", got.AllocationProtect, allocation->protect);
  expect("Type", got.Type, allocation->is_view() ? MEM_MAPPED : MEM_PRIVATE);
  expect("RegionSize", got.RegionSize, model.pages.run_end(first) - first);
  std::uint32_t protect = model.shown_protect(page);
  if (protect == PAGE_NOACCESS) // how the allocation's cache bits go together with no access, no rule says
    got.Protect &= ~DWORD{PAGE_NOCACHE | PAGE_WRITECOMBINE};
  expect("Protect", got.Protect, protect);
}

bool kernel_reads(std::uintptr_t page) {
  char byte = 0;
  iovec here{&byte, 1};
  iovec there{reinterpret_cast<void*>(page), 1};
  return process_vm_readv(getpid(), &here, 1, &there, 1, 0) == 1;
}

bool kernel_writes(std::uintptr_t page) {
  char byte = 0;
  iovec here{&byte, 1};
  iovec there{reinterpret_cast<void*>(page), 1};
  // What is written must be what is there; a page that cannot be read holds nothing that could be spoilt by a 0 ...
  // unless the kernel writes where it must not, which is what the caller wants to find out.
  process_vm_readv(getpid(), &here, 1, &there, 1, 0);
  return process_vm_writev(getpid(), &here, 1, &there, 1, 0) == 1;
}

} // namespace model
