// The address space of this process, as the rooms above see it: reserve, commit, protect, decommit, release, describe.
//
// Arguments are rounded and checked by nt; here ranges are page aligned, not empty, and inside user space. Each call
// does all or nothing. All are safe from any thread; describe() takes no lock and may run in a signal handler.
#pragma once

#include "../base/status.h"
#include "backing.h"
#include "foreign.h"
#include "page_state.h"
#include "region.h"

namespace winmem::vm {

struct ReserveRequest {
  Address at = 0;                           // granule aligned, or 0 for anywhere
  Bytes size = 0;                           // whole pages
  PageState initial = PageState::no_access; // the protection of the allocation
  Caching caching = Caching::normal;
  bool commit = false;        // all pages at once, with `initial`
  bool top_down = false;      // the highest place that fits, else the lowest
  bool placeholder = false;   // memory or a view may take its place, and nothing be committed in it
  bool watched = false;       // which pages are written is noted
  Bytes alignment = kGranule; // of the place, a power of two
  AddressRange within = {kLowestUser, kUserEnd};
};

struct Reserved {
  Status status = Status::ok;
  AddressRange range{};
  bool opens_by_faults = false; // take_fault() opens pages: faults are to be caught
};

// no_memory: no room, or the kernel refused; conflicting_addresses: `at` is not wholly free; commitment_limit: the
// pages to be committed do not fit into the limit (commit_charge.h), or the kernel had no memory for them.
Reserved reserve(const ReserveRequest& request);

// Memory in place of the placeholder at `request.at`; its size, and no other, is `request.size`, and where it lies is
// not asked. conflicting_addresses: there is no such placeholder; else as for reserve.
Reserved replace_placeholder(const ReserveRequest& request);

// The pages become a placeholder of their own: cut out of a larger one, or in place of the memory that replaced one,
// which is all of `range` then. conflicting_addresses: they are neither; else as for release.
Status keep_as_placeholder(AddressRange range);

// Two or more placeholders, which `range` consists of, become one. conflicting_addresses: it consists of something
// else.
Status join_placeholders(AddressRange range);

// conflicting_addresses: the range is not wholly inside one region, or in a placeholder; commitment_limit: as for
// reserve. In a view whose section's pages are committed one by one, they are from now on in all its views; in other
// views as protect; already_committed: in a file's.
Status commit(AddressRange range, PageState state);

struct Protected {
  Status status = Status::ok;
  PageState old = PageState::reserved; // of the first page
  Caching caching = Caching::normal;   // of the region, beside any protection
};

// conflicting_addresses: not inside one region; not_committed: a page is not committed; section_protection: more than
// the view was made with; invalid_page_protection: copies on write where there is no section.
Protected protect(AddressRange range, PageState state);

// memory_not_allocated: `range.begin` is in no region; unable_to_free_vm: the range leaves the region;
// unable_to_delete_section: it is a view; conflicting_addresses, of decommit alone: it is a placeholder.
Status decommit(AddressRange range);
Status release(AddressRange range);

struct Freed {
  Status status = Status::ok;
  AddressRange range{}; // the whole region
};

// The same for all of the region in whose first page `at` lies; free_vm_not_at_base: in another of its pages.
Freed decommit_region(Address at);
Freed release_region(Address at);

struct ViewRequest {
  Backing* backing = nullptr; // with a reference, which is the view's if this succeeds
  std::uint64_t offset = 0;   // into it, whole pages
  Address at = 0;             // page aligned, or 0 for anywhere
  Bytes size = 0;             // whole pages
  PageState initial = PageState::no_access;
  Caching caching = Caching::normal;
  bool top_down = false;
  bool replaces_placeholder = false; // which lies at `at` and has this size
  AddressRange within = {kLowestUser, kUserEnd};
};

// A view of a section's memory. no_memory: no room, or the kernel refused; conflicting_addresses: `at` is not wholly
// free, or not that placeholder; commitment_limit: a view that copies on write does not fit; access_denied: the kernel
// forbids such a mapping.
Reserved map_view(const ViewRequest& request);

// The view that `at` lies in, as a whole. not_mapped_view: there is none.
enum class Afterwards : std::uint8_t { free, placeholder };
// A view that replaced a placeholder can become one again; conflicting_addresses: this one did not.
Status unmap_view(Address at, Afterwards afterwards = Afterwards::free);

// Writes what was changed through a view to its file, and waits for it: `range`, or up to the view's end if that is
// empty. not_mapped_view: range.begin is in no view; invalid_parameter: the range leaves it. `range` is what was
// written.
Status flush_view(AddressRange& range);

// The contents of the whole pages in `inner` may go, those of `outer` need to be one region (MEM_RESET).
Status reset(AddressRange outer, AddressRange inner);

// MEM_RESET_UNDO: whether all that was reset is surely as it was; then it stays so. maybe_lost also where the kernel
// does not tell, where a page was written since or never before, and where a page cannot be written.
enum class [[nodiscard]] Undone{intact, maybe_lost, not_a_region};
Undone undo_reset(AddressRange range);

// The same of pages that must be committed. conflicting_addresses: not in one region; not_committed. Of a view the
// contents stay.
Status offer(AddressRange range);
Undone reclaim(AddressRange range); // not_a_region also where pages are not committed

// The contents go at once; state and protection stay. Also invalid_page_protection: a view, or not read-write.
Status discard(AddressRange range);

// Pages of a watched region that were written since they were committed, or forgotten; in order.
struct WrittenRuns {
  static constexpr unsigned kMost = 256;
  Status status = Status::ok;
  bool is_cut = false; // there may be more behind the last one
  unsigned count = 0;
  Address end = 0; // of the last one
  AddressRange runs[kMost];
};

// Those of `range`, `most` at most, which is not 0; with `forgets` they count as not written from the moment on at
// which they were looked at. Pages that the system cannot tell about are among them. invalid_parameter: `range` is not
// inside one watched region.
WrittenRuns find_written(AddressRange range, PageIndex most, bool forgets);

// All pages of `range` count as not written. invalid_parameter as above; no_memory: none was forgotten, and pages that
// were not written may count as such.
Status forget_written(AddressRange range);

// The system is about to write to these bytes for the program, which may be any: pages of watched regions that may be
// written count as written, and stand open to it. Of other memory nothing happens.
void note_write(AddressRange range);

// VirtualLock and VirtualUnlock. The range may lie in several regions, and in memory that winmem did not make.
// was_locked is a success: a page of the range was locked before. access_violation: a page is not committed, or without
// access; guard_page_violation: the first armed guard page of the range was disarmed instead; working_set_quota: more
// than the process may lock, or than the kernel lets it.
Status lock_pages(AddressRange range);
// not_locked: a page of the range is not. Those that are stay so, the others leave physical memory if they can.
Status unlock_pages(AddressRange range);

// Writes to private pages that may be executed and not written, whose protection stays as it is (V123). Returns how
// many bytes: as far as the pages from `at` on are such, `from` can be read, and the kernel lets it.
Bytes write_code(Address at, const void* from, Bytes size);

enum class Owner { nobody, winmem, foreign };
enum class RegionKind : std::uint8_t { private_memory, section };

// What the pages from a page on are, up to the first that differs.
struct Description {
  Owner owner = Owner::nobody;
  AddressRange range{};  // begins at the page asked about
  AddressRange region{}; // winmem: the whole region
  PageState initial = PageState::reserved;
  PageState state = PageState::reserved;
  Caching caching = Caching::normal;
  RegionKind kind = RegionKind::private_memory;
  ForeignRun foreign{}; // foreign
};

Description describe(Address page);

// Whether `at` lies in a view of a real file. No lock, no system call.
bool shows_file(Address at);

enum class AccessKind : std::uint8_t { read, write, execute };

// What a fault of this thread at `at` comes to.
enum class [[nodiscard]] FaultAnswer : std::uint8_t{
    guard_hit, // it was a guard page; this thread alone disarmed it, and it is accessible as its bare protection says
    retry, // the page allows this by now (another thread disarmed it, or changed it), or will be decided in a moment
    violation, // winmem's memory, or free arena, that does not allow this
    not_ours,
};

// For the handler of a fault that this thread's own instruction raised; no lock of winmem's is held then. Takes no lock
// and no memory, and keeps errno. A guard page that the kernel cannot open (too many mappings) stays armed, and the
// answer is violation. Who does as it says never faults for ever: where kernel and books differ, because others changed
// the mapping behind winmem's back, the answer is violation after some tries.
FaultAnswer take_fault(Address at, AccessKind kind);

// Why the kernel had no page for an access that the books allow (SIGBUS), as far as it can be found out: end_of_file
// where the file is shorter than the view by now, disk_full where a hole of it could not be filled, else
// io_device_error. end_of_file where there is no view of a file. For handlers of faults, as take_fault().
Status why_no_page(Address at, AccessKind kind);

// As take_fault(), for such a fault. violation: the view's section has not committed the page (S50); retry: it has
// meanwhile; not_ours: anything else.
FaultAnswer take_absence(Address at, AccessKind kind);

// Whether all of `range` is winmem's, committed and at least that accessible. No lock, no system call. Never true of a
// file's view: another program may cut the file at any time.
bool is_accessible(AddressRange range, host::Access least);

// Whether VirtualLock holds the page in memory. No lock, no system call.
bool is_locked(Address page);

// Whether `at` lies in the arena, in use or not.
bool is_arena(Address at);

// What is taken, in bytes. No lock, no system call but for the limit's first time.
struct Usage {
  Bytes committed = 0; // the commit charge: committed pages of all regions
  Bytes most_committed = 0;
  Bytes commit_limit = 0;
  Bytes own_committed = 0; // of `committed`, what is no section's
  Bytes most_own_committed = 0;
  Bytes reserved_in_arena = 0; // address space of regions
  Bytes reserved_outside = 0;
  Bytes arena = 0;
};
Usage usage();

// What machine and control group allow now, as somebody just asked them; nothing where the environment sets the limit.
void set_system_commit_limit(Bytes limit);

// Memory taken for winmem's own tables, in bytes.
Bytes bookkeeping_bytes();

} // namespace winmem::vm
