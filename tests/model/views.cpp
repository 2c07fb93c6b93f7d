// The rules of views as far as the model has them: each shows a section of its own, of the page file, for reading and
// writing (S33 to S36, S40, S46, S54, S60, S71, S72).
#include "rules.h"

#include "winapi.h"

namespace model {
namespace {

// Of the protections that a program may ask for, those that need no more than reading and writing. What copies on write
// and cache bits the model leaves out.
bool is_within_view(std::uint32_t protect) {
  std::uint32_t base = protect & 0xFF;
  return base == PAGE_NOACCESS || base == PAGE_READONLY || base == PAGE_READWRITE;
}

} // namespace

bool is_left_out_of_views(std::uint32_t protect) {
  return (protect & (PAGE_WRITECOPY | PAGE_EXECUTE_WRITECOPY | PAGE_NOCACHE | PAGE_WRITECOMBINE)) != 0;
}

Verdict judge_view_protection(std::uint32_t protect) {
  if (is_left_out_of_views(protect))
    return Verdict::skip();
  return is_within_view(protect)
             ? Verdict::success("S54 S60 within the view's protection")
             : Verdict::failure({kErrorInvalidParameter}, "S54 S60 more than the view's protection");
}

Verdict Model::judge_view(const ViewCall& call) const {
  bool is_odd = call.size == 0 || call.size > (std::uint64_t{1} << 30) || call.address % kPage != 0;
  if (is_odd || (call.address != 0 && (call.address < kGranule || leaves_user_space(call.address, call.size))))
    return Verdict::skip();
  if (call.address == 0)
    return in_use_ + call.size > territory_.capacity ? Verdict::either({kErrorNotEnoughMemory}, "S36 a small arena")
                                                     : Verdict::success("S33 anywhere");
  Range range = pages_of(call.address, call.size);
  const Allocation* there = pages.allocation_of(range.begin);
  if (there == nullptr)
    return pages.at(range.begin).state != State::foreign && knows(range.begin)
               ? Verdict::failure({kErrorInvalidAddress}, "S71 no placeholder")
               : Verdict::skip();
  return there->origin == Origin::placeholder && there->range == range
             ? Verdict::success("S71 exactly a placeholder")
             : Verdict::failure({kErrorInvalidAddress}, "S71 not exactly a placeholder");
}

void Model::apply_view(const ViewCall& call, std::uintptr_t base) {
  Range range{base, base + round_up(call.size, kPage)};
  if (call.address == 0)
    in_use_ += range.size();
  else
    pages.allocations.erase(pages.at(base).allocation);
  settle(range, PAGE_READWRITE, call.address == 0 ? Origin::view : Origin::view_in_placeholder);
  pages.change_all(range, [](Page& page) {
    page.state = State::committed;
    page.protect = PAGE_READWRITE;
  });
}

Verdict Model::judge_unmap(std::uintptr_t address, bool preserves) const {
  if (address >= kUserEnd)
    return Verdict::failure({kErrorInvalidAddress}, "S41 beyond user space");
  const Allocation* there = pages.allocation_of(round_down(address, kPage));
  if (there == nullptr && (pages.at(address).state == State::foreign || !knows(round_down(address, kPage))))
    return Verdict::skip();
  if (there == nullptr || !there->is_view())
    return Verdict::failure({kErrorInvalidAddress}, "S41 no view");
  if (preserves && there->origin == Origin::view)
    return Verdict::failure({kErrorInvalidAddress}, "S72 took no placeholder's place");
  return Verdict::success("S40 S72 in a view");
}

void Model::apply_unmap(std::uintptr_t address, bool preserves) {
  std::uint32_t key = pages.at(address).allocation;
  Range range = pages.allocations.at(key).range;
  pages.allocations.erase(key);
  if (preserves) {
    settle(range, PAGE_NOACCESS, Origin::placeholder);
    return;
  }
  pages.change_all(range, [](Page& page) { page = Page{}; });
  in_use_ -= range.size();
}

} // namespace model
