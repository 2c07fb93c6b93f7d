// Opening a name that only another process has: its name's file is asked, and its section's file opened through it. The
// raw side is that of open_named, as there the kernel keeps the names.
#pragma once

#include "section_operations.h"

#include <csignal>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bench {

struct OpenOthers {
  OpenOthers() {
    int ready[2];
    must(pipe(ready) == 0, "pipe");
    child_ = fork();
    must(child_ >= 0, "fork");
    if (child_ == 0)
      have_the_name(ready[1]);
    char byte = 0;
    close(ready[1]);
    must(read(ready[0], &byte, 1) == 1, "reading from the other process");
    close(ready[0]);
  }
  OpenOthers(const OpenOthers&) = delete;
  OpenOthers& operator=(const OpenOthers&) = delete;
  ~OpenOthers() {
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
  }

  void operator()() { open_map_close(); }

private:
  [[noreturn]] static void have_the_name(int ready) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    Handle section(create_section(kSection, kName), "CreateFileMapping");
    must(write(ready, "", 1) == 1, "telling the first process");
    for (;;)
      pause();
  }

  pid_t child_ = -1;
};

} // namespace bench
