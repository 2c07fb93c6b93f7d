// Exceptions beside what only Linux has: fork and its kin, C++ exceptions through a fault, SIGBUS.
#include "exception_watch.h"
#include "memory_map.h"
#include "scenario.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>
#include <thread>

extern char** environ;

namespace apitest {
namespace {

bool ended_well(pid_t child) {
  int status = -1;
  return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

LONG CALLBACK return_minus_one(EXCEPTION_POINTERS* exception) {
  return_from_probe(exception->ContextRecord, ~std::uint64_t{0});
  return EXCEPTION_CONTINUE_EXECUTION;
}

SCENARIO_TEST(ExceptionFork, the_childs_handlers_are_those_of_the_parent, "exit 0") {
  AddVectoredExceptionHandler(1, return_minus_one);
  Region region = committed(16, PAGE_NOACCESS);
  DEMAND(exception_probe_read(region.base()) == -1);

  const pid_t child = fork();
  if (child == 0) {
    DEMAND(exception_probe_read(region.base()) == -1);
    DEMAND(exception_probe_illegal() == -1);
    _exit(0);
  }
  DEMAND(exception_probe_read(region.base()) == -1);
  DEMAND(ended_well(child));
}

SCENARIO_TEST(ExceptionFork, each_side_changes_its_own_list, "exit 0") {
  PVOID handle = AddVectoredExceptionHandler(1, return_minus_one);

  const pid_t child = fork();
  if (child == 0) {
    DEMAND(RemoveVectoredExceptionHandler(handle) != 0);
    DEMAND(RemoveVectoredExceptionHandler(handle) == 0);
    DEMAND(AddVectoredExceptionHandler(1, return_minus_one) != nullptr);
    DEMAND(exception_probe_read(at(0x18)) == -1);
    _exit(0);
  }
  DEMAND(ended_well(child));
  DEMAND(exception_probe_read(at(0x18)) == -1);
  DEMAND(RemoveVectoredExceptionHandler(handle) != 0);
}

SCENARIO_TEST(ExceptionFork, the_childs_guard_pages_are_its_own, "exit 0") {
  Region region = committed(16, PAGE_READWRITE | PAGE_GUARD);
  static volatile int hits = 0;
  AddVectoredExceptionHandler(1, [](EXCEPTION_POINTERS* exception) -> LONG {
    hits = hits + (exception->ExceptionRecord->ExceptionCode == kGuardPage);
    return EXCEPTION_CONTINUE_EXECUTION;
  });

  const pid_t child = fork();
  if (child == 0) {
    DEMAND(exception_probe_read(region.page(3)) == 0 && hits == 1);
    DEMAND(exception_probe_read(region.page(3)) == 0 && hits == 1);
    _exit(0);
  }
  DEMAND(ended_well(child));
  DEMAND(hits == 0 && exception_probe_read(region.page(3)) == 0 && hits == 1);
}

SCENARIO_TEST(ExceptionFork, in_a_handler, "exit 0") {
  static pid_t child = -1;
  AddVectoredExceptionHandler(1, [](EXCEPTION_POINTERS* exception) -> LONG {
    if (child == -1) {
      child = fork();
      DEMAND(child != -1);
    }
    return_from_probe(exception->ContextRecord, ~std::uint64_t{0});
    return EXCEPTION_CONTINUE_EXECUTION;
  });

  DEMAND(exception_probe_read(at(0x18)) == -1);
  DEMAND(exception_probe_read(at(0x18)) == -1); // both come back, and go on
  Region region = committed(16);
  if (child == 0) {
    _exit(0);
  }
  DEMAND(ended_well(child));
}

SCENARIO_TEST(ExceptionFork, in_a_handler_of_a_stack_overflow, "signal 11") {
  AddVectoredExceptionHandler(1, [](EXCEPTION_POINTERS* exception) -> LONG {
    if (exception->ExceptionRecord->ExceptionCode == 0xC00000FD) {
      const pid_t child = fork();
      if (child == 0) {
        _exit(exception_probe_read(at(0x18)) == -1 ? 0 : 1);
      }
      DEMAND(ended_well(child));
      return EXCEPTION_CONTINUE_SEARCH;
    }
    return return_minus_one(exception);
  });
  exception_probe_endless(0);
}

SCENARIO_TEST(ExceptionFork, while_another_thread_is_inside_a_handler, "exit 0") {
  static std::atomic<bool> inside{false};
  static std::atomic<bool> leave{false};
  AddVectoredExceptionHandler(1, [](EXCEPTION_POINTERS* exception) -> LONG {
    inside = true;
    while (!leave) {
      std::this_thread::yield();
    }
    return return_minus_one(exception);
  });
  std::thread thread([] { exception_probe_read(at(0x18)); });
  while (!inside) {
    std::this_thread::yield();
  }

  const pid_t child = fork();
  if (child == 0) {
    leave = true;
    DEMAND(exception_probe_read(at(0x18)) == -1);
    _exit(AddVectoredExceptionHandler(1, return_minus_one) != nullptr ? 0 : 1);
  }
  DEMAND(ended_well(child));
  leave = true;
  thread.join();
}

// What a program sees of its signals that another one started: SigCgt and SigBlk of /proc/self/status.
std::string status_line(const std::string& file, const char* name) {
  std::ifstream status(file);
  std::string line;
  while (std::getline(status, line)) {
    if (line.rfind(name, 0) == 0) {
      return line.substr(line.find_last_of('\t') + 1);
    }
  }
  return "";
}

SCENARIO(ExceptionSpawn, child) {
  const std::string blocked = status_line("/proc/self/status", "SigBlk:");
  DEMAND(blocked == "0000000000000000");
  for (int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP}) {
    struct sigaction action = {};
    sigaction(signal, nullptr, &action);
#if !defined(__SANITIZE_ADDRESS__)
    DEMAND(action.sa_handler == SIG_DFL);
#endif
  }
}

bool spawned_child_is_plain() {
  const char* arguments[] = {"api_linux_exceptions_tests", "--scenario", "ExceptionSpawn.child", nullptr};
  pid_t child = -1;
  return posix_spawn(&child, "/proc/self/exe", nullptr, nullptr, const_cast<char* const*>(arguments), environ) == 0 &&
         ended_well(child);
}

bool vforked_child_is_plain() {
  const pid_t child = vfork();
  if (child == 0) {
    execl("/proc/self/exe", "api_linux_exceptions_tests", "--scenario", "ExceptionSpawn.child",
          static_cast<char*>(nullptr));
    _exit(1);
  }
  return ended_well(child);
}

SCENARIO_TEST(ExceptionSpawn, children_start_with_default_handlers, "exit 0") {
  AddVectoredExceptionHandler(1, return_minus_one);
  DEMAND(exception_probe_read(at(0x18)) == -1);

  DEMAND(spawned_child_is_plain());
  DEMAND(vforked_child_is_plain());
  DEMAND(exception_probe_read(at(0x18)) == -1);
}

SCENARIO_TEST(ExceptionSpawn, also_when_a_handler_starts_them, "exit 0") {
  AddVectoredExceptionHandler(1, [](EXCEPTION_POINTERS* exception) -> LONG {
    DEMAND(spawned_child_is_plain());
    DEMAND(vforked_child_is_plain());
    return return_minus_one(exception);
  });
  DEMAND(exception_probe_read(at(0x18)) == -1);
}

// C++ exceptions that leave a handler: through the frames of winmem and of the signal.

SCENARIO_TEST(Throw, out_of_a_handler_of_a_raised_exception, "exit 0") {
  AddVectoredExceptionHandler(1, [](EXCEPTION_POINTERS*) -> LONG { throw std::runtime_error("raised"); });
  int caught = 0;
  for (int i = 0; i < 1000; ++i) {
    try {
      RaiseException(kOwnCode, 0, 0, nullptr);
    } catch (const std::runtime_error&) {
      ++caught;
    }
  }
  DEMAND(caught == 1000);
}

struct Counted {
  explicit Counted(int& count) : count_(count) {}
  ~Counted() { ++count_; }
  int& count_;
};

__attribute__((noinline)) int read_through(const void* byte, int& left) {
  Counted counted(left);
  return exception_probe_read(byte) + 1;
}

SCENARIO_TEST(Throw, out_of_a_handler_of_a_fault, "exit 0") {
  AddVectoredExceptionHandler(1, [](EXCEPTION_POINTERS*) -> LONG { throw std::runtime_error("fault"); });
  int caught = 0;
  int left = 0;
  for (int i = 0; i < 1000; ++i) {
    try {
      read_through(at(0x18), left);
    } catch (const std::runtime_error&) {
      ++caught;
    }
  }
  DEMAND(caught == 1000);
  DEMAND(left == 1000);
}

SCENARIO_TEST(Throw, out_of_a_handler_on_another_thread_then_faults_are_handled_again, "exit 0") {
  static bool throws = true;
  AddVectoredExceptionHandler(1, [](EXCEPTION_POINTERS* exception) -> LONG {
    if (throws) {
      throw 5;
    }
    return return_minus_one(exception);
  });
  std::thread([] {
    int left = 0;
    try {
      read_through(at(0x18), left);
    } catch (int) {
      throws = false;
    }
    DEMAND(left == 1 && exception_probe_read(at(0x18)) == -1);
  }).join();
}

// The stack of a handler leads to the code that faulted.

__attribute__((noinline)) bool trace_shows(std::uintptr_t begin, std::size_t bytes) {
  void* frames[64];
  const WORD count = CaptureStackBackTrace(0, 64, frames, nullptr);
  for (WORD i = 0; i < count; ++i) {
    if (number(frames[i]) - begin < bytes) {
      return true;
    }
  }
  return false;
}

SCENARIO_TEST(Backtrace, of_a_handler_shows_who_faulted, "exit 0") {
  static bool shows = false;
  AddVectoredExceptionHandler(1, [](EXCEPTION_POINTERS* exception) -> LONG {
    shows = trace_shows(number(exception_probe_read_at), 4) && trace_shows(code_address(read_through), 256);
    return return_minus_one(exception);
  });
  int left = 0;

  DEMAND(read_through(at(0x18), left) == 0);

  DEMAND(shows);
}

// E5: memory whose file cannot be read.

SCENARIO_TEST(InPageError, E5_of_a_mapping_beyond_the_end_of_its_file, "exit 0") {
  char name[] = "/tmp/winmem_test_XXXXXX";
  const int file = mkstemp(name);
  unlink(name);
  DEMAND(ftruncate(file, kPage) == 0);
  char* memory = static_cast<char*>(mmap(nullptr, 2 * kPage, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0));
  static EXCEPTION_RECORD record;
  AddVectoredExceptionHandler(1, [](EXCEPTION_POINTERS* exception) -> LONG {
    record = *exception->ExceptionRecord;
    return return_minus_one(exception);
  });

  DEMAND(exception_probe_write(memory + kPage + 7, 1) == -1);
  DEMAND(record.ExceptionCode == 0xC0000006 && record.NumberParameters == 3);
  DEMAND(record.ExceptionInformation[0] == 1 && record.ExceptionInformation[1] == number(memory) + kPage + 7);
  DEMAND((record.ExceptionInformation[2] & 0xC0000000) == 0xC0000000);

  DEMAND(exception_probe_read(memory + kPage) == -1);
  DEMAND(record.ExceptionInformation[0] == 0);
}

} // namespace
} // namespace apitest
