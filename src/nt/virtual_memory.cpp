#include "virtual_memory.h"

#include "../exception/exception.h"
#include "../host/alternate_stack.h"
#include "../host/numa.h"
#include "process_handle.h"
#include "protection.h"
#include "user_memory.h"

#include <bit>

namespace winmem::nt {

namespace {

constexpr std::uint32_t kActions = MEM_COMMIT | MEM_RESERVE | MEM_RESET | MEM_RESET_UNDO;

// MEM_PHYSICAL and MEM_LARGE_PAGES are refused until winmem has them.
constexpr std::uint32_t kKnownTypes = kActions | MEM_TOP_DOWN | MEM_WRITE_WATCH;

constexpr std::uint32_t kPlaceholders = MEM_RESERVE_PLACEHOLDER | MEM_REPLACE_PLACEHOLDER;

// V80, V85: which types go with either; without the bit itself.
bool is_legal_with_placeholder(Address at, std::uint32_t type) {
  if ((type & MEM_RESERVE) == 0) {
    return false;
  }
  switch (type & kPlaceholders) {
  case MEM_RESERVE_PLACEHOLDER:
    return (type & (MEM_COMMIT | MEM_WRITE_WATCH)) == 0;
  case MEM_REPLACE_PLACEHOLDER:
    return at != 0;
  default:
    return false;
  }
}

// V2 to V7.
bool is_legal_type(Address at, std::uint32_t type, Calls calls) {
  if (calls == Calls::extended && (type & kPlaceholders) != 0) {
    return is_legal_with_placeholder(at, type) && is_legal_type(at, type & ~kPlaceholders, Calls::plain);
  }
  if ((type & ~kKnownTypes) != 0 || (type & kActions) == 0) {
    return false;
  }
  if ((type & MEM_WRITE_WATCH) != 0 && (type & MEM_RESERVE) == 0) {
    return false; // V6
  }
  bool resets = (type & (MEM_RESET | MEM_RESET_UNDO)) != 0;
  return !resets || type == MEM_RESET || type == MEM_RESET_UNDO;
}

// Who hits a guard page must come to us, also where the program installed a signal handler since the last time.
void catch_guard_hits(const PageProtection& protection) {
  if (vm::is_guarded(protection.state)) {
    exception::arm_access();
  }
}

// As those of guards; where the kernel does not note writes, the first one to a page is a fault.
void catch_opening_faults(const vm::Reserved& reserved) {
  if (reserved.opens_by_faults) {
    exception::arm_access();
  }
}

// V10. Zero is a legal start here: it means anywhere.
Status check_range(Address at, Bytes size) {
  if (at >= kUserEnd) {
    return Status::invalid_parameter_2;
  }
  if (size == 0 || size > kUserEnd - at) {
    return Status::invalid_parameter_4;
  }
  return Status::ok;
}

// Every page that has a byte of [at, at + size).
AddressRange pages_of(Address at, Bytes size) { return AddressRange{at, at + size}.round_out(kPage); }

Allocation reserve(Address at, Bytes size, std::uint32_t type, PageProtection protection, const Placement& placement) {
  vm::ReserveRequest request{.initial = protection.state,
                             .caching = protection.caching,
                             .commit = (type & MEM_COMMIT) != 0,
                             .top_down = (type & MEM_TOP_DOWN) != 0,
                             .placeholder = (type & MEM_RESERVE_PLACEHOLDER) != 0,
                             .watched = (type & MEM_WRITE_WATCH) != 0,
                             .alignment = placement.alignment,
                             .within = placement.within};
  if ((type & MEM_REPLACE_PLACEHOLDER) != 0) {
    AddressRange range = pages_of(at, size); // V85: to the page, not to the granule
    request.at = range.begin;
    request.size = range.size();
    vm::Reserved replaced = vm::replace_placeholder(request);
    catch_opening_faults(replaced);
    return {replaced.status, replaced.range};
  }
  if (at != 0) {
    // V13: the start goes down to a granule, the end of the original range up to a page.
    AddressRange range = pages_of(at, size);
    request.at = round_down(at, kGranule);
    request.size = range.end - request.at;
    // C9: zero bits judge an explicit base too.
    if (range.end > placement.within.end) {
      return {Status::invalid_parameter_3};
    }
  } else {
    request.size = round_up(size, kPage); // V12
  }
  vm::Reserved reserved = vm::reserve(request);
  catch_opening_faults(reserved);
  if (reserved.status == Status::ok && placement.node != NUMA_NO_PREFERRED_NODE) {
    host::prefer_node(reserved.range, placement.node);
  }
  return {reserved.status, reserved.range};
}

Allocation reset(Address at, Bytes size, std::uint32_t type) {
  AddressRange outer = pages_of(at, size);
  if (type == MEM_RESET) {
    return {vm::reset(outer, AddressRange{at, at + size}.round_in(kPage)), outer};
  }
  switch (vm::undo_reset(outer)) {
  case vm::Undone::intact:
    return {Status::ok, outer};
  case vm::Undone::maybe_lost:
    return {Status::no_memory};
  case vm::Undone::not_a_region:
    break;
  }
  return {Status::conflicting_addresses};
}

} // namespace

Allocation allocate(HANDLE process, Address at, Bytes size, std::uint32_t type, std::uint32_t protection,
                    const Placement& placement, Calls calls) {
  host::prepare_thread();
  PageProtection parsed;
  if (at != 0 && at < kLowestUser) {
    return {Status::invalid_parameter}; // V1, C1
  }
  if (!is_legal_type(at, type, calls)) {
    return {Status::invalid_parameter_5};
  }
  if (placement.is_required && (at != 0 || (type & MEM_RESERVE) == 0)) {
    return {Status::invalid_parameter}; // V89
  }
  if (!parse_private_protection(protection, parsed) ||
      ((type & MEM_RESERVE_PLACEHOLDER) != 0 && protection != PAGE_NOACCESS)) { // V80
    return {Status::invalid_page_protection};
  }
  if (Status status = check_range(at, size); status != Status::ok) {
    return {status};
  }
  if (Status status = check_process(process, PROCESS_VM_OPERATION); status != Status::ok) {
    return {status};
  }
  if ((type & (MEM_RESET | MEM_RESET_UNDO)) != 0) {
    return reset(at, size, type);
  }
  if ((type & MEM_COMMIT) != 0) {
    catch_guard_hits(parsed);
  }
  if ((type & MEM_RESERVE) != 0 || at == 0) { // V16: a commit at NULL reserves as well
    return reserve(at, size, type, parsed, placement);
  }
  AddressRange range = pages_of(at, size); // V14
  return {vm::commit(range, parsed.state), range};
}

Status prefer(std::uint32_t node, Placement& out) {
  if (node != NUMA_NO_PREFERRED_NODE && !host::is_node(node)) {
    return Status::invalid_parameter;
  }
  out.node = node;
  return Status::ok;
}

Status placement_of_zero_bits(ULONG_PTR zero_bits, Placement& out) {
  constexpr ULONG_PTR kMostBits = 20;
  constexpr ULONG_PTR kNeverFits = 21;
  if (zero_bits == 0) {
    return Status::ok;
  }
  if (zero_bits > kNeverFits && zero_bits < 32) {
    return Status::invalid_parameter_3;
  }
  int width = zero_bits < 32 ? 32 - static_cast<int>(zero_bits) : static_cast<int>(std::bit_width(zero_bits));
  if (width >= 47) {
    return Status::ok; // no limit within user space
  }
  if (zero_bits < 32 && zero_bits > kMostBits) {
    width = 0;
  }
  out.within.end = Address{1} << width;
  return Status::ok;
}

namespace {

bool is_legal(const MEM_ADDRESS_REQUIREMENTS& wanted) {
  auto lowest = reinterpret_cast<Address>(wanted.LowestStartingAddress);
  auto highest = reinterpret_cast<Address>(wanted.HighestEndingAddress);
  if (wanted.Alignment != 0 && (wanted.Alignment < kGranule || !std::has_single_bit(wanted.Alignment))) {
    return false;
  }
  if (!is_multiple(lowest, kGranule) || lowest >= kUserEnd) {
    return false;
  }
  return highest == 0 || (is_multiple(highest + 1, kPage) && highest < kUserEnd && highest > lowest);
}

} // namespace

Status placement_of_parameters(const MEM_EXTENDED_PARAMETER* parameters, ULONG count, Placement& out) {
  if (count == 0) {
    return Status::ok;
  }
  bool seen = false;
  bool seen_node = false;
  for (ULONG i = 0; i < count; ++i) {
    MEM_EXTENDED_PARAMETER parameter;
    if (parameters == nullptr) {
      return Status::invalid_parameter; // V88
    }
    if (!read_from_user(parameter, parameters + i)) {
      return Status::access_violation;
    }
    if (parameter.Type == MemExtendedParameterNumaNode && parameter.Reserved == 0 && !seen_node) {
      seen_node = true;
      if (Status status = prefer(parameter.ULong, out); status != Status::ok) {
        return status;
      }
      continue;
    }
    // The other types (partition, attributes ...) come with what they are for.
    if (parameter.Type != MemExtendedParameterAddressRequirements || parameter.Reserved != 0 || seen) {
      return Status::invalid_parameter;
    }
    seen = true;
    MEM_ADDRESS_REQUIREMENTS wanted;
    if (!read_from_user(wanted, static_cast<const MEM_ADDRESS_REQUIREMENTS*>(parameter.Pointer))) {
      return Status::access_violation;
    }
    if (!is_legal(wanted)) {
      return Status::invalid_parameter;
    }
    auto lowest = reinterpret_cast<Address>(wanted.LowestStartingAddress);
    auto highest = reinterpret_cast<Address>(wanted.HighestEndingAddress);
    out.is_required = lowest != 0 || highest != 0 || wanted.Alignment != 0;
    out.within = {lowest > kLowestUser ? lowest : kLowestUser, highest != 0 ? highest + 1 : kUserEnd};
    out.alignment = wanted.Alignment != 0 ? wanted.Alignment : kGranule;
  }
  return Status::ok;
}

namespace {

// Memory that winmem did not make is never freed; the program's own image and its files say so as a view does (V38).
Status not_ours(Address at) {
  vm::Description there = vm::describe(round_down(at, kPage));
  bool is_section = there.owner == vm::Owner::foreign && there.foreign.kind != vm::ForeignKind::private_memory;
  return is_section ? Status::unable_to_delete_section : Status::memory_not_allocated;
}

} // namespace

bool is_free_type(std::uint32_t type) {
  switch (type) {
  case MEM_DECOMMIT:
  case MEM_RELEASE:
  case MEM_RELEASE | MEM_PRESERVE_PLACEHOLDER:
  case MEM_RELEASE | MEM_COALESCE_PLACEHOLDERS:
    return true;
  default:
    return false;
  }
}

Freeing free(HANDLE process, Address at, Bytes size, std::uint32_t type) {
  host::prepare_thread();
  if (!is_free_type(type)) {
    return {Status::invalid_parameter_4};
  }
  bool placeholders = type != MEM_DECOMMIT && type != MEM_RELEASE;
  if (at >= kUserEnd) {
    return {Status::invalid_parameter_2};
  }
  if (size > kUserEnd - at || (placeholders && size == 0)) { // V82, V83
    return {Status::invalid_parameter_3};
  }
  if (Status status = check_process(process, PROCESS_VM_OPERATION); status != Status::ok) {
    return {status};
  }
  if (placeholders) {
    AddressRange range = pages_of(at, size);
    bool joins = (type & MEM_COALESCE_PLACEHOLDERS) != 0;
    return {joins ? vm::join_placeholders(range) : vm::keep_as_placeholder(range), range};
  }
  bool decommits = type == MEM_DECOMMIT;
  Freeing freeing;
  if (size == 0) {
    vm::Freed freed = decommits ? vm::decommit_region(at) : vm::release_region(at);
    freeing = {freed.status, freed.range, true};
  } else {
    AddressRange range = pages_of(at, size);
    freeing = {decommits ? vm::decommit(range) : vm::release(range), range};
  }
  if (freeing.status == Status::memory_not_allocated) {
    freeing.status = not_ours(at);
  }
  return freeing;
}

namespace {

// V41: what copies on write is no protection but for views.
bool is_in_view(Address at) {
  return at < kUserEnd && vm::describe(round_down(at, kPage)).kind != vm::RegionKind::private_memory;
}

} // namespace

Protecting protect(HANDLE process, Address at, Bytes size, std::uint32_t protection, ULONG* old) {
  host::prepare_thread();
  PageProtection parsed;
  if (!parse_protection(protection, parsed) || (vm::is_copying(parsed.state) && !is_in_view(at))) {
    return {Status::invalid_page_protection};
  }
  if (!can_write_to_user(old)) {
    return {Status::access_violation};
  }
  if (Status status = check_range(at, size); status != Status::ok) {
    return {status};
  }
  if (Status status = check_process(process, PROCESS_VM_OPERATION); status != Status::ok) {
    return {status};
  }
  catch_guard_hits(parsed);
  AddressRange range = pages_of(at, size);
  vm::Protected result = vm::protect(range, parsed.state); // V25: a caching bit given here is ignored
  return {result.status, range, protection_value(result.old, result.caching)};
}

namespace {

MEMORY_BASIC_INFORMATION to_basic_information(const vm::Description& there) {
  MEMORY_BASIC_INFORMATION info{};
  info.BaseAddress = reinterpret_cast<PVOID>(there.range.begin);
  info.RegionSize = there.range.size();
  switch (there.owner) {
  case vm::Owner::nobody:
    info.State = MEM_FREE;
    info.Protect = PAGE_NOACCESS;
    break;
  case vm::Owner::winmem:
    info.AllocationBase = reinterpret_cast<PVOID>(there.region.begin);
    info.AllocationProtect = protection_value(there.initial, there.caching);
    info.State = vm::is_committed(there.state) ? MEM_COMMIT : MEM_RESERVE;
    info.Protect = vm::is_committed(there.state) ? protection_value(there.state, there.caching) : 0;
    info.Type = there.kind == vm::RegionKind::private_memory ? MEM_PRIVATE : MEM_MAPPED;
    break;
  case vm::Owner::foreign:
    info.AllocationBase = reinterpret_cast<PVOID>(there.foreign.allocation_base);
    info.AllocationProtect = static_cast<DWORD>(there.foreign.allocation_protection);
    info.State = static_cast<DWORD>(there.foreign.state);
    info.Protect = static_cast<DWORD>(there.foreign.protection);
    info.Type = static_cast<DWORD>(there.foreign.kind);
    break;
  }
  return info;
}

} // namespace

Status query_basic(HANDLE process, Address at, Bytes length, MEMORY_BASIC_INFORMATION& out) {
  host::prepare_thread();
  if (length < sizeof(MEMORY_BASIC_INFORMATION)) {
    return Status::info_length_mismatch;
  }
  if (at >= kUserEnd) {
    return Status::invalid_parameter; // V52
  }
  if (Status status = check_process(process, PROCESS_QUERY_INFORMATION); status != Status::ok) {
    return status;
  }
  out = to_basic_information(vm::describe(round_down(at, kPage)));
  return Status::ok;
}

} // namespace winmem::nt
