#include "pages.h"

#include <algorithm>

namespace model {
namespace {

constexpr Page kFree;

std::size_t index_in_chunk(std::uintptr_t address) { return (address % kChunk) / kPage; }

} // namespace

bool Pages::Chunk::has(State state) const {
  return std::any_of(pages.begin(), pages.end(), [&](const Page& page) { return page.state == state; });
}

bool Pages::Chunk::is_free() const {
  return std::all_of(pages.begin(), pages.end(), [](const Page& page) { return page.state == State::free; });
}

const Pages::Chunk* Pages::chunk_of(std::uintptr_t address) const {
  std::uintptr_t base = round_down(address, kChunk);
  if (base != cached_base_) {
    auto found = chunks_.find(base);
    if (found == chunks_.end())
      return nullptr;
    cached_base_ = base;
    cached_ = found->second.get();
  }
  return cached_;
}

const Page& Pages::at(std::uintptr_t address) const {
  const Chunk* chunk = chunk_of(address);
  return chunk == nullptr ? kFree : chunk->pages[index_in_chunk(address)];
}

Page& Pages::change(std::uintptr_t address) {
  if (chunk_of(address) == nullptr)
    chunks_.emplace(round_down(address, kChunk), std::make_unique<Chunk>());
  chunk_of(address);
  return cached_->pages[index_in_chunk(address)];
}

const Allocation* Pages::allocation_of(std::uintptr_t address) const {
  const Page& page = at(address);
  if (page.state != State::reserved && page.state != State::committed)
    return nullptr;
  return &allocations.at(page.allocation);
}

std::uintptr_t Pages::last_occupied(Range range) const {
  std::uintptr_t last = 0;
  for (auto at = chunks_.lower_bound(round_down(range.begin, kChunk)); at != chunks_.end() && at->first < range.end;
       ++at)
    for (std::size_t i = 0; i < kPerChunk; ++i) {
      std::uintptr_t address = at->first + i * kPage;
      if (range.contains(address) && at->second->pages[i].state != State::free)
        last = address;
    }
  return last;
}

std::uintptr_t Pages::next_occupied(std::uintptr_t address) const {
  for (auto at = chunks_.lower_bound(round_down(address, kChunk)); at != chunks_.end(); ++at)
    for (std::size_t i = 0; i < kPerChunk; ++i)
      if (at->first + i * kPage >= address && at->second->pages[i].state != State::free)
        return at->first + i * kPage;
  return kUserEnd;
}

std::uintptr_t Pages::run_end(std::uintptr_t address) const {
  const Page first = at(address);
  std::uintptr_t end = round_down(address, kPage) + kPage;
  // A chunk without an array is free, which no run here is.
  for (const Chunk* chunk = chunk_of(end); chunk != nullptr; chunk = chunk_of(end))
    for (std::size_t i = index_in_chunk(end); i < kPerChunk; ++i, end += kPage) {
      const Page& page = chunk->pages[i];
      if (page.state != first.state || page.allocation != first.allocation || page.protect != first.protect)
        return end;
    }
  return end;
}

void Pages::forget_unused_chunks() {
  std::erase_if(chunks_, [](const auto& entry) { return entry.second->is_free(); });
  cached_base_ = ~std::uintptr_t{0};
  cached_ = nullptr;
}

std::uint32_t Pages::add(Range range, std::uint32_t protect) {
  allocations[++last_key_] = Allocation{range, protect};
  return last_key_;
}

} // namespace model
