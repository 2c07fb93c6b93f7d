#include "guards.h"

#include "../host/thread.h"
#include "page_mapping.h"

namespace winmem::vm {

namespace {

constexpr std::uint32_t kFrozen = 0x80000000; // beside it, how many are disarming

// As find_seen_run, but equal neighbours are not joined.
PageRun seen_piece(const Region& region, RunRoot root, PageIndex page) {
  PageRun run = find_run(root, page, region.pages());
  run.begin = page;
  if (is_guarded(run.state)) {
    page_bits::Stretch here =
        page_bits::stretch(PageBit::disarmed, {region.address_of(page), region.address_of(run.end)});
    run.end = region.page_at(here.end);
    run.state = here.is_set ? without_guard(run.state) : run.state;
  }
  return run;
}

} // namespace

void GuardFreeze::freeze() {
  is_frozen_ = true;
  // Sequentially consistent on both sides: either a touch sees the freeze, or the freeze sees the touch.
  region_.disarming.fetch_or(kFrozen, std::memory_order_seq_cst);
  while (region_.disarming.load(std::memory_order_seq_cst) != kFrozen) {
    host::yield(); // for the time of one mprotect
  }
}

void GuardFreeze::thaw() { region_.disarming.fetch_and(~kFrozen, std::memory_order_release); }

// Not counted where frozen, so that those who try again and again do not keep the freeze waiting.
GuardTouch::GuardTouch(Region& region) : region_(region) {
  std::uint32_t seen = region_.disarming.load(std::memory_order_relaxed);
  while ((seen & kFrozen) == 0 && !may_disarm_) {
    may_disarm_ = region_.disarming.compare_exchange_weak(seen, seen + 1, std::memory_order_seq_cst);
  }
}

GuardTouch::~GuardTouch() {
  if (may_disarm_) {
    region_.disarming.fetch_sub(1, std::memory_order_release);
  }
}

bool prepare_arming(Region& region, AddressRange range, PageState state) {
  if (!page_bits::prepare(range)) {
    return false;
  }
  bool settled = true;
  PageIndex end = region.page_at(range.end);
  bool has_guards = region.has_guards.load(std::memory_order_relaxed);
  for (PageIndex page = region.page_at(range.begin); has_guards && settled && page < end;) {
    PageRun run = find_run(region.root(), page, region.pages());
    run.end = run.end < end ? run.end : end;
    if (is_guarded(run.state) && run.state != state) {
      page_bits::for_each(PageBit::disarmed, true, {region.address_of(page), region.address_of(run.end)},
                          [&](AddressRange hit) {
                            PageSpan span{region, region.root(), region.page_at(hit.begin), region.page_at(hit.end)};
                            settled = settled && settle_pages(span, without_guard(run.state));
                          });
    }
    page = run.end;
  }
  region.has_guards.store(true, std::memory_order_relaxed);
  return settled;
}

PageRun find_seen_run(const Region& region, RunRoot root, PageIndex page) {
  PageRun run = seen_piece(region, root, page);
  while (run.end < region.pages()) {
    PageRun next = seen_piece(region, root, run.end);
    if (next.state != run.state) {
      break;
    }
    run.end = next.end;
  }
  return run;
}

} // namespace winmem::vm
