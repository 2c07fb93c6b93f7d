#include "player.h"

#include "winapi.h"

#include <sys/mman.h>

#include <algorithm>

namespace model {
namespace {

constexpr DWORD kUntouched = 0x1234567; // the last error before each call
constexpr DWORD kOldUntouched = 0xABCDEF;
constexpr std::uint64_t kMostWrittenPages = 256;

void* pointer(std::uintptr_t address) { return reinterpret_cast<void*>(address); }
std::uintptr_t number(const void* address) { return reinterpret_cast<std::uintptr_t>(address); }

std::string text_of(const Verdict& verdict) {
  std::string text;
  if (verdict.outcome != Verdict::Outcome::failure)
    text = "success";
  for (std::uint32_t code : verdict.codes)
    text += (text.empty() ? "error " : " or ") + (code > 0xFFFF ? hex(code) : std::to_string(code));
  return text + " (" + verdict.why + ")";
}

} // namespace

std::optional<std::uintptr_t> Player::resolve(const Place& place) const {
  auto offset = static_cast<std::uintptr_t>(place.offset); // wraps for negative offsets, as it should
  const Slot& slot = slots_[static_cast<std::size_t>(place.index % kSlots)];
  const Slot& recent = recent_[static_cast<std::size_t>(place.index % kSlots)];
  switch (place.origin) {
  case Place::Origin::null:
    return 0;
  case Place::Origin::wild:
    return offset;
  case Place::Origin::arena:
    if (windows_.arena.size() == 0)
      return std::nullopt;
    return windows_.arena.begin + offset;
  case Place::Origin::outside:
    return windows_.outside.begin + offset;
  case Place::Origin::recent:
    if (recent.base == 0)
      return std::nullopt;
    return recent.base + offset % recent.size;
  case Place::Origin::slot:
  case Place::Origin::inside:
  case Place::Origin::after:
  case Place::Origin::border:
    break;
  }
  if (slot.base == 0)
    return std::nullopt;
  if (place.origin == Place::Origin::slot)
    return slot.base + offset;
  if (place.origin == Place::Origin::inside)
    return slot.base + offset % slot.size;
  if (place.origin == Place::Origin::border)
    return round_up(slot.base, kChunk) + offset;
  return slot.base + slot.size + offset;
}

void Player::play(const Operation& operation) {
  std::optional<std::uintptr_t> address = resolve(operation.place);
  if (!address)
    return;
  std::uint64_t calls_before = calls;
  Operation each = operation;
  for (std::uint64_t i = 0; i <= operation.repeat; ++i) {
    play_once(each, operation.place.origin == Place::Origin::null ? 0 : *address + i * operation.stride);
    ++each.slot;
  }
  if (calls != calls_before)
    ++performed;
}

void Player::play_once(const Operation& operation, std::uintptr_t address) {
  switch (operation.call) {
  case Call::alloc:
    return alloc(operation, address);
  case Call::churn:
    return churn(operation, address);
  case Call::alloc2:
    return alloc2(operation, address);
  case Call::place:
    return place(operation, address);
  case Call::view:
    return view(operation, address);
  case Call::unmap:
    return unmap(operation, address);
  case Call::free:
    return free(operation, address);
  case Call::nt_free:
    return nt_free(operation, address);
  case Call::protect:
    return protect(operation, address);
  case Call::query:
    return query(operation, address);
  case Call::write:
    return write(operation, address);
  case Call::probe:
    return probe(round_down(address, kPage));
  case Call::check:
    return; // the caller's: it may concern several players
  }
}

void Player::check_answer(const Verdict& verdict, bool ok, std::uint32_t error) {
  ++calls;
  if (ok)
    ++successes;
  bool expected = ok ? verdict.outcome != Verdict::Outcome::failure : verdict.allows(error);
  if (!expected)
    throw Mismatch("expected " + text_of(verdict) + ", got " +
                   (ok ? "success" : "error " + (error > 0xFFFF ? hex(error) : std::to_string(error))));
}

// What lies free in another thread's stripe of the outer window must stay so. In the arena and in the contested chunks
// anybody may take anything.
bool Player::lands_elsewhere(const AllocCall& call) const {
  if (!windows_.shared)
    return false;
  Range asked = call.has_requirements ? Range{call.lowest, call.highest + 1}
                                      : Range{round_down(call.address, kGranule), call.address + call.size};
  if (!asked.overlaps(windows_.outside))
    return false;
  for (std::uintptr_t at = asked.begin; at < asked.end; at = round_down(at, kGranule) + kGranule)
    if (!windows_.outside.contains(at) || (!model.knows(at) && !Territory::is_contested(at - windows_.outside.begin)))
      return true;
  return false;
}

void Player::alloc(const Operation& operation, std::uintptr_t address) {
  AllocCall call{address, operation.size, operation.type, operation.protect};
  Verdict verdict = model.judge_alloc(call);
  if (verdict.outcome == Verdict::Outcome::skip || (call.reserves() && lands_elsewhere(call)))
    return;

  SetLastError(kUntouched);
  void* result = operation.ex ? VirtualAllocEx(GetCurrentProcess(), pointer(address), operation.size, operation.type,
                                               operation.protect)
                              : VirtualAlloc(pointer(address), operation.size, operation.type, operation.protect);
  finish_alloc(call, verdict, result, GetLastError(), operation.slot);
}

void Player::churn(const Operation& operation, std::uintptr_t address) {
  std::uint64_t before = successes;
  alloc(operation, address);
  if (successes == before)
    return;
  std::uintptr_t base = slots_[static_cast<std::size_t>(operation.slot % kSlots)].base;
  check_query(model, base);
  Operation release;
  release.type = MEM_RELEASE;
  free(release, base);
}

void Player::alloc2(const Operation& operation, std::uintptr_t lowest) {
  AllocCall call{0, operation.size, operation.type, operation.protect};
  call.lowest = operation.span == 0 ? 0 : lowest;
  call.highest = operation.span == 0 ? 0 : lowest + operation.span - 1;
  call.alignment = operation.alignment;
  call.has_requirements = call.lowest != 0 || call.highest != 0 || call.alignment != 0; // all zero ask for nothing
  Verdict verdict = model.judge_alloc(call);
  if (verdict.outcome == Verdict::Outcome::skip || lands_elsewhere(call))
    return;

  MEM_ADDRESS_REQUIREMENTS requirements{};
  requirements.LowestStartingAddress = pointer(call.lowest);
  requirements.HighestEndingAddress = pointer(call.highest);
  requirements.Alignment = call.alignment;
  MEM_EXTENDED_PARAMETER parameter{};
  parameter.Type = MemExtendedParameterAddressRequirements;
  parameter.Pointer = &requirements;

  SetLastError(kUntouched);
  void* result = VirtualAlloc2(operation.ex ? GetCurrentProcess() : nullptr, nullptr, operation.size, operation.type,
                               operation.protect, &parameter, 1);
  finish_alloc(call, verdict, result, GetLastError(), operation.slot);
}

void Player::place(const Operation& operation, std::uintptr_t address) {
  AllocCall call{address, operation.size, operation.type, operation.protect};
  call.is_extended = true;
  Verdict verdict = model.judge_alloc(call);
  bool takes_space = (operation.type & MEM_REPLACE_PLACEHOLDER) == 0 && call.reserves();
  if (verdict.outcome == Verdict::Outcome::skip || (takes_space && lands_elsewhere(call)))
    return;

  SetLastError(kUntouched);
  void* result = VirtualAlloc2(operation.ex ? GetCurrentProcess() : nullptr, pointer(address), operation.size,
                               operation.type, operation.protect, nullptr, 0);
  finish_alloc(call, verdict, result, GetLastError(), operation.slot);
}

void Player::view(const Operation& operation, std::uintptr_t address) {
  ViewCall call{address, operation.size};
  Verdict verdict = model.judge_view(call);
  if (verdict.outcome == Verdict::Outcome::skip)
    return;

  std::uint64_t size = round_up(operation.size, kPage);
  HANDLE section = CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, static_cast<DWORD>(size >> 32),
                                      static_cast<DWORD>(size), nullptr);
  if (section == nullptr)
    throw Mismatch("a section of " + hex(size) + " bytes: error " + std::to_string(GetLastError()));
  SetLastError(kUntouched);
  void* result = MapViewOfFile3(section, operation.ex ? GetCurrentProcess() : nullptr, pointer(address), 0, size,
                                address == 0 ? 0 : MEM_REPLACE_PLACEHOLDER, PAGE_READWRITE, nullptr, 0);
  DWORD error = GetLastError();
  CloseHandle(section);
  check_answer(verdict, result != nullptr, error);
  if (result == nullptr)
    return;
  std::uintptr_t base = number(result);
  AllocCall like{0, size, MEM_RESERVE, PAGE_READWRITE};
  if (const char* wrong = address == 0 ? model.placement_error(like, base) : nullptr)
    throw Mismatch(std::string("got the view's base ") + hex(base) + ": " + wrong);
  if (address != 0 && base != address)
    throw Mismatch("expected the view's base " + hex(address) + ", got " + hex(base));
  model.apply_view(call, base);
  slots_[static_cast<std::size_t>(operation.slot % kSlots)] = {base, size};
  recent_[next_recent_++ % kSlots] = {base, size};
}

void Player::unmap(const Operation& operation, std::uintptr_t address) {
  bool preserves = operation.type == MEM_PRESERVE_PLACEHOLDER;
  Verdict verdict = model.judge_unmap(address, preserves);
  if (verdict.outcome == Verdict::Outcome::skip)
    return;

  SetLastError(kUntouched);
  BOOL ok = UnmapViewOfFile2(GetCurrentProcess(), pointer(address), operation.type);
  check_answer(verdict, ok != 0, GetLastError());
  if (ok != 0)
    model.apply_unmap(address, preserves);
}

void Player::finish_alloc(const AllocCall& call, const Verdict& verdict, void* result, std::uint32_t error, int slot) {
  check_answer(verdict, result != nullptr, error);
  if (result == nullptr)
    return;
  if (error != kUntouched)
    throw Mismatch("N1: a success changed the last error to " + std::to_string(error));

  std::uintptr_t base = number(result);
  if (std::uintptr_t wanted = Model::expected_base(call); wanted != 0) {
    if (base != wanted)
      throw Mismatch("expected the base " + hex(wanted) + ", got " + hex(base));
  } else {
    if (const char* wrong = model.placement_error(call, base))
      throw Mismatch(std::string("got the base ") + hex(base) + ": " + wrong);
    if ((call.type & MEM_TOP_DOWN) != 0)
      check_highest(call, base);
  }
  model.apply_alloc(call, base);
  // What a reset gave up the kernel keeps until it needs memory. Here it needs some at once, so that a page that was
  // given up wrongly is lost, and seen to be.
  if (call.type == MEM_RESET)
    madvise(result, round_up(call.address + call.size, kPage) - base, MADV_PAGEOUT);
  if (call.reserves())
    slots_[static_cast<std::size_t>(slot % kSlots)] = {base, round_up(call.size, kPage)};
  if ((call.type & MEM_COMMIT) != 0)
    recent_[next_recent_++ % kSlots] = {base, round_up(call.size, kPage)};
}

// V21: no hole between the result and the highest allocation above it may have room. Only holes between two of our own
// allocations in the arena are certain to be usable, and where the arena is small allocations lie elsewhere too.
void Player::check_highest(const AllocCall& call, std::uintptr_t base) const {
  if (windows_.shared || windows_.small_arena || call.has_requirements || windows_.outside.contains(base))
    return;
  std::uintptr_t hole = base + round_up(call.size, kPage);
  for (;;) {
    std::uintptr_t next = model.pages.next_occupied(hole);
    if (next == kUserEnd || hole >= windows_.arena_end) // what was asked for by address may lie beyond
      return;
    std::uintptr_t start = round_up(hole, kGranule);
    // The hole's last granule counts only where the next allocation begins at a granule.
    std::uintptr_t end = std::min(round_down(next, kGranule), windows_.arena_end);
    if (start + round_up(call.size, kGranule) <= end)
      throw Mismatch("V21: top-down gave " + hex(base) + " although " + hex(start) + " to " + hex(end) + " is free");
    hole = model.pages.allocation_of(next)->range.end;
  }
}

void Player::free(const Operation& operation, std::uintptr_t address) {
  FreeCall call{address, operation.size, operation.type};
  Verdict verdict = model.judge_free(call);
  if (verdict.outcome == Verdict::Outcome::skip)
    return;

  SetLastError(kUntouched);
  BOOL ok = operation.ex ? VirtualFreeEx(GetCurrentProcess(), pointer(address), operation.size, operation.type)
                         : VirtualFree(pointer(address), operation.size, operation.type);
  DWORD error = GetLastError();
  check_answer(verdict, ok != 0, error);
  if (ok == 0)
    return;
  if (error != kUntouched)
    throw Mismatch("N1: a success changed the last error to " + std::to_string(error));
  model.apply_free(call);
}

void Player::nt_free(const Operation& operation, std::uintptr_t address) {
  FreeCall call{address, operation.size, operation.type};
  Verdict verdict = model.judge_nt_free(call);
  if (verdict.outcome == Verdict::Outcome::skip)
    return;

  PVOID base = pointer(address);
  SIZE_T size = operation.size;
  NTSTATUS status = NtFreeVirtualMemory(GetCurrentProcess(), &base, &size, operation.type);
  check_answer(verdict, status >= 0, static_cast<std::uint32_t>(status));

  Range reported{address, address + operation.size}; // V110: untouched by a failure
  if (status >= 0)
    reported = model.apply_free(call);
  if (number(base) != reported.begin || size != reported.size())
    throw Mismatch("V110: expected base " + hex(reported.begin) + " and size " + hex(reported.size()) + ", got " +
                   hex(number(base)) + " and " + hex(size));
}

void Player::protect(const Operation& operation, std::uintptr_t address) {
  Verdict verdict = model.judge_protect(address, operation.size, operation.protect, operation.bad_pointer);
  if (verdict.outcome == Verdict::Outcome::skip)
    return;

  DWORD old = kOldUntouched;
  DWORD* old_pointer = operation.bad_pointer ? nullptr : &old;
  SetLastError(kUntouched);
  BOOL ok = operation.ex ? VirtualProtectEx(GetCurrentProcess(), pointer(address), operation.size, operation.protect,
                                            old_pointer)
                         : VirtualProtect(pointer(address), operation.size, operation.protect, old_pointer);
  DWORD error = GetLastError();
  check_answer(verdict, ok != 0, error);

  DWORD wanted = kOldUntouched; // V44
  if (ok != 0) {
    if (error != kUntouched)
      throw Mismatch("N1: a success changed the last error to " + std::to_string(error));
    wanted = model.shown_protect(model.pages.at(address));
    model.apply_protect({round_down(address, kPage), round_up(address + operation.size, kPage)}, operation.protect);
  }
  // How the cache bits of an allocation go together with no access, no rule says.
  if (old != wanted && (wanted != PAGE_NOACCESS || (old & ~DWORD{PAGE_NOCACHE | PAGE_WRITECOMBINE}) != wanted))
    throw Mismatch("V44: expected the old protection " + hex(wanted) + ", got " + hex(old));
}

void Player::query(const Operation& operation, std::uintptr_t address) {
  if (address >= kUserEnd) { // V52
    MEMORY_BASIC_INFORMATION info{};
    SetLastError(kUntouched);
    SIZE_T length = operation.ex ? VirtualQueryEx(GetCurrentProcess(), pointer(address), &info, sizeof info)
                                 : VirtualQuery(pointer(address), &info, sizeof info);
    check_answer(Verdict::failure({kErrorInvalidParameter}, "V52 beyond user space"), length != 0, GetLastError());
    return;
  }
  ++calls;
  ++successes;
  if (model.knows(address) && model.pages.at(address).state != State::foreign)
    check_query(model, address);
}

void Player::write(const Operation& operation, std::uintptr_t address) {
  ++calls;
  ++successes;
  std::uintptr_t first = round_down(address, kPage);
  std::uint64_t count = std::min(operation.size / kPage + 1, kMostWrittenPages);
  for (std::uint64_t i = 0; i < count; ++i) {
    std::uintptr_t at = first + i * kPage;
    const Page& page = model.pages.at(at);
    if (page.state != State::committed || !writable(page.protect))
      continue;
    std::uint64_t tag = (next_tag_++ << 16) | 0x7A6;
    write_tag(at, tag);
    Page& changed = model.pages.change(at);
    changed.tag = tag;
    changed.may_be_zero = false;
  }
}

void Player::probe(std::uintptr_t page) {
  if (page >= kUserEnd || !model.knows(page))
    return;
  const Page& expected = model.pages.at(page);
  if (expected.state == State::foreign)
    return;
  bool committed = expected.state == State::committed;
  if (kernel_reads(page) != (committed && readable(expected.protect)))
    throw Mismatch(hex(page) + " is " + (committed ? "not readable" : "readable") + " for the kernel");
  if (kernel_writes(page) != (committed && writable(expected.protect)))
    throw Mismatch(hex(page) + " is " + (committed && writable(expected.protect) ? "not " : "") +
                   "writable for the kernel");
}

void Player::open_all_pages() {
  for (const auto& [base, chunk] : model.pages.chunks())
    for (std::size_t i = 0; i < Pages::kPerChunk; ++i) {
      const Page& page = (*chunk)[i];
      if (page.state != State::committed || readable(page.protect))
        continue;
      std::uintptr_t begin = base + i * kPage;
      std::uintptr_t end = std::min(model.pages.run_end(begin), base + kChunk);
      DWORD old = 0;
      if (VirtualProtect(pointer(begin), end - begin, PAGE_READONLY, &old) == 0)
        throw Mismatch("opening " + hex(begin) + " failed, error " + std::to_string(GetLastError()));
      model.apply_protect({begin, end}, PAGE_READONLY);
    }
}

void Player::release_all() {
  while (!model.pages.allocations.empty()) {
    std::uintptr_t base = model.pages.allocations.begin()->second.range.begin;
    if (model.pages.allocations.begin()->second.is_view()) {
      if (UnmapViewOfFile(pointer(base)) == 0)
        throw Mismatch("unmapping " + hex(base) + " failed, error " + std::to_string(GetLastError()));
      model.apply_unmap(base, false);
      continue;
    }
    if (VirtualFree(pointer(base), 0, MEM_RELEASE) == 0)
      throw Mismatch("releasing " + hex(base) + " failed, error " + std::to_string(GetLastError()));
    model.apply_free({base, 0, MEM_RELEASE});
  }
}

} // namespace model
