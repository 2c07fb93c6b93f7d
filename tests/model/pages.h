// The model's address space: every page of interest as one entry of an array, and the list of allocations.
//
// Owns:      Page, Allocation, and Pages: arrays of 512 pages, made when a page of them is first allocated. A page
// without
//            an array is free. Nothing here is clever; that is its purpose: what winmem keeps in trees of runs is
//            spelled out page by page, so that the two can only agree by both being right.
// Users:     rules.cpp decides by it and changes it, compare.cpp holds it beside winmem's answers.
#pragma once

#include "operation.h"

#include <array>
#include <cstdint>
#include <map>
#include <memory>

namespace model {

inline constexpr std::uintptr_t kUserEnd = 0x7FFFFFFF0000; // one past the highest address a program can use

constexpr std::uintptr_t round_down(std::uintptr_t value, std::uintptr_t unit) { return value & ~(unit - 1); }
constexpr std::uintptr_t round_up(std::uintptr_t value, std::uintptr_t unit) {
  return round_down(value + unit - 1, unit);
}

struct Range { // half open
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;

  constexpr std::uintptr_t size() const { return end - begin; }
  constexpr bool contains(std::uintptr_t address) const { return address >= begin && address < end; }
  constexpr bool contains(Range other) const { return other.begin >= begin && other.end <= end; }
  constexpr bool overlaps(Range other) const { return begin < other.end && other.begin < end; }
  bool operator==(const Range&) const = default;
};

enum class State : std::uint8_t { free, reserved, committed, foreign };

struct Page {
  State state = State::free;
  bool may_be_zero = false;     // after MEM_RESET: old contents or zeros
  std::uint16_t protect = 0;    // as asked for; cache bits of the allocation are not in it
  std::uint32_t allocation = 0; // key of Pages::allocations
  std::uint64_t tag = 0;        // what the model wrote into the page, 0 for a page of zeros

  bool operator==(const Page&) const = default;
};

enum class Origin : std::uint8_t { ordinary, placeholder, replacement, view, view_in_placeholder };

struct Allocation {
  Range range;
  std::uint32_t protect = 0; // AllocationProtect
  Origin origin = Origin::ordinary;

  bool is_view() const { return origin == Origin::view || origin == Origin::view_in_placeholder; }
};

class Pages {
public:
  static constexpr std::size_t kPerChunk = kChunk / kPage;
  class Chunk {
  public:
    const Page& operator[](std::size_t i) const { return pages_[i]; }
    bool has(State state) const { return (summary().states >> static_cast<unsigned>(state) & 1) != 0; }
    bool is_free() const { return summary().states == 1u << static_cast<unsigned>(State::free); }
    // Whether one run holds all pages: the same but for contents.
    bool is_one_run() const { return summary().one_run; }

  private:
    friend class Pages;
    struct Summary {
      unsigned states = 0; // a bit for each State
      bool one_run = false;
    };
    const Summary& summary() const;

    std::array<Page, kPerChunk> pages_;
    mutable Summary summary_; // empty after a change
  };

  const Page& at(std::uintptr_t address) const;
  Page& change(std::uintptr_t address);
  // The same for every page of a range: change(Page&).
  template <class Change> void change_all(Range range, Change change);

  const Allocation* allocation_of(std::uintptr_t address) const;

  // The last page of the range that is not free, as its base address; 0 when all are free.
  std::uintptr_t last_occupied(Range range) const;

  // The first page at or after `address` that is not free; kUserEnd when there is none.
  std::uintptr_t next_occupied(std::uintptr_t address) const;

  // The end of the run that starts at the page of `address`: where allocation, state or protection changes. Not for
  // free pages.
  std::uintptr_t run_end(std::uintptr_t address) const;

  // Forgets arrays whose pages are all free.
  void forget_unused_chunks();

  std::uint32_t add(Range range, std::uint32_t protect, Origin origin = Origin::ordinary);
  std::map<std::uint32_t, Allocation> allocations;

  // By base address of the chunk.
  const std::map<std::uintptr_t, std::unique_ptr<Chunk>>& chunks() const { return chunks_; }

private:
  const Chunk* chunk_of(std::uintptr_t address) const;
  Chunk& chunk_to_change(std::uintptr_t address);

  std::map<std::uintptr_t, std::unique_ptr<Chunk>> chunks_;
  std::uint32_t last_key_ = 0;
  mutable std::uintptr_t cached_base_ = ~std::uintptr_t{0};
  mutable Chunk* cached_ = nullptr;
};

template <class Change> void Pages::change_all(Range range, Change change) {
  for (std::uintptr_t at = range.begin; at < range.end;) {
    Chunk& chunk = chunk_to_change(at);
    std::uintptr_t end = round_down(at, kChunk) + kChunk;
    for (end = end < range.end ? end : range.end; at < end; at += kPage)
      change(chunk.pages_[at % kChunk / kPage]);
  }
}

} // namespace model
