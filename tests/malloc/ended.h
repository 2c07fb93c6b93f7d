// A piece of code in a process of its own: how it ended, and what it said on standard error.
#pragma once

#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace malloctest {

struct Ended {
  int signal = 0; // 0: it exited
  int status = 0;
  std::string said;
};

template <typename Code> Ended run_apart(Code code) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDERR_FILENO);
    close(ends[0]);
    close(ends[1]);
    code();
    _exit(0);
  }
  close(ends[1]);
  Ended ended;
  char some[512];
  for (ssize_t got; (got = read(ends[0], some, sizeof some)) > 0;) {
    ended.said.append(some, static_cast<std::size_t>(got));
  }
  close(ends[0]);
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  ended.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  ended.status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
  return ended;
}

} // namespace malloctest
