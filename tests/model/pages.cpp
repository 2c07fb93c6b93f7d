#include "pages.h"

#include <algorithm>

namespace model {
namespace {

constexpr Page kFree;

bool same_run(const Page& left, const Page& right) {
  return left.state == right.state && left.allocation == right.allocation && left.protect == right.protect;
}

std::size_t index_in_chunk(std::uintptr_t address) { return (address % kChunk) / kPage; }

} // namespace

const Pages::Chunk::Summary& Pages::Chunk::summary() const {
  if (summary_.states == 0) {
    summary_.one_run = true;
    for (const Page& page : pages_) {
      summary_.states |= 1u << static_cast<unsigned>(page.state);
      summary_.one_run = summary_.one_run && same_run(page, pages_[0]);
    }
  }
  return summary_;
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
  return chunk == nullptr ? kFree : (*chunk)[index_in_chunk(address)];
}

Pages::Chunk& Pages::chunk_to_change(std::uintptr_t address) {
  if (chunk_of(address) == nullptr)
    chunks_.emplace(round_down(address, kChunk), std::make_unique<Chunk>());
  chunk_of(address);
  cached_->summary_ = {};
  return *cached_;
}

Page& Pages::change(std::uintptr_t address) { return chunk_to_change(address).pages_[index_in_chunk(address)]; }

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
    for (std::size_t i = 0; i < kPerChunk && !at->second->is_free(); ++i) {
      std::uintptr_t address = at->first + i * kPage;
      if (range.contains(address) && (*at->second)[i].state != State::free)
        last = address;
    }
  return last;
}

std::uintptr_t Pages::next_occupied(std::uintptr_t address) const {
  for (auto at = chunks_.lower_bound(round_down(address, kChunk)); at != chunks_.end(); ++at)
    for (std::size_t i = 0; i < kPerChunk && !at->second->is_free(); ++i)
      if (at->first + i * kPage >= address && (*at->second)[i].state != State::free)
        return at->first + i * kPage;
  return kUserEnd;
}

std::uintptr_t Pages::run_end(std::uintptr_t address) const {
  const Page first = at(address);
  std::uintptr_t end = round_down(address, kPage) + kPage;
  // A chunk without an array is free, which no run here is.
  for (const Chunk* chunk = chunk_of(end); chunk != nullptr; chunk = chunk_of(end)) {
    std::size_t i = index_in_chunk(end);
    if (i == 0 && chunk->is_one_run() && same_run((*chunk)[0], first)) {
      end += kChunk;
      continue;
    }
    for (; i < kPerChunk; ++i, end += kPage)
      if (!same_run((*chunk)[i], first))
        return end;
  }
  return end;
}

void Pages::forget_unused_chunks() {
  std::erase_if(chunks_, [](const auto& entry) { return entry.second->is_free(); });
  cached_base_ = ~std::uintptr_t{0};
  cached_ = nullptr;
}

std::uint32_t Pages::add(Range range, std::uint32_t protect, Origin origin) {
  allocations[++last_key_] = Allocation{range, protect, origin};
  return last_key_;
}

} // namespace model
