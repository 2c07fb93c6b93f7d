// Watched regions: which of their pages were written (MEM_WRITE_WATCH).
//
// by_kernel: the kernel notes writes (host/written_pages.h). Pages are armed, so that they count as not written, when
//            they become committed, and again when a query forgets them. What is not committed is not asked about.
//            Where the kernel can't be asked, or can't arm, pages count as written: rather one too many than one lost.
// by_faults: without such a kernel a committed page that was not written is closed to writes. The fault of the first
//            one notes it in its bit (page_bits.h), then opens it. Every change of a protection closes pages; those
//            whose bit is set open again by their next fault. The system's own writes raise no fault: note_write()
//            comes before those that winmem makes, others fail with EFAULT.
// Lock:      the region's for both, and its freeze (guards.h), as opening a page is like disarming a guard: it never
//            meets a change. A query closes first, and forgets then.
// Fork:      by_faults: the child goes on. by_kernel: it watches anew, and every page that it got counts as written.
#pragma once

#include "../base/status.h"
#include "page_span.h"

namespace winmem::vm::write_watch {

// Of a new region, before anybody sees it.
[[nodiscard]] Watch begin(AddressRange range);

// Pages of a region, which are out of reach by now, are watched no more. `remaining`: how many regions it leaves.
void end(Watch watch, Place place, AddressRange range, unsigned remaining = 0);

// Before pages of `range` become committed. False when there is no memory.
[[nodiscard]] bool prepare(const Region& region, AddressRange range);

// Pages that were not committed before are, and nobody knows yet.
void arm_fresh(const PageSpan& span);

// Notes that the page, which has `state` and may be written, is being written, and opens it. The caller is a
// GuardTouch. False when the kernel refuses.
[[nodiscard]] bool open_by_fault(const Region& region, Address page, PageState state);

// Under all locks, as fork's child finds them.
void renew_in_child();

} // namespace winmem::vm::write_watch
