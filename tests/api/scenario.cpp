#include "scenario.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace apitest {

namespace {

Scenario* first = nullptr;

enum class SanitizersHandlers { off, on };

[[noreturn]] void become(const char* scenario, SanitizersHandlers handlers) {
  if (handlers == SanitizersHandlers::off) {
    const char* given = std::getenv("ASAN_OPTIONS");
    const std::string options = std::string(given != nullptr ? given : "") +
                                ":handle_segv=0:handle_sigbus=0:handle_sigill=0:handle_sigfpe=0:handle_sigtrap=0"
                                ":use_sigaltstack=0";
    setenv("ASAN_OPTIONS", options.c_str(), 1);
  }
  rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  alarm(60);
  execl("/proc/self/exe", "api_linux_exceptions_tests", "--scenario", scenario, static_cast<char*>(nullptr));
  _exit(126);
}

std::string read_all(int descriptor) {
  std::string text;
  char buffer[512];
  for (;;) {
    const ssize_t count = read(descriptor, buffer, sizeof buffer);
    if (count > 0) {
      text.append(buffer, static_cast<std::size_t>(count));
    } else if (count == 0 || errno != EINTR) {
      return text;
    }
  }
}

std::string describe(int status) {
  if (WIFEXITED(status)) {
    return "exit " + std::to_string(WEXITSTATUS(status));
  }
  return WTERMSIG(status) == SIGALRM ? "no end after a minute" : "signal " + std::to_string(WTERMSIG(status));
}

struct Run {
  std::string said;
  int status;
};

Run run(const char* scenario, SanitizersHandlers handlers) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    return {"no pipe", -1};
  }
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], 2);
    become(scenario, handlers);
  }
  close(ends[1]);
  Run done{read_all(ends[0]), -1};
  close(ends[0]);
  if (child < 0 || waitpid(child, &done.status, 0) != child) {
    return {"no child", -1};
  }
  return done;
}

} // namespace

Scenario::Scenario(const char* name, Body body) : name_(name), body_(body), next_(first) { first = this; }

void Scenario::play(const std::string& name) {
  for (const Scenario* scenario = first; scenario != nullptr; scenario = scenario->next_) {
    if (name == scenario->name_) {
      scenario->body_();
      std::_Exit(0);
    }
  }
  std::fprintf(stderr, "no scenario %s\n", name.c_str());
  std::_Exit(125);
}

std::string outcome_of(const char* scenario) {
  const Run done = run(scenario, SanitizersHandlers::off);
  const bool speaks = WIFEXITED(done.status) && WEXITSTATUS(done.status) != 0 && !done.said.empty();
  return describe(done.status) + (speaks ? ": " + done.said : "");
}

std::string words_of(const char* scenario) { return run(scenario, SanitizersHandlers::on).said; }

LastBreath last_breath_of(const char* scenario) {
  LastBreath breath{};
  const pid_t child = fork();
  if (child == 0) {
    close(2);
    open("/dev/null", O_WRONLY);
    if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) {
      _exit(124);
    }
    raise(SIGSTOP);
    become(scenario, SanitizersHandlers::off);
  }
  int status = 0;
  if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status)) {
    return breath;
  }
  breath.traced = ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACEEXIT) == 0;
  int deliver = 0;
  for (;;) {
    if (ptrace(PTRACE_CONT, child, nullptr, deliver) != 0 || waitpid(child, &status, 0) != child) {
      return breath;
    }
    if (!WIFSTOPPED(status)) {
      breath.outcome = describe(status);
      return breath;
    }
    deliver = WSTOPSIG(status);
    if (status >> 8 == (SIGTRAP | (PTRACE_EVENT_EXIT << 8))) {
      user_regs_struct registers{};
      ptrace(PTRACE_GETREGS, child, nullptr, &registers);
      breath.instruction = registers.rip;
      breath.rcx = registers.rcx;
      errno = 0;
      const long word = ptrace(PTRACE_PEEKTEXT, child, registers.rip, nullptr);
      if (errno == 0) {
        std::memcpy(breath.code, &word, sizeof breath.code);
      }
      deliver = 0;
    } else if (deliver == SIGTRAP) {
      deliver = 0; // of execve
    }
  }
}

} // namespace apitest

int main(int argc, char** argv) {
  if (argc == 3 && std::strcmp(argv[1], "--scenario") == 0) {
    apitest::Scenario::play(argv[2]);
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
