// The oracle of the bad-input matrix: the order of checks of docs/rules, once more and in the plainest way.
//
// It shares nothing with winmem's own checks, not even tables. Where the rules leave an order or an error open, it
// allows each of the errors that apply.
#include "bad_input.h"

#include "memory_map.h"
#include "platform.h"

#include <algorithm>
#include <sstream>

namespace apitest {

namespace {

constexpr std::uintptr_t kUserEnd = kHighestUser + 1;

std::uintptr_t page_down(std::uintptr_t address) { return address & ~(kPage - 1); }
std::uintptr_t page_up(std::uintptr_t address) { return (address + kPage - 1) & ~(kPage - 1); }

// V10, V40: the range lies in user space.
bool in_user_space(std::uintptr_t address, SIZE_T size) { return address < kUserEnd && size <= kUserEnd - address; }

bool takes_null_process(Form form) { return form == Form::extended; } // C29

bool is_this_process(Form form, HANDLE process) {
  return process == GetCurrentProcess() || (process == nullptr && takes_null_process(form));
}

// V2 to V7, without the bits that winmem has no use for yet. True if the type can be carried out at all.
bool is_valid_type(const AllocCall& call) {
  DWORD known = 0x1000 | 0x2000 | 0x80000 | 0x100000 | 0x200000 | 0x400000 | 0x1000000 | 0x20000000;
  if ((call.type & ~known) != 0 || (call.type & (0x1000 | 0x2000 | 0x80000 | 0x1000000)) == 0) {
    return false;
  }
  if ((call.type & (0x80000 | 0x1000000)) != 0) {
    return call.type == 0x80000 || call.type == 0x1000000;
  }
  if ((call.type & 0x20000000) != 0) {
    return landed::kLargePages && (call.type & 0x1000) != 0 && (call.type & (0x400000 | 0x200000)) == 0;
  }
  if ((call.type & 0x200000) != 0 && (call.type & 0x2000) == 0) {
    return false;
  }
  if ((call.type & 0x400000) != 0) {
    return landed::kPhysicalPages && (call.type & ~DWORD{0x100000}) == (0x400000 | 0x2000) && call.protect == 0x04;
  }
  return true;
}

// Bits whose success depends on the machine or on rules that have tests of their own.
bool is_left_to_other_tests(const AllocCall& call) {
  return (call.type & (0x20000000 | 0x400000 | 0x200000 | 0x1000000)) != 0;
}

bool has_placeholder_bits(const AllocCall& call) {
  return landed::kPlaceholders && (call.form == Form::extended || call.form == Form::native) &&
         (call.type & (0x4000 | 0x40000)) != 0;
}

} // namespace

bool is_valid_protection(DWORD protect) {
  const DWORD base = protect & 0xFF;
  const DWORD modifiers = protect & ~DWORD{0xFF};
  const bool executes = base == 0x10 || base == 0x20 || base == 0x40;
  if (base != 0x01 && base != 0x02 && base != 0x04 && !executes) {
    return false;
  }
  if ((modifiers & ~DWORD{0x100 | 0x200 | 0x400 | 0x40000000}) != 0) {
    return false;
  }
  if ((modifiers & 0x40000000) != 0 && !executes) {
    return false;
  }
  if ((modifiers & 0x100) != 0 && (base == 0x01 || !landed::kGuardPages)) {
    return false;
  }
  if ((modifiers & 0x600) != 0 && (base == 0x01 || (modifiers & 0x100) != 0)) {
    return false;
  }
  return (modifiers & 0x600) != 0x600;
}

bool Verdict::allows(DWORD error) const { return std::find(errors.begin(), errors.end(), error) != errors.end(); }

Verdict judge(const Grounds& grounds, const AllocCall& call) {
  if (has_placeholder_bits(call)) {
    return Verdict::open();
  }
  if (call.address != 0 && call.address < 0x10000) { // V1
    return Verdict::failure({87});
  }
  if (!is_valid_type(call)) {
    return Verdict::failure({87});
  }
  if (!is_valid_protection(call.protect)) { // V8, V9
    return Verdict::failure({87});
  }
  if (call.size == 0) { // V10
    return Verdict::failure({87});
  }
  if (!in_user_space(call.address, call.size)) {
    return call.address == 0 ? Verdict::failure({87, 8}) : Verdict::failure({87});
  }
  if (!is_this_process(call.form, call.process)) { // V11, C29
    return Verdict::failure({6});
  }
  if (is_left_to_other_tests(call)) {
    return Verdict::open();
  }
  const std::uintptr_t end = page_up(call.address + call.size);
  if (call.address == 0) {
    if (call.type == 0x80000) {
      return Verdict::failure({487, 87});
    }
    return call.size < (std::uintptr_t{1} << 40) ? Verdict::success() : Verdict::open(); // V12, V16
  }
  if ((call.type & 0x2000) != 0) { // V13, V17
    const std::uintptr_t start = call.address & ~(kGranule - 1);
    return grounds.all_free(start, end) ? Verdict::success() : Verdict::failure({487});
  }
  return grounds.in_one_allocation(page_down(call.address), end) ? Verdict::success()
                                                                 : Verdict::failure({487}); // V18, V23
}

Verdict judge(const Grounds& grounds, const FreeCall& call) {
  const DWORD placeholder_bits = call.type & 0x3;
  if ((call.type & ~DWORD{0x3}) == 0x8000 && placeholder_bits != 0 && landed::kPlaceholders) {
    return Verdict::open();
  }
  if (call.type != 0x4000 && call.type != 0x8000) { // V30
    return Verdict::failure({87});
  }
  if (call.type == 0x8000 && call.size != 0 && call.form != Form::native) { // V31
    return Verdict::failure({87});
  }
  // Nothing says which of these comes first where several hold, nor how a foreign half of addresses is refused.
  std::vector<DWORD> errors;
  if (!in_user_space(call.address, call.size)) {
    errors.insert(errors.end(), {87, 487});
  }
  if (!is_this_process(call.form, call.process)) {
    errors.push_back(6);
  }
  if (!errors.empty()) {
    return Verdict::failure(errors);
  }
  const Grounds::Page* page = grounds.at_address(call.address);
  if (page == nullptr || page->allocation == -1) { // V32
    return Verdict::failure({487});
  }
  const std::uintptr_t base = number(grounds.page(static_cast<std::size_t>(page->allocation)));
  if (call.size == 0) { // V33, V35
    return page_down(call.address) == base ? Verdict::success() : Verdict::failure({487});
  }
  return grounds.in_one_allocation(page_down(call.address), page_up(call.address + call.size))
             ? Verdict::success()
             : Verdict::failure({87}); // V36, V39
}

Verdict judge(const Grounds& grounds, const ProtectCall& call) {
  if (!is_valid_protection(call.protect)) { // V40: this order
    return Verdict::failure({87});
  }
  if (!call.old_is_writable) {
    return Verdict::failure({998});
  }
  if (call.size == 0 || !in_user_space(call.address, call.size)) {
    return Verdict::failure({87});
  }
  if (!is_this_process(call.form, call.process)) {
    return Verdict::failure({6});
  }
  const std::uintptr_t start = page_down(call.address);
  const std::uintptr_t end = page_up(call.address + call.size);
  return grounds.in_one_allocation(start, end) && grounds.all_committed(start, end)
             ? Verdict::success()
             : Verdict::failure({487}); // V42, V43
}

const char* name_of(Form form) {
  switch (form) {
  case Form::plain:
    return "Virtual*";
  case Form::process:
    return "Virtual*Ex";
  case Form::extended:
    return "VirtualAlloc2";
  case Form::native:
    return "Nt*VirtualMemory";
  }
  return "?";
}

DWORD error_of(NTSTATUS status_value) {
  switch (status(status_value)) {
  case 0:
    return 0;
  case 0xC000000D: // invalid parameter, plain and by number
  case 0xC00000EF:
  case 0xC00000F0:
  case 0xC00000F1:
  case 0xC00000F2:
  case 0xC00000F3:
  case 0xC00000F4:
  case 0xC0000045: // invalid page protection
  case 0xC000001A: // unable to free
  case 0xC000001B: // unable to delete section
    return 87;
  case 0xC0000018: // conflicting addresses
  case 0xC000002D: // not committed
  case 0xC000009F: // free not at base
  case 0xC00000A0: // not allocated
    return 487;
  case 0xC0000008:
    return 6;
  case 0xC0000017:
    return 8;
  case 0xC0000005:
    return 998;
  default:
    return 0xFFFFFFFF;
  }
}

std::string problem(Grounds& grounds, const Verdict& verdict, const Outcome& outcome) {
  const bool failed = outcome.result == nullptr;
  const bool right = failed ? verdict.kind == Verdict::Kind::fails && verdict.allows(outcome.error)
                            : verdict.kind == Verdict::Kind::succeeds;
  std::ostringstream text;
  if (!right && verdict.kind != Verdict::Kind::open) {
    text << (failed ? "\n  failed with error " + std::to_string(outcome.error) : "\n  succeeded") << "\n  expected "
         << (verdict.errors.empty() ? "success" : "error");
    for (DWORD error : verdict.errors) {
      text << " " << error;
    }
  }
  if (failed) {
    std::string difference = grounds.difference();
    if (!difference.empty()) {
      text << "\n  failed, but changed " << difference;
      grounds.rebuild();
    }
  } else if (grounds.at_address(number(outcome.result)) != nullptr) {
    grounds.rebuild();
  } else {
    EXPECT_TRUE(VirtualFree(const_cast<void*>(outcome.result), 0, MEM_RELEASE)) << GetLastError();
  }
  return text.str();
}

std::size_t matrix_stride() { return platform::must_be_small() || platform::guard_markers_missing() ? 13 : 1; }

} // namespace apitest
