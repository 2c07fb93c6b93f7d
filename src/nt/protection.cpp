#include "protection.h"

#include <winnt.h>

namespace winmem::nt {

namespace {

using vm::Caching;
using vm::PageState;

struct ProtectionRow {
  std::uint32_t value;
  PageState state;
  bool executable;
};

constexpr ProtectionRow kProtections[] = {
    {PAGE_NOACCESS, PageState::no_access, false},       {PAGE_READONLY, PageState::read_only, false},
    {PAGE_READWRITE, PageState::read_write, false},     {PAGE_EXECUTE, PageState::execute, true},
    {PAGE_EXECUTE_READ, PageState::execute_read, true}, {PAGE_EXECUTE_READWRITE, PageState::execute_read_write, true},
    {PAGE_WRITECOPY, PageState::write_copy, false},     {PAGE_EXECUTE_WRITECOPY, PageState::execute_write_copy, true},
};

constexpr std::uint32_t kModifiers = PAGE_GUARD | PAGE_NOCACHE | PAGE_WRITECOMBINE | PAGE_TARGETS_INVALID;

const ProtectionRow* find_row(std::uint32_t base) {
  for (const ProtectionRow& row : kProtections) {
    if (row.value == base) {
      return &row;
    }
  }
  return nullptr; // none, two at once, or unknown bits
}

} // namespace

bool parse_private_protection(std::uint32_t value, PageProtection& out) {
  return parse_protection(value, out) && !vm::is_copying(out.state);
}

bool parse_protection(std::uint32_t value, PageProtection& out) {
  const ProtectionRow* row = find_row(value & ~kModifiers);
  if (row == nullptr) {
    return false;
  }
  std::uint32_t caching = value & (PAGE_NOCACHE | PAGE_WRITECOMBINE);
  bool guard = (value & PAGE_GUARD) != 0;
  if (caching == (PAGE_NOCACHE | PAGE_WRITECOMBINE) || (caching != 0 && guard) ||
      ((caching != 0 || guard) && row->state == PageState::no_access)) {
    return false; // V9
  }
  if ((value & PAGE_TARGETS_INVALID) != 0 && !row->executable) {
    return false; // V9; beside an execute protection it has no effect
  }
  out.state = guard ? vm::with_guard(row->state) : row->state;
  out.caching = caching == 0 ? Caching::normal : caching == PAGE_NOCACHE ? Caching::none : Caching::write_combine;
  return true;
}

bool is_executable(std::uint32_t value) {
  return (value & (PAGE_EXECUTE | PAGE_EXECUTE_READ | PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY)) != 0;
}

std::uint32_t protection_value(PageState state, Caching caching) {
  for (const ProtectionRow& row : kProtections) {
    if (row.state == vm::without_guard(state)) {
      std::uint32_t modifier = caching == Caching::none            ? PAGE_NOCACHE
                               : caching == Caching::write_combine ? PAGE_WRITECOMBINE
                                                                   : 0;
      return row.value | modifier | (vm::is_guarded(state) ? PAGE_GUARD : 0);
    }
  }
  return 0;
}

} // namespace winmem::nt
