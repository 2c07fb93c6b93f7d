// What a fault means by the books: guard pages are disarmed here.
//
// Runs in the handler of a fault of this thread's own. Two threads may fault on one page, and a third may change it at
// the same time; guards.h tells how that stays one guard hit, and no access violation where none is due.
#include "../host/file.h"
#include "../host/process_map.h"
#include "../host/safe_copy.h"
#include "../host/thread.h"
#include "find_region.h"
#include "fork_gate.h"
#include "guards.h"
#include "reserving_views.h"
#include "vm.h"
#include "write_watch.h"

namespace winmem::vm {

namespace {

using host::Access;

bool allows(Access access, AccessKind kind) {
  switch (kind) {
  case AccessKind::read:
    return access != Access::none;
  case AccessKind::write:
    return access == Access::read_write || access == Access::read_write_execute;
  case AccessKind::execute:
    return access == Access::read_execute || access == Access::read_write_execute;
  }
  return false;
}

// The fault that this thread was last told to retry. What a signal handler in between writes here costs one more try.
struct Retried {
  Address at;
  std::uint32_t times;
};
thread_local constinit Retried retried __attribute__((tls_model("initial-exec"))) = {};

constexpr std::uint32_t kAskKernelEvery = 16;
constexpr std::uint32_t kMostTries = 1'000'000; // seconds of nothing but this fault

// Whether the kernel allows what the books allow; `if_untold` where it does not tell.
bool kernel_allows(Address at, AccessKind kind, bool if_untold) {
  host::Mapping mapping;
  if (!host::next_mapping(at, mapping) || (mapping.guessed && kind != AccessKind::read)) {
    return if_untold;
  }
  bool allowed = kind == AccessKind::read ? mapping.read : kind == AccessKind::write ? mapping.write : mapping.execute;
  char byte = 0;
  return mapping.range.contains(at) && allowed &&
         host::copy_from(&byte, at, 1); // a marker that others installed shows in no mapping
}

// The books allow the access. It faulted before they did, or while a change was half done; else they are wrong.
FaultAnswer try_again(const Region& region, Address at, AccessKind kind) {
  if (retried.at != at) {
    retried = {at, 0};
  }
  bool is_late = ++retried.times % kAskKernelEvery == 0;
  if (is_late && region.lock.is_held()) {
    host::yield(); // somebody changes this region
    return FaultAnswer::retry;
  }
  if (is_late && (retried.times >= kMostTries || !kernel_allows(at, kind, false))) {
    retried = {};
    return FaultAnswer::violation;
  }
  return FaultAnswer::retry;
}

PageState state_at(const Region& region, Address at) {
  RunRoot root = region.root();
  return root.is_nothing() || !is_in_section(region, region.page_at(at))
             ? PageState::reserved
             : find_run(root, region.page_at(at), region.pages()).state;
}

// The books allow the access, as somebody committed the page in another view, perhaps in another process.
FaultAnswer open_late(Region& region, Address at, AccessKind kind) {
  Change change;
  GuardTouch touch(region);
  if (!touch) {
    host::yield();
    return FaultAnswer::retry;
  }
  PageState state = state_at(region, at);
  if (is_guarded(state) || !allows(access_of(state), kind)) {
    return FaultAnswer::retry; // changed meanwhile
  }
  return open_by_fault(as_view(region), region.page_at(at)) ? FaultAnswer::retry : FaultAnswer::violation;
}

// The books allow the write. It is the first to a page of a region whose writes are noted so, or the first since a
// change of protections.
FaultAnswer open_watched(Region& region, Address at) {
  Change change;
  GuardTouch touch(region);
  if (!touch) {
    host::yield();
    return FaultAnswer::retry;
  }
  PageIndex page = region.page_at(at);
  RunRoot root = region.root();
  PageState state = root.is_nothing() ? PageState::reserved : find_seen_run(region, root, page).state;
  if (!allows(access_of(state), AccessKind::write)) {
    return FaultAnswer::retry; // changed meanwhile
  }
  if (!write_watch::open_by_fault(region, round_down(at, kPage), state)) {
    return FaultAnswer::violation;
  }
  // One address may be closed and written for ever. Only what is out of reach although it was just opened ends that.
  if (retried.at != at) {
    retried = {at, 0};
  }
  if (++retried.times % kAskKernelEvery != 0) {
    return FaultAnswer::retry;
  }
  retried = {};
  return kernel_allows(at, AccessKind::write, true) ? FaultAnswer::retry : FaultAnswer::violation;
}

// The books allow the access.
FaultAnswer try_again_or_open(Region& region, Address at, AccessKind kind) {
  if (region.watch == Watch::by_faults && kind == AccessKind::write) {
    return open_watched(region, at);
  }
  FaultAnswer answer = try_again(region, at, kind);
  bool may_be_closed = is_view(region) && opens_by_faults(as_view(region));
  return answer == FaultAnswer::retry && may_be_closed ? open_late(region, at, kind) : answer;
}

FaultAnswer touch_guard(Region& region, Address at, AccessKind kind) {
  Address page = round_down(at, kPage);
  if (PageState seen = state_at(region, at); is_guarded(seen) && page_bits::test(PageBit::disarmed, page)) {
    return allows(access_of(without_guard(seen)), kind) ? try_again_or_open(region, at, kind) : FaultAnswer::violation;
  }
  Change change; // a fork does not come between kernel and books
  GuardTouch touch(region);
  if (!touch) {
    host::yield(); // a change of the region decides first
    return FaultAnswer::retry;
  }
  PageState state = state_at(region, at);
  if (!is_guarded(state) || page_bits::test(PageBit::disarmed, page)) {
    return FaultAnswer::retry; // changed meanwhile
  }
  // The kernel first, since it may refuse. Several threads may come to here: they say the same to it.
  if (host::protect({page, page + kPage}, told_access(region, without_guard(state))) != host::Kernel::ok) {
    return FaultAnswer::violation;
  }
  return page_bits::set_one(PageBit::disarmed, page) ? FaultAnswer::guard_hit : FaultAnswer::retry;
}

} // namespace

FaultAnswer take_fault(Address at, AccessKind kind) {
  if (at >= kUserEnd) {
    return FaultAnswer::not_ours;
  }
  Reader reader;
  Region* region = find_live_region(at);
  if (region == nullptr) {
    return is_arena(at) ? FaultAnswer::violation : FaultAnswer::not_ours;
  }
  PageState state = state_at(*region, at);
  if (is_guarded(state)) {
    return touch_guard(*region, at, kind);
  }
  if (!allows(access_of(state), kind)) {
    return FaultAnswer::violation;
  }
  return try_again_or_open(*region, at, kind);
}

FaultAnswer take_absence(Address at, AccessKind kind) {
  if (at >= kUserEnd) {
    return FaultAnswer::not_ours;
  }
  Reader reader;
  Region* region = find_live_region(at);
  if (region == nullptr || !is_view(*region) || as_view(*region).commits == nullptr) {
    return FaultAnswer::not_ours;
  }
  return is_in_section(*region, region->page_at(at)) ? try_again(*region, at, kind) : FaultAnswer::violation;
}

Status why_no_page(Address at, AccessKind kind) {
  Reader reader;
  Region* region = at < kUserEnd ? find_live_region(at) : nullptr;
  if (region == nullptr || !is_view_of_file(*region)) {
    return Status::end_of_file;
  }
  const View& view = as_view(*region);
  host::FileStatus file{};
  if (host::file_status(view.backing->file, file) != Status::ok) {
    return Status::io_device_error;
  }
  std::uint64_t offset = view.offset + (round_down(at, kPage) - view.range.begin);
  return offset >= file.size         ? Status::end_of_file
         : kind == AccessKind::write ? Status::disk_full
                                     : Status::io_device_error;
}

} // namespace winmem::vm
