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

// A call lies on the stack, so longjmp may leave it behind, and what comes next be written over it. Hence the seal, and
// hence two directions: from the outermost inwards every call is reached through one that still stands.
struct Call {
  void* stack; // first: the assembly above stores it
  Call* outer;
  Call* inner;
  Filter filter;
  void* context;
  DWORD code;
  std::uint64_t seal; // of the pointers between stack and code, and of the place
};

thread_local constinit Call* outermost __attribute__((tls_model("initial-exec"))) = nullptr;
thread_local constinit Call* innermost __attribute__((tls_model("initial-exec"))) = nullptr;

// Looks at what longjmp may have left: AddressSanitizer would complain.
[[gnu::no_sanitize_address]] std::uint64_t seal_of(const Call& call) {
  std::uint64_t seal = 0x77696E6D656D7472;
  const void* const parts[] = {&call, call.outer, call.inner, reinterpret_cast<const void*>(call.filter), call.context};
  for (const void* part : parts) {
    seal = (seal ^ reinterpret_cast<Address>(part)) * 0x9E3779B97F4A7C15;
    seal ^= seal >> 32;
  }
  return seal;
}

// Makes `call` the innermost one; none if it is null.
void end_list_at(Call* call) {
  innermost = call;
  if (call == nullptr) {
    outermost = nullptr;
    return;
  }
  call->inner = nullptr;
  call->seal = seal_of(*call);
}

void enter(Call& call) {
  if (innermost == nullptr) {
    outermost = &call;
  } else {
    innermost->inner = &call;
    innermost->seal = seal_of(*innermost);
  }
  innermost = &call;
}

[[gnu::no_sanitize_address]] bool stands(const Call* call, AddressRange threads, Address stack) {
  auto at = reinterpret_cast<Address>(call);
  return !(threads.contains(at) && at < stack) && call->seal == seal_of(*call);
}

// Calls that longjmp jumped over lie below the stack pointer, or something else is there now. On another stack than the
// thread's that can't be told.
void forget_left_calls(Address stack) {
  if (innermost == nullptr) {
    return;
  }
  AddressRange threads = host::own_stack_pages();
  if (!threads.contains(stack)) {
    return;
  }
  if (stands(innermost, threads, stack)) {
    return; // and so do those around it
  }
  Call* last = nullptr;
  for (Call* call = outermost; call != nullptr && stands(call, threads, stack); call = call->inner) {
    last = call;
  }
  end_list_at(last);
}

} // namespace
} // namespace winmem::exception

extern "C" {
int winmem_run_body(winmem::exception::Call*, void (*body)(void*), void* context);
[[noreturn]] void winmem_end_body(winmem::exception::Call*);

// AddressSanitizer's, in a program that has it: frames are about to be left, as by longjmp.
[[gnu::weak]] void __asan_handle_no_return();

// Called by whoever unwinds the stack, with the rules of the C++ ABI for unwinding.
[[gnu::visibility("hidden")]] int winmem_body_personality(int, int actions, std::uint64_t, void*, void*) {
  constexpr int kCleanupPhase = 2;
  constexpr int kContinueUnwind = 8;
  using namespace winmem::exception;
  // Calls inside this one that longjmp left are still listed, perhaps; then the stack pointer will tell later.
  if ((actions & kCleanupPhase) != 0 && innermost != nullptr && innermost->seal == seal_of(*innermost)) {
    end_list_at(innermost->outer);
  }
  return kContinueUnwind;
}
}

namespace winmem::exception {

bool has_filters() { return innermost != nullptr; }

bool run_under_filter(void (*body)(void*), Filter filter, void* context, DWORD& code) {
  forget_left_calls(reinterpret_cast<Address>(__builtin_frame_address(0)));
  Call call{nullptr, innermost, nullptr, filter, context, 0, 0};
  call.seal = seal_of(call);
  enter(call);
  bool was_ended = winmem_run_body(&call, body, context) != 0;
  end_list_at(call.outer);
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
      end_list_at(call);
      if (__asan_handle_no_return != nullptr) {
        __asan_handle_no_return();
      }
      winmem_end_body(call);
    }
  }
  return FilterAnswer::nobody;
}

} // namespace winmem::exception
