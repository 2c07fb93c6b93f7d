// This file is compiled without sanitizers (cmake/core.cmake): it leaves stacks by other ways than returning.
#include "faults.h"

#include "alternate_stack.h"
#include "lock.h"
#include "own_process.h"
#include "syscall.h"

#include <atomic>
#include <cstddef>
#include <cstring>

// Where a handler returns to. Unwinders know a signal's frame by exactly these two instructions; no unwind table may
// cover them, nor the byte before, where unwinders look. gdb asks for the name that libc gives its own as well; it is
// local, and found through a pointer.
__asm__(".text\n"
        ".balign 16\n"
        "nop\n"
        ".type __restore_rt, @function\n"
        "__restore_rt:\n"
        "  mov $15, %rax\n" // rt_sigreturn
        "  syscall\n"
        ".size __restore_rt, . - __restore_rt\n"
        ".section .data.rel.ro, \"aw\"\n"
        ".balign 8\n"
        ".hidden winmem_fault_restorer\n"
        ".globl winmem_fault_restorer\n"
        ".type winmem_fault_restorer, @object\n"
        "winmem_fault_restorer:\n"
        "  .quad __restore_rt\n"
        ".size winmem_fault_restorer, 8\n"
        ".text\n");

// bool winmem_probe_pages(Address highest, Address lowest): whether each page from `highest` down to `lowest` can be
// written. A fault of the marked instruction is answered by receive(): the probe then says no.
__asm__(".text\n"
        ".balign 16\n"
        ".hidden winmem_probe_pages, winmem_probe_touch, winmem_probe_failed\n"
        ".globl winmem_probe_pages, winmem_probe_touch, winmem_probe_failed\n"
        ".type winmem_probe_pages, @function\n"
        "winmem_probe_pages:\n"
        ".cfi_startproc\n"
        "winmem_probe_touch:\n"
        "  lock orb $0, (%rdi)\n"
        "  sub $4096, %rdi\n"
        "  cmp %rsi, %rdi\n"
        "  jae winmem_probe_touch\n"
        "  mov $1, %eax\n"
        "  ret\n"
        "winmem_probe_failed:\n"
        "  xor %eax, %eax\n"
        "  ret\n"
        ".cfi_endproc\n"
        ".size winmem_probe_pages, . - winmem_probe_pages\n");

// [[noreturn]] void winmem_enter(int signal, siginfo_t*, void* context, uint64_t note, Address frame, Handler to): goes
// to `to` with its stack at `frame`, where the address lies that it returns to.
__asm__(".text\n"
        ".balign 16\n"
        ".hidden winmem_enter\n"
        ".globl winmem_enter\n"
        ".type winmem_enter, @function\n"
        "winmem_enter:\n"
        ".cfi_startproc\n"
        "  mov %r8, %rsp\n"
        "  jmp *%r9\n"
        ".cfi_endproc\n"
        ".size winmem_enter, . - winmem_enter\n");

// NOLINTBEGIN(readability-identifier-naming): names of the assembly above
extern "C" {
using MovedHandler = void (*)(int, siginfo_t*, void*, std::uint64_t);

extern void (*const winmem_fault_restorer)();
bool winmem_probe_pages(winmem::Address highest, winmem::Address lowest);
extern const char winmem_probe_touch[];
extern const char winmem_probe_failed[];
[[noreturn]] void winmem_enter(int, siginfo_t*, void*, std::uint64_t, winmem::Address frame, MovedHandler);
}
// NOLINTEND(readability-identifier-naming)

namespace winmem::host {

namespace {

// As the kernel has it, which libc's structure is not.
struct Action {
  Address handler; // of either form, or one of the numbers kDefault and kIgnore
  unsigned long flags;
  void (*restorer)();
  std::uint64_t mask;
};

constexpr unsigned long kRestorer = 0x04000000; // SA_RESTORER
constexpr Address kDefault = 0;                 // SIG_DFL
constexpr Address kIgnore = 1;                  // SIG_IGN
constexpr int kSignals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
constexpr unsigned kSignalCount = sizeof kSignals / sizeof kSignals[0];

constexpr std::uint64_t bit_of(int signal) { return std::uint64_t{1} << (signal - 1); }

unsigned index_of(int signal) {
  unsigned index = 0;
  while (index + 1 < kSignalCount && kSignals[index] != signal) {
    ++index;
  }
  return index;
}

long ask_action(int signal, Action& out) {
  return system_call(SYS_rt_sigaction, signal, 0, as_argument(&out), sizeof out.mask);
}

long set_action(int signal, const Action& action) {
  return system_call(SYS_rt_sigaction, signal, as_argument(&action), 0, sizeof action.mask);
}

std::uint64_t change_mask(int how, std::uint64_t mask) {
  std::uint64_t old = 0;
  system_call(SYS_rt_sigprocmask, how, as_argument(&mask), as_argument(&old), sizeof mask);
  return old;
}

bool is_function(const Action& action) { return action.handler != kDefault && action.handler != kIgnore; }

constinit std::atomic<const FaultHooks*> hooks{nullptr};

// ------------------------------------------------------------------------------------------------ who was there before

// What was installed when we came first, and what displaced us since. A handler that reads a slot sees it whole: it was
// written before its number was published, and is used again only after many displacements.
struct Earlier {
  static constexpr unsigned kSlots = 16;
  Action slots[kSlots];         // the first stays
  std::atomic<unsigned> latest; // its number plus one; 0 before the first
};
constinit Earlier earlier[kSignalCount]{};
constinit Lock chain_lock; // guards changes of `earlier`

// Where the latest earlier handler is running because we called it. If it calls us, it means those before it.
thread_local constinit const void* passing __attribute__((tls_model("initial-exec"))) = nullptr;

// ------------------------------------------------------------------------------------------------ passing on

// Ends the process by the signal, as if no handler were there, with the registers of the fault: the signal waits until
// the return to the faulting instruction lets it through. A fault that does not repeat (a guard page) ends it as well.
void die(const Fault& fault) {
  Action none{};
  set_action(fault.signal, none);
  change_mask(SIG_BLOCK, bit_of(fault.signal));
  system_call(SYS_rt_tgsigqueueinfo, process_id(), thread_id(), fault.signal, as_argument(fault.info));
  sigdelset(&fault.context->uc_sigmask, fault.signal); // touches the word that the kernel has
}

// The handler to call, now. One that was installed for a single time is not called again, as with the kernel: the
// access that it returns to repeats, and then the default ends the process.
Action take_action(Action& action) {
  Action now = action;
  if (is_function(now) && (now.flags & SA_RESETHAND) != 0) {
    now.handler = std::atomic_ref<Address>(action.handler).exchange(kDefault, std::memory_order_relaxed);
  }
  return now;
}

void call(const Action& action, const Fault& fault) {
  std::uint64_t mask = action.mask | ((action.flags & SA_NODEFER) != 0 ? 0 : bit_of(fault.signal));
  std::uint64_t old = change_mask(SIG_BLOCK, mask);
  if ((action.flags & SA_SIGINFO) != 0) {
    reinterpret_cast<void (*)(int, siginfo_t*, void*)>(action.handler)(fault.signal, fault.info, fault.context);
  } else {
    reinterpret_cast<void (*)(int)>(action.handler)(fault.signal);
  }
  change_mask(SIG_SETMASK, old);
}

Action& first_action(int signal) { return earlier[index_of(signal)].slots[0]; }

Action& latest_action(int signal) {
  Earlier& list = earlier[index_of(signal)];
  unsigned latest = list.latest.load(std::memory_order_acquire);
  return list.slots[latest > 0 ? latest - 1 : 0];
}

void pass_to(Action& who, const Fault& fault) {
  bool was_sent = fault.info->si_code <= 0;
  Action action = take_action(who);
  if (is_function(action)) {
    call(action, fault);
  } else if (!was_sent || action.handler == kDefault) {
    die(fault); // as the kernel does with a fault whose signal is ignored
  }
}

void pass_on(const Fault& fault) {
  const void* outer = passing;
  passing = fault.context;
  pass_to(latest_action(fault.signal), fault);
  passing = outer;
}

// ------------------------------------------------------------------------------------------------ moving to own stack

constexpr Bytes kContextSize = offsetof(ucontext_t, uc_sigmask) + sizeof(std::uint64_t); // what the kernel writes
constexpr Bytes kRedZone = 128;
constexpr Address kStackEnd = Address{1} << 47; // the first thread's may lie above kUserEnd, as under a debugger
constexpr Bytes kHandlerRoom = 0x2000;          // for the second hook, and for small handlers of the program
constexpr std::uint64_t kPassOn = std::uint64_t{1} << 32;

// The kernel's note in the bytes that the processor leaves free in its registers' image.
struct ImageNote {
  std::uint32_t magic;
  std::uint32_t size;
};
constexpr Bytes kNoteOffset = 464;
constexpr std::uint32_t kNoteMagic = 0x46505853; // FP_XSTATE_MAGIC1

// As the kernel decides it: a stack pointer at the lower end is not on the stack, one at the upper end is.
bool is_on(const stack_t& stack, Address at) {
  auto begin = reinterpret_cast<Address>(stack.ss_sp);
  return (stack.ss_flags & SS_DISABLE) == 0 && at - begin - 1 < stack.ss_size;
}

void copy_bytes(Address to, const void* from, Bytes size) {
  __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
}

// Where the signal's frame goes on the thread's own stack.
struct Frame {
  Address registers; // the image of the vector registers
  Address info;
  Address context;
  Address stack; // of the return address, right below the context as the kernel wants it
};

Frame lay_out(Address stack, Bytes image_size) {
  Frame frame{};
  frame.registers = round_down(stack - kRedZone - image_size, 64);
  frame.info = frame.registers - sizeof(siginfo_t);
  frame.context = round_down(frame.info - kContextSize, 16);
  frame.stack = frame.context - sizeof(void*);
  return frame;
}

void handle(Fault& fault) {
  int saved = errno; // the interrupted code's, which a callback's calls into libc may change
  unsigned stacks = alternate_stack_changes();
  FaultAnswer answer = hooks.load(std::memory_order_relaxed)->dispatch(fault);
  errno = saved;
  if (alternate_stack_changes() != stacks) {
    fault.context->uc_stack = installed_alternate_stack(); // or the kernel would put the old one back
  }
  if (answer != FaultAnswer::resume) {
    pass_on(fault);
  }
}

void handle_moved(int signal, siginfo_t* info, void* context, std::uint64_t note) {
  Fault fault{signal, info, static_cast<ucontext_t*>(context), static_cast<std::uint32_t>(note)};
  if ((note & kPassOn) != 0) {
    pass_on(fault);
  } else {
    handle(fault);
  }
}

// Goes on with the fault on the thread's own stack and does not come back; or does, when that stack has no room.
void move_to_own_stack(const Fault& fault, Bytes image_size, std::uint64_t note) {
  Frame frame = lay_out(fault.stack(), image_size);
  if (fault.stack() >= kStackEnd || frame.stack > fault.stack() || frame.stack < kHandlerRoom ||
      !winmem_probe_pages(round_down(fault.stack(), kPage), round_down(frame.stack - kHandlerRoom, kPage))) {
    return;
  }
  copy_bytes(frame.registers, fault.context->uc_mcontext.fpregs, image_size);
  copy_bytes(frame.info, fault.info, sizeof(siginfo_t));
  copy_bytes(frame.context, fault.context, kContextSize);
  auto* context = reinterpret_cast<ucontext_t*>(frame.context);
  context->uc_mcontext.fpregs = reinterpret_cast<fpregset_t>(frame.registers);
  *reinterpret_cast<void (**)()>(frame.stack) = winmem_fault_restorer;
  winmem_enter(fault.signal, reinterpret_cast<siginfo_t*>(frame.info), context, note, frame.stack, handle_moved);
}

// How large the image is that has to move; 0 where it is not known (under Valgrind, which keeps notes of its own beside
// the frame): then the handlers run where the signal arrived.
Bytes movable_image(const ucontext_t& context) {
  if (context.uc_mcontext.fpregs == nullptr) {
    return 0;
  }
  ImageNote note;
  std::memcpy(&note, reinterpret_cast<const char*>(context.uc_mcontext.fpregs) + kNoteOffset, sizeof note);
  return note.magic == kNoteMagic && note.size < 0x10000 ? note.size : 0;
}

// ------------------------------------------------------------------------------------------------ the handler

[[gnu::noinline]] void receive(int signal, siginfo_t* info, void* raw) {
  auto* context = static_cast<ucontext_t*>(raw);
  greg_t& next = context->uc_mcontext.gregs[REG_RIP];
  if (next == reinterpret_cast<greg_t>(winmem_probe_touch)) {
    next = reinterpret_cast<greg_t>(winmem_probe_failed);
    return;
  }
  bool from_kernel = __builtin_return_address(0) == reinterpret_cast<void*>(winmem_fault_restorer);
  Fault fault{signal, info, context};
  if (from_kernel) {
    passing = nullptr;
  } else if (passing == raw) {
    pass_to(first_action(signal), fault);
    return;
  }
  bool was_sent = info->si_code <= 0;
  if (from_kernel && !was_sent && is_below_own_alternate_stack(fault.stack())) {
    die(fault); // a handler of an overflow used up its stack as well, and the kernel has begun it anew, over its frames
    return;
  }
  FaultAnswer answer = was_sent ? FaultAnswer::pass_on : hooks.load(std::memory_order_acquire)->screen(fault);
  if (answer == FaultAnswer::resume) {
    return;
  }
  if (from_kernel) {
    const Action& next_in_line = latest_action(signal);
    bool stays =
        answer == FaultAnswer::pass_on && (!is_function(next_in_line) || (next_in_line.flags & SA_ONSTACK) != 0);
    Bytes image = movable_image(*context);
    if (!stays && image != 0 && is_on(context->uc_stack, reinterpret_cast<Address>(&fault)) &&
        !is_on(context->uc_stack, fault.stack())) {
      move_to_own_stack(fault, image, fault.verdict | (answer == FaultAnswer::pass_on ? kPassOn : 0));
      fault.stack_is_exhausted = true;
    }
    answer == FaultAnswer::pass_on ? pass_on(fault) : handle(fault);
    return;
  }
  // A handler of the program called us, perhaps with signals blocked that the interrupted code had not.
  if (answer == FaultAnswer::pass_on) {
    pass_on(fault);
    return;
  }
  std::uint64_t interrupted = 0;
  std::memcpy(&interrupted, &context->uc_sigmask, sizeof interrupted);
  std::uint64_t old = change_mask(SIG_SETMASK, interrupted);
  handle(fault);
  change_mask(SIG_SETMASK, old);
}

// Puts our handler before whatever is installed, and remembers that.
void chain(int signal) {
  Action now{};
  if (ask_action(signal, now) != 0 || now.handler == reinterpret_cast<Address>(receive)) {
    return;
  }
  Earlier& list = earlier[index_of(signal)];
  unsigned slot = list.latest.load(std::memory_order_relaxed);
  slot = slot < Earlier::kSlots ? slot : 1;
  list.slots[slot] = now;
  list.latest.store(slot + 1, std::memory_order_release);
  Action ours{reinterpret_cast<Address>(receive), SA_SIGINFO | SA_ONSTACK | SA_NODEFER | kRestorer,
              winmem_fault_restorer, 0};
  set_action(signal, ours);
}

} // namespace

void catch_faults(const FaultHooks& wanted) {
  hooks.store(&wanted, std::memory_order_release);
  {
    LockHold hold(chain_lock);
    for (int signal : kSignals) {
      chain(signal);
    }
  }
  start_alternate_stacks();
}

void catch_access_faults(const FaultHooks& wanted) {
  if (hooks.load(std::memory_order_acquire) == nullptr) {
    catch_faults(wanted);
    return;
  }
  LockHold hold(chain_lock);
  chain(SIGSEGV);
}

bool has_stack_room(Bytes room) {
  if (hooks.load(std::memory_order_relaxed) == nullptr) {
    return true;
  }
  auto here = reinterpret_cast<Address>(__builtin_frame_address(0));
  return here > room + kPage && winmem_probe_pages(round_down(here, kPage), round_down(here - room, kPage));
}

void end_process() {
  Action none{};
  set_action(SIGABRT, none);
  change_mask(SIG_UNBLOCK, bit_of(SIGABRT));
  for (;;) {
    system_call(SYS_tgkill, process_id(), thread_id(), SIGABRT);
    system_call(SYS_exit_group, 128 + SIGABRT);
  }
}

} // namespace winmem::host
