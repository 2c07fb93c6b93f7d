// A child process that runs one piece of a test.
#pragma once

#include <csignal>
#include <ostream>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// Runs the body in a child made by `make`; true if it returned true and nothing went wrong.
template <typename Body> bool in_child(pid_t (*make)(), Body body) {
  pid_t child = make();
  if (child == 0) {
    _exit(body() ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

inline pid_t raw_clone() { return static_cast<pid_t>(syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, nullptr)); }

// The ways to make one: with libc's handlers, without them, and behind libc's back.
struct ChildMaker {
  const char* name;
  pid_t (*make)();
};

inline std::ostream& operator<<(std::ostream& out, const ChildMaker& maker) { return out << maker.name; }

inline constexpr ChildMaker kChildMakers[] = {{"fork", &fork}, {"_Fork", &_Fork}, {"clone", &raw_clone}};
