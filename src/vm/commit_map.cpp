#include "commit_map.h"

#include "../host/section_memory.h"

#include <bit>

namespace winmem::vm {

namespace {

constinit std::atomic<Bytes> mapped_bytes{0};

// The bits of pages [begin, end) in the word that holds `begin`, and where the word or the range ends.
struct Piece {
  std::uint64_t mask;
  PageIndex end;
};
Piece piece_of_word(PageIndex begin, PageIndex end) {
  constexpr PageIndex kBits = 64;
  PageIndex word_end = begin / kBits * kBits + kBits;
  PageIndex stop = end < word_end ? end : word_end;
  std::uint64_t mask = ~std::uint64_t{0} << (begin % kBits);
  if (stop % kBits != 0) {
    mask &= ~(~std::uint64_t{0} << (stop % kBits));
  }
  return {mask, stop};
}

} // namespace

Bytes CommitMap::summary_bytes(PageIndex pages) {
  PageIndex blocks = (pages + kBlockPages - 1) / kBlockPages;
  return round_up((blocks + 7) / 8, kPage);
}

Bytes CommitMap::bytes_for(PageIndex pages) {
  PageIndex blocks = (pages + kBlockPages - 1) / kBlockPages;
  return summary_bytes(pages) + pages_to_bytes(blocks);
}

Bytes CommitMap::footprint() { return mapped_bytes.load(std::memory_order_relaxed); }

Status CommitMap::attach(int file, PageIndex pages, bool is_new) {
  Bytes begin = pages_to_bytes(pages);
  if (is_new && host::allocate_file(file, begin, summary_bytes(pages)) != host::Kernel::ok) {
    return Status::insufficient_resources;
  }
  void* mapped = host::map_shared(file, begin, bytes_for(pages));
  if (mapped == nullptr) {
    return Status::no_memory;
  }
  mapped_bytes.fetch_add(bytes_for(pages), std::memory_order_relaxed);
  summary_ = static_cast<Word*>(mapped);
  bits_ = reinterpret_cast<Word*>(reinterpret_cast<Address>(mapped) + summary_bytes(pages));
  pages_ = pages;
  file_ = file;
  return Status::ok;
}

void CommitMap::detach() {
  auto begin = reinterpret_cast<Address>(summary_);
  if (host::unmap({begin, begin + bytes_for(pages_)}) == host::Kernel::ok) { // a mapping of its own: not refused
    mapped_bytes.fetch_sub(bytes_for(pages_), std::memory_order_relaxed);
  }
  *this = {};
}

bool CommitMap::may_have(PageIndex block) const {
  std::uint64_t word = summary_[block / kWordPages].load(std::memory_order_acquire); // its page has memory by now
  return (word >> (block % kWordPages) & 1) != 0;
}

PageIndex CommitMap::end_of_stretch(PageIndex page, PageIndex limit, bool& is_committed) const {
  auto word_at = [&](PageIndex at) { return bits_[at / kWordPages].load(std::memory_order_acquire); };
  is_committed = may_have(page / kBlockPages) && (word_at(page) >> (page % kWordPages) & 1) != 0;
  while (page < limit) {
    PageIndex block = page / kBlockPages;
    if (!may_have(block)) {
      if (is_committed) {
        return page;
      }
      page = (block + 1) * kBlockPages;
      continue;
    }
    std::uint64_t others = (is_committed ? ~word_at(page) : word_at(page)) >> (page % kWordPages);
    if (others != 0) {
      page += static_cast<PageIndex>(std::countr_zero(others));
      break;
    }
    page = (page / kWordPages + 1) * kWordPages;
  }
  return page < limit ? page : limit;
}

bool CommitMap::all(PageIndex begin, PageIndex end) const {
  bool is_committed = false;
  return end_of_stretch(begin, end, is_committed) == end && is_committed;
}

PageIndex CommitMap::count(PageIndex begin, PageIndex end) const {
  PageIndex sum = 0;
  while (begin < end) {
    bool is_committed = false;
    PageIndex stop = end_of_stretch(begin, end, is_committed);
    sum += is_committed ? stop - begin : 0;
    begin = stop;
  }
  return sum;
}

// The bits' memory first: a map whose pages cannot be had must not be touched.
Status CommitMap::give_memory(PageIndex begin, PageIndex end) {
  PageIndex first = begin / kBlockPages;
  PageIndex last = (end - 1) / kBlockPages;
  bool known = true;
  for (PageIndex block = first; block <= last; ++block) {
    known = known && may_have(block);
  }
  Bytes bits = offset() + summary_bytes(pages_);
  bool given = known || host::allocate_file(file_, bits + pages_to_bytes(first), pages_to_bytes(last + 1 - first)) ==
                            host::Kernel::ok;
  given = given && host::allocate_file(file_, pages_to_bytes(begin), pages_to_bytes(end - begin)) == host::Kernel::ok;
  return given ? Status::ok : Status::commitment_limit;
}

PageIndex CommitMap::set(PageIndex begin, PageIndex end) {
  for (PageIndex block = begin / kBlockPages; block <= (end - 1) / kBlockPages; ++block) {
    if (!may_have(block)) {
      summary_[block / kWordPages].fetch_or(std::uint64_t{1} << (block % kWordPages), std::memory_order_release);
    }
  }
  PageIndex fresh = 0;
  while (begin < end) {
    Piece piece = piece_of_word(begin, end);
    std::uint64_t old = bits_[begin / kWordPages].fetch_or(piece.mask, std::memory_order_acq_rel);
    fresh += static_cast<PageIndex>(std::popcount(piece.mask & ~old));
    begin = piece.end;
  }
  return fresh;
}

Status CommitMap::commit(PageIndex begin, PageIndex end, PageIndex& fresh) {
  fresh = 0;
  if (all(begin, end)) {
    return Status::ok;
  }
  if (Status status = give_memory(begin, end); status != Status::ok) {
    return status;
  }
  // point of no return
  fresh = set(begin, end);
  return Status::ok;
}

} // namespace winmem::vm
