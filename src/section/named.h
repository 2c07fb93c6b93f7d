// Sections with names: made under a name, or found by it, in this process or another (object/names.h).
//
// Owns:      what processes tell each other of a section. The memory they share is the section's file, which others
//            open by way of the process that has it.
// Used:      by nt.
// Surprise:  the pages of a section count against the commit limit of the process that made it, in no other.
#pragma once

#include "../object/names.h"
#include "section.h"

namespace winmem::section {

struct NamedRequest {
  const object::Name& name;
  object::Finding finding;
  object::AccessMask granted;
  object::Flags flags;
};

using MakeSection = Status (*)(void* context, object::Ref<Section>& out);

// `make` makes the section, and is called when the name is new. Errors: its own, and object::open_named's.
object::NameAnswer create_named(const NamedRequest& request, MakeSection make, void* context);

// The same with a function object: Status(object::Ref<Section>&).
template <class Make> object::NameAnswer create_named(const NamedRequest& request, Make&& make) {
  return create_named(
      request,
      [](void* context, object::Ref<Section>& out) {
        return (*static_cast<std::remove_reference_t<Make>*>(context))(out);
      },
      &make);
}

} // namespace winmem::section
