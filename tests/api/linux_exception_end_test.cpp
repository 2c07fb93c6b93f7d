// Rules: E11, and how a process ends that nobody saved: by the signal of its fault, at the place of its fault.
#include "exception_watch.h"
#include "memory_map.h"
#include "scenario.h"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <thread>

namespace apitest {
namespace {

LONG CALLBACK search(EXCEPTION_POINTERS*) { return EXCEPTION_CONTINUE_SEARCH; }

void listen() { AddVectoredExceptionHandler(1, search); }

SCENARIO_TEST(End, without_any_handler, "signal 11") {
  Region region = committed(16, PAGE_NOACCESS);
  exception_probe_read(region.base());
}

SCENARIO_TEST(End, an_access_violation_that_no_handler_takes, "signal 11") {
  listen();
  Region region = committed(16, PAGE_NOACCESS);
  exception_probe_read(region.base());
}

SCENARIO_TEST(End, on_another_thread, "signal 11") {
  listen();
  std::thread([] { exception_probe_read(at(0x18)); }).join();
}

SCENARIO_TEST(End, an_address_that_is_not_canonical, "signal 11") {
  listen();
  exception_probe_read(at(0x1234567812345678));
}

SCENARIO_TEST(End, an_illegal_instruction, "signal 4") {
  listen();
  exception_probe_illegal();
}

SCENARIO_TEST(End, a_division_by_zero, "signal 8") {
  listen();
  exception_probe_divide(1, 0);
}

SCENARIO_TEST(End, a_breakpoint, "signal 5") {
  listen();
  exception_probe_breakpoint();
}

SCENARIO_TEST(End, a_guard_page, "signal 11") {
  listen();
  Region region = committed(16, PAGE_READWRITE | PAGE_GUARD);
  exception_probe_read(region.base());
}

SCENARIO_TEST(End, a_guard_page_without_any_handler, "signal 11") {
  Region region = committed(16, PAGE_READWRITE | PAGE_GUARD);
  exception_probe_read(region.base());
}

SCENARIO_TEST(End, the_end_of_the_stack, "signal 11") {
  listen();
  exception_probe_endless(0);
}

SCENARIO_TEST(End, the_end_of_the_stack_on_another_thread, "signal 11") {
  listen();
  std::thread([] { exception_probe_endless(0); }).join();
}

SCENARIO_TEST(End, a_file_that_ends_before_its_mapping, "signal 7") {
  listen();
  char name[] = "/tmp/winmem_test_XXXXXX";
  const int file = mkstemp(name);
  unlink(name);
  DEMAND(ftruncate(file, kPage) == 0);
  void* memory = mmap(nullptr, 2 * kPage, PROT_READ, MAP_SHARED, file, 0);
  exception_probe_read(static_cast<char*>(memory) + kPage);
}

SCENARIO_TEST(End, a_raised_exception, "signal 6") {
  listen();
  RaiseException(kOwnCode, 0, 0, nullptr);
}

SCENARIO_TEST(End, a_raised_exception_though_SIGABRT_is_handled_or_blocked, "signal 6") {
  signal(SIGABRT, [](int) { _exit(3); });
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, nullptr);
  RaiseException(kOwnCode, 0, 0, nullptr);
}

SCENARIO_TEST(End, E11_a_filter_that_executes_the_handler, "signal 11") {
  SetUnhandledExceptionFilter([](EXCEPTION_POINTERS*) -> LONG { return EXCEPTION_EXECUTE_HANDLER; });
  exception_probe_read(at(0x18));
}

SCENARIO_TEST(End, E11_a_filter_that_searches, "signal 11") {
  SetUnhandledExceptionFilter([](EXCEPTION_POINTERS*) -> LONG { return EXCEPTION_CONTINUE_SEARCH; });
  exception_probe_read(at(0x18));
}

SCENARIO_TEST(End, E11_a_filter_whose_answer_is_nonsense, "signal 11") {
  SetUnhandledExceptionFilter([](EXCEPTION_POINTERS*) -> LONG { return 42; });
  exception_probe_read(at(0x18));
}

SCENARIO_TEST(End, E11_a_raised_exception_whose_filter_executes_the_handler, "signal 6") {
  SetUnhandledExceptionFilter([](EXCEPTION_POINTERS*) -> LONG { return EXCEPTION_EXECUTE_HANDLER; });
  RaiseException(kOwnCode, 0, 0, nullptr);
}

SCENARIO_TEST(End, E11_the_filter_is_called_once, "exit 3") {
  static int calls = 0;
  signal(SIGSEGV, [](int) { _exit(calls == 1 ? 3 : 4); });
  SetUnhandledExceptionFilter([](EXCEPTION_POINTERS*) -> LONG { return ++calls, EXCEPTION_EXECUTE_HANDLER; });
  exception_probe_read(at(0x18));
}

SCENARIO_TEST(End, a_handler_that_exits, "exit 7") {
  AddVectoredExceptionHandler(1, [](EXCEPTION_POINTERS*) -> LONG { exit(7); });
  exception_probe_read(at(0x18));
}

SCENARIO_TEST(End, a_handler_that_exits_on_another_thread, "exit 7") {
  AddVectoredExceptionHandler(1, [](EXCEPTION_POINTERS*) -> LONG { exit(7); });
  std::thread([] { exception_probe_read(at(0x18)); }).join();
}

SCENARIO_TEST(End, a_handler_that_aborts, "signal 6") {
  AddVectoredExceptionHandler(1, [](EXCEPTION_POINTERS*) -> LONG { std::abort(); });
  exception_probe_read(at(0x18));
}

SCENARIO_TEST(End, a_handler_that_always_faults, "signal 11") {
  AddVectoredExceptionHandler(1, [](EXCEPTION_POINTERS*) -> LONG { return exception_probe_read(at(0x18)); });
  exception_probe_read(at(0x18));
}

SCENARIO_TEST(End, a_handler_that_always_faults_on_another_thread, "signal 11") {
  AddVectoredExceptionHandler(1, [](EXCEPTION_POINTERS*) -> LONG { return exception_probe_read(at(0x18)); });
  std::thread([] {
    Region region = committed(16);
    exception_probe_read(at(0x18));
  }).join();
}

SCENARIO_TEST(End, a_handler_that_always_uses_up_the_stack, "signal 11") {
  AddVectoredExceptionHandler(1, [](EXCEPTION_POINTERS*) -> LONG { return exception_probe_endless(0); });
  exception_probe_endless(0);
}

SCENARIO_TEST(End, a_handler_that_continues_an_overflow_without_a_change, "signal 11") {
  AddVectoredExceptionHandler(1, [](EXCEPTION_POINTERS*) -> LONG { return EXCEPTION_CONTINUE_EXECUTION; });
  exception_probe_endless(0);
}

SCENARIO_TEST(End, a_filter_that_always_faults, "signal 11") {
  SetUnhandledExceptionFilter([](EXCEPTION_POINTERS*) -> LONG { return exception_probe_read(at(0x18)); });
  exception_probe_read(at(0x18));
}

SCENARIO_TEST(End, a_handler_that_always_raises, "signal 11") {
  AddVectoredExceptionHandler(1, [](EXCEPTION_POINTERS*) -> LONG {
    RaiseException(kOwnCode, 0, 0, nullptr);
    return EXCEPTION_CONTINUE_SEARCH;
  });
  RaiseException(kOwnCode, 0, 0, nullptr);
}

// At its end the process stands where it faulted, with the registers of the fault: a core file shows the true site.

SCENARIO(Site, with_a_handler_that_searches) {
  listen();
  exception_probe_read(at(0x18));
}

SCENARIO(Site, with_a_filter_that_executes_the_handler) {
  SetUnhandledExceptionFilter([](EXCEPTION_POINTERS*) -> LONG { return EXCEPTION_EXECUTE_HANDLER; });
  exception_probe_read(at(0x18));
}

SCENARIO(Site, after_the_handler_is_gone) {
  PVOID handle = AddVectoredExceptionHandler(1, search);
  RemoveVectoredExceptionHandler(handle);
  exception_probe_read(at(0x18));
}

SCENARIO(Site, of_a_guard_page) {
  listen();
  void* page = VirtualAlloc(at(0x20000000), kPage, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE | PAGE_GUARD);
  DEMAND(page == at(0x20000000));
  exception_probe_read(at(0x20000018));
}

// For a debugger (linux_debugger_test.py), which stops at the fault and in the handler.
SCENARIO(Debugger, a_handled_fault) {
  Watch watch([](EXCEPTION_POINTERS* exception) {
    return_from_probe(exception->ContextRecord, ~std::uint64_t{0});
    return EXCEPTION_CONTINUE_EXECUTION;
  });
  DEMAND(exception_probe_read(at(0x18)) == -1);
}

void expect_site(const char* scenario, unsigned long long address) {
  const LastBreath breath = last_breath_of(scenario);
  if (!breath.traced) {
    GTEST_SKIP() << "no tracing here";
  }
  EXPECT_EQ(breath.outcome, "signal 11");
  EXPECT_EQ(breath.rcx, address);
  // movzbl (%rcx), %eax; ret
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(breath.code), 4), "\x0F\xB6\x01\xC3");
}

TEST(Site, the_last_instruction_with_a_handler_that_searches) {
  expect_site("Site.with_a_handler_that_searches", 0x18);
}
TEST(Site, the_last_instruction_with_a_filter) { expect_site("Site.with_a_filter_that_executes_the_handler", 0x18); }
TEST(Site, the_last_instruction_after_the_handler_is_gone) { expect_site("Site.after_the_handler_is_gone", 0x18); }
TEST(Site, the_last_instruction_at_a_guard_page) { expect_site("Site.of_a_guard_page", 0x20000018); }

#if defined(__SANITIZE_ADDRESS__)
TEST(Site, AddressSanitizer_reports_the_same_one) {
  for (const char* scenario : {"Site.with_a_handler_that_searches", "Site.with_a_filter_that_executes_the_handler"}) {
    const std::string report = words_of(scenario);

    EXPECT_NE(report.find("SEGV on unknown address 0x000000000018"), std::string::npos) << report;
    EXPECT_NE(report.find("in scenario_Site_with_a_"), std::string::npos) << report;
  }
}
#endif

} // namespace
} // namespace apitest
