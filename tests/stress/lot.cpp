#include "lot.h"

#include "winapi.h"

namespace stress {
namespace {

constexpr DWORD kUntouched = 0x1234567; // the last error before each call

void* pointer(std::uintptr_t address) { return reinterpret_cast<void*>(address); }

// A guard page is left alone here: its first touch raises.
bool readable(std::uint32_t protect) { return protect != PAGE_NOACCESS && (protect & PAGE_GUARD) == 0; }
bool writable(std::uint32_t protect) { return protect == PAGE_READWRITE || protect == PAGE_EXECUTE_READWRITE; }

volatile std::uintptr_t& word(std::uintptr_t address) { return *reinterpret_cast<volatile std::uintptr_t*>(address); }

} // namespace

Writer::Span Writer::any_span(std::size_t within_begin, std::size_t within_end) {
  std::size_t begin = random_.between(within_begin, within_end - 1);
  std::size_t most = within_end - begin;
  std::size_t count = random_.one_in(3) ? random_.between(1, most) : random_.between(1, most < 4 ? most : 4);
  return {begin, begin + count};
}

bool Writer::find_allocated(std::size_t& page) {
  page = random_.below(kLotPages);
  for (std::size_t tried = 0; tried < kLotPages; ++tried, page = (page + 1) % kLotPages)
    if (now_[page].state != State::free)
      return true;
  return false;
}

std::uint32_t Writer::any_protection() {
  static constexpr std::uint32_t kProtections[] = {
      PAGE_READWRITE, PAGE_READWRITE,    PAGE_READWRITE,         PAGE_READONLY,
      PAGE_NOACCESS,  PAGE_EXECUTE_READ, PAGE_EXECUTE_READWRITE, PAGE_READWRITE | PAGE_GUARD};
  return kProtections[random_.below(std::size(kProtections))];
}

// Every call is announced, must succeed, and must leave the last error alone.
template <class Call> void Writer::change(const Shape& next, Call call) {
  lot_.history.begin(next);
  SetLastError(kUntouched);
  bool ok = call();
  DWORD error = GetLastError();
  if (!ok || error != kUntouched)
    wrong("lot %#zx: a call that must succeed %s, last error %u", lot_.begin, ok ? "did" : "failed", unsigned{error});
  lot_.history.finish();
  now_ = next;
}

void Writer::step() {
  switch (random_.below(17)) {
  case 0:
  case 1:
    reserve();
    break;
  case 2:
  case 3:
  case 4:
  case 5:
  case 6:
    commit();
    break;
  case 7:
  case 8:
  case 9:
    decommit();
    break;
  case 10:
  case 11:
  case 12:
    protect();
    break;
  case 13:
    release();
    break;
  case 14:
    release_part();
    break;
  case 15:
    reset();
    break;
  default:
    lock_or_unlock();
  }
  touch(random_.below(kLotPages));
}

void Writer::reserve() {
  std::size_t begin = random_.below(kLotPages / kGranulePages) * kGranulePages;
  Span span{begin, begin + random_.between(1, kLotPages - begin)};
  bool commits = random_.one_in(3);
  std::uint32_t protection = any_protection();
  DWORD type = commits ? MEM_RESERVE | MEM_COMMIT : MEM_RESERVE;
  auto call = [&] {
    return VirtualAlloc(pointer(lot_.address(span.begin)), (span.end - span.begin) * kPage, type, protection) !=
           nullptr;
  };
  if (!now_.all_free(span.begin, span.end)) { // V17
    MUST(!call() && GetLastError() == ERROR_INVALID_ADDRESS);
    return;
  }
  Shape next = now_;
  for (std::size_t page = span.begin; page < span.end; ++page)
    next.set(page, {commits ? State::committed : State::reserved, commits ? protection : 0, protection, span.begin});
  change(next, call);
}

void Writer::commit() {
  std::size_t page = 0;
  if (!find_allocated(page))
    return reserve();
  Span span = any_span(page, now_.allocation_end(page));
  std::uint32_t protection = any_protection();
  Shape next = now_;
  for (std::size_t each = span.begin; each < span.end; ++each) {
    Page is = now_[each];
    is.state = State::committed;
    is.protect = protection;
    next.set(each, is);
  }
  change(next, [&] {
    return VirtualAlloc(pointer(lot_.address(span.begin)), (span.end - span.begin) * kPage, MEM_COMMIT, protection) ==
           pointer(lot_.address(span.begin));
  });
}

void Writer::decommit() {
  std::size_t page = 0;
  if (!find_allocated(page))
    return reserve();
  Span span = any_span(page, now_.allocation_end(page));
  Shape next = now_;
  for (std::size_t each = span.begin; each < span.end; ++each)
    next.set(each, {State::reserved, 0, now_[each].allocation_protect, now_[each].base});
  forget_contents(span.begin, span.end);
  change(next, [&] {
    return VirtualFree(pointer(lot_.address(span.begin)), (span.end - span.begin) * kPage, MEM_DECOMMIT) != 0;
  });
}

void Writer::protect() {
  std::size_t page = 0;
  if (!find_allocated(page))
    return reserve();
  Span span = any_span(page, now_.allocation_end(page));
  std::uint32_t protection = any_protection();
  DWORD old = 0;
  auto call = [&] {
    return VirtualProtect(pointer(lot_.address(span.begin)), (span.end - span.begin) * kPage, protection, &old) != 0;
  };
  if (!now_.all_committed(span.begin, span.end)) { // V43
    MUST(!call() && GetLastError() == ERROR_INVALID_ADDRESS);
    return;
  }
  Shape next = now_;
  for (std::size_t each = span.begin; each < span.end; ++each) {
    Page is = now_[each];
    is.protect = protection;
    next.set(each, is);
  }
  std::uint32_t before = now_[span.begin].protect;
  change(next, call);
  MUST(old == before);
}

void Writer::free_pages(Shape& next, std::size_t begin, std::size_t end) {
  for (std::size_t page = begin; page < end; ++page)
    next.set(page, {});
}

void Writer::release() {
  std::size_t page = 0;
  if (!find_allocated(page))
    return reserve();
  Span whole{now_[page].base, now_.allocation_end(page)};
  Shape next = now_;
  free_pages(next, whole.begin, whole.end);
  forget_contents(whole.begin, whole.end);
  change(next, [&] { return VirtualFree(pointer(lot_.address(whole.begin)), 0, MEM_RELEASE) != 0; });
}

// V39: what is left above is an allocation of its own.
void Writer::release_part() {
  std::size_t page = 0;
  if (!find_allocated(page))
    return reserve();
  std::size_t allocation_end = now_.allocation_end(page);
  Span span = any_span(page, allocation_end);
  Shape next = now_;
  free_pages(next, span.begin, span.end);
  for (std::size_t each = span.end; each < allocation_end; ++each) {
    Page is = now_[each];
    is.base = span.end;
    next.set(each, is);
  }
  forget_contents(span.begin, span.end);
  change(next, [&] {
    PVOID base = pointer(lot_.address(span.begin));
    SIZE_T size = (span.end - span.begin) * kPage;
    return NtFreeVirtualMemory(GetCurrentProcess(), &base, &size, MEM_RELEASE) == 0;
  });
}

// V23: no page becomes another, but contents may go.
void Writer::reset() {
  std::size_t page = 0;
  if (!find_allocated(page))
    return reserve();
  Span span = any_span(page, now_.allocation_end(page));
  for (std::size_t each = span.begin; each < span.end; ++each)
    unsure_.set(each, now_[each].state == State::committed);
  change(now_, [&] {
    return VirtualAlloc(pointer(lot_.address(span.begin)), (span.end - span.begin) * kPage, MEM_RESET,
                        PAGE_READWRITE) != nullptr;
  });
}

// V100, V101. One page at most, so that all writers together stay within what a process may lock. What is decommitted
// or released is unlocked.
void Writer::lock_or_unlock() {
  if (locked_ != kLotPages && readable(now_[locked_].protect)) {
    MUST(VirtualUnlock(pointer(lot_.address(locked_)), kPage));
    locked_ = kLotPages;
    return;
  }
  std::size_t page = random_.below(kLotPages);
  Page is = now_[page];
  if ((is.protect & PAGE_GUARD) != 0 || locked_ != kLotPages)
    return;
  bool locked = VirtualLock(pointer(lot_.address(page)), kPage) != 0;
  if (is.state != State::committed || !readable(is.protect))
    MUST(!locked && GetLastError() == ERROR_NOACCESS);
  else if (locked)
    locked_ = page;
  else
    MUST(GetLastError() == ERROR_WORKING_SET_QUOTA); // RLIMIT_MEMLOCK may be low
}

void Writer::forget_contents(std::size_t begin, std::size_t end) {
  if (locked_ >= begin && locked_ < end)
    locked_ = kLotPages;
  for (std::size_t page = begin; page < end; ++page) {
    written_.reset(page);
    unsure_.reset(page);
  }
}

void Writer::touch(std::size_t page) {
  Page is = now_[page];
  if (is.state != State::committed || !readable(is.protect))
    return;
  std::uintptr_t at = lot_.address(page);
  std::uintptr_t holds = word(at);
  std::uintptr_t expected = written_[page] ? at : 0;
  if (holds != expected && !(unsure_[page] && (holds == 0 || holds == at)))
    wrong("the page %#zx holds %#zx, expected %#zx", at, holds, expected);
  if (writable(is.protect)) {
    word(at) = at;
    written_.set(page);
    unsure_.reset(page);
  }
}

void Writer::release_all() {
  for (std::size_t page = 0; page < kLotPages;) {
    if (now_[page].state == State::free) {
      ++page;
      continue;
    }
    std::size_t end = now_.allocation_end(page);
    Shape next = now_;
    free_pages(next, page, end);
    forget_contents(page, end);
    change(next, [&] { return VirtualFree(pointer(lot_.address(page)), 0, MEM_RELEASE) != 0; });
    page = end;
  }
}

void Writer::take_over(const Shape& shape) {
  now_ = shape;
  written_.reset();
  unsure_.set();
  locked_ = kLotPages; // locks are not inherited
  lot_.history.begin(shape);
  lot_.history.finish();
}

} // namespace stress
