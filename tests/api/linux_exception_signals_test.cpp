// Signals that another process or raise() sent are no exceptions, although they have the same numbers.
#include "exception_watch.h"
#include "scenario.h"

#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace apitest {
namespace {

volatile int sent_code = 0;
volatile int sent_calls = 0;

SCENARIO_TEST(SentSignals, they_go_to_the_programs_handler, "exit 0") {
  for (int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP}) {
    struct sigaction action = {};
    action.sa_sigaction = [](int, siginfo_t* info, void*) {
      sent_calls = sent_calls + 1;
      sent_code = info->si_code;
    };
    action.sa_flags = SA_SIGINFO;
    sigaction(signal, &action, nullptr);
  }
  Watch watch([](EXCEPTION_POINTERS*) -> LONG { return EXCEPTION_CONTINUE_SEARCH; });

  int calls = 0;
  for (int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP}) {
    kill(getpid(), signal);
    DEMAND(sent_calls == ++calls && sent_code == SI_USER);
    raise(signal);
    DEMAND(sent_calls == ++calls && sent_code == SI_TKILL);
    sigqueue(getpid(), signal, {});
    DEMAND(sent_calls == ++calls && sent_code == SI_QUEUE);
  }
  DEMAND(watch.seen() == 0);
}

SCENARIO_TEST(SentSignals, one_that_nobody_wants_ends_the_process, "signal 11") {
  Watch watch([](EXCEPTION_POINTERS*) -> LONG { return EXCEPTION_CONTINUE_EXECUTION; });
  raise(SIGSEGV);
}

SCENARIO_TEST(SentSignals, an_ignored_one_is_ignored, "exit 0") {
  signal(SIGSEGV, SIG_IGN);
  Watch watch([](EXCEPTION_POINTERS*) -> LONG { return EXCEPTION_CONTINUE_EXECUTION; });

  raise(SIGSEGV);
  kill(getpid(), SIGSEGV);

  DEMAND(watch.seen() == 0);
}

SCENARIO_TEST(SentSignals, others_arrive_while_a_vectored_handler_runs, "exit 0") {
  signal(SIGUSR1, [](int) { sent_calls = sent_calls + 1; });
  Watch watch([](EXCEPTION_POINTERS* exception) -> LONG {
    raise(SIGUSR1);
    DEMAND(sent_calls == 1);
    return_from_probe(exception->ContextRecord);
    return EXCEPTION_CONTINUE_EXECUTION;
  });

  exception_probe_read(at(0x18));

  DEMAND(sent_calls == 1 && watch.seen() == 1);
}

SCENARIO_TEST(SentSignals, a_storm_of_them_leaves_the_registers_of_continued_exceptions_alone, "exit 0") {
  signal(SIGALRM, [](int) { sent_calls = sent_calls + 1; });
  Watch watch([](EXCEPTION_POINTERS* exception) -> LONG {
    if (exception->ExceptionRecord->ExceptionCode != kOwnCode) {
      skip_instruction(exception->ContextRecord, 2);
    }
    return EXCEPTION_CONTINUE_EXECUTION;
  });
  const itimerval often{{0, 20}, {0, 20}};
  setitimer(ITIMER_REAL, &often, nullptr);

  for (std::uint64_t round = 0; sent_calls < 10000 && round < 1000000; ++round) {
    const std::uint64_t a = round * 3;
    const std::uint64_t b = round ^ 0x5555;
    const std::uint64_t c = ~round;
    RaiseException(kOwnCode, 0, 0, nullptr);
    DEMAND(a == round * 3 && b == (round ^ 0x5555) && c == ~round);
    GeneralRegisters values = {a, b, 0x18, c, a, b, c, a, b, c, a, b, c, a, b};
    const GeneralRegisters before = values;
    exception_probe_registers(&values);
    DEMAND(std::memcmp(&values, &before, sizeof before) == 0);
  }

  const itimerval never{};
  setitimer(ITIMER_REAL, &never, nullptr);
}

SCENARIO_TEST(SentSignals, errno_survives_a_handled_fault, "exit 0") {
  Watch watch([](EXCEPTION_POINTERS* exception) -> LONG {
    errno = 77;
    return_from_probe(exception->ContextRecord);
    return EXCEPTION_CONTINUE_EXECUTION;
  });
  errno = 5;

  exception_probe_read(at(0x18));

  DEMAND(errno == 5);
}

} // namespace
} // namespace apitest
