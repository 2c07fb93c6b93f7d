// Windows' PAGE_ constants and the page states behind them: one table.
#pragma once

#include "../vm/vm.h"

#include <cstdint>

namespace winmem::nt {

struct PageProtection {
  vm::PageState state = vm::PageState::no_access;
  vm::Caching caching = vm::Caching::normal;
};

// False for what Windows refuses everywhere (V9), or for private memory (V8).
[[nodiscard]] bool parse_protection(std::uint32_t value, PageProtection& out);
[[nodiscard]] bool parse_private_protection(std::uint32_t value, PageProtection& out);

bool is_executable(std::uint32_t value);

// The value that a query shows: 0 for reserved pages (V25: the caching of the region shows beside any protection).
std::uint32_t protection_value(vm::PageState state, vm::Caching caching);

} // namespace winmem::nt
