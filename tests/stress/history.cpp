#include "history.h"

namespace stress {

std::size_t Shape::run_end(std::size_t page) const {
  std::size_t end = page + 1;
  while (end < kLotPages && words_[end] == words_[page])
    ++end;
  return end;
}

std::size_t Shape::allocation_end(std::size_t page) const {
  Page first = (*this)[page];
  std::size_t end = page + 1;
  while (end < kLotPages && (*this)[end].state != State::free && (*this)[end].base == first.base)
    ++end;
  return end;
}

bool Shape::all_free(std::size_t begin, std::size_t end) const {
  for (std::size_t page = begin; page < end; ++page)
    if ((*this)[page].state != State::free)
      return false;
  return true;
}

bool Shape::all_committed(std::size_t begin, std::size_t end) const {
  for (std::size_t page = begin; page < end; ++page)
    if ((*this)[page].state != State::committed)
      return false;
  return true;
}

// Slots are stored with release and loaded with acquire: who reads a word of a later version also sees that it had
// begun to be written, by the count that was stored before it.
void History::begin(const Shape& next) {
  Version version = begun_.load(std::memory_order_relaxed) + 1;
  auto& slot = ring_[version % kKept];
  for (std::size_t page = 0; page < kLotPages; ++page)
    slot[page].store(next.words_[page], std::memory_order_release);
  begun_.store(version, std::memory_order_release);
}

void History::finish() { finished_.store(begun_.load(std::memory_order_relaxed), std::memory_order_release); }

bool History::copy(Version version, Shape& out) const {
  const auto& slot = ring_[version % kKept];
  for (std::size_t page = 0; page < kLotPages; ++page)
    out.words_[page] = slot[page].load(std::memory_order_acquire);
  // The slot of the version after the last announced one may be half written.
  return begun() + 1 < version + kKept;
}

} // namespace stress
