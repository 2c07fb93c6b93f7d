// Children of fork that check something and say by their exit status what was wrong. Linux only.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

namespace apitest {

// A child that ends with what `body` answers; one that hangs is ended by SIGALRM.
template <typename Body> pid_t start_child(Body body) {
  pid_t child = fork();
  if (child == 0) {
    alarm(120);
    _exit(body());
  }
  return child;
}

// What the child answered, once it has ended; 256 and its number if a signal ended it, -1 if it cannot be waited for.
inline int result_of(pid_t child) {
  int status = 0;
  if (waitpid(child, &status, 0) != child) {
    return -1;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

template <typename Body> int in_child(Body body) { return result_of(start_child(body)); }

} // namespace apitest
