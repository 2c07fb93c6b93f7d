#include "foreign.h"

#include "../host/modules.h"
#include "../host/process_map.h"

namespace winmem::vm {

namespace {

using host::Image;
using host::Mapping;

// The largest inaccessible mapping below a stack that is taken as its guard. pthread's default is one page; 64 KiB is a
// guess at the most that programs ask for.
constexpr Bytes kLargestGuard = 0x10000;

// ---- protections ---------------------------------------------------------------------------------------------------

enum class Copy : std::uint8_t { never, on_write };

struct ProtectionRow {
  ForeignProtection shared; // also of private anonymous memory and of images
  ForeignProtection copied; // of a private mapping of a file
};

// By the bits read 1, write 2, execute 4. On x86 what can be written or executed can be read; Windows' names say so.
constexpr ProtectionRow kProtections[8] = {
    {ForeignProtection::no_access, ForeignProtection::no_access},
    {ForeignProtection::read_only, ForeignProtection::read_only},
    {ForeignProtection::read_write, ForeignProtection::write_copy},
    {ForeignProtection::read_write, ForeignProtection::write_copy},
    {ForeignProtection::execute, ForeignProtection::execute},
    {ForeignProtection::execute_read, ForeignProtection::execute_read},
    {ForeignProtection::execute_read_write, ForeignProtection::execute_write_copy},
    {ForeignProtection::execute_read_write, ForeignProtection::execute_write_copy},
};

ForeignProtection protection_of(const Mapping& mapping, Copy copy) {
  unsigned bits = (mapping.read ? 1U : 0U) | (mapping.write ? 2U : 0U) | (mapping.execute ? 4U : 0U);
  const ProtectionRow& row = kProtections[bits];
  return copy == Copy::on_write ? row.copied : row.shared;
}

// ---- mappings ------------------------------------------------------------------------------------------------------

// What the kernel has at `at` or above, cut to the gap. False when nothing begins before the gap's end.
bool mapping_from(Address at, AddressRange gap, Mapping& out) {
  if (at >= gap.end || !host::next_mapping(at, out) || out.range.begin >= gap.end) {
    return false;
  }
  out.range = out.range.intersect(gap);
  return true;
}

bool is_private_anonymous(const Mapping& mapping) { return !mapping.is_file() && !mapping.shared; }

bool may_be_guard(const Mapping& mapping) {
  return is_private_anonymous(mapping) && !mapping.is_accessible() && mapping.range.size() <= kLargestGuard;
}

bool may_be_stack(const Mapping& mapping) {
  return is_private_anonymous(mapping) && mapping.read && mapping.write && !mapping.execute;
}

bool belongs_to_an_image(Address page) {
  Image image;
  return host::image_at(page, image);
}

// ---- one kind each -------------------------------------------------------------------------------------------------

// Where the image ends although the mapping goes on: behind .bss the kernel joins what others map there (K61).
Address end_in_image(const Mapping& mapping, AddressRange image) {
  return mapping.range.end < image.end ? mapping.range.end : image.end;
}

void describe_image(Address page, AddressRange image, const Mapping& mapping, AddressRange gap, ForeignRun& out) {
  out = {.range = {page, end_in_image(mapping, image)},
         .allocation_base = image.begin,
         .allocation_protection = ForeignProtection::execute_write_copy,
         .protection = protection_of(mapping, Copy::never),
         .state = ForeignState::committed,
         .kind = ForeignKind::image};
  // Neighbours with the same protection are one run (V54), as .data and .bss are. An image may have a hole in the
  // middle that is somebody else's, so each neighbour is asked whether it belongs.
  Mapping next;
  while (out.range.end < image.end && mapping_from(out.range.end, gap, next) && next.range.begin == out.range.end &&
         protection_of(next, Copy::never) == out.protection && belongs_to_an_image(next.range.begin)) {
    out.range.end = end_in_image(next, image);
  }
}

void describe_file(Address page, const Mapping& mapping, ForeignRun& out) {
  ForeignProtection protection = protection_of(mapping, mapping.shared ? Copy::never : Copy::on_write);
  out = {.range = {page, mapping.range.end},
         .allocation_base = mapping.range.begin,
         .allocation_protection = protection,
         .protection = protection,
         .state = ForeignState::committed,
         .kind = ForeignKind::mapped};
}

void describe_reserved(Address page, const Mapping& mapping, AddressRange gap, ForeignRun& out) {
  out = {.range = {page, mapping.range.end},
         .allocation_base = mapping.range.begin,
         .allocation_protection = ForeignProtection::no_access,
         .protection = ForeignProtection::none,
         .state = ForeignState::reserved,
         .kind = ForeignKind::private_memory};
  Mapping above;
  if (may_be_guard(mapping) && mapping_from(mapping.range.end, gap, above) && above.range.begin == mapping.range.end &&
      may_be_stack(above) && !belongs_to_an_image(above.range.begin)) {
    out.allocation_protection = ForeignProtection::read_write;
  }
}

void describe_private(Address page, const Mapping& mapping, AddressRange gap, ForeignRun& out) {
  ForeignProtection protection = protection_of(mapping, Copy::never);
  out = {.range = {page, mapping.range.end},
         .allocation_base = mapping.range.begin,
         .allocation_protection = protection,
         .protection = protection,
         .state = ForeignState::committed,
         .kind = ForeignKind::private_memory};
  Mapping below;
  if (may_be_stack(mapping) && mapping.range.begin > gap.begin &&
      mapping_from(mapping.range.begin - kPage, gap, below) && below.range.end == mapping.range.begin &&
      may_be_guard(below) && !belongs_to_an_image(below.range.begin)) {
    out.allocation_base = below.range.begin;
  }
}

} // namespace

bool foreign_at(Address page, AddressRange gap, ForeignRun& out) {
  gap = gap.intersect(kUserSpace);
  Mapping mapping;
  bool found = mapping_from(page, gap, mapping);
  if (!found || mapping.range.begin > page) {
    out = {.range = {found ? mapping.range.begin : gap.end, gap.end}};
    return false;
  }
  Image image;
  if (host::image_at(page, image)) {
    describe_image(page, image.range, mapping, gap, out);
    return true;
  }
  if (host::image_at(mapping.range.begin, image)) {
    mapping.range.begin = image.range.end; // what others mapped behind .bss, in one mapping with it (K61)
  }
  if (mapping.is_file() || mapping.shared) {
    describe_file(page, mapping, out);
  } else if (!mapping.is_accessible()) {
    describe_reserved(page, mapping, gap, out);
  } else {
    describe_private(page, mapping, gap, out);
  }
  return true;
}

} // namespace winmem::vm
