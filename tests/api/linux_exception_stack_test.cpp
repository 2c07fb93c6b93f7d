// On which stack handlers run, and what becomes of alternate signal stacks: the program's own and winmem's.
#include "exception_watch.h"
#include "memory_map.h"
#include "scenario.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include <csetjmp>
#include <fstream>
#include <thread>
#include <vector>

namespace apitest {
namespace {

// A stack of the program's own, installed on the calling thread.
struct OwnStack {
  static constexpr std::size_t kBytes = 256 << 10;

  OwnStack()
      : memory(static_cast<char*>(mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {
    stack_t mine = {};
    mine.ss_sp = memory;
    mine.ss_size = kBytes;
    DEMAND(sigaltstack(&mine, nullptr) == 0);
  }
  bool holds(const void* at) const { return number(at) - number(memory) < kBytes; }
  bool is_installed() const {
    stack_t now = {};
    return sigaltstack(nullptr, &now) == 0 && now.ss_sp == memory && now.ss_size == kBytes && now.ss_flags == 0;
  }

  char* memory;
};

// Returns -1 from probes; counts, and notes how far below the interrupted code the handler ran.
class Below {
public:
  int seen() const { return watch_.seen(); }
  bool was_near() const { return near_; }

private:
  bool near_ = true;
  Watch watch_{[this](EXCEPTION_POINTERS* exception) -> LONG {
    const char local = 0;
    const std::uintptr_t distance = exception->ContextRecord->Rsp - number(&local);
    near_ = near_ && distance < 0x10000;
    return_from_probe(exception->ContextRecord, ~std::uint64_t{0});
    return EXCEPTION_CONTINUE_EXECUTION;
  }};
};

// AddressSanitizer may keep locals apart from the stack.
constexpr bool runs_elsewhere() {
#if defined(__SANITIZE_ADDRESS__)
  return true;
#else
  return false;
#endif
}

std::size_t mappings() {
  std::ifstream maps("/proc/self/maps");
  std::string line;
  std::size_t count = 0;
  while (std::getline(maps, line)) {
    ++count;
  }
  return count;
}

SCENARIO_TEST(SignalStack, the_programs_own_from_before_stays, "exit 0") {
  OwnStack own;
  Below below;

  for (int i = 0; i < 100; ++i) {
    DEMAND(exception_probe_read(at(0x18)) == -1);
  }

  DEMAND(own.is_installed() && below.seen() == 100 && below.was_near());
}

SCENARIO_TEST(SignalStack, the_programs_own_from_after_stays, "exit 0") {
  Below below;
  DEMAND(exception_probe_read(at(0x18)) == -1);
  OwnStack own;

  DEMAND(exception_probe_read(at(0x18)) == -1);

  DEMAND(own.is_installed() && below.was_near());
}

const OwnStack* own_stack = nullptr;
volatile int on_own_stack = 0;

SCENARIO_TEST(SignalStack, the_programs_handler_runs_on_it_as_it_asked, "exit 0") {
  OwnStack own;
  own_stack = &own;
  struct sigaction action = {};
  action.sa_sigaction = [](int, siginfo_t*, void* context) {
    const char local = 0;
    on_own_stack = on_own_stack + own_stack->holds(&local);
    static_cast<ucontext_t*>(context)->uc_mcontext.gregs[REG_RIP] += 3;
  };
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigaction(SIGSEGV, &action, nullptr);
  SetUnhandledExceptionFilter(nullptr);
  PVOID handle = AddVectoredExceptionHandler(1, [](EXCEPTION_POINTERS*) -> LONG { return EXCEPTION_CONTINUE_SEARCH; });
  RemoveVectoredExceptionHandler(handle); // nobody listens, but the signal is ours

  exception_probe_read(at(0x18));

  DEMAND(on_own_stack == 1 && own.is_installed());
}

SCENARIO_TEST(SignalStack, a_thread_that_never_called_us, "exit 0") {
  Below below;
  int answers[2] = {};
  pthread_t thread;

  pthread_create(
      &thread, nullptr,
      [](void* out) -> void* {
        for (int i = 0; i < 2; ++i) {
          static_cast<int*>(out)[i] = exception_probe_read(at(0x18));
        }
        return nullptr;
      },
      answers);
  pthread_join(thread, nullptr);

  DEMAND(answers[0] == -1 && answers[1] == -1 && below.was_near());
}

SCENARIO_TEST(SignalStack, a_thread_that_switched_its_alternate_stack_off, "exit 0") {
  Below below;

  std::thread([&] {
    Region region = committed(16);
    stack_t off = {};
    off.ss_flags = SS_DISABLE;
    DEMAND(sigaltstack(&off, nullptr) == 0);
    DEMAND(exception_probe_read(at(0x18)) == -1);
    DEMAND(exception_probe_read(at(0x18)) == -1);
  }).join();

  DEMAND(below.was_near());
}

SCENARIO_TEST(SignalStack, ten_thousand_threads_leave_none_behind, "exit 0") {
  Below below;
  std::size_t before = 0;
  for (int i = 0; i < 10000; ++i) {
    std::thread([&] {
      Region region = reserve(16);
      DEMAND(exception_probe_read(region.base()) == -1);
    }).join();
    if (i == 100) {
      before = mappings();
    }
  }
  DEMAND(mappings() <= before + 8);
}

// A thread that overflows its stack, with the alternate stack from one or the other.
void overflow_and_come_back() {
  static thread_local jmp_buf mark;
  static thread_local DWORD code = 0;
  Watch watch([](EXCEPTION_POINTERS* exception) -> LONG {
    code = exception->ExceptionRecord->ExceptionCode;
    std::longjmp(mark, 1);
  });
  for (volatile int round = 0; round < 10; round = round + 1) {
    code = 0;
    if (_setjmp(mark) == 0) {
      exception_probe_endless(0);
    }
    DEMAND(code == 0xC00000FD);
  }
}

SCENARIO_TEST(StackEnd, a_thread_with_our_alternate_stack, "exit 0") {
  Below below;
  std::thread([] {
    Region region = committed(16);
    overflow_and_come_back();
  }).join();
}

SCENARIO_TEST(StackEnd, a_thread_with_the_programs_alternate_stack, "exit 0") {
  std::thread([] {
    OwnStack own;
    overflow_and_come_back();
    DEMAND(own.is_installed());
  }).join();
}

SCENARIO_TEST(StackEnd, the_first_thread, "exit 0") { overflow_and_come_back(); }

SCENARIO_TEST(StackEnd, faults_are_ordinary_again_afterwards, "exit 0") {
  overflow_and_come_back();
  Below below;

  DEMAND(exception_probe_read(at(0x18)) == -1);

  DEMAND(below.was_near());
}

// A stack that the program made: handlers run on it as well.

ucontext_t main_context;
ucontext_t other_context;
volatile int coroutine_answer = 0;

SCENARIO_TEST(SignalStack, a_coroutine_on_a_mapped_stack, "exit 0") {
  constexpr std::size_t kBytes = 256 << 10;
  static char* stack =
      static_cast<char*>(mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  static bool on_it = false;
  Watch watch([](EXCEPTION_POINTERS* exception) -> LONG {
    const char local = 0;
    on_it = number(&local) - number(stack) < kBytes;
    return_from_probe(exception->ContextRecord, ~std::uint64_t{0});
    return EXCEPTION_CONTINUE_EXECUTION;
  });
  getcontext(&other_context);
  other_context.uc_stack.ss_sp = stack;
  other_context.uc_stack.ss_size = kBytes;
  other_context.uc_link = &main_context;
  makecontext(
      &other_context, [] { coroutine_answer = exception_probe_read(at(0x18)); }, 0);

  swapcontext(&main_context, &other_context);

  DEMAND(coroutine_answer == -1);
  DEMAND(on_it || runs_elsewhere());
}

SCENARIO_TEST(SignalStack, a_coroutine_on_memory_of_ours, "exit 0") {
  static Region stack = committed(64);
  Below below;
  getcontext(&other_context);
  other_context.uc_stack.ss_sp = stack.base();
  other_context.uc_stack.ss_size = stack.bytes();
  other_context.uc_link = &main_context;
  makecontext(
      &other_context, [] { coroutine_answer = exception_probe_read(at(0x18)); }, 0);

  swapcontext(&main_context, &other_context);

  DEMAND(coroutine_answer == -1);
}

} // namespace
} // namespace apitest
