// A program that handles signals itself, beside winmem: each gets its own faults, whoever came first.
#include "exception_watch.h"
#include "memory_map.h"
#include "scenario.h"

#include <csetjmp>
#include <cstring>
#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>

namespace apitest {
namespace {

constexpr std::size_t kOwnBytes = 4 * kPage;

// Memory of the program's own, which its handlers make accessible when it is touched.
char* own_memory() {
  void* memory = mmap(nullptr, kOwnBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  DEMAND(memory != MAP_FAILED);
  return static_cast<char*>(memory);
}

// Two handlers as libraries have them: each knows its own memory and leaves the rest to whoever was there before it.
template <int Which> struct Library {
  static inline char* memory = nullptr;
  static inline volatile int calls = 0;
  static inline bool chains = true;
  static inline struct sigaction before = {};
  static inline siginfo_t info = {};
  static inline greg_t instruction = 0;

  static void handle(int signal, siginfo_t* seen, void* raw) {
    auto* context = static_cast<ucontext_t*>(raw);
    if (number(seen->si_addr) - number(memory) < kOwnBytes) {
      calls = calls + 1;
      info = *seen;
      instruction = context->uc_mcontext.gregs[REG_RIP];
      mprotect(memory, kOwnBytes, PROT_READ | PROT_WRITE);
      return;
    }
    if (!chains) {
      std::fprintf(stderr, "a fault at %p came to the wrong handler\n", seen->si_addr);
      std::_Exit(1);
    }
    if ((before.sa_flags & SA_SIGINFO) != 0) {
      before.sa_sigaction(signal, seen, raw);
    } else if (before.sa_handler == SIG_DFL) {
      ::signal(signal, SIG_DFL); // what people write: the access is repeated, and ends the process
    } else if (before.sa_handler != SIG_IGN) {
      before.sa_handler(signal);
    }
  }

  static void install(int flags = SA_SIGINFO | SA_ONSTACK) {
    memory = own_memory();
    struct sigaction action = {};
    action.sa_sigaction = handle;
    action.sa_flags = flags;
    DEMAND(sigaction(SIGSEGV, &action, &before) == 0);
  }

  static void hide() { mprotect(memory, kOwnBytes, PROT_NONE); }

  static bool gets_its_fault() {
    hide();
    const int seen = calls;
    std::memset(&info, 0, sizeof info);
    const bool value = exception_probe_read(memory + 5) == 0;
    return value && calls == seen + 1 && info.si_signo == SIGSEGV && info.si_code == SEGV_ACCERR &&
           info.si_addr == memory + 5 && instruction == static_cast<greg_t>(number(exception_probe_read_at));
  }
};

// A vectored handler that knows one region, and its fault.
class Vectored {
public:
  bool gets_its_fault() {
    const int before = taken_;
    return exception_probe_read(region_.page(1) + 3) == -1 && taken_ == before + 1;
  }

private:
  Region region_ = committed(16, PAGE_NOACCESS);
  int taken_ = 0;
  Watch watch_{[this](EXCEPTION_POINTERS* exception) -> LONG {
    const ULONG_PTR address = exception->ExceptionRecord->ExceptionInformation[1];
    if (address - number(region_.base()) >= region_.bytes()) {
      return EXCEPTION_CONTINUE_SEARCH;
    }
    ++taken_;
    return_from_probe(exception->ContextRecord, ~std::uint64_t{0});
    return EXCEPTION_CONTINUE_EXECUTION;
  }};
};

// What makes winmem look whether somebody displaced it.
void arm_again() {
  Region region = committed(16);
  PVOID handle = AddVectoredExceptionHandler(0, [](EXCEPTION_POINTERS*) -> LONG { return EXCEPTION_CONTINUE_SEARCH; });
  DEMAND(RemoveVectoredExceptionHandler(handle) != 0);
}

SCENARIO_TEST(Chain, nothing_is_installed_before_it_is_needed, "exit 0") {
  Region region = committed(16);
  DWORD old = 0;
  VirtualProtect(region.base(), kPage, PAGE_READONLY, &old);
  VirtualFree(region.base(), kPage, MEM_DECOMMIT);

  for (int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP}) {
    struct sigaction action = {};
    sigaction(signal, nullptr, &action);
#if !defined(__SANITIZE_ADDRESS__)
    DEMAND(action.sa_handler == SIG_DFL && action.sa_flags == 0);
#endif
  }
}

SCENARIO_TEST(Chain, a_handler_from_before_keeps_its_faults, "exit 0") {
  Library<1>::chains = false;
  Library<1>::install();
  Vectored vectored;

  for (int round = 0; round < 100; ++round) {
    DEMAND(Library<1>::gets_its_fault());
    DEMAND(vectored.gets_its_fault());
  }
}

SCENARIO_TEST(Chain, a_handler_from_before_keeps_its_faults_when_the_vectored_one_is_gone, "exit 0") {
  Library<1>::install();
  {
    Vectored vectored;
    DEMAND(vectored.gets_its_fault());
  }
  DEMAND(Library<1>::gets_its_fault());
}

SCENARIO_TEST(Chain, a_handler_from_before_comes_after_a_filter_that_searches, "exit 0") {
  Library<1>::install();
  SetUnhandledExceptionFilter([](EXCEPTION_POINTERS*) -> LONG { return EXCEPTION_CONTINUE_SEARCH; });

  DEMAND(Library<1>::gets_its_fault());
}

SCENARIO_TEST(Chain, a_handler_from_after_that_chains_leaves_us_ours, "exit 0") {
  Vectored vectored;
  Library<1>::install();

  for (int round = 0; round < 100; ++round) {
    DEMAND(Library<1>::gets_its_fault());
    DEMAND(vectored.gets_its_fault());
  }
}

SCENARIO_TEST(Chain, a_handler_from_after_that_does_not_chain_gets_everything_until_we_arm_again, "exit 0") {
  Vectored vectored;
  Library<1>::chains = false;
  Library<1>::install();
  DEMAND(Library<1>::gets_its_fault());

  arm_again();

  DEMAND(vectored.gets_its_fault());
  DEMAND(Library<1>::gets_its_fault());
}

SCENARIO_TEST(Chain, one_before_and_one_after, "exit 0") {
  Library<1>::chains = false;
  Library<1>::install();
  Vectored vectored;
  Library<2>::install();

  for (int round = 0; round < 50; ++round) {
    DEMAND(Library<1>::gets_its_fault());
    DEMAND(Library<2>::gets_its_fault());
    DEMAND(vectored.gets_its_fault());
    if (round == 25) {
      arm_again();
    }
  }
}

SCENARIO_TEST(Chain, two_that_chain_to_each_other_do_not_turn_in_circles, "signal 11") {
  Vectored vectored;
  Library<1>::install();
  arm_again();
  DEMAND(vectored.gets_its_fault());
  DEMAND(Library<1>::gets_its_fault());

  exception_probe_read(at(0x18)); // nobody's
}

SCENARIO_TEST(Chain, guard_pages_work_behind_a_handler_from_after, "exit 0") {
  Vectored vectored;
  Library<1>::chains = false;
  Library<1>::install();
  Region region = committed(16);
  DWORD old = 0;
  Watch guard([](EXCEPTION_POINTERS* exception) -> LONG {
    return exception->ExceptionRecord->ExceptionCode == kGuardPage ? EXCEPTION_CONTINUE_EXECUTION
                                                                   : EXCEPTION_CONTINUE_SEARCH;
  });
  Library<2>::chains = false;
  Library<2>::install();

  DEMAND(VirtualProtect(region.page(3), kPage, PAGE_READWRITE | PAGE_GUARD, &old)); // looks again
  DEMAND(exception_probe_read(region.page(3)) == 0);

  DEMAND(guard.seen() == 1);
}

// What a handler gets that was there before: the same as without winmem.

volatile int expected_calls = 0;
char* fault_address = nullptr;
GeneralRegisters seen_registers;
sigset_t seen_mask;

void look_and_skip(int, siginfo_t* info, void* raw) {
  auto* context = static_cast<ucontext_t*>(raw);
  const greg_t* gregs = context->uc_mcontext.gregs;
  DEMAND(info->si_signo == SIGSEGV && info->si_code == SEGV_ACCERR && info->si_addr == fault_address);
  seen_registers = {static_cast<std::uint64_t>(gregs[REG_RAX]), static_cast<std::uint64_t>(gregs[REG_RBX]),
                    static_cast<std::uint64_t>(gregs[REG_RCX]), static_cast<std::uint64_t>(gregs[REG_RDX]),
                    static_cast<std::uint64_t>(gregs[REG_RSI]), static_cast<std::uint64_t>(gregs[REG_RDI]),
                    static_cast<std::uint64_t>(gregs[REG_RBP]), static_cast<std::uint64_t>(gregs[REG_R8]),
                    static_cast<std::uint64_t>(gregs[REG_R9]),  static_cast<std::uint64_t>(gregs[REG_R10]),
                    static_cast<std::uint64_t>(gregs[REG_R11]), static_cast<std::uint64_t>(gregs[REG_R12]),
                    static_cast<std::uint64_t>(gregs[REG_R13]), static_cast<std::uint64_t>(gregs[REG_R14]),
                    static_cast<std::uint64_t>(gregs[REG_R15])};
  pthread_sigmask(SIG_BLOCK, nullptr, &seen_mask);
  expected_calls = expected_calls + 1;
  context->uc_mcontext.gregs[REG_RIP] += 2;
  context->uc_mcontext.gregs[REG_R15] = 0x77;
}

SCENARIO_TEST(Chain, it_gets_unchanged_registers_and_its_changes_take_effect, "exit 0") {
  struct sigaction action = {};
  action.sa_sigaction = look_and_skip;
  action.sa_flags = SA_SIGINFO;
  sigaddset(&action.sa_mask, SIGUSR1);
  sigaction(SIGSEGV, &action, nullptr);
  Vectored vectored;
  fault_address = own_memory() + 9;
  GeneralRegisters values = {1, 2, number(fault_address), 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  const GeneralRegisters before = values;

  exception_probe_registers(&values);

  DEMAND(expected_calls == 1);
  DEMAND(std::memcmp(&seen_registers, &before, sizeof before) == 0);
  DEMAND(values.r15 == 0x77 && values.r14 == 14 && values.rax == 1);
}

SCENARIO_TEST(Chain, it_runs_with_the_mask_it_asked_for, "exit 0") {
  struct sigaction action = {};
  action.sa_sigaction = look_and_skip;
  action.sa_flags = SA_SIGINFO;
  sigaddset(&action.sa_mask, SIGUSR1);
  sigaction(SIGSEGV, &action, nullptr);
  Vectored vectored;
  fault_address = own_memory();
  sigset_t before;
  sigset_t after;
  pthread_sigmask(SIG_BLOCK, nullptr, &before);

  exception_probe_write(fault_address, 1);

  pthread_sigmask(SIG_BLOCK, nullptr, &after);
  DEMAND(expected_calls == 1);
  DEMAND(sigismember(&seen_mask, SIGUSR1) == 1 && sigismember(&seen_mask, SIGSEGV) == 1);
  DEMAND(sigismember(&seen_mask, SIGUSR2) == 0);
  DEMAND(std::memcmp(&before, &after, sizeof before) == 0);
}

sigjmp_buf outside;

SCENARIO_TEST(Chain, an_old_fashioned_handler_that_jumps_out_ten_thousand_times, "exit 0") {
  signal(SIGSEGV, [](int) { siglongjmp(outside, 1); });
  Vectored vectored;
  char* memory = own_memory();
  volatile int jumps = 0;

  for (volatile int round = 0; round < 10000; round = round + 1) {
    if (sigsetjmp(outside, 1) == 0) {
      exception_probe_read(memory);
    } else {
      jumps = jumps + 1;
    }
  }

  DEMAND(jumps == 10000);
  DEMAND(vectored.gets_its_fault());
}

SCENARIO_TEST(Chain, a_crash_reporter_that_resets_itself_ends_the_process, "signal 11") {
  struct sigaction action = {};
  action.sa_handler = [](int) { expected_calls = expected_calls + 1; };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGSEGV, &action, nullptr);
  Vectored vectored;

  exception_probe_read(at(0x18)); // told once; then the default
}

SCENARIO_TEST(Chain, a_fault_whose_signal_is_ignored_ends_the_process, "signal 11") {
  signal(SIGSEGV, SIG_IGN);
  Vectored vectored;

  exception_probe_read(at(0x18));
}

} // namespace
} // namespace apitest
