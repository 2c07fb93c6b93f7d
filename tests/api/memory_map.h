// Pictures of memory, as VirtualQuery reports it; the way most tests say what they expect.
//
//   EXPECT_MAP(region, "C4rw R12");    four committed read-write pages, then twelve reserved ones
//
// One word per run:  state, pages, protection.
//   state        F free, R reserved, C committed; with M or I before it: of a view, of an image ("MC4ro")
//   protection   na ro rw wc x xr xrw xwc, then +g guard, +nc no-cache, +wc write-combine; shown when not 0 (a free
//                run's PAGE_NOACCESS is left out)
//   |            here one allocation ends and another begins ("R16|R16")
//   !text        an answer that contradicts the rules of a walk; never part of an expected picture
#pragma once

#include "windows_api.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace apitest {

// One answer of VirtualQuery for `address`; a failing query gives a row of zeros.
MEMORY_BASIC_INFORMATION ask(const void* address);

std::string picture_of(const void* start, std::size_t bytes);

// "rw", "xr+g" ...; "" for 0, the number in hexadecimal for anything unknown.
std::string protection_word(DWORD protect);

// A reservation that its test owns; released at the end of the scope.
class Region {
public:
  Region() = default;
  Region(void* base, std::size_t pages) : base_(static_cast<char*>(base)), pages_(pages) {}
  Region(Region&& other) noexcept : base_(other.base_), pages_(other.pages_) { other.forget(); }
  Region& operator=(Region&&) = delete;
  ~Region();

  char* base() const { return base_; }
  char* page(std::size_t index) const { return base_ + index * kPage; }
  char* end() const { return page(pages_); }
  std::size_t pages() const { return pages_; }
  std::size_t bytes() const { return pages_ * kPage; }

  // Commits `count` pages from `first` on; the test fails if that does.
  void commit(std::size_t first, std::size_t count, DWORD protect = PAGE_READWRITE) const;
  // Writes one byte value over those pages.
  void fill(std::size_t first, std::size_t count, int value) const;
  // Gives the memory back now; the picture shows F from then on.
  void release();
  // The test has released it itself.
  void forget() { base_ = nullptr; }

private:
  char* base_ = nullptr;
  std::size_t pages_ = 0;
};

Region reserve(std::size_t pages, DWORD protect = PAGE_READWRITE);
Region committed(std::size_t pages, DWORD protect = PAGE_READWRITE);

// Two allocations that touch, each of `pages` pages (a multiple of 16), the second right behind the first.
struct Neighbours {
  Region first;
  Region second;
};
Neighbours touching_neighbours(std::size_t pages);

// The base of a free range of at least that size, aligned to a granule. It stays free as long as nobody else in the
// process allocates.
char* free_range(std::size_t bytes);

// True when every byte of those pages has that value.
::testing::AssertionResult pages_hold(const void* start, std::size_t pages, int value);

// The whole state of a range: every answer of a walk through it, and the contents of what can be read.
class Snapshot {
public:
  Snapshot(const void* start, std::size_t bytes);
  explicit Snapshot(const Region& region) : Snapshot(region.base(), region.bytes()) {}

  friend bool operator==(const Snapshot& a, const Snapshot& b) {
    return a.picture_ == b.picture_ && a.contents_ == b.contents_;
  }
  friend std::ostream& operator<<(std::ostream& out, const Snapshot& snapshot);

private:
  std::string picture_;
  std::vector<unsigned char> contents_;
};

::testing::AssertionResult same_picture(const char* start_text, const char* expected_text, const Region& region,
                                        const std::string& expected);

} // namespace apitest

#define EXPECT_MAP(region, expected) EXPECT_PRED_FORMAT2(::apitest::same_picture, (region), (expected))

// A range that is no Region: EXPECT_PICTURE(start, pages, "F16").
#define EXPECT_PICTURE(start, page_count, expected)                                                                    \
  EXPECT_EQ(::apitest::picture_of((start), (page_count) * ::apitest::kPage), (expected))
