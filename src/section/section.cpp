#include "section.h"

#include "../exception/exception.h"
#include "../host/file.h"
#include "../host/section_memory.h"
#include "../vm/commit_charge.h"
#include "../vm/fork_gate.h"
#include "spare_memory.h"

namespace winmem::section {

namespace {

constinit object::Cells cells(sizeof(Section));

// The objects' memory is asked for and given back outside of changes: fork takes that lock before it closes the gate.
void end(object::Object& object) {
  auto& section = static_cast<Section&>(object);
  if (section.commits.is_attached()) {
    // A query may have found its last view before that went. Not within a change: a fault's handler is a reader that
    // may wait for a fork, which waits for changes.
    vm::epochs::wait_for_readers();
  }
  {
    vm::Change change; // a fork finds the charge equal to the sections
    if (section.commits.is_attached()) {
      section.commits.detach();
    }
    if (section.file >= 0) {
      spare_memory::give(section.file, section.alone_since.load(std::memory_order_relaxed));
    }
    vm::commit_charge::give_back(section.charged + section.committed.load(std::memory_order_relaxed),
                                 vm::commit_charge::Share::section);
  }
  object::end_named(section);
  cells.give(&section);
}

// The memory behind a new section, and its charge.
Status provide(Section& section) {
  vm::Change change;
  std::uint64_t pages = bytes_to_pages(section.size.load(std::memory_order_relaxed));
  std::uint64_t charged = section.reserves ? 0 : pages; // S12
  vm::commit_charge::Taken charge(charged, vm::commit_charge::Share::section);
  if (!charge.fits()) {
    return Status::commitment_limit;
  }
  Bytes map = section.reserves ? vm::CommitMap::bytes_for(pages) : 0;
  section.file = section.reserves ? host::make_memory_file(pages_to_bytes(pages) + map)
                                  : spare_memory::take(pages_to_bytes(pages));
  if (section.file < 0) {
    return Status::insufficient_resources;
  }
  if (!section.reserves) {
    section.alone_since.store(vm::forks(), std::memory_order_relaxed);
  } else {
    if (Status status = section.commits.attach(section.file, pages, true); status != Status::ok) {
      return status;
    }
  }
  charge.keep();
  section.charged = charged;
  return Status::ok;
}

void drop_view(vm::Backing& backing) { static_cast<Section&>(backing).drop_reference(); }

constexpr object::AccessMask kAll = 0xF0000 | kQuery | kMapWrite | kMapRead | kMapExecute | kExtend;

} // namespace

constinit const object::Type kSectionType = {
    .name = "Section",
    .rights = {.read = 0x20000 | kQuery | kMapRead,
               .write = 0x20000 | kMapWrite,
               .execute = 0x20000 | kMapExecute,
               .all = kAll | kMapExecuteExplicit},
    .last_handle_closed = object::release_name,
    .end = end,
    .name_of = object::name_of,
    .name_kind = object::kSectionNames,
    .hand_over = hand_over,
    .take_over = take_over,
};

Section::Section(Bytes its_size, Rights its_rights, vm::Caching its_caching)
    : Named(kSectionType), size(its_size), rights(its_rights), caching(its_caching) {
  drop = drop_view;
}

Status create(const Request& request, object::Ref<Section>& out) {
  out = object::make<Section>(cells, request.size, request.rights, request.caching);
  if (!out) {
    return Status::no_memory;
  }
  out->reserves = request.reserves;
  Status status = provide(*out);
  if (status != Status::ok) {
    out.reset();
  }
  return status;
}

Status create_of_file(const FileRequest& request, object::Ref<Section>& out) {
  out = object::make<Section>(cells, request.size, request.rights, request.caching);
  if (!out) {
    return Status::no_memory;
  }
  host::OpenedAgain opened = host::open_again(request.file, (request.rights & kWrite) != 0);
  if (opened.status != Status::ok) {
    out.reset();
    return opened.status;
  }
  out->file = opened.file;
  out->is_of_file = true;
  out->has_own_file = opened.is_own;
  return Status::ok;
}

Status extend(Section& section, Bytes& size) {
  if (!section.is_of_file || (section.rights & kWrite) == 0) {
    return Status::section_not_extended;
  }
  host::FileStatus file{};
  Status status = host::file_status(section.file, file);
  if (status == Status::ok && size > file.size) {
    status = host::resize_file(section.file, file.size, size);
  }
  if (status != Status::ok) {
    return status;
  }
  Bytes shown = section.size.load(std::memory_order_relaxed);
  while (shown < size && !section.size.compare_exchange_weak(shown, size, std::memory_order_relaxed)) {
  }
  size = shown < size ? size : shown;
  return Status::ok;
}

Description describe(const Section& section) {
  return {section.size.load(std::memory_order_relaxed), section.rights, section.caching, section.is_of_file,
          section.reserves};
}

Status adopt(const Description& description, int file, object::Ref<Section>& out) {
  out = object::make<Section>(cells, description.size, description.rights, description.caching);
  if (!out) {
    return Status::no_memory;
  }
  if (description.reserves) {
    Status status = out->commits.attach(file, bytes_to_pages(description.size), false);
    if (status != Status::ok) {
      out.reset();
      return status;
    }
    out->reserves = true;
  }
  out->file = file;
  out->is_of_file = description.is_of_file;
  out->has_own_file = description.is_of_file;
  return Status::ok;
}

Rights needed_rights(vm::PageState protection) {
  using vm::PageState;
  switch (vm::without_guard(protection)) {
  case PageState::execute:
  case PageState::execute_read:
  case PageState::execute_write_copy:
    return kRead | kExecute;
  case PageState::read_write:
    return kRead | kWrite;
  case PageState::execute_read_write:
    return kRead | kWrite | kExecute;
  case PageState::reserved:
  case PageState::no_access:
  case PageState::read_only:
  case PageState::write_copy:
    break;
  }
  return kRead;
}

vm::Reserved map(Section& section, const ViewWanted& wanted) {
  if ((needed_rights(wanted.protection) & ~section.rights) != 0) {
    return {Status::section_protection};
  }
  Bytes whole = section.size.load(std::memory_order_relaxed);
  if (wanted.offset >= whole || wanted.size > whole - wanted.offset) {
    return {Status::invalid_view_size}; // S34
  }
  Bytes size = wanted.size != 0 ? wanted.size : whole - wanted.offset;
  section.add_reference(); // the view's
  vm::Reserved mapped = vm::map_view({.backing = &section,
                                      .offset = wanted.offset,
                                      .at = wanted.at,
                                      .size = round_up(size, kPage),
                                      .initial = wanted.protection,
                                      .caching = section.caching,
                                      .top_down = wanted.top_down,
                                      .replaces_placeholder = wanted.replaces_placeholder,
                                      .within = wanted.within});
  if (mapped.status != Status::ok) {
    section.drop_reference();
  } else if (mapped.opens_by_faults) {
    exception::arm_access();
  }
  return mapped;
}

} // namespace winmem::section
