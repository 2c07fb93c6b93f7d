// Sections: memory that views show, of the page file or of a file.
//
// Owns:      the Section object: a file in memory, or a descriptor of a real file; its size, what it allows, and its
//            part of the commit charge.
// Used:      by nt, which judges arguments, and through handles (object/handle_table.h).
// Lives:     as long as a handle or a view has it. Views keep a reference; vm gives it back by Backing::drop.
// Lock:      none: all but the size is fixed, and that only grows.
#pragma once

#include "../object/names.h"
#include "../vm/fork_gate.h"
#include "../vm/vm.h"

#include <atomic>

namespace winmem::section {

// What views of a section may do, as bits.
using Rights = std::uint8_t;
inline constexpr Rights kRead = 1;
inline constexpr Rights kWrite = 2;
inline constexpr Rights kExecute = 4;

struct Request {
  Bytes size = 0; // whole pages
  Rights rights = kRead;
  vm::Caching caching = vm::Caching::normal;
  bool reserves = false; // pages are committed one by one, through views (S50 to S53)
};

// A section of a real file, whose size is exact and fits the file.
struct FileRequest {
  int file = -1; // a descriptor; the section opens the file once more
  Bytes size = 0;
  Rights rights = kRead;
  vm::Caching caching = vm::Caching::normal;
};

struct Section : object::Named, vm::Backing {
  Section(Bytes size, Rights rights, vm::Caching caching);

  std::atomic<Bytes> size; // exact bytes of a file; whole pages of the page file
  const Rights rights;
  const vm::Caching caching;
  // Fixed once there is a handle:
  std::uint64_t charged = 0; // pages that count against the commit limit
  bool has_own_file = false; // of a file: nobody else has this opening of it
  bool reserves = false;     // pages are committed one by one

  // The number of forks when the file was made, while only this process has it (spare_memory.h).
  std::atomic<std::uint32_t> alone_since{vm::kNoFork};
};

// As they are in an access mask of a section's handle.
inline constexpr object::AccessMask kQuery = 0x1;
inline constexpr object::AccessMask kMapWrite = 0x2;
inline constexpr object::AccessMask kMapRead = 0x4;
inline constexpr object::AccessMask kMapExecute = 0x8;
inline constexpr object::AccessMask kExtend = 0x10;
inline constexpr object::AccessMask kMapExecuteExplicit = 0x20;

extern const object::Type kSectionType;

// commitment_limit: the pages do not fit; insufficient_resources: no descriptor; no_memory.
Status create(const Request& request, object::Ref<Section>& out);

// insufficient_resources: no descriptor; no_memory. Nothing is charged: the pages are the file's.
Status create_of_file(const FileRequest& request, object::Ref<Section>& out);

// A section of a file that may be written shows `size` bytes from now on, and the file has as many; `size` is what it
// shows in the end: one that shows more already stays so. Views stay as they are. section_not_extended: of the page
// file, or not for writing; disk_full.
Status extend(Section& section, Bytes& size);

// What another process is told of a section, of the same or another version of winmem: new members go to the end.
struct Description {
  Bytes size;
  Rights rights;
  vm::Caching caching;
  bool is_of_file;
  bool reserves;
};
Description describe(const Section& section);

// How another process opens the section's file.
inline bool is_opened_for_writing(const Description& section) {
  return !section.is_of_file || (section.rights & kWrite) != 0;
}

// The section of another process, of which `file` is the file; it is the section's own when this succeeds. no_memory;
// insufficient_resources.
Status adopt(const Description& description, int file, object::Ref<Section>& out);

// For kSectionType (handover.cpp).
bool hand_over(object::Object& object, object::Handover& out);
object::Ref<object::Object> take_over(const object::Handover& from);

// What a view with this protection needs of the section.
Rights needed_rights(vm::PageState protection);

struct ViewWanted {
  Address at = 0;
  std::uint64_t offset = 0;
  Bytes size = 0; // 0: to the end
  vm::PageState protection = vm::PageState::no_access;
  bool top_down = false;
  bool replaces_placeholder = false;
  AddressRange within = {kLowestUser, kUserEnd};
};

// section_protection: more than the section allows; invalid_view_size: it goes beyond the end; else as vm::map_view.
vm::Reserved map(Section& section, const ViewWanted& wanted);

} // namespace winmem::section
