// Which pages of a section are committed, where they are committed one by one (SEC_RESERVE).
//
// Owns:      the map: bits in the section's own file, behind its pages, shared by all processes that have the section.
// Form:      a bit a page; 32,768 pages are a block, whose bits are one page of the file. Before them a summary: a bit
//            for each block of which some page may be committed. Bits are set and never cleared: committed pages stay
//            so as long as the section (S53).
// Order:     the file gets its memory first, then the bit is set. So a page whose bit is set is there for the kernel as
//            well, for all views, and for system calls. Who dies in between leaves a page that a later commit takes.
// Used:      queries and the fault path read it without a lock; commits of several processes may meet at any page.
// Memory:    a block's bits get memory with the first commit in it, so a sparse section of terabytes costs little.
#pragma once

#include "../base/address.h"
#include "../base/status.h"
#include "page_runs.h"

namespace winmem::vm {

class CommitMap {
public:
  // How much the file is longer for the map, beside `pages` pages of the section.
  static Bytes bytes_for(PageIndex pages);

  // The map of a section of `pages` pages in `file`, which is so much longer. `is_new`: nobody else has it yet.
  // no_memory, insufficient_resources.
  Status attach(int file, PageIndex pages, bool is_new);
  // Nobody looks at it any more.
  void detach();
  bool is_attached() const { return summary_ != nullptr; }

  // Where the pages from `page` on end that are as it is, or `limit`.
  PageIndex end_of_stretch(PageIndex page, PageIndex limit, bool& is_committed) const;
  bool all(PageIndex begin, PageIndex end) const;
  PageIndex count(PageIndex begin, PageIndex end) const;

  // Commits pages of [begin, end) that are not yet; `fresh` is how many it was. commitment_limit: no memory for them,
  // and nothing has changed.
  Status commit(PageIndex begin, PageIndex end, PageIndex& fresh);

  // Bytes mapped for all maps that are attached.
  static Bytes footprint();

private:
  using Word = std::atomic<std::uint64_t>;
  static constexpr PageIndex kWordPages = 64;
  static constexpr PageIndex kBlockPages = kPage * 8;

  static Bytes summary_bytes(PageIndex pages);
  PageIndex blocks() const { return (pages_ + kBlockPages - 1) / kBlockPages; }
  bool may_have(PageIndex block) const;
  Status give_memory(PageIndex begin, PageIndex end);
  PageIndex set(PageIndex begin, PageIndex end);
  Bytes offset() const { return pages_to_bytes(pages_); }

  Word* summary_ = nullptr;
  Word* bits_ = nullptr;
  PageIndex pages_ = 0;
  int file_ = -1;
};

} // namespace winmem::vm
