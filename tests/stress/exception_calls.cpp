// Handlers are the process's, so every thread's handlers are asked about every thread's exceptions. Each exception
// carries, or its thread knows, where the answer is counted: exactly once, whoever's handler it was.
#include "exception_calls.h"

#include "history.h"
#include "winapi.h"

#include <malloc.h>
#include <winmem.h>

namespace stress {
namespace {

constexpr DWORD kCode = 0xE0575452;
constexpr DWORD kAccessViolation = 0xC0000005;
constexpr DWORD kGuardPageViolation = 0x80000001;

struct Counts {
  int handled = 0;
  int continued = 0;
};

Counts* counts_of(const EXCEPTION_POINTERS* info) {
  const EXCEPTION_RECORD& record = *info->ExceptionRecord;
  return record.ExceptionCode == kCode && record.NumberParameters == 1
             ? reinterpret_cast<Counts*>(record.ExceptionInformation[0])
             : nullptr;
}

LONG NTAPI handle(EXCEPTION_POINTERS* info) {
  Counts* counts = counts_of(info);
  if (counts == nullptr)
    return EXCEPTION_CONTINUE_SEARCH;
  ++counts->handled;
  return EXCEPTION_CONTINUE_EXECUTION;
}

LONG NTAPI note_continuing(EXCEPTION_POINTERS* info) {
  if (Counts* counts = counts_of(info))
    ++counts->continued;
  return EXCEPTION_CONTINUE_SEARCH;
}

// The page this thread is about to touch, and how its exceptions went. Volatile, as the handler comes in the midst of
// it.
thread_local char* volatile touched_page = nullptr;
thread_local volatile int faults = 0;
thread_local volatile int guard_hits = 0;

LONG NTAPI take_fault(EXCEPTION_POINTERS* info) {
  const EXCEPTION_RECORD& record = *info->ExceptionRecord;
  if (touched_page == nullptr || record.NumberParameters < 2 ||
      record.ExceptionInformation[1] - reinterpret_cast<ULONG_PTR>(touched_page) >= kPage)
    return EXCEPTION_CONTINUE_SEARCH;
  if (record.ExceptionCode == kGuardPageViolation) {
    guard_hits = guard_hits + 1;
    return EXCEPTION_CONTINUE_EXECUTION;
  }
  if (record.ExceptionCode != kAccessViolation)
    return EXCEPTION_CONTINUE_SEARCH;
  faults = faults + 1;
  MUST(VirtualAlloc(touched_page, kPage, MEM_COMMIT, PAGE_READWRITE) != nullptr);
  return EXCEPTION_CONTINUE_EXECUTION;
}

class Handler {
public:
  Handler(Random& random, PVECTORED_EXCEPTION_HANDLER function)
      : handle_(AddVectoredExceptionHandler(random.one_in(2), function)) {
    MUST(handle_ != nullptr);
  }
  Handler(const Handler&) = delete;
  Handler& operator=(const Handler&) = delete;
  ~Handler() { MUST(RemoveVectoredExceptionHandler(handle_) && !RemoveVectoredExceptionHandler(handle_)); }

private:
  PVOID handle_;
};

char* reserve_pages(std::size_t pages) {
  auto* base = static_cast<char*>(VirtualAlloc(nullptr, pages * kPage, MEM_RESERVE, PAGE_READWRITE));
  MUST(base != nullptr);
  return base;
}

volatile char& byte(char* address) { return *address; }

// Leaving a function by anything but a return or longjmp loses an entry of ThreadSanitizer's own stack, which is long
// but not endless.
bool may_jump() {
#ifdef __SANITIZE_THREAD__
  thread_local int jumps = 0;
  return ++jumps < 1000;
#else
  return true;
#endif
}

struct Body {
  char* page;
  bool came_back;
};
void touch_under_try(void* context) {
  auto* body = static_cast<Body*>(context);
  byte(body->page) = 1;
  body->came_back = true;
}
int give_up_at(EXCEPTION_POINTERS* info, void* context) {
  auto* body = static_cast<Body*>(context);
  return info->ExceptionRecord->ExceptionInformation[1] == reinterpret_cast<ULONG_PTR>(body->page)
             ? EXCEPTION_EXECUTE_HANDLER
             : EXCEPTION_CONTINUE_SEARCH;
}

LONG WINAPI last_filter(EXCEPTION_POINTERS*) { return EXCEPTION_EXECUTE_HANDLER; }

} // namespace

void raise_and_handle(Random& random) {
  Handler handler(random, handle);
  PVOID continue_handler = AddVectoredContinueHandler(random.one_in(2), note_continuing);
  MUST(continue_handler != nullptr);
  Counts counts;
  auto where = reinterpret_cast<ULONG_PTR>(&counts);
  if (random.one_in(2)) {
    RaiseException(kCode, 0, 1, &where);
  } else {
    EXCEPTION_RECORD record{};
    record.ExceptionCode = kCode;
    record.NumberParameters = 1;
    record.ExceptionInformation[0] = where;
    RtlRaiseException(&record);
  }
  MUST(counts.handled == 1 && counts.continued >= 1);
  MUST(RemoveVectoredContinueHandler(continue_handler));
}

void fault_and_commit(Random& random) {
  Handler handler(random, take_fault);
  char* base = reserve_pages(16);
  char* page = base + random.below(16) * kPage;
  touched_page = page;
  faults = 0;
  byte(page + 5) = 7;
  touched_page = nullptr;
  MUST(faults == 1 && byte(page + 5) == 7 && byte(page) == 0);
  MUST(VirtualFree(base, 0, MEM_RELEASE));
}

void touch_a_guard_page(Random& random) {
  Handler handler(random, take_fault);
  char* base = reserve_pages(16);
  char* page = base + random.below(15) * kPage;
  MUST(VirtualAlloc(page, 2 * kPage, MEM_COMMIT, PAGE_READWRITE | PAGE_GUARD) == page);
  touched_page = page;
  guard_hits = 0;
  byte(page) = 3;
  byte(page + 1) = 4;
  touched_page = nullptr;
  MUST(guard_hits == 1 && byte(page) == 3 && byte(page + 1) == 4);
  MEMORY_BASIC_INFORMATION info{};
  MUST(VirtualQuery(page, &info, sizeof info) == sizeof info && info.Protect == PAGE_READWRITE &&
       info.RegionSize == kPage);
  MUST(VirtualQuery(page + kPage, &info, sizeof info) == sizeof info && info.Protect == (PAGE_READWRITE | PAGE_GUARD) &&
       info.RegionSize == kPage);
  MUST(VirtualFree(base, 0, MEM_RELEASE));
}

void fault_under_try(Random& random) {
  if (!may_jump())
    return;
  char* base = reserve_pages(16);
  Body body{base + random.below(16) * kPage, false};
  unsigned code = 0;
  MUST(winmem_try(touch_under_try, give_up_at, &body, &code) == 0);
  MUST(code == kAccessViolation && !body.came_back);
  MUST(VirtualAlloc(base, 16 * kPage, MEM_COMMIT, PAGE_READWRITE) == base);
  MUST(winmem_try(touch_under_try, give_up_at, &body, &code) != 0 && body.came_back);
  MUST(VirtualFree(base, 0, MEM_RELEASE));
}

void capture_and_restore(Random&) {
  void* frames[16] = {};
  WORD count = RtlCaptureStackBackTrace(0, 16, frames, nullptr);
  MUST(count >= 2 && frames[0] != nullptr && frames[1] != nullptr);
  if (!may_jump())
    return;
  CONTEXT context{};
  volatile int visits = 0;
  RtlCaptureContext(&context);
  visits = visits + 1;
  if (visits < 3)
    RtlRestoreContext(&context, nullptr);
  MUST(visits == 3);
}

void ask_the_last_filter(Random&) {
  auto before = SetUnhandledExceptionFilter(last_filter);
  MUST(before == nullptr || before == last_filter);
  EXCEPTION_POINTERS pointers{};
  MUST(UnhandledExceptionFilter(&pointers) == EXCEPTION_EXECUTE_HANDLER);
}

void prepare_for_overflow(Random&) {
  ULONG size = 0;
  MUST(SetThreadStackGuarantee(&size));
  static_cast<void>(_resetstkoflw()); // nothing has overflowed: what it answers then is its own test's matter
}

} // namespace stress
