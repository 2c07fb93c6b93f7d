// What a page of winmem's may be: reserved, or committed with a protection, and then perhaps under guard.
#pragma once

#include "../host/memory.h"

#include <cstdint>

namespace winmem::vm {

enum class PageState : std::uint8_t {
  reserved,
  no_access,
  read_only,
  read_write,
  execute,
  execute_read,
  execute_read_write,
  // Of views only: the first write gives the page a copy of its own. Which pages were written the kernel knows.
  write_copy,
  execute_write_copy,
};

constexpr bool is_committed(PageState state) { return state != PageState::reserved; }

// PAGE_GUARD beside the protection that the page has once it was touched. Nobody may touch it before (guards.h).
inline constexpr std::uint8_t kGuardFlag = 0x10;
constexpr bool is_guarded(PageState state) { return (static_cast<std::uint8_t>(state) & kGuardFlag) != 0; }
constexpr PageState with_guard(PageState bare) {
  return static_cast<PageState>(static_cast<std::uint8_t>(bare) | kGuardFlag);
}
constexpr PageState without_guard(PageState state) {
  return static_cast<PageState>(static_cast<std::uint8_t>(state) & ~unsigned{kGuardFlag});
}

// Whether a write to such a page, which may be under guard, makes it a copy.
constexpr bool is_copying(PageState state) {
  return without_guard(state) == PageState::write_copy || without_guard(state) == PageState::execute_write_copy;
}
// What such a page is once it was written.
constexpr PageState as_copied(PageState state) {
  return state == PageState::write_copy           ? PageState::read_write
         : state == PageState::execute_write_copy ? PageState::execute_read_write
                                                  : state;
}

constexpr host::Access access_of(PageState state) {
  if (is_guarded(state)) {
    return host::Access::none;
  }
  switch (state) {
  case PageState::reserved:
  case PageState::no_access:
    return host::Access::none;
  case PageState::read_only:
    return host::Access::read;
  case PageState::read_write:
  case PageState::write_copy:
    return host::Access::read_write;
  case PageState::execute: // V46: readable
  case PageState::execute_read:
    return host::Access::read_execute;
  case PageState::execute_read_write:
  case PageState::execute_write_copy:
    return host::Access::read_write_execute;
  }
  return host::Access::none;
}

} // namespace winmem::vm
