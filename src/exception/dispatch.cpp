// The way of an exception through its handlers, and the two ways in: a fault, and a program that raises one.
#include "../host/faults.h"
#include "../vm/fork_gate.h"
#include "../vm/vm.h"
#include "context.h"
#include "continuing.h"
#include "exception.h"
#include "filters.h"
#include "handlers.h"
#include "record.h"

#include <ntstatus.h>

#include <atomic>

namespace winmem::exception {

namespace {

constinit std::atomic<TopFilter> top{nullptr};

// E8, E10. True when a handler of the list took it.
bool call_handlers(Kind kind, EXCEPTION_POINTERS& info) {
  Place place = kBeforeAll;
  while (PVECTORED_EXCEPTION_HANDLER handler = next_handler(kind, place)) {
    if (handler(&info) == EXCEPTION_CONTINUE_EXECUTION) {
      return true;
    }
  }
  return false;
}

// Whether the program goes on, as the context says by then.
bool dispatch(EXCEPTION_POINTERS& info) {
  bool goes_on = call_handlers(Kind::exception_handler, info);
  if (!goes_on && has_filters()) {
    goes_on = ask_filters(info, info.ContextRecord->Rsp) == FilterAnswer::go_on;
  }
  if (!goes_on) {
    TopFilter filter = top.load(std::memory_order_acquire);
    goes_on = filter != nullptr && filter(&info) == EXCEPTION_CONTINUE_EXECUTION;
    if (goes_on) {
      refuse_noncontinuable(info);
    }
  }
  if (goes_on && has_handlers(Kind::continue_handler)) {
    static_cast<void>(call_handlers(Kind::continue_handler, info));
  }
  return goes_on;
}

bool has_listeners() {
  return has_handlers(Kind::exception_handler) || top.load(std::memory_order_relaxed) != nullptr || has_filters();
}

vm::AccessKind kind_of(ULONG_PTR access) {
  switch (access) {
  case EXCEPTION_READ_FAULT:
    return vm::AccessKind::read;
  case EXCEPTION_WRITE_FAULT:
    return vm::AccessKind::write;
  default:
    return vm::AccessKind::execute;
  }
}

host::FaultAnswer to_whom_it_may_concern() {
  return has_listeners() ? host::FaultAnswer::dispatch : host::FaultAnswer::pass_on;
}

host::FaultAnswer screen(host::Fault& fault) {
  bool is_absent = fault.signal == SIGBUS;
  fault.verdict = static_cast<std::uint32_t>(PageFault::violation);
  if ((fault.signal == SIGSEGV || is_absent) && is_page_fault(fault)) {
    vm::AccessKind kind = kind_of(access_of(fault));
    switch (is_absent ? vm::take_absence(fault.address(), kind) : vm::take_fault(fault.address(), kind)) {
    case vm::FaultAnswer::retry:
      return host::FaultAnswer::resume;
    case vm::FaultAnswer::guard_hit:
      fault.verdict = static_cast<std::uint32_t>(PageFault::guard_page);
      break;
    case vm::FaultAnswer::violation: // S50: also of a page that its section has not committed
      break;
    case vm::FaultAnswer::not_ours:
      if (is_absent) {
        fault.verdict = static_cast<std::uint32_t>(vm::why_no_page(fault.address(), kind));
      }
      break;
    }
  }
  return to_whom_it_may_concern();
}

// Where a stack overflow was last continued without anything being changed: it will come again at once, and on Windows
// the second one ends the process.
thread_local constinit Address continued_overflow __attribute__((tls_model("initial-exec"))) = 0;

host::FaultAnswer dispatch_fault(host::Fault& fault) {
  EXCEPTION_RECORD record;
  alignas(16) CONTEXT context;
  from_signal(*fault.context, context);
  describe(fault, context, record);
  bool is_overflow = record.ExceptionCode == static_cast<DWORD>(STATUS_STACK_OVERFLOW);
  if (is_overflow && continued_overflow == context.Rsp) {
    return host::FaultAnswer::pass_on;
  }
  continued_overflow = 0;
  EXCEPTION_POINTERS info{&record, &context};
  if (!dispatch(info)) {
    return host::FaultAnswer::pass_on;
  }
  continued_overflow = is_overflow ? context.Rsp : 0;
  to_signal(context, *fault.context);
  return host::FaultAnswer::resume;
}

constexpr host::FaultHooks kHooks{screen, dispatch_fault};

} // namespace

void arm() {
  vm::Change change; // fork waits for it
  host::catch_faults(kHooks);
}

void arm_access() {
  vm::Change change;
  host::catch_access_faults(kHooks);
}

TopFilter set_top_filter(TopFilter filter) { return top.exchange(filter, std::memory_order_acq_rel); }

TopFilter top_filter() { return top.load(std::memory_order_acquire); }

void raise_record(EXCEPTION_RECORD& record) {
  volatile bool is_raised = false;
  alignas(16) CONTEXT context;
  capture(context); // comes back here, a second time, when the program goes on
  if (is_raised) {
    return;
  }
  is_raised = true;
  if (record.ExceptionAddress == nullptr) {
    record.ExceptionAddress = reinterpret_cast<PVOID>(context.Rip);
  }
  EXCEPTION_POINTERS info{&record, &context};
  if (!dispatch(info)) {
    host::end_process();
  }
  restore(context);
}

void raise_here(EXCEPTION_RECORD& record) {
  record.ExceptionAddress = nullptr;
  raise_record(record);
}

void raise_at(EXCEPTION_RECORD& record, CONTEXT& context, bool is_first) {
  EXCEPTION_POINTERS info{&record, &context};
  if (!is_first || !dispatch(info)) {
    host::end_process();
  }
  restore(context);
}

void refuse_noncontinuable(const EXCEPTION_POINTERS& info) {
  if ((info.ExceptionRecord->ExceptionFlags & EXCEPTION_NONCONTINUABLE) == 0) {
    return;
  }
  EXCEPTION_RECORD record{};
  record.ExceptionCode = static_cast<DWORD>(STATUS_NONCONTINUABLE_EXCEPTION);
  record.ExceptionFlags = EXCEPTION_NONCONTINUABLE;
  record.ExceptionRecord = info.ExceptionRecord;
  record.ExceptionAddress = info.ExceptionRecord->ExceptionAddress;
  raise_record(record);
  host::end_process(); // nothing may continue this one
}

} // namespace winmem::exception
