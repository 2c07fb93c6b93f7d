// Sections that exec hands on (object/handover.h): those without a name whose handle may be inherited.
#include "section.h"

#include "../host/file.h"
#include "../object/handover.h"
#include "../vm/commit_charge.h"
#include "../vm/fork_gate.h"

#include <cstring>

namespace winmem::section {

namespace {

// What the new program has counts against its limit, as what a fork's child has does.
bool charge(Section& section) {
  std::uint64_t pages = bytes_to_pages(section.size.load(std::memory_order_relaxed));
  if (section.is_of_file) {
    return true;
  }
  vm::Change change;
  std::uint64_t charged = section.reserves ? section.commits.count(0, pages) : pages;
  vm::commit_charge::Taken taken(charged, vm::commit_charge::Share::section);
  if (!taken.fits()) {
    return false;
  }
  taken.keep();
  section.charged = charged;
  return true;
}

[[gnu::constructor(103)]] void expect_sections() { object::expect_from_exec(kSectionType); }

} // namespace

// A section with a name keeps that only while somebody has the name's file locked, which is not handed on.
bool hand_over(object::Object& object, object::Handover& out) {
  auto& section = static_cast<Section&>(object);
  if (section.is_named) {
    return false;
  }
  section.alone_since.store(vm::kNoFork, std::memory_order_relaxed);
  Description description = describe(section);
  static_assert(sizeof description <= 2 * sizeof out.values[0]);
  out.descriptors[0] = section.file;
  std::memcpy(out.values, &description, sizeof description);
  out.values[2] = section.has_own_file ? 1 : 0;
  return true;
}

object::Ref<object::Object> take_over(const object::Handover& from) {
  Description description;
  std::memcpy(&description, from.values, sizeof description);
  object::Ref<Section> section;
  if (adopt(description, from.descriptors[0], section) != Status::ok) {
    host::close_file(from.descriptors[0]);
    return {};
  }
  section->has_own_file = from.values[2] != 0;
  if (!charge(*section)) {
    return {};
  }
  return object::Ref<object::Object>(section.release());
}

} // namespace winmem::section
