#include "witness.h"

namespace exhaustion {

namespace {

MEMORY_BASIC_INFORMATION ask(const void* at) {
  MEMORY_BASIC_INFORMATION info{};
  EXHAUSTION_REQUIRE(VirtualQuery(at, &info, sizeof info) == sizeof info);
  return info;
}

void try_everything(char* begin, std::size_t pages) {
  EXHAUSTION_REQUIRE(VirtualAlloc(begin, pages * kPage, MEM_COMMIT, PAGE_READWRITE) == begin);
  begin[0] = 1;
  begin[(pages - 1) * kPage] = 2;
  DWORD old = 0;
  EXHAUSTION_REQUIRE(VirtualProtect(begin, kPage, PAGE_READONLY, &old) && old == PAGE_READWRITE);
  EXHAUSTION_REQUIRE(begin[0] == 1);
  EXHAUSTION_REQUIRE(VirtualFree(begin, pages * kPage, MEM_DECOMMIT));
  EXHAUSTION_REQUIRE(ask(begin).State == MEM_RESERVE);
  EXHAUSTION_REQUIRE(VirtualAlloc(begin, kPage, MEM_COMMIT, PAGE_READWRITE) == begin && begin[0] == 0);
  EXHAUSTION_REQUIRE(VirtualFree(begin, 0, MEM_RELEASE));
}

char* reserve(std::size_t pages, void* at = nullptr) {
  auto* begin = static_cast<char*>(VirtualAlloc(at, pages * kPage, MEM_RESERVE, PAGE_READWRITE));
  EXHAUSTION_REQUIRE(begin != nullptr);
  return begin;
}

} // namespace

bool is_out_of_memory(DWORD error) { return error == ERROR_NOT_ENOUGH_MEMORY || error == ERROR_COMMITMENT_LIMIT; }

// Read-write, but for eight read-only pages; the last eight are reserved.
Witness::Witness() : begin_(reserve(kPages)) {
  EXHAUSTION_REQUIRE(VirtualAlloc(begin_, (kPages - 8) * kPage, MEM_COMMIT, PAGE_READWRITE));
  for (std::size_t i = 0; i < kPages - 8; ++i) {
    page(i)[i] = static_cast<char>(i + 1);
  }
  DWORD old = 0;
  EXHAUSTION_REQUIRE(VirtualProtect(page(8), 8 * kPage, PAGE_READONLY, &old));
}

void Witness::check() const {
  struct Run {
    std::size_t first, pages;
    DWORD state, protect;
  };
  constexpr Run kRuns[] = {{0, 8, MEM_COMMIT, PAGE_READWRITE},
                           {8, 8, MEM_COMMIT, PAGE_READONLY},
                           {16, kPages - 24, MEM_COMMIT, PAGE_READWRITE},
                           {kPages - 8, 8, MEM_RESERVE, 0}};
  for (const Run& run : kRuns) {
    MEMORY_BASIC_INFORMATION info = ask(page(run.first));
    EXHAUSTION_REQUIRE(info.AllocationBase == begin_ && info.RegionSize == run.pages * kPage);
    EXHAUSTION_REQUIRE(info.State == run.state && info.Protect == run.protect);
  }
  for (std::size_t i = 0; i < kPages - 8; ++i) {
    EXHAUSTION_REQUIRE(page(i)[i] == static_cast<char>(i + 1));
  }
}

unsigned Witness::provoke() {
  unsigned refused = 0;
  DWORD old = 0x5EED;
  if (VirtualProtect(page(30), kPage, PAGE_READONLY, &old)) {
    EXHAUSTION_REQUIRE(VirtualProtect(page(30), kPage, PAGE_READWRITE, &old));
  } else {
    EXHAUSTION_REQUIRE(is_out_of_memory(GetLastError()) && old == 0x5EED);
    ++refused;
  }
  check();
  if (VirtualAlloc(page(kPages - 4), kPage, MEM_COMMIT, PAGE_READONLY) != nullptr) {
    EXHAUSTION_REQUIRE(VirtualFree(page(kPages - 4), kPage, MEM_DECOMMIT));
  } else {
    EXHAUSTION_REQUIRE(is_out_of_memory(GetLastError()));
    ++refused;
  }
  check();
  if (void* far_away = VirtualAlloc(nullptr, kChunk, MEM_RESERVE | MEM_COMMIT, PAGE_EXECUTE_READ)) {
    EXHAUSTION_REQUIRE(VirtualFree(far_away, 0, MEM_RELEASE));
  } else {
    EXHAUSTION_REQUIRE(is_out_of_memory(GetLastError()));
    ++refused;
  }
  check();
  return refused;
}

void Witness::release() { EXHAUSTION_REQUIRE(VirtualFree(begin_, 0, MEM_RELEASE)); }

void must_be_usable() {
  try_everything(reserve(16), 16);
  try_everything(reserve(4 * kChunk / kPage), 4 * kChunk / kPage);
  constexpr std::size_t kOutside = std::size_t{2} << 32;
  try_everything(reserve(16, reinterpret_cast<void*>(kOutside)), 16);
}

void Hoard::fill(std::size_t most, std::size_t pages_each) {
  while (count_ < most && count_ < kMost) {
    void* region =
        VirtualAlloc(nullptr, kChunk > pages_each * kPage ? kChunk : pages_each * kPage, MEM_RESERVE, PAGE_READWRITE);
    if (region == nullptr || VirtualAlloc(region, pages_each * kPage, MEM_COMMIT, PAGE_READWRITE) == nullptr) {
      EXHAUSTION_REQUIRE(is_out_of_memory(GetLastError()));
      EXHAUSTION_REQUIRE(region == nullptr || VirtualFree(region, 0, MEM_RELEASE));
      refused_ = true;
      return;
    }
    regions_[count_++] = static_cast<char*>(region);
    for (std::size_t i = 0; i < pages_each; i += kTouchedEach) {
      static_cast<char*>(region)[i * kPage] = static_cast<char>(count_);
    }
  }
}

void Hoard::check() const {
  for (std::size_t i = 0; i < count_; ++i) {
    EXHAUSTION_REQUIRE(regions_[i][0] == static_cast<char>(i + 1));
    EXHAUSTION_REQUIRE(ask(regions_[i]).State == MEM_COMMIT);
  }
}

void Hoard::release() {
  while (count_ != 0) {
    EXHAUSTION_REQUIRE(VirtualFree(regions_[--count_], 0, MEM_RELEASE));
  }
}

} // namespace exhaustion
