// Watched memory, and what GetWriteWatch tells of it as indexes of pages.
#pragma once

#include "expect.h"
#include "memory_map.h"

#include <initializer_list>
#include <vector>

namespace apitest {

inline constexpr DWORD kReset = 1; // WRITE_WATCH_FLAG_RESET
using Pages = std::vector<std::size_t>;

inline Region watched(std::size_t pages, DWORD type = MEM_RESERVE | MEM_COMMIT, DWORD protect = PAGE_READWRITE) {
  void* base = VirtualAlloc(nullptr, pages * kPage, type | MEM_WRITE_WATCH, protect);
  EXPECT_NE(base, nullptr) << GetLastError();
  return {base, base != nullptr ? pages : 0};
}

// Indexes, from `base` on, of the pages that were written in [first, first + count); `room` of them at most.
inline Pages written(const char* base, std::size_t first, std::size_t count, DWORD flags, std::size_t room) {
  std::vector<PVOID> addresses(room + 1, reinterpret_cast<PVOID>(1));
  ULONG_PTR entries = room;
  DWORD granularity = 7;
  EXPECT_EQ(GetWriteWatch(flags, const_cast<char*>(base) + first * kPage, count * kPage, addresses.data(), &entries,
                          &granularity),
            0u)
      << GetLastError();
  EXPECT_EQ(granularity, kPage);
  EXPECT_LE(entries, room);
  EXPECT_EQ(addresses[entries], reinterpret_cast<PVOID>(1)); // nothing behind the last one
  Pages pages;
  for (ULONG_PTR i = 0; i < entries; ++i) {
    pages.push_back(static_cast<std::size_t>(static_cast<char*>(addresses[i]) - base) / kPage);
  }
  return pages;
}
// With more room than there are pages.
inline Pages written(const char* base, std::size_t pages, DWORD flags = 0) {
  return written(base, 0, pages, flags, pages + 1);
}
inline Pages written(const Region& region, DWORD flags = 0) { return written(region.base(), region.pages(), flags); }
inline Pages written(const Region& region, std::size_t first, std::size_t count, DWORD flags = 0) {
  return written(region.base(), first, count, flags, count + 1);
}

inline void write_to(char* base, std::initializer_list<std::size_t> pages) {
  for (std::size_t page : pages) {
    base[page * kPage + page % kPage] = 'w';
  }
}
inline void write_to(const Region& region, std::initializer_list<std::size_t> pages) { write_to(region.base(), pages); }

} // namespace apitest
