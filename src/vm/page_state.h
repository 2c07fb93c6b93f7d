// What a page of winmem's may be: reserved, or committed with a protection.
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
};

constexpr bool is_committed(PageState state) { return state != PageState::reserved; }

constexpr host::Access access_of(PageState state) {
  switch (state) {
  case PageState::reserved:
  case PageState::no_access:
    return host::Access::none;
  case PageState::read_only:
    return host::Access::read;
  case PageState::read_write:
    return host::Access::read_write;
  case PageState::execute: // V46: readable
  case PageState::execute_read:
    return host::Access::read_execute;
  case PageState::execute_read_write:
    return host::Access::read_write_execute;
  }
  return host::Access::none;
}

} // namespace winmem::vm
