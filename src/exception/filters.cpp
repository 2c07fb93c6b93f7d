#include "filters.h"

#include "../host/safe_copy.h"
#include "continuing.h"

// int winmem_run_body(Call*, void (*body)(void*), void* context): 0 when body returned; 1 after winmem_end_body(Call*),
// which goes back to where the call stands, as longjmp does. Who unwinds through it (a C++ exception, a thread that
// ends) passes the personality routine, which takes the call off the list.
__asm__(".text\n"
        ".balign 16\n"
        ".hidden winmem_run_body, winmem_end_body\n"
        ".globl winmem_run_body, winmem_end_body\n"
        ".type winmem_run_body, @function\n"
        "winmem_run_body:\n"
        ".cfi_startproc\n"
        ".cfi_personality 0x1b, winmem_body_personality\n"
        "  pushq %rbp\n"
        ".cfi_adjust_cfa_offset 8\n"
        ".cfi_rel_offset %rbp, 0\n"
        "  pushq %rbx\n"
        ".cfi_adjust_cfa_offset 8\n"
        ".cfi_rel_offset %rbx, 0\n"
        "  pushq %r12\n"
        ".cfi_adjust_cfa_offset 8\n"
        ".cfi_rel_offset %r12, 0\n"
        "  pushq %r13\n"
        ".cfi_adjust_cfa_offset 8\n"
        ".cfi_rel_offset %r13, 0\n"
        "  pushq %r14\n"
        ".cfi_adjust_cfa_offset 8\n"
        ".cfi_rel_offset %r14, 0\n"
        "  pushq %r15\n"
        ".cfi_adjust_cfa_offset 8\n"
        ".cfi_rel_offset %r15, 0\n"
        "  sub $8, %rsp\n"
        ".cfi_adjust_cfa_offset 8\n"
        "  stmxcsr (%rsp)\n"
        "  fnstcw 4(%rsp)\n"
        "  mov %rsp, (%rdi)\n"
        "  mov %rdx, %rdi\n"
        "  call *%rsi\n"
        "  xor %eax, %eax\n"
        "1:\n"
        "  add $8, %rsp\n"
        ".cfi_adjust_cfa_offset -8\n"
        "  popq %r15\n"
        ".cfi_adjust_cfa_offset -8\n"
        "  popq %r14\n"
        ".cfi_adjust_cfa_offset -8\n"
        "  popq %r13\n"
        ".cfi_adjust_cfa_offset -8\n"
        "  popq %r12\n"
        ".cfi_adjust_cfa_offset -8\n"
        "  popq %rbx\n"
        ".cfi_adjust_cfa_offset -8\n"
        "  popq %rbp\n"
        ".cfi_adjust_cfa_offset -8\n"
        "  ret\n"
        ".cfi_endproc\n"
        "winmem_end_body:\n"
        ".cfi_startproc\n"
        "  mov (%rdi), %rsp\n"
        "  fninit\n"
        "  fldcw 4(%rsp)\n"
        "  ldmxcsr (%rsp)\n"
        "  cld\n"
        "  mov $1, %eax\n"
        "  jmp 1b\n"
        ".cfi_endproc\n"
        ".size winmem_run_body, . - winmem_run_body\n");

namespace winmem::exception {

namespace {

struct Call {
  void* stack; // first: the assembly above stores it
  Call* outer;
  Filter filter;
  void* context;
  DWORD code;
  bool on_threads_stack; // and not on a coroutine's
};

thread_local constinit Call* innermost __attribute__((tls_model("initial-exec"))) = nullptr;

// Calls that longjmp jumped over: they lie below the stack pointer. On another stack than the thread's that can't be
// told.
void forget_left_calls(Address stack) {
  AddressRange threads = host::own_stack_pages();
  if (!threads.contains(stack)) {
    return;
  }
  while (innermost != nullptr && innermost->on_threads_stack && reinterpret_cast<Address>(innermost) < stack) {
    innermost = innermost->outer;
  }
}

} // namespace
} // namespace winmem::exception

extern "C" {
int winmem_run_body(winmem::exception::Call*, void (*body)(void*), void* context);
[[noreturn]] void winmem_end_body(winmem::exception::Call*);

// Called by whoever unwinds the stack, with the rules of the C++ ABI for unwinding.
[[gnu::visibility("hidden")]] int winmem_body_personality(int, int actions, std::uint64_t, void*, void*) {
  constexpr int kCleanupPhase = 2;
  constexpr int kContinueUnwind = 8;
  if ((actions & kCleanupPhase) != 0 && winmem::exception::innermost != nullptr) {
    winmem::exception::innermost = winmem::exception::innermost->outer;
  }
  return kContinueUnwind;
}
}

namespace winmem::exception {

bool has_filters() { return innermost != nullptr; }

bool run_under_filter(void (*body)(void*), Filter filter, void* context, DWORD& code) {
  auto here = reinterpret_cast<Address>(__builtin_frame_address(0));
  AddressRange threads = host::own_stack_pages();
  forget_left_calls(here);
  Call call{nullptr, innermost, filter, context, 0, threads.contains(here)};
  innermost = &call;
  bool was_ended = winmem_run_body(&call, body, context) != 0;
  innermost = call.outer;
  if (was_ended) {
    code = call.code;
  }
  return !was_ended;
}

FilterAnswer ask_filters(EXCEPTION_POINTERS& info, Address stack) {
  forget_left_calls(stack);
  for (Call* call = innermost; call != nullptr; call = call->outer) {
    // As in Windows, where only the sign of a filter's answer counts.
    LONG answer = call->filter(&info, call->context);
    if (answer < 0) {
      refuse_noncontinuable(info);
      return FilterAnswer::go_on;
    }
    if (answer > 0) {
      call->code = info.ExceptionRecord->ExceptionCode;
      innermost = call;
      winmem_end_body(call);
    }
  }
  return FilterAnswer::nobody;
}

} // namespace winmem::exception
