// Memory that really runs out, one way per run. Each time: a documented error, nothing lost, and of use afterwards.
//
//     exhaustion CASE      the cases are listed at the end; exit status 77: this machine does not allow it, and why
#include "witness.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace exhaustion {
namespace {

constexpr int kSkipped = 77;

[[noreturn]] void skip(const char* why) {
  std::printf("skipped: %s (%s)\n", why, std::strerror(errno));
  std::exit(kSkipped);
}

void report(const char* what, std::size_t count) { std::printf("scale: %s: %zu\n", what, count); }

// Sets the limit for what follows; the old one comes back with the object's end.
class Limit {
public:
  Limit(__rlimit_resource what, rlim_t limit) : what_(what) {
    getrlimit(what, &old_);
    rlimit wanted{limit, old_.rlim_max};
    if (setrlimit(what, &wanted) != 0) {
      skip("setrlimit");
    }
  }
  ~Limit() { setrlimit(what_, &old_); }
  Limit(const Limit&) = delete;
  Limit& operator=(const Limit&) = delete;

private:
  __rlimit_resource what_;
  rlimit old_{};
};

// The process's own figures of /proc/self/statm: 0 is the address space, 5 private writable memory, in pages.
std::size_t statm(int index) {
  std::size_t values[7] = {};
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr) {
    skip("/proc/self/statm");
  }
  for (std::size_t& value : values) {
    EXHAUSTION_REQUIRE(std::fscanf(file, "%zu", &value) == 1);
  }
  std::fclose(file);
  return values[index];
}

// ---- mappings used up by other code ---------------------------------------------------------------------------------

void mappings_of_others() {
  constexpr std::size_t kMost = 400000;
  Witness witness;
  void* memory = mmap(nullptr, kMost * kPage, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  EXHAUSTION_REQUIRE(memory != MAP_FAILED);
  std::size_t made = 0;
  while (made < kMost && mprotect(static_cast<char*>(memory) + made * kPage, kPage, PROT_READ) == 0) {
    made += 2;
  }
  if (made >= kMost) {
    munmap(memory, kMost * kPage);
    skip("vm.max_map_count is too high to be reached");
  }
  report("mappings of others", made);

  unsigned refused = witness.provoke();
  report("refused changes", refused);
  EXHAUSTION_REQUIRE(refused != 0);
  Hoard hoard;
  hoard.fill(100);
  hoard.check();
  witness.check();
  hoard.release();
  witness.check();

  munmap(memory, kMost * kPage);
  must_be_usable();
  witness.check();
  witness.release();
}

// ---- limits of the process ------------------------------------------------------------------------------------------

// Nothing more may be mapped: tables cannot grow, regions outside cannot be had.
void address_space() {
  Witness witness;
  std::size_t regions = 0;
  {
    Limit limit(RLIMIT_AS, statm(0) * kPage);
    witness.provoke();
    EXHAUSTION_REQUIRE(
        VirtualAlloc(reinterpret_cast<void*>(std::size_t{2} << 32), kPage, MEM_RESERVE, PAGE_READWRITE) == nullptr);
    EXHAUSTION_REQUIRE(is_out_of_memory(GetLastError()));
    constexpr std::size_t kMost = 1000000;
    while (regions < kMost && VirtualAlloc(nullptr, 16 * kPage, MEM_RESERVE, PAGE_READWRITE) != nullptr) {
      ++regions;
    }
    EXHAUSTION_REQUIRE(regions < kMost && is_out_of_memory(GetLastError()));
    report("regions in the tables that were there", regions);
    witness.check();
  }
  must_be_usable();
  witness.check();
  witness.release();
}

// The limit is there from the start, so the arena is small; see main.
void small_address_space() {
  Witness witness;
  Hoard hoard;
  hoard.fill(4096);
  report("regions of 2 MiB", hoard.size());
  EXHAUSTION_REQUIRE(hoard.was_refused() && hoard.size() > 16);
  hoard.check();
  witness.provoke();
  hoard.release();
  must_be_usable();
  witness.check();
  witness.release();
}

void data() {
  Witness witness;
  Hoard hoard;
  {
    constexpr std::size_t kMore = 64 << 20;
    Limit limit(RLIMIT_DATA, statm(5) * kPage + kMore);
    hoard.fill(4096, kChunk / kPage);
    report("chunks committed in 64 MiB", hoard.size());
    EXHAUSTION_REQUIRE(hoard.was_refused() && hoard.size() >= 8 && hoard.size() <= 32);
    hoard.check();
    witness.provoke();
    hoard.release();
    hoard.fill(4);
    EXHAUSTION_REQUIRE(hoard.size() == 4); // what was released can be had again
  }
  hoard.release();
  must_be_usable();
  witness.check();
  witness.release();
}

// ---- locked memory --------------------------------------------------------------------------------------------------

void lock_all(int flags, bool before_use) {
  if (before_use && mlockall(flags) != 0) {
    skip("mlockall");
  }
  Witness witness;
  if (!before_use && mlockall(flags) != 0) {
    skip("mlockall");
  }
  witness.check();
  witness.provoke();
  must_be_usable();
  Hoard hoard;
  hoard.fill(16, 3);
  EXHAUSTION_REQUIRE(hoard.size() == 16);
  hoard.check();
  hoard.release();
  witness.check();
  munlockall();
  must_be_usable();
  witness.check();
  witness.release();
}

void lock_current() { lock_all(MCL_CURRENT, false); }
void lock_future() { lock_all(MCL_FUTURE, false); }
void lock_all_after_use() { lock_all(MCL_CURRENT | MCL_FUTURE, false); }
void lock_all_before_use() { lock_all(MCL_CURRENT | MCL_FUTURE, true); }

// ---- the machine's limits -------------------------------------------------------------------------------------------

void write_file(const std::string& path, const std::string& text) {
  int file = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  bool written = file >= 0 && write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  int error = errno;
  close(file);
  errno = error;
  if (!written) {
    skip(path.c_str());
  }
}

// A control group of our own with 64 MiB, below the one that we are in; taken away again by main.
std::string group;

void memory_group() {
  constexpr const char* kRoots[] = {"/sys/fs/cgroup/memory", "/sys/fs/cgroup"};
  constexpr const char* kLimits[] = {"memory.limit_in_bytes", "memory.max"};
  for (int i = 0; i < 2 && group.empty(); ++i) {
    std::string path = std::string(kRoots[i]) + "/winmem-exhaustion-" + std::to_string(getpid());
    if (mkdir(path.c_str(), 0755) == 0) {
      if (access((path + "/" + kLimits[i]).c_str(), W_OK) == 0) {
        group = path;
        write_file(path + "/" + kLimits[i], "67108864");
      } else {
        rmdir(path.c_str());
      }
    }
  }
  if (group.empty()) {
    skip("no control group can be made");
  }
  pid_t child = fork();
  if (child == 0) {
    write_file(group + "/cgroup.procs", std::to_string(getpid()));
    Witness witness;
    Hoard hoard;
    hoard.fill(4096, kChunk / kPage);
    report("chunks committed in 64 MiB", hoard.size());
    EXHAUSTION_REQUIRE(hoard.was_refused() && GetLastError() == ERROR_COMMITMENT_LIMIT && hoard.size() >= 8);
    hoard.check();
    witness.provoke();
    hoard.release();
    must_be_usable();
    witness.check();
    witness.release();
    std::exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  rmdir(group.c_str());
  std::exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

// Started when the mode is set: what was mapped before is not counted by the kernel.
void inside_strict_overcommit() {
  Witness witness;
  Hoard hoard;
  hoard.fill(4096, 64 * kChunk / kPage);
  report("128 MiB pieces under strict overcommit", hoard.size());
  EXHAUSTION_REQUIRE(hoard.was_refused());
  hoard.check();
  witness.provoke();
  hoard.release();
  witness.check();
  must_be_usable();
  witness.check();
  witness.release();
}

// Changes the machine for as long as it runs: not among the tests, but in script/faults --long.
void strict_overcommit() {
  constexpr const char* kMode = "/proc/sys/vm/overcommit_memory";
  char old = '0';
  int file = open(kMode, O_RDONLY | O_CLOEXEC);
  if (file < 0 || read(file, &old, 1) != 1) {
    skip(kMode);
  }
  close(file);
  write_file(kMode, "2");
  pid_t child = fork();
  if (child == 0) {
    execl("/proc/self/exe", "exhaustion", "inside_strict_overcommit", nullptr);
    _exit(1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  write_file(kMode, std::string(1, old));
  std::exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

struct Case {
  const char* name;
  void (*run)();
};

constexpr Case kCases[] = {
    {"mappings_of_others", mappings_of_others},
    {"address_space", address_space},
    {"small_address_space", small_address_space},
    {"data", data},
    {"lock_current", lock_current},
    {"lock_future", lock_future},
    {"lock_all_after_use", lock_all_after_use},
    {"lock_all_before_use", lock_all_before_use},
    {"memory_group", memory_group},
    {"strict_overcommit", strict_overcommit},
    {"inside_strict_overcommit", inside_strict_overcommit},
};

} // namespace
} // namespace exhaustion

int main(int count, char** arguments) {
  using namespace exhaustion;
  if (count == 2 && std::strcmp(arguments[1], "small_address_space") == 0) {
    rlimit now{};
    getrlimit(RLIMIT_AS, &now);
    constexpr rlim_t kSmall = rlim_t{512} << 20;
    if (now.rlim_cur > kSmall) { // the arena is there before main, so the limit has to be there before it
      rlimit wanted{kSmall, kSmall};
      setrlimit(RLIMIT_AS, &wanted);
      execv("/proc/self/exe", arguments);
      return 1;
    }
  }
  for (const Case& each : kCases) {
    if (count == 2 && std::strcmp(arguments[1], each.name) == 0) {
      each.run();
      return 0;
    }
  }
  std::printf("usage: exhaustion CASE, which is one of:\n");
  for (const Case& each : kCases) {
    std::printf("  %s\n", each.name);
  }
  return 2;
}
