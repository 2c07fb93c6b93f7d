// Writing into code: pages that may be executed and not written.
//
// Their protection is neither changed nor seen to change: the kernel writes past it (host/forced_write.h), while the
// region is locked, so that the pages stay what they are. That matters, for such a write asks nothing: it would reach
// reserved pages as well.
#include "../host/forced_write.h"
#include "find_region.h"
#include "fork_gate.h"
#include "guards.h"
#include "view.h"
#include "vm.h"

namespace winmem::vm {

Bytes write_code(Address at, const void* from, Bytes size) {
  Change change;
  RegionHold region(at);
  if (!region || is_view(*region)) {
    return 0; // a view's protection is its section's word
  }
  AddressRange asked{at, size < region->range.end - at ? at + size : region->range.end};
  AddressRange pages = asked.round_out(kPage);
  Address end = pages.begin;
  for_each_seen_run(*region, region->root(), region->page_at(pages.begin), region->page_at(pages.end - 1) + 1,
                    [&](PageRun run) {
                      bool is_code = run.state == PageState::execute || run.state == PageState::execute_read;
                      if (is_code && region->address_of(run.begin) == end) {
                        end = region->address_of(run.end);
                      }
                    });
  end = end < asked.end ? end : asked.end;
  if (region->watch == Watch::by_faults && end > at) { // such pages are never closed, and stay so (V75)
    page_bits::set(PageBit::written, AddressRange{at, end}.round_out(kPage));
  }
  return end > at ? host::forced_write(at, from, end - at) : 0;
}

} // namespace winmem::vm
