// From an address to its live region, for readers and for those who will change it.
#pragma once

#include "../base/status.h"
#include "epoch.h"
#include "region_map.h"

namespace winmem::vm {

// The live region that holds `at`, following regions that were split; nullptr when there is none. The caller is a
// Reader or holds space_lock.
inline Region* find_live_region(Address at) {
  Region* region = region_map::find(at);
  while (region != nullptr && !region->is_live()) {
    Region* before = region->before_gap.load(std::memory_order_acquire); // set before `runs` became nothing
    Region* after = region->after_gap.load(std::memory_order_acquire);
    region = before != nullptr && before->range.contains(at) ? before
             : after != nullptr && after->range.contains(at) ? after
                                                             : nullptr;
  }
  return region;
}

// A live region, found and locked. While it is locked nobody else releases it, so the Reader is needed for finding
// only: holding one through a long system call would keep others' retired memory from coming back.
class [[nodiscard]] RegionHold {
public:
  explicit RegionHold(Address at) {
    Reader reader;
    while ((region_ = find_live_region(at)) != nullptr) {
      region_->lock.lock();
      if (region_->is_live()) {
        return;
      }
      region_->lock.unlock(); // released or split while we waited
    }
  }
  ~RegionHold() {
    if (region_ != nullptr) {
      region_->lock.unlock();
    }
  }
  RegionHold(const RegionHold&) = delete;
  RegionHold& operator=(const RegionHold&) = delete;

  // The region stays locked; the caller unlocks it.
  void keep() { region_ = nullptr; }

  explicit operator bool() const { return region_ != nullptr; }
  Region& operator*() const { return *region_; }
  Region* operator->() const { return region_; }

private:
  Region* region_ = nullptr;
};

// What keeps part of a region, or all of the region in whose first page `at` lies, from being given up.
inline Status check_part(const RegionHold& region, AddressRange range) {
  if (!region) {
    return Status::memory_not_allocated;
  }
  if (region->place == Place::view) {
    return Status::unable_to_delete_section; // V38
  }
  return region->range.contains(range) ? Status::ok : Status::unable_to_free_vm;
}
inline Status check_base(const RegionHold& region, Address at) {
  if (!region) {
    return Status::memory_not_allocated;
  }
  if (region->place == Place::view) {
    return Status::unable_to_delete_section;
  }
  return round_down(at, kPage) == region->range.begin ? Status::ok : Status::free_vm_not_at_base;
}

} // namespace winmem::vm
