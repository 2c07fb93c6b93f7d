#include "named.h"

#include <cstring>

namespace winmem::section {

static_assert(sizeof(Description) <= object::kDetailBytes && std::is_trivially_copyable_v<Description>);

object::NameAnswer create_named(const NamedRequest& request, MakeSection make, void* context) {
  return object::open_named({.name = request.name,
                             .type = kSectionType,
                             .finding = request.finding,
                             .granted = request.granted,
                             .flags = request.flags},
                            [&](object::Shared& shared, object::Ref<object::Named>& out) {
                              object::Ref<Section> section;
                              Description description;
                              Status status = Status::ok;
                              if (shared.is_new) {
                                status = make(context, section);
                              } else {
                                std::memcpy(&description, shared.details, sizeof description);
                                status = adopt(description, shared.file, section);
                              }
                              if (status == Status::ok && shared.is_new) {
                                description = describe(*section);
                                std::memcpy(shared.details, &description, sizeof description);
                                section->alone_since.store(vm::kNoFork, std::memory_order_relaxed);
                                shared.file = section->file;
                                shared.is_writable = is_opened_for_writing(description);
                              }
                              out = object::Ref<object::Named>(section.release());
                              return status;
                            });
}

} // namespace winmem::section
