// A lot: addresses that one thread changes and all threads ask about.
//
// Owns:      Lot; Writer, which makes random calls on its lot, each of which must answer exactly as expected; observe()
//            and check_at_rest(), which hold winmem's answers beside the lot's history.
// Surprise:  nobody else allocates in a lot, although its addresses are free at times: lots lie where only calls that
//            name an address can come.
#pragma once

#include "check.h"
#include "history.h"

#include <bitset>

namespace stress {

struct Lot {
  std::uintptr_t begin = 0;
  History history;

  std::uintptr_t address(std::size_t page) const { return begin + page * kPage; }
};

class Writer {
public:
  Writer(Lot& lot, std::uint64_t seed) : lot_(lot), random_(seed) {}

  void step();
  void release_all();
  // The child of a fork goes on where the lot's former writer was, of whom only the history is left.
  void take_over(const Shape& shape);

private:
  struct Span {
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  Span any_span(std::size_t within_begin, std::size_t within_end);
  bool find_allocated(std::size_t& page);
  std::uint32_t any_protection();
  template <class Call> void change(const Shape& next, Call call);

  void reserve();
  void commit();
  void decommit();
  void protect();
  void release();
  void release_part();
  void reset();
  void lock_or_unlock();
  void touch(std::size_t page);
  void forget_contents(std::size_t begin, std::size_t end);
  static void free_pages(Shape& next, std::size_t begin, std::size_t end);

  Lot& lot_;
  Random random_;
  Shape now_;
  std::bitset<kLotPages> written_; // pages that hold their mark, all other committed ones hold zeros
  std::size_t locked_ = kLotPages; // the one locked page, or kLotPages
  std::bitset<kLotPages> unsure_;  // after MEM_RESET, or in a fork's child: either of the two
};

struct Observations {
  std::uint64_t queries = 0;
  std::uint64_t met_a_change = 0; // more than one answer was possible
  std::uint64_t lost = 0;         // the observer slept too long to judge
};

// One query of one page of somebody's lot, at any moment.
void observe(const Lot& lot, Random& random, Observations& counts);

// The whole lot while its writer does nothing, or has vanished in the middle of a call: one version must explain every
// answer, the kernel's included. Returns that version.
Shape check_at_rest(const Lot& lot);

// From 0 to the top of user space, every byte once (V56), whatever is there.
void check_walk();

} // namespace stress
