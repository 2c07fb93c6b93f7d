// What a page is to the working set, as far as the books tell: shared by the calls that ask about chosen pages and
// about all.
#pragma once

#include "../host/page_residence.h"
#include "protection.h"

#include <winnt.h>

namespace winmem::nt {

// A page that nobody may touch is in nobody's working set.
struct WorkingSetPage {
  bool may_be_valid = false;
  ULONG protection = 0;
};

inline WorkingSetPage working_set_page(const vm::Description& there) {
  switch (there.owner) {
  case vm::Owner::nobody:
    break;
  case vm::Owner::winmem:
    return {vm::access_of(there.state) != host::Access::none && !vm::is_guarded(there.state),
            protection_value(there.state, there.caching)};
  case vm::Owner::foreign:
    return {there.foreign.state == vm::ForeignState::committed &&
                there.foreign.protection != vm::ForeignProtection::no_access,
            static_cast<ULONG>(there.foreign.protection)};
  }
  return {};
}

// How many others there are the kernel does not tell: one more at least.
inline unsigned share_count(const host::PageResidence& where) { return !where.is_shared ? 0 : where.is_sole ? 1 : 2; }

} // namespace winmem::nt
