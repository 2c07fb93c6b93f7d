// The grounds that the matrix of bad input plays on.
//
//   granule  0       1              2        3     4               5              6     7
//            R16     C4rw C4ro R8   R1 F15   F16   C16rw           R16            F16   C1na R1 C1xr R13
//            one allocation each; those of 4 and 5 touch; 3 held one that has been released
#include "bad_input.h"

#include "memory_map.h"

#include <cstring>
#include <sstream>

namespace apitest {

namespace {

constexpr std::size_t kReserved = 0;
constexpr std::size_t kMixed = 16;
constexpr std::size_t kShort = 32;
constexpr std::size_t kFreed = 48;
constexpr std::size_t kFirstNeighbour = 64;
constexpr std::size_t kSecondNeighbour = 80;
constexpr std::size_t kHoles = 112;

unsigned char pattern_of(std::size_t page) { return static_cast<unsigned char>(page + 1); }

bool same(const MEMORY_BASIC_INFORMATION& a, const MEMORY_BASIC_INFORMATION& b) {
  return a.BaseAddress == b.BaseAddress && a.AllocationBase == b.AllocationBase &&
         a.AllocationProtect == b.AllocationProtect && a.RegionSize == b.RegionSize && a.State == b.State &&
         a.Protect == b.Protect && a.Type == b.Type;
}

} // namespace

Grounds::Grounds() {
  base_ = free_range(kPages * kPage);
  build();
}

Grounds::~Grounds() { clear(); }

void Grounds::allocate(std::size_t first, std::size_t count, DWORD type, DWORD protect) {
  EXPECT_EQ(VirtualAlloc(page(first), count * kPage, type, protect), page(first)) << GetLastError();
  for (std::size_t i = first; i < first + count; ++i) {
    if ((type & MEM_RESERVE) != 0) {
      pages_[i].allocation = static_cast<int>(first);
      pages_[i].state = MEM_RESERVE;
      pages_[i].protect = 0;
    }
    if ((type & MEM_COMMIT) != 0) {
      pages_[i].state = MEM_COMMIT;
      pages_[i].protect = protect;
      if (protect == PAGE_READWRITE) {
        std::memset(page(i), pattern_of(i), kPage);
      }
    }
  }
}

void Grounds::change(std::size_t first, std::size_t count, DWORD protect) {
  DWORD old = 0;
  EXPECT_TRUE(VirtualProtect(page(first), count * kPage, protect, &old)) << GetLastError();
  for (std::size_t i = first; i < first + count; ++i) {
    pages_[i].protect = protect;
  }
}

void Grounds::build() {
  pages_ = {};
  allocate(kReserved, 16, MEM_RESERVE, PAGE_READWRITE);
  allocate(kMixed, 16, MEM_RESERVE, PAGE_READWRITE);
  allocate(kMixed, 8, MEM_COMMIT, PAGE_READWRITE);
  change(kMixed + 4, 4, PAGE_READONLY);
  allocate(kShort, 1, MEM_RESERVE, PAGE_READWRITE);
  allocate(kFirstNeighbour, 16, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  allocate(kSecondNeighbour, 16, MEM_RESERVE, PAGE_READWRITE);
  allocate(kHoles, 16, MEM_RESERVE, PAGE_EXECUTE_READ);
  allocate(kHoles, 1, MEM_COMMIT, PAGE_READWRITE);
  change(kHoles, 1, PAGE_NOACCESS);
  allocate(kHoles + 2, 1, MEM_COMMIT, PAGE_READWRITE);
  change(kHoles + 2, 1, PAGE_EXECUTE_READ);

  walk_.clear();
  for (char* place = base_; place < page(kPages);) {
    walk_.push_back(ask(place));
    ASSERT_NE(walk_.back().RegionSize, 0u);
    place += walk_.back().RegionSize;
  }
}

void Grounds::clear() {
  for (char* place = base_; place < page(kPages);) {
    MEMORY_BASIC_INFORMATION info = ask(place);
    if (info.RegionSize == 0) {
      break;
    }
    if (info.State != MEM_FREE && info.AllocationBase == place) {
      VirtualFree(place, 0, MEM_RELEASE);
      continue; // Asked again: what is free now may reach further.
    }
    place += info.RegionSize;
  }
}

void Grounds::rebuild() {
  clear();
  build();
}

const Grounds::Page* Grounds::at_address(std::uintptr_t address) const {
  if (address < number(base_) || address >= number(base_) + kPages * kPage) {
    return nullptr;
  }
  return &pages_[(address - number(base_)) / kPage];
}

bool Grounds::all_free(std::uintptr_t start, std::uintptr_t end) const {
  for (std::uintptr_t place = start; place < end; place += kPage) {
    const Page* page = at_address(place);
    if (page == nullptr || page->allocation != -1) {
      return false;
    }
  }
  return true;
}

bool Grounds::in_one_allocation(std::uintptr_t start, std::uintptr_t end) const {
  const Page* first = at_address(start);
  if (first == nullptr || first->allocation == -1) {
    return false;
  }
  for (std::uintptr_t place = start; place < end; place += kPage) {
    const Page* page = at_address(place);
    if (page == nullptr || page->allocation != first->allocation) {
      return false;
    }
  }
  return true;
}

bool Grounds::all_committed(std::uintptr_t start, std::uintptr_t end) const {
  for (std::uintptr_t place = start; place < end; place += kPage) {
    const Page* page = at_address(place);
    if (page == nullptr || page->state != MEM_COMMIT) {
      return false;
    }
  }
  return true;
}

std::string Grounds::difference() const {
  char* place = base_;
  for (const MEMORY_BASIC_INFORMATION& before : walk_) {
    if (!same(before, ask(place))) {
      std::ostringstream text;
      text << "page " << (place - base_) / static_cast<long>(kPage) << " on; the grounds are now\n    "
           << picture_of(base_, kPages * kPage);
      return text.str();
    }
    place += before.RegionSize;
  }
  for (std::size_t i = 0; i < kPages; ++i) {
    if (pages_[i].state != MEM_COMMIT || pages_[i].protect == PAGE_NOACCESS) {
      continue;
    }
    const auto* bytes = reinterpret_cast<const volatile unsigned char*>(page(i));
    if (bytes[0] != pattern_of(i) || bytes[kPage - 1] != pattern_of(i)) {
      return "contents of page " + std::to_string(i);
    }
  }
  return "";
}

std::vector<Grounds::Named> Grounds::addresses() const {
  return {
      {"null", 0},
      {"one", 1},
      {"below 64 KiB", 0xFFFF},
      {"base of a reservation", number(page(kReserved))},
      {"inside a reservation", number(page(kReserved + 5)) + 0x123},
      {"base of a mixed allocation", number(page(kMixed))},
      {"end of its first page", number(page(kMixed)) + 0xFFF},
      {"second page of it", number(page(kMixed + 1))},
      {"read-only page", number(page(kMixed + 6)) + 1},
      {"committed before reserved", number(page(kMixed + 7))},
      {"base of a short allocation", number(page(kShort))},
      {"tail of its granule", number(page(kShort + 1))},
      {"freed allocation", number(page(kFreed))},
      {"inside a freed allocation", number(page(kFreed + 3)) + 7},
      {"last page before a neighbour", number(page(kFirstNeighbour + 15))},
      {"no-access page", number(page(kHoles))},
      {"first byte above user space", 0x7FFFFFFF0000},
      {"beyond the canonical half", 0x800000000000},
      {"middle of nowhere", 0x8000000000000000},
      {"kernel half", 0xFFFF800000000000},
      {"last byte", ~std::uintptr_t{0}},
  };
}

std::vector<Grounds::Named> Grounds::sizes(std::uintptr_t address) const {
  return {
      {"0", 0},
      {"1", 1},
      {"a page", kPage},
      {"a page and a byte", kPage + 1},
      {"a granule", kGranule},
      {"over the end", kGranule + 4 * kPage},
      {"to the end of user space and a byte", kHighestUser + 2 - address},
      {"to the end of all addresses", std::uintptr_t{0} - address},
      {"half of all", ~std::uintptr_t{0} / 2},
      {"all", ~std::uintptr_t{0}},
  };
}

} // namespace apitest
