// Guard pages: which are still armed, and how touching one is kept apart from changing it.
//
// The runs say of a page that it is guarded, and with which protection beneath. Whether it was hit since is a bit of
// the page (page_bits.h). So a page is, as the program sees it,
//     armed      guarded in the runs, bit `disarmed` 0     inaccessible to the kernel as well
//     disarmed   guarded in the runs, bit `disarmed` 1     its bare protection, in the kernel as well
// A hit needs neither a lock nor memory, and the runs stay as they are until the page is given another state.
//
// A change of a region that has guard pages freezes them: it waits until the threads that are just disarming some have
// done so, and those who come later touch their page again, and again, until the change is over. So the kernel's
// protection of a page is never set by two at once. Changes of other regions do not meet here at all.
#pragma once

#include "page_bits.h"
#include "region.h"

namespace winmem::vm {

// Held, under the region's lock, while pages of the region change in the kernel and in the books. It holds back those
// who open a page for its first write as well (write_watch.h).
class [[nodiscard]] GuardFreeze {
public:
  explicit GuardFreeze(Region& region) : region_(region) {
    if (region_.has_guards.load(std::memory_order_relaxed) || region_.watch == Watch::by_faults) [[unlikely]] {
      freeze();
    }
  }
  ~GuardFreeze() {
    if (is_frozen_) [[unlikely]] {
      thaw();
    }
  }
  GuardFreeze(const GuardFreeze&) = delete;
  GuardFreeze& operator=(const GuardFreeze&) = delete;

private:
  void freeze();
  void thaw();

  Region& region_;
  bool is_frozen_ = false;
};

// One who touched a guard page, and will disarm it unless a change has frozen the region.
class [[nodiscard]] GuardTouch {
public:
  explicit GuardTouch(Region& region);
  ~GuardTouch();
  GuardTouch(const GuardTouch&) = delete;
  GuardTouch& operator=(const GuardTouch&) = delete;

  explicit operator bool() const { return may_disarm_; }

private:
  Region& region_;
  bool may_disarm_ = false;
};

// Before pages of `range` come under guard, as `state`: takes the memory for their bits, and lets the runs say of pages
// that were hit what they are now, where the runs are to say something else. False when there is no memory; nothing
// that is seen has changed then.
[[nodiscard]] bool prepare_arming(Region& region, AddressRange range, PageState state);

// The run from `page` on as the program sees it: disarmed pages have their bare state. The caller is a Reader or holds
// the region's lock; `root` is not nothing.
PageRun find_seen_run(const Region& region, RunRoot root, PageIndex page);

// As for_each_run, of runs as the program sees them. They may be cut where for_each_run would not cut them.
template <typename Visit>
void for_each_seen_run(const Region& region, RunRoot root, PageIndex begin, PageIndex end, Visit visit) {
  bool has_guards = region.has_guards.load(std::memory_order_relaxed);
  for_each_run(root, region.pages(), begin, end, [&](PageRun run) {
    if (!has_guards || !is_guarded(run.state)) [[likely]] {
      visit(run);
      return;
    }
    AddressRange range{region.address_of(run.begin), region.address_of(run.end)};
    while (!range.empty()) {
      page_bits::Stretch here = page_bits::stretch(PageBit::disarmed, range);
      visit(PageRun{region.page_at(range.begin), region.page_at(here.end),
                    here.is_set ? without_guard(run.state) : run.state});
      range.begin = here.end;
    }
  });
}

} // namespace winmem::vm
