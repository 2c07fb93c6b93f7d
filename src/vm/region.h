// A region: one reservation with one identity (Windows' "allocation"), and where it lives.
#pragma once

#include "../host/lock.h"
#include "page_runs.h"

#include <atomic>
#include <cstdint>

namespace winmem::vm {

// How the kernel is told of a page's state.
enum class Place : std::uint8_t { // those in the arena first
  chunked,                        // in the arena, by guard markers inside opened chunks
  plain,                          // in the arena of a kernel without guard markers: by mprotect
  outside,                        // a mapping of its own at an address outside the arena: by mprotect
  view,                           // a mapping of a section's memory, of its own (view.h)
};

// What MEM_RESET did here, ever: nothing; gave up pages that have a bit; gave up pages that nobody noted.
enum class Resets : std::uint8_t { none, noted, unknown };

// How writes to the region's pages are noted (write_watch.h).
enum class Watch : std::uint8_t { none, by_kernel, by_faults };

enum class Caching : std::uint8_t { normal, none, write_combine };

// What a region has to do with placeholders (placeholder.cpp).
enum class Origin : std::uint8_t {
  ordinary,
  placeholder, // all its pages are reserved; memory or a view can take its place, and nothing else
  replacement, // took the place of a placeholder, and can become one again
};

// One cache line. A region is live while its root is something; before it is published and after it was released or
// split, readers that still reach it see nothing and look at its successors, then go on as over free memory.
struct alignas(64) Region : Pooled {
  AddressRange range;                   // page aligned; fixed after init
  std::atomic<std::uintptr_t> runs;     // RunRoot; written under lock
  host::Lock lock;                      // guards changes of the pages and of `runs`
  PageState initial;                    // AllocationProtect; fixed after init
  Caching caching;                      // fixed after init
  Place place;                          // fixed after init
  Resets resets;                        // guarded by lock
  bool only_read_write;                 // no page was ever committed otherwise; guarded by lock
  std::atomic<bool> has_guards;         // a page may be under guard, or have been; written under lock, never taken back
  Origin origin;                        // fixed after init
  Watch watch;                          // fixed after init
  std::atomic<std::uint32_t> disarming; // threads that meet a guard page now; see guards.h
  std::atomic<Region*> before_gap;      // what is left of a split region, set before `runs` becomes nothing
  std::atomic<Region*> after_gap;

  RunRoot root() const { return RunRoot::from_word(runs.load(std::memory_order_acquire)); } // pairs with publishing
  bool is_live() const { return !root().is_nothing(); }
  PageIndex pages() const { return bytes_to_pages(range.size()); }
  PageIndex page_at(Address at) const { return bytes_to_pages(at - range.begin); }
  Address address_of(PageIndex page) const { return range.begin + pages_to_bytes(page); }
};

static_assert(sizeof(Region) == 64);

// What is fixed of a region, for one that nobody sees yet.
struct RegionTraits {
  AddressRange range{};
  PageState initial = PageState::no_access;
  Caching caching = Caching::normal;
  Place place = Place::chunked;
  Origin origin = Origin::ordinary;
  Watch watch = Watch::none;
};

inline void set_up(Region& region, const RegionTraits& traits, RunRoot root) {
  region.range = traits.range;
  region.runs.store(root.word(), std::memory_order_relaxed);
  region.initial = traits.initial;
  region.caching = traits.caching;
  region.place = traits.place;
  region.resets = Resets::none;
  region.only_read_write = true;
  region.has_guards.store(false, std::memory_order_relaxed);
  region.origin = traits.origin;
  region.watch = traits.watch;
  region.disarming.store(0, std::memory_order_relaxed);
  region.before_gap.store(nullptr, std::memory_order_relaxed);
  region.after_gap.store(nullptr, std::memory_order_relaxed);
}

} // namespace winmem::vm
