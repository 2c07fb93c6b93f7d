// The rules of placeholders (V80 to V87): made, replaced by memory, split, joined, and made again of memory.
#include "rules.h"

#include "winapi.h"

namespace model {

// V80, V85: what the extended call answers for its two types of its own.
Verdict Model::judge_replacing(const AllocCall& call) const {
  bool replaces = (call.type & MEM_REPLACE_PLACEHOLDER) != 0;
  std::uint32_t rest = call.type & ~std::uint32_t{MEM_RESERVE_PLACEHOLDER | MEM_REPLACE_PLACEHOLDER};
  if (call.address != 0 && call.address < kGranule)
    return Verdict::failure({kErrorInvalidParameter}, "V1 address below 64 KiB");
  bool is_legal = replaces ? (call.type & MEM_RESERVE_PLACEHOLDER) == 0 && call.address != 0 &&
                                 (rest == MEM_RESERVE || rest == (MEM_RESERVE | MEM_COMMIT))
                           : rest == MEM_RESERVE;
  if (!is_legal)
    return Verdict::failure({kErrorInvalidParameter}, "V80 V85 types");
  if (!valid_protection(call.protect) || (!replaces && call.protect != PAGE_NOACCESS))
    return Verdict::failure({kErrorInvalidParameter}, "V8 V9 V80 protection");
  if (call.size == 0 || leaves_user_space(call.address, call.size))
    return Verdict::failure({kErrorInvalidParameter}, "V10 size");
  if (!replaces)
    return judge_new(call);

  Range range = pages_of(call.address, call.size);
  const Allocation* there = pages.allocation_of(range.begin);
  if (there == nullptr)
    return knows(range.begin) ? Verdict::failure({kErrorInvalidAddress}, "V85 no placeholder") : Verdict::skip();
  if (there->origin != Origin::placeholder || there->range != range)
    return Verdict::failure({kErrorInvalidAddress}, "V85 not exactly a placeholder");
  return Verdict::success("V85 exactly a placeholder");
}

Verdict Model::judge_placeholders(const FreeCall& call) const {
  if (leaves_user_space(call.address, call.size) || call.size == 0)
    return Verdict::failure({kErrorInvalidParameter}, "V82 V83 size");
  Range range = pages_of(call.address, call.size);
  if (call.type == (MEM_RELEASE | MEM_COALESCE_PLACEHOLDERS))
    return judge_joining(range);
  const Allocation* there = pages.allocation_of(range.begin);
  if (there == nullptr)
    return pages.at(range.begin).state != State::foreign && knows(range.begin)
               ? Verdict::failure({kErrorInvalidAddress}, "V82 in no allocation")
               : Verdict::skip();
  return judge_preserving(*there, range);
}

// V82, V86.
Verdict Model::judge_preserving(const Allocation& allocation, Range range) const {
  if (!allocation.range.contains(range) || allocation.is_view())
    return Verdict::failure({kErrorInvalidParameter}, "V82 V36 V38 past the allocation's end, or a view");
  bool is_all = allocation.range == range;
  if (allocation.origin == Origin::placeholder && !is_all)
    return Verdict::success("V82 a part of a placeholder");
  if (allocation.origin == Origin::replacement && is_all)
    return Verdict::success("V86 all of the memory");
  return Verdict::failure({kErrorInvalidAddress}, "V82 V86 nothing to keep a placeholder of");
}

// V83: two or more whole ones, side by side.
Verdict Model::judge_joining(Range range) const {
  unsigned count = 0;
  std::uintptr_t at = range.begin;
  while (at < range.end) {
    const Allocation* there = pages.allocation_of(at);
    if (there == nullptr && (!knows(at) || pages.at(at).state == State::foreign))
      return Verdict::skip(); // another thread's, perhaps
    if (there == nullptr || there->origin != Origin::placeholder || there->range.begin != at)
      return Verdict::failure({kErrorInvalidAddress}, "V83 a hole, or no whole placeholder");
    at = there->range.end;
    ++count;
  }
  return at == range.end && count > 1 ? Verdict::success("V83 whole placeholders")
                                      : Verdict::failure({kErrorInvalidAddress}, "V83 one, or a part of one");
}

// These pages become one allocation of reserved pages, whatever they were.
void Model::settle(Range range, std::uint32_t protect, Origin origin) {
  std::uint32_t key = pages.add(range, protect, origin);
  Page reserved;
  reserved.state = State::reserved;
  reserved.allocation = key;
  pages.change_all(range, [&](Page& page) { page = reserved; });
}

void Model::replace(const AllocCall& call) {
  constexpr std::uint32_t kTargets = 0x40000000;
  Range range = pages_of(call.address, call.size);
  pages.allocations.erase(pages.at(range.begin).allocation);
  settle(range, call.protect & ~kTargets, Origin::replacement);
}

Range Model::apply_placeholders(const FreeCall& call) {
  Range range = pages_of(call.address, call.size);
  Range before = pages.allocation_of(range.begin)->range;
  for (std::uintptr_t at = range.begin; at < range.end;) {
    std::uint32_t key = pages.at(at).allocation;
    at = pages.allocations.at(key).range.end;
    pages.allocations.erase(key);
  }
  if (before.begin < range.begin)
    settle({before.begin, range.begin}, PAGE_NOACCESS, Origin::placeholder);
  if (range.end < before.end)
    settle({range.end, before.end}, PAGE_NOACCESS, Origin::placeholder);
  settle(range, PAGE_NOACCESS, Origin::placeholder);
  return range;
}

} // namespace model
