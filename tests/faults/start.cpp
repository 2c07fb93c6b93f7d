#include "start.h"

#include "fail.h"
#include "scenario.h"
#include "state.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <sys/wait.h>
#include <unistd.h>

namespace faults {

namespace {

KernelState kernel;
ApiState api;

void take_both() {
  take(kernel);
  take(api);
  take_charge(kernel);
  must_agree(api, kernel);
}

void nothing_may_be_accessible() {
  FAULTS_REQUIRE(api.runs.count == 0);
  for (const KernelRun& run : kernel.runs) {
    FAULTS_REQUIRE(!run.ours || !run.accessible());
  }
}

} // namespace

std::span<const Call> start_calls() { return {start_log().calls, std::min(start_log().count, kMostCalls)}; }

std::string start_with(const Fault& fault) {
  int ends[2];
  if (pipe(ends) != 0) {
    return "no pipe";
  }
  pid_t process = _Fork(); // as in driver.cpp
  if (process == 0) {
    dup2(ends[1], 2);
    close(ends[0]);
    close(ends[1]);
    setenv(kStartVariable, to_text(fault).text, 1);
    execl("/proc/self/exe", "faults", nullptr);
    _exit(127);
  }
  close(ends[1]);
  std::string found;
  char buffer[512];
  for (ssize_t got = 0; (got = read(ends[0], buffer, sizeof buffer)) > 0;) {
    found.append(buffer, static_cast<std::size_t>(got));
  }
  close(ends[0]);
  int status = 0;
  waitpid(process, &status, 0);
  if (WIFSIGNALED(status)) {
    found += std::string("ends by ") + strsignal(WTERMSIG(status));
  } else if (WEXITSTATUS(status) != 0 && found.empty()) {
    found = "ends with status " + std::to_string(WEXITSTATUS(status));
  }
  return found;
}

bool is_started_with_fault() {
  stop_watching();
  return std::getenv(kStartVariable) != nullptr;
}

// However the start went, the library works.
int check_start() {
  constexpr unsigned kSecondsToHang = 20;
  alarm(kSecondsToHang);
  take_both();
  nothing_may_be_accessible();
  char* small = filled(16);
  char* large = filled(3 * kChunkPages);
  take_both();
  FAULTS_REQUIRE(api.runs.count == 2);
  protect(small + kPage, 2, PAGE_READONLY);
  FAULTS_REQUIRE(VirtualFree(small + 8 * kPage, 2 * kPage, MEM_DECOMMIT));
  FAULTS_REQUIRE(VirtualFree(large, kChunkPages * kPage, MEM_DECOMMIT));
  take_both();
  commit(small + 8 * kPage, 2);
  FAULTS_REQUIRE(small[8 * kPage] == 0);
  release(small);
  release(large);
  take_both();
  nothing_may_be_accessible();
  return 0;
}

} // namespace faults
