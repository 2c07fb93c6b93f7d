#include "section.h"

#include "../host/alternate_stack.h"
#include "../section/section.h"
#include "process_handle.h"
#include "protection.h"

#include <bit>

namespace winmem::nt {

namespace {

using section::Rights;
using section::Section;

constexpr std::uint32_t kKinds = SEC_COMMIT | SEC_RESERVE | SEC_IMAGE;

// S2, C15. SEC_RESERVE, whose pages are committed one by one, is refused until winmem has it.
Status check_attributes(std::uint32_t attributes) {
  constexpr std::uint32_t kCaching = SEC_NOCACHE | SEC_WRITECOMBINE;
  if ((attributes & ~(kKinds | kCaching | SEC_LARGE_PAGES)) != 0 || !std::has_single_bit(attributes & kKinds) ||
      (attributes & kCaching) == kCaching) {
    return Status::invalid_parameter_6;
  }
  if ((attributes & SEC_IMAGE) != 0) {
    return attributes == SEC_IMAGE ? Status::invalid_file_for_section : Status::invalid_parameter_6;
  }
  if ((attributes & SEC_RESERVE) != 0) {
    return Status::invalid_parameter_6;
  }
  return (attributes & SEC_LARGE_PAGES) != 0 ? Status::privilege_not_held : Status::ok;
}

// S1: what a section with this protection gives its views.
bool rights_of(std::uint32_t protection, Rights& out) {
  PageProtection parsed;
  if (!parse_protection(protection, parsed) || parsed.caching != vm::Caching::normal || vm::is_guarded(parsed.state) ||
      protection == PAGE_NOACCESS || protection == PAGE_EXECUTE) {
    return false;
  }
  out = section::needed_rights(parsed.state);
  return true;
}

vm::Caching caching_of(std::uint32_t attributes) {
  return (attributes & SEC_NOCACHE) != 0        ? vm::Caching::none
         : (attributes & SEC_WRITECOMBINE) != 0 ? vm::Caching::write_combine
                                                : vm::Caching::normal;
}

// What a handle must allow for a view (C20): where it may write, it need not read.
object::AccessMask access_for(vm::PageState protection) {
  Rights needed = section::needed_rights(protection);
  bool executes = (needed & section::kExecute) != 0;
  object::AccessMask data = (needed & section::kWrite) != 0 ? section::kMapWrite : section::kMapRead;
  if (protection == vm::PageState::execute) {
    return section::kMapExecute;
  }
  return data | (executes ? section::kMapExecute : 0);
}

} // namespace

Status create_section(const SectionRequest& request, HANDLE& out) {
  host::prepare_thread();
  section::Request wanted{.caching = caching_of(request.attributes)};
  if (Status status = check_attributes(request.attributes); status != Status::ok) {
    return status;
  }
  if (!rights_of(request.protection, wanted.rights)) {
    return Status::invalid_page_protection;
  }
  if (request.file != nullptr) {
    return Status::invalid_handle;
  }
  if (request.size <= 0 || static_cast<std::uint64_t>(request.size) > kUserEnd) {
    return request.size > 0 ? Status::section_too_big : Status::invalid_parameter_4;
  }
  wanted.size = round_up(static_cast<Bytes>(request.size), kPage);
  object::Ref<Section> made;
  if (Status status = section::create(wanted, made); status != Status::ok) {
    return status;
  }
  const object::GenericRights& rights = section::kSectionType.rights;
  object::AccessMask granted = object::map_generic(rights, request.access, rights.all);
  object::Handle handle = 0;
  Status status =
      object::open(made, granted, request.is_inherited ? object::Flags::inherit : object::Flags::none, handle);
  out = reinterpret_cast<HANDLE>(handle);
  return status;
}

Viewed map_section(const ViewRequest& request) {
  host::prepare_thread();
  PageProtection parsed;
  if (!parse_protection(request.protection, parsed) || parsed.caching != vm::Caching::normal ||
      vm::is_guarded(parsed.state)) {
    return {Status::invalid_page_protection};
  }
  if ((request.type & ~std::uint32_t{MEM_TOP_DOWN}) != 0) {
    return {Status::invalid_parameter_9}; // C21
  }
  if (request.at >= kUserEnd) {
    return {Status::invalid_parameter_3};
  }
  if (request.size > kUserEnd - request.at) {
    return {Status::invalid_parameter_3};
  }
  if (Status status = check_process(request.process, PROCESS_VM_OPERATION); status != Status::ok) {
    return {status};
  }
  object::Ref<Section> section;
  Status status =
      object::reference(to_handle(request.section), section::kSectionType, access_for(parsed.state), section);
  if (status != Status::ok) {
    return {status};
  }
  if (!is_multiple(request.at, kGranule) || !is_multiple(request.offset, kGranule)) {
    return {Status::mapped_alignment}; // S33
  }
  vm::Reserved mapped = section::map(*section, {.at = request.at,
                                                .offset = request.offset,
                                                .size = request.size,
                                                .protection = parsed.state,
                                                .top_down = (request.type & MEM_TOP_DOWN) != 0,
                                                .within = request.placement.within});
  return {mapped.status, mapped.range};
}

Status unmap_section(HANDLE process, Address at, std::uint32_t flags) {
  constexpr std::uint32_t kUnmapWithTransientBoost = 1;
  host::prepare_thread();
  if (flags > MEM_PRESERVE_PLACEHOLDER) {
    return Status::invalid_parameter_3;
  }
  if (Status status = check_process(process, PROCESS_VM_OPERATION); status != Status::ok) {
    return status;
  }
  if (flags > kUnmapWithTransientBoost) {
    return Status::conflicting_addresses; // S72: no view replaces a placeholder as long as there are none
  }
  return at < kUserEnd ? vm::unmap_view(at) : Status::not_mapped_view;
}

Viewed flush_section(HANDLE process, Address at, Bytes size) {
  host::prepare_thread();
  if (at >= kUserEnd || size > kUserEnd - at) {
    return {Status::invalid_parameter};
  }
  if (Status status = check_process(process, PROCESS_VM_OPERATION); status != Status::ok) {
    return {status};
  }
  vm::Description there = vm::describe(round_down(at, kPage));
  if (there.owner != vm::Owner::winmem || there.kind == vm::RegionKind::private_memory) {
    return {Status::not_mapped_view};
  }
  AddressRange range{round_down(at, kPage), size == 0 ? there.region.end : round_up(at + size, kPage)};
  if (!there.region.contains(range)) {
    return {Status::invalid_parameter};
  }
  return {Status::ok, range}; // nothing is behind sections of the page file but memory
}

Status query_section(HANDLE handle, SECTION_INFORMATION_CLASS what, Bytes length, SECTION_BASIC_INFORMATION& out) {
  if (what != SectionBasicInformation && what != SectionImageInformation) {
    return Status::invalid_info_class;
  }
  constexpr Bytes kImageInformation = 64;
  if (length < (what == SectionBasicInformation ? sizeof out : kImageInformation)) {
    return Status::info_length_mismatch;
  }
  object::Ref<Section> section;
  if (Status status = object::reference(to_handle(handle), section::kSectionType, section::kQuery, section);
      status != Status::ok) {
    return status;
  }
  if (what == SectionImageInformation) {
    return Status::section_not_image;
  }
  out.BaseAddress = nullptr;
  ULONG caching = section->caching == vm::Caching::none            ? ULONG{SEC_NOCACHE}
                  : section->caching == vm::Caching::write_combine ? ULONG{SEC_WRITECOMBINE}
                                                                   : 0;
  out.AllocationAttributes = SEC_COMMIT | caching; // C16
  out.MaximumSize.QuadPart = static_cast<LONGLONG>(section->size.load(std::memory_order_relaxed));
  return Status::ok;
}

} // namespace winmem::nt
