#include "section.h"

#include "../host/alternate_stack.h"
#include "../host/numa.h"
#include "../section/named.h"
#include "file_section.h"
#include "process_handle.h"
#include "protection.h"
#include "user_memory.h"

#include <bit>

namespace winmem::nt {

namespace {

using section::Rights;
using section::Section;

constexpr std::uint32_t kKinds = SEC_COMMIT | SEC_RESERVE | SEC_IMAGE;

// S2, C15.
Status check_attributes(std::uint32_t attributes, bool is_of_file) {
  constexpr std::uint32_t kCaching = SEC_NOCACHE | SEC_WRITECOMBINE;
  if ((attributes & ~(kKinds | kCaching | SEC_LARGE_PAGES)) != 0 || !std::has_single_bit(attributes & kKinds) ||
      (attributes & kCaching) == kCaching) {
    return Status::invalid_parameter_6;
  }
  if ((attributes & SEC_IMAGE) != 0) {
    Status alone = is_of_file ? Status::ok : Status::invalid_file_for_section;
    return attributes == SEC_IMAGE ? alone : Status::invalid_parameter_6;
  }
  if (is_of_file) { // S9: it is committed as it is
    return (attributes & SEC_LARGE_PAGES) != 0 ? Status::invalid_parameter_6 : Status::ok;
  }
  if ((attributes & SEC_LARGE_PAGES) != 0) {
    return (attributes & SEC_RESERVE) != 0 ? Status::invalid_parameter_6 : Status::privilege_not_held;
  }
  return Status::ok;
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

// What is judged of a section also when its name is there already (S21).
Status check_source(const SectionRequest& request, Rights rights) {
  if (request.file != nullptr) {
    return check_section_file(request.file, rights);
  }
  if (request.size <= 0 || static_cast<std::uint64_t>(request.size) > kUserEnd) {
    return request.size > 0 ? Status::section_too_big : Status::invalid_parameter_4;
  }
  return Status::ok;
}

Status create_memory_section(const SectionRequest& request, Rights rights, object::Ref<Section>& out) {
  return section::create({.size = round_up(static_cast<Bytes>(request.size), kPage),
                          .rights = rights,
                          .caching = caching_of(request.attributes),
                          .reserves = (request.attributes & SEC_RESERVE) != 0},
                         out);
}

bool has_name(const SectionRequest& request) { return request.name != nullptr && !request.name->is_empty(); }

object::AccessMask granted_by(const SectionRequest& request) {
  const object::GenericRights& rights = section::kSectionType.rights;
  return object::map_generic(rights, request.access, rights.all);
}

object::Flags flags_of(const SectionRequest& request) {
  return request.is_inherited ? object::Flags::inherit : object::Flags::none;
}

template <class Make>
object::NameAnswer open_by_name(const SectionRequest& request, object::Finding finding, Make& make,
                                object::Handle& handle) {
  object::NameAnswer answer = section::create_named(
      {.name = *request.name, .finding = finding, .granted = granted_by(request), .flags = flags_of(request)}, make);
  handle = answer.handle;
  if (answer.status == Status::ok && answer.existed) {
    mark_opened_file(handle);
  }
  return answer;
}

// S21.
template <class Make> Status create_with_name(const SectionRequest& request, Make& make, object::Handle& handle) {
  object::Finding finding = request.opens_existing ? object::Finding::create_or_open : object::Finding::create;
  object::NameAnswer answer = open_by_name(request, finding, make, handle);
  return answer.status == Status::ok && answer.existed ? Status::object_name_exists : answer.status;
}

template <class Make> Status create_nameless(const SectionRequest& request, Make& make, object::Handle& handle) {
  object::Ref<Section> made;
  Status status = make(made);
  return status == Status::ok ? object::open(made, granted_by(request), flags_of(request), handle) : status;
}

// The view goes where that fails.
Status commit_first(AddressRange view, Bytes size, vm::PageState protection) {
  Status status = size > view.size() ? Status::invalid_parameter_5
                                     : vm::commit({view.begin, view.begin + round_up(size, kPage)}, protection);
  if (status != Status::ok) {
    static_cast<void>(vm::unmap_view(view.begin));
  }
  return status;
}

} // namespace

Status create_section(const SectionRequest& request, HANDLE& out) {
  host::prepare_thread();
  Rights rights = section::kRead;
  if (Status status = check_attributes(request.attributes, request.file != nullptr); status != Status::ok) {
    return status;
  }
  if (!rights_of(request.protection, rights)) {
    return Status::invalid_page_protection;
  }
  if (Status status = check_source(request, rights); status != Status::ok) {
    return status;
  }
  FileGrowth growth;
  auto make = [&](object::Ref<Section>& made) {
    return request.file != nullptr ? create_file_section(request, rights, caching_of(request.attributes), made, growth)
                                   : create_memory_section(request, rights, made);
  };
  object::Handle handle = 0;
  Status status = has_name(request) ? create_with_name(request, make, handle) : create_nameless(request, make, handle);
  if (status == Status::ok) {
    growth.keep();
  }
  out = reinterpret_cast<HANDLE>(handle);
  return status;
}

Status check_section_parameters(const MEM_EXTENDED_PARAMETER* parameters, ULONG count) {
  bool seen = false;
  for (ULONG i = 0; i < count; ++i) {
    MEM_EXTENDED_PARAMETER parameter;
    if (parameters == nullptr) {
      return Status::invalid_parameter;
    }
    if (!read_from_user(parameter, parameters + i)) {
      return Status::access_violation;
    }
    if (parameter.Type != MemSectionExtendedParameterNumaNode || parameter.Reserved != 0 || seen) {
      return Status::invalid_parameter;
    }
    seen = true;
  }
  return Status::ok;
}

Status open_section(const object::Name& name, ACCESS_MASK access, bool is_inherited, HANDLE& out) {
  host::prepare_thread();
  if (name.is_empty()) {
    return Status::object_path_syntax_bad;
  }
  object::Handle handle = 0;
  SectionRequest request{.access = access, .is_inherited = is_inherited, .name = &name};
  auto make = [](object::Ref<Section>&) { return Status::object_name_not_found; };
  Status status = open_by_name(request, object::Finding::open, make, handle).status;
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
  std::uint32_t known = request.takes_placeholders ? MEM_TOP_DOWN | MEM_REPLACE_PLACEHOLDER : MEM_TOP_DOWN;
  bool replaces_placeholder = (request.type & known & MEM_REPLACE_PLACEHOLDER) != 0;
  if ((request.type & ~known) != 0 || (replaces_placeholder && request.at == 0)) {
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
  Bytes unit = replaces_placeholder ? kPage : kGranule; // S71
  if (!is_multiple(request.at, unit) || !is_multiple(request.offset, unit)) {
    return {Status::mapped_alignment}; // S33
  }
  vm::Reserved mapped = section::map(*section, {.at = request.at,
                                                .offset = request.offset,
                                                .size = request.size,
                                                .protection = parsed.state,
                                                .top_down = (request.type & MEM_TOP_DOWN) != 0,
                                                .replaces_placeholder = replaces_placeholder,
                                                .within = request.placement.within});
  Viewed viewed{mapped.status, mapped.range};
  if (viewed.status == Status::ok && request.placement.node != NUMA_NO_PREFERRED_NODE) {
    host::prefer_node(viewed.range, request.placement.node); // Y92
  }
  if (viewed.status == Status::ok && section->reserves && request.commit != 0) {
    viewed.status = commit_first(viewed.range, request.commit, parsed.state);
  }
  return viewed;
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
  vm::Afterwards afterwards =
      flags > kUnmapWithTransientBoost ? vm::Afterwards::placeholder : vm::Afterwards::free; // S72
  return at < kUserEnd ? vm::unmap_view(at, afterwards) : Status::not_mapped_view;
}

Viewed flush_section(HANDLE process, Address at, Bytes size) {
  host::prepare_thread();
  if (at >= kUserEnd || size > kUserEnd - at) {
    return {Status::invalid_parameter};
  }
  if (Status status = check_process(process, PROCESS_VM_OPERATION); status != Status::ok) {
    return {status};
  }
  AddressRange range{round_down(at, kPage), size == 0 ? 0 : round_up(at + size, kPage)}; // empty: to the end
  Status status = vm::flush_view(range);
  return {status, range};
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
  ULONG kind = section->is_of_file ? SEC_FILE : section->reserves ? SEC_RESERVE : SEC_COMMIT;
  out.AllocationAttributes = kind | caching; // C16
  out.MaximumSize.QuadPart = static_cast<LONGLONG>(section->size.load(std::memory_order_relaxed));
  return Status::ok;
}

} // namespace winmem::nt
