#include "rules.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "winapi.h"

namespace model {
namespace {

static_assert(kErrorAccessDenied == ERROR_ACCESS_DENIED && kErrorNotEnoughMemory == ERROR_NOT_ENOUGH_MEMORY &&
              kErrorInvalidParameter == ERROR_INVALID_PARAMETER && kErrorInvalidAddress == ERROR_INVALID_ADDRESS &&
              kErrorNoAccess == ERROR_NOACCESS);

constexpr std::uint32_t kPlaceholderTypes = MEM_RESERVE_PLACEHOLDER | MEM_REPLACE_PLACEHOLDER;
constexpr std::uint32_t kTargets = 0x40000000; // PAGE_TARGETS_INVALID, PAGE_TARGETS_NO_UPDATE
constexpr std::uint32_t kCacheBits = PAGE_NOCACHE | PAGE_WRITECOMBINE;

struct Rights {
  std::uint32_t protect;
  const char* permissions;
};
// V46: execute pages are readable.
constexpr std::array<Rights, 6> kRights = {{{PAGE_NOACCESS, "---"},
                                            {PAGE_READONLY, "r--"},
                                            {PAGE_READWRITE, "rw-"},
                                            {PAGE_EXECUTE, "r-x"},
                                            {PAGE_EXECUTE_READ, "r-x"},
                                            {PAGE_EXECUTE_READWRITE, "rwx"}}};

// What a page has: its base protection, perhaps under guard.
std::uint32_t page_protection(std::uint32_t protect) { return protect & ~(kTargets | kCacheBits); }
std::uint32_t base_of(std::uint32_t protect) { return page_protection(protect) & ~std::uint32_t{PAGE_GUARD}; }

} // namespace

// V8, V9.
bool valid_protection(std::uint32_t protect) {
  std::uint32_t base = base_of(protect);
  bool known = std::any_of(kRights.begin(), kRights.end(), [&](const Rights& each) { return each.protect == base; });
  bool executable = known && kernel_permissions(base)[2] == 'x';
  if (!known || ((protect & kTargets) != 0 && !executable))
    return false;
  std::uint32_t cache = protect & kCacheBits;
  bool guard = (protect & PAGE_GUARD) != 0;
  if (guard && (base == PAGE_NOACCESS || cache != 0))
    return false;
  return cache == 0 || (base != PAGE_NOACCESS && cache != kCacheBits);
}

namespace {

// V13: a reservation starts at a granule, and ends at the page that holds its last byte.
Range reserved_range(const AllocCall& call) {
  return {round_down(call.address, kGranule), round_up(call.address + call.size, kPage)};
}

} // namespace

const char* kernel_permissions(std::uint32_t protect) {
  if ((protect & PAGE_GUARD) != 0)
    return "---"; // armed: nothing here touches a page
  for (const Rights& each : kRights)
    if (each.protect == base_of(protect))
      return each.permissions;
  return "???";
}

bool readable(std::uint32_t protect) { return kernel_permissions(protect)[0] == 'r'; }
bool writable(std::uint32_t protect) { return kernel_permissions(protect)[1] == 'w'; }

bool Verdict::allows(std::uint32_t code) const {
  return (outcome == Outcome::failure || outcome == Outcome::either) &&
         std::find(codes.begin(), codes.end(), code) != codes.end();
}

bool Territory::owns(std::uintptr_t address) const {
  for (Range window : windows)
    if (window.contains(address))
      return stripes == 1 ||
             (!is_contested(address - window.begin) && (address - window.begin) / kGranule % stripes == stripe);
  return false;
}

bool Territory::owns(Range range) const {
  if (stripes == 1)
    return std::any_of(windows.begin(), windows.end(), [&](Range window) { return window.contains(range); });
  for (std::uintptr_t at = range.begin; at < range.end; at = round_down(at, kGranule) + kGranule)
    if (!owns(at))
      return false;
  return true;
}

bool AllocCall::reserves() const {
  return has_requirements || (type & MEM_RESERVE) != 0 || (address == 0 && (type & MEM_COMMIT) != 0); // V16
}

bool Model::knows(std::uintptr_t address) const {
  return pages.at(address).state != State::free || territory_.owns(address) || address < kGranule ||
         address >= kUserEnd;
}

std::uint32_t Model::shown_protect(const Page& page) const {
  if (page.state != State::committed)
    return 0;
  std::uint32_t cache = pages.allocations.at(page.allocation).protect & kCacheBits; // V25
  return page.protect | (page.protect == PAGE_NOACCESS ? 0 : cache);
}

Verdict Model::judge_alloc(const AllocCall& call) const {
  if (call.is_extended && (call.type & kPlaceholderTypes) != 0)
    return judge_replacing(call);
  constexpr std::uint32_t kResets = MEM_RESET | MEM_RESET_UNDO;
  constexpr std::uint32_t kKinds = MEM_COMMIT | MEM_RESERVE | kResets;

  if (call.address != 0 && call.address < kGranule)
    return Verdict::failure({kErrorInvalidParameter}, "V1 address below 64 KiB");
  if ((call.type & ~(kKinds | MEM_TOP_DOWN)) != 0)
    return Verdict::failure({kErrorInvalidParameter}, "V2 unknown type");
  if ((call.type & kKinds) == 0)
    return Verdict::failure({kErrorInvalidParameter}, "V3 nothing to do");
  if ((call.type & kResets) != 0 && call.type != MEM_RESET && call.type != MEM_RESET_UNDO)
    return Verdict::failure({kErrorInvalidParameter}, "V4 reset is alone");
  if (call.has_requirements && (call.type & MEM_RESERVE) == 0)
    return Verdict::failure({kErrorInvalidParameter}, "V89 C28 requirements without a reservation");
  if (!valid_protection(call.protect))
    return Verdict::failure({kErrorInvalidParameter}, "V8 V9 protection");
  if (call.size == 0)
    return Verdict::failure({kErrorInvalidParameter}, "V10 size 0");
  if (leaves_user_space(call.address, call.size))
    return call.address != 0 ? Verdict::failure({kErrorInvalidParameter}, "V10 past the end of user space")
                             : Verdict::failure({kErrorInvalidParameter, kErrorNotEnoughMemory}, "V10 absurd size");
  return call.reserves() ? judge_new(call) : judge_existing(call);
}

// V12, V13, V17, V21, V89: address space is taken.
Verdict Model::judge_new(const AllocCall& call) const {
  if (call.has_requirements)
    return judge_bounds(call);
  if (call.address == 0) {
    if (in_use_ + call.size > territory_.capacity)
      return Verdict::either({kErrorNotEnoughMemory}, "V10 a small arena");
    return Verdict::success("V12 V16 allocation anywhere");
  }
  Range range = reserved_range(call);
  if (pages.last_occupied(range) != 0)
    return Verdict::failure({kErrorInvalidAddress}, "V17 not wholly free");
  if (!territory_.owns(range))
    return Verdict::either({kErrorInvalidAddress}, "V17 perhaps not free");
  return Verdict::success("V13 V17 wholly free");
}

// V89, C28.
Verdict Model::judge_bounds(const AllocCall& call) const {
  std::uintptr_t alignment = call.alignment;
  if (alignment != 0 && (alignment < kGranule || (alignment & (alignment - 1)) != 0))
    return Verdict::failure({kErrorInvalidParameter}, "V89 alignment");
  if (call.lowest % kGranule != 0)
    return Verdict::failure({kErrorInvalidParameter}, "V89 lowest address");
  if (call.highest != 0 && ((call.highest + 1) % kPage != 0 || call.highest >= kUserEnd || call.highest <= call.lowest))
    return Verdict::failure({kErrorInvalidParameter}, "V89 highest address");

  bool unbounded = call.lowest == 0 && call.highest == 0;
  if (unbounded && in_use_ + call.size <= territory_.capacity / 4)
    return Verdict::success("V89 aligned only");
  if (unbounded || !territory_.owns(Range{call.lowest, call.highest + 1}))
    return Verdict::either({kErrorNotEnoughMemory}, "V89 bounds beyond what is known");
  if (fits_somewhere(call, kGranule))
    return Verdict::success("V89 a place is free");
  if (fits_somewhere(call, kPage)) // only beside an allocation that begins inside a granule; placement may pass over it
    return Verdict::either({kErrorNotEnoughMemory}, "V89 a place is free to the page");
  return Verdict::failure({kErrorNotEnoughMemory}, "V89 nothing fits");
}

// Whether a place within the bounds is free, with the end rounded up to `unit` as well.
bool Model::fits_somewhere(const AllocCall& call, std::uintptr_t unit) const {
  std::uintptr_t step = std::max(call.alignment, kGranule);
  std::uintptr_t length = round_up(call.size, unit);
  std::uintptr_t at = round_up(call.lowest, step);
  while (at + length <= call.highest + 1) {
    std::uintptr_t occupied = pages.last_occupied({at, at + length});
    if (occupied == 0)
      return true;
    at = round_up(occupied + kPage, step);
  }
  return false;
}

// V14, V18, V23: pages of one allocation.
Verdict Model::judge_existing(const AllocCall& call) const {
  if (call.address == 0) // Nothing lies at NULL; a reset of it may be refused as a bad argument just as well.
    return Verdict::failure({kErrorInvalidAddress, kErrorInvalidParameter}, "V23 nothing at NULL");
  Range range = pages_of(call.address, call.size);
  const Allocation* allocation = pages.allocation_of(range.begin);
  if (allocation == nullptr) {
    if (pages.at(range.begin).state == State::foreign || !knows(range.begin))
      return Verdict::skip();
    return Verdict::failure({kErrorInvalidAddress}, "V18 V23 in no allocation");
  }
  if (!allocation->range.contains(range) || allocation->origin == Origin::placeholder)
    return Verdict::failure({kErrorInvalidAddress}, "V18 V23 V81 past the allocation's end, or no memory");
  if (allocation->is_view() && call.type == MEM_COMMIT)
    return judge_view_protection(call.protect);
  if (call.type == MEM_RESET_UNDO) // V24: which of the two depends on what the system did meanwhile
    return Verdict::either({kErrorInvalidAddress, kErrorInvalidParameter, kErrorNotEnoughMemory, kErrorAccessDenied},
                           "V24 undo may be too late");
  return Verdict::success("V14 V19 V23 inside one allocation");
}

std::uintptr_t Model::expected_base(const AllocCall& call) {
  if (call.address == 0)
    return 0;
  if (call.is_extended && (call.type & MEM_REPLACE_PLACEHOLDER) != 0)
    return round_down(call.address, kPage); // V85
  return round_down(call.address, call.reserves() ? kGranule : kPage);
}

const char* Model::placement_error(const AllocCall& call, std::uintptr_t base) const {
  Range range{base, base + round_up(call.size, kPage)};
  if (base % std::max(call.alignment, kGranule) != 0)
    return "the base is not aligned";
  if (base < kGranule || leaves_user_space(base, range.size()))
    return "the range leaves user space";
  if (pages.last_occupied(range) != 0)
    return "the range overlaps a live allocation";
  if (call.has_requirements && (base < call.lowest || (call.highest != 0 && range.end - 1 > call.highest)))
    return "the range is outside the bounds";
  return nullptr;
}

void Model::apply_alloc(const AllocCall& call, std::uintptr_t base) {
  if (call.type == MEM_RESET && pages.allocation_of(round_down(call.address, kPage))->is_view())
    return;                     // S55: contents stay
  if (call.type == MEM_RESET) { // V23: only pages wholly inside the byte range are given up
    Range inner{round_up(call.address, kPage), round_down(call.address + call.size, kPage)};
    pages.change_all(inner, [](Page& page) { page.may_be_zero = page.state == State::committed; });
    return;
  }
  if (call.type == MEM_RESET_UNDO) { // V24: success means that all data is there
    pages.change_all(pages_of(call.address, call.size), [](Page& page) { page.may_be_zero = false; });
    return;
  }

  Range range = call.address == 0 ? Range{base, base + round_up(call.size, kPage)}
                : call.reserves() ? reserved_range(call)
                                  : pages_of(call.address, call.size);
  if (call.is_extended && (call.type & MEM_REPLACE_PLACEHOLDER) != 0) {
    replace(call);
    range = pages_of(call.address, call.size);
  } else if (call.reserves()) {
    bool is_placeholder = call.is_extended && (call.type & MEM_RESERVE_PLACEHOLDER) != 0;
    std::uint32_t key =
        pages.add(range, call.protect & ~kTargets, is_placeholder ? Origin::placeholder : Origin::ordinary);
    in_use_ += range.size();
    Page reserved;
    reserved.state = State::reserved;
    reserved.allocation = key;
    pages.change_all(range, [&](Page& page) { page = reserved; });
  }
  if ((call.type & MEM_COMMIT) != 0)
    pages.change_all(range, [&](Page& page) {
      if (page.state == State::reserved) { // V20: fresh pages are zero
        page.state = State::committed;
        page.tag = 0;
        page.may_be_zero = false;
      }
      page.protect =
          static_cast<std::uint16_t>(page_protection(call.protect)); // V19: also of pages that were committed
    });
}

// The pages a free call is about; empty when there is no such range.
Range Model::free_range(const FreeCall& call) const {
  std::uintptr_t first = round_down(call.address, kPage);
  const Allocation* allocation = pages.allocation_of(first);
  if (allocation == nullptr)
    return {};
  if (call.size == 0) // V33, V35: any address in the allocation's first page
    return first == allocation->range.begin ? allocation->range : Range{};
  if (leaves_user_space(call.address, call.size) || !allocation->range.contains(pages_of(call.address, call.size)))
    return {};
  return pages_of(call.address, call.size);
}

Verdict Model::judge_free(const FreeCall& call) const {
  if (call.type == (MEM_RELEASE | MEM_PRESERVE_PLACEHOLDER) || call.type == (MEM_RELEASE | MEM_COALESCE_PLACEHOLDERS))
    return judge_placeholders(call);
  if (call.type != MEM_DECOMMIT && call.type != MEM_RELEASE)
    return Verdict::failure({kErrorInvalidParameter}, "V30 free type");
  if (call.type == MEM_RELEASE && call.size != 0)
    return Verdict::failure({kErrorInvalidParameter}, "V31 release with a size");
  if (call.address >= kUserEnd)
    return Verdict::failure({kErrorInvalidParameter, kErrorInvalidAddress}, "V32 beyond user space");

  std::uintptr_t first = round_down(call.address, kPage);
  if (pages.allocation_of(first) == nullptr) {
    if (pages.at(first).state == State::foreign || !knows(first))
      return Verdict::skip();
    if (leaves_user_space(call.address, call.size))
      return Verdict::failure({kErrorInvalidParameter, kErrorInvalidAddress}, "V32 in no allocation, absurd size");
    return Verdict::failure({kErrorInvalidAddress}, "V32 in no allocation");
  }
  if (pages.allocation_of(first)->is_view())
    return Verdict::failure({kErrorInvalidParameter}, "V38 S46 a view");
  if (free_range(call) == Range{})
    return call.size == 0 ? Verdict::failure({kErrorInvalidAddress}, "V33 V35 not at the base")
                          : Verdict::failure({kErrorInvalidParameter}, "V36 past the allocation's end");
  if (call.type == MEM_DECOMMIT && pages.allocation_of(first)->origin == Origin::placeholder)
    return Verdict::failure({kErrorInvalidAddress}, "V81 a placeholder has no pages");
  return Verdict::success("V34 V36 V37 inside one allocation");
}

Verdict Model::judge_nt_free(const FreeCall& call) const {
  if (call.type != MEM_DECOMMIT && call.type != MEM_RELEASE)
    return Verdict::failure({static_cast<std::uint32_t>(STATUS_INVALID_PARAMETER_4)}, "V112 free type");

  std::uintptr_t first = round_down(call.address, kPage);
  if (call.address >= kUserEnd || (pages.allocation_of(first) == nullptr && !knows(first)) ||
      pages.at(first).state == State::foreign)
    return Verdict::skip();
  if (pages.allocation_of(first) == nullptr)
    return leaves_user_space(call.address, call.size)
               ? Verdict::skip()
               : Verdict::failure({static_cast<std::uint32_t>(STATUS_MEMORY_NOT_ALLOCATED)}, "V112 in no allocation");
  if (leaves_user_space(call.address, call.size))
    return Verdict::failure(
        {static_cast<std::uint32_t>(STATUS_UNABLE_TO_FREE_VM), static_cast<std::uint32_t>(STATUS_INVALID_PARAMETER_3)},
        "V112 absurd size");
  if (pages.allocation_of(first)->is_view())
    return Verdict::failure({static_cast<std::uint32_t>(STATUS_UNABLE_TO_DELETE_SECTION)}, "V38 S46 a view");
  if (free_range(call) == Range{})
    return call.size == 0
               ? Verdict::failure({static_cast<std::uint32_t>(STATUS_FREE_VM_NOT_AT_BASE)}, "V112 inner base, size 0")
               : Verdict::failure({static_cast<std::uint32_t>(STATUS_UNABLE_TO_FREE_VM)}, "V112 past the end");
  if (call.type == MEM_DECOMMIT && pages.allocation_of(first)->origin == Origin::placeholder)
    return Verdict::failure({static_cast<std::uint32_t>(STATUS_CONFLICTING_ADDRESSES)}, "V81 no pages");
  return Verdict::success("V39 C6 inside one allocation");
}

Range Model::apply_free(const FreeCall& call) {
  if (call.type != MEM_DECOMMIT && call.type != MEM_RELEASE)
    return apply_placeholders(call);
  Range range = free_range(call);
  std::uint32_t key = pages.at(range.begin).allocation;

  if (call.type == MEM_DECOMMIT) { // V37
    Page reserved;
    reserved.state = State::reserved;
    reserved.allocation = key;
    pages.change_all(range, [&](Page& page) { page = reserved; });
    return call.size == 0 ? Range{range.begin, range.begin} : range; // C5: a size of 0 comes back 0
  }

  pages.change_all(range, [](Page& page) { page = Page{}; });
  in_use_ -= range.size();

  // V39: what is left on either side is an allocation of its own, with its own base and the old AllocationProtect.
  Allocation whole = pages.allocations.at(key);
  Range left{whole.range.begin, range.begin};
  Range right{range.end, whole.range.end};
  if (left.size() != 0)
    pages.allocations.at(key).range = left;
  else
    pages.allocations.erase(key);
  if (right.size() != 0) {
    std::uint32_t new_key = pages.add(right, whole.protect, whole.origin);
    pages.change_all(right, [&](Page& page) { page.allocation = new_key; });
  }
  return range;
}

// V40 gives the order of the tests.
Verdict Model::judge_protect(std::uintptr_t address, std::uint64_t size, std::uint32_t protect,
                             bool bad_pointer) const {
  std::uintptr_t first = round_down(address, kPage);
  const Allocation* there = address < kUserEnd ? pages.allocation_of(first) : nullptr;
  bool is_in_view = there != nullptr && there->is_view();
  bool may_be_a_view = // of another thread
      there == nullptr && address < kUserEnd && (pages.at(first).state == State::foreign || !knows(first));
  if ((is_in_view || may_be_a_view) && is_left_out_of_views(protect))
    return Verdict::skip();
  if (!valid_protection(protect))
    return Verdict::failure({kErrorInvalidParameter}, "V41 protection");
  if (bad_pointer)
    return Verdict::failure({kErrorNoAccess}, "V40 old protection pointer");
  if (size == 0 || leaves_user_space(address, size))
    return Verdict::failure({kErrorInvalidParameter}, "V40 size");

  Range range = pages_of(address, size);
  const Allocation* allocation = pages.allocation_of(range.begin);
  if (allocation == nullptr) {
    if (pages.at(range.begin).state == State::foreign || !knows(range.begin))
      return Verdict::skip();
    return Verdict::failure({kErrorInvalidAddress}, "V42 free memory");
  }
  if (!allocation->range.contains(range))
    return Verdict::failure({kErrorInvalidAddress}, "V42 not one allocation");
  for (std::uintptr_t at = range.begin; at < range.end; at += kPage)
    if (pages.at(at).state != State::committed)
      return Verdict::failure({kErrorInvalidAddress}, "V43 not committed");
  return is_in_view ? judge_view_protection(protect) : Verdict::success("V43 all committed");
}

void Model::apply_protect(Range range, std::uint32_t protect) {
  pages.change_all(range, [&](Page& page) { page.protect = static_cast<std::uint16_t>(page_protection(protect)); });
}

void Model::obstruct(Range range) {
  Page foreign;
  foreign.state = State::foreign;
  pages.change_all(range, [&](Page& page) { page = foreign; });
}

} // namespace model
