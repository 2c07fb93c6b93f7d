// What a lot was, is, and is about to be: the model that other threads, and the child of a fork, judge answers by.
//
// Owns:      Shape, every page of a lot at one moment as a word; History, the last shapes of one lot.
// Promise:   the one writer of a lot announces each shape before its call and marks it reached afterwards. Who asks
//            winmem in between, reading finished() before and begun() after, must be answered by one of the shapes from
//            finished() to begun(): all of the answer by the same one.
// Threads:   one writer, any number of readers, no lock. A reader that slept through kKept changes cannot judge and is
//            told so.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace stress {

inline constexpr std::size_t kPage = 0x1000;
inline constexpr std::size_t kGranule = 0x10000;
inline constexpr std::size_t kGranulePages = kGranule / kPage;

// Ten granules: several lots lie in each chunk of 2 MiB, so their writers meet at the chunk's lock, and a chunk's
// border lies within a lot.
inline constexpr std::size_t kLotPages = 10 * kGranulePages;
inline constexpr std::size_t kLotBytes = kLotPages * kPage;

enum class State : std::uint8_t { free, reserved, committed };

struct Page {
  State state = State::free;
  std::uint32_t protect = 0;            // of a committed page
  std::uint32_t allocation_protect = 0; // of its allocation
  std::size_t base = 0;                 // the page at which its allocation begins

  bool operator==(const Page&) const = default;
};

class Shape {
public:
  Page operator[](std::size_t page) const {
    std::uint32_t word = words_[page];
    return {static_cast<State>(word & 3), (word >> 2) & 0x3FF, (word >> 12) & 0x3FF, word >> 22};
  }
  void set(std::size_t page, const Page& is) {
    words_[page] = static_cast<std::uint32_t>(is.state) | is.protect << 2 | is.allocation_protect << 12 |
                   static_cast<std::uint32_t>(is.base) << 22;
  }

  // The end of the pages from `page` on that are alike, and of the allocation that holds it.
  std::size_t run_end(std::size_t page) const;
  std::size_t allocation_end(std::size_t page) const;
  bool all_free(std::size_t begin, std::size_t end) const;
  bool all_committed(std::size_t begin, std::size_t end) const;

  bool operator==(const Shape&) const = default;

private:
  friend class History;
  std::array<std::uint32_t, kLotPages> words_{};
};
static_assert(kLotPages <= 1 << 10);

class History {
public:
  using Version = std::uint64_t;

  void begin(const Shape& next); // the writer is about to make its call
  void finish();                 // the call has succeeded

  Version finished() const { return finished_.load(std::memory_order_acquire); }
  Version begun() const { return begun_.load(std::memory_order_acquire); }

  // False when the version was overwritten meanwhile.
  bool copy(Version version, Shape& out) const;

private:
  static constexpr std::size_t kKept = 64;

  std::atomic<Version> begun_{0};
  std::atomic<Version> finished_{0};
  std::array<std::array<std::atomic<std::uint32_t>, kLotPages>, kKept> ring_{};
};

} // namespace stress
