// What winmem's own records cost in memory, and the proof that a query allocates nothing.
//
// Prints:   one "name<tab>value" line per figure; script/bench puts them below the table of times.
// Region:   a million 64 KiB reservations, then the growth of everything the kernel counts for this process: resident
//           memory and page tables.
// Query:    two million queries with system calls forbidden (syscall user dispatch, Linux 5.11): a query that asked the
//           kernel for anything would be caught, and what it took from pages already mapped would show as new resident
//           memory.
#include "vm_operations.h"

#include <sys/prctl.h>
#include <sys/ucontext.h>

#include <csignal>
#include <cstring>
#include <fstream>
#include <string>

namespace {

using namespace bench;

constexpr std::size_t kRegions = 1000000;
unsigned char* g_bases[kRegions];

// Bytes of a "Name:   123 kB" line of /proc/self/status.
std::size_t status_bytes(const char* name) {
  std::ifstream status("/proc/self/status");
  std::string line;
  while (std::getline(status, line))
    if (line.compare(0, std::strlen(name), name) == 0)
      return std::strtoull(line.c_str() + std::strlen(name) + 1, nullptr, 10) * 1024;
  std::fprintf(stderr, "bench: /proc/self/status has no %s\n", name);
  std::exit(1);
}

struct Footprint {
  std::size_t resident = status_bytes("VmRSS");
  std::size_t tables = status_bytes("VmPTE");
  std::size_t total() const { return resident + tables; }
};

// Syscall user dispatch: while `g_gate` says block, a system call becomes SIGSYS. The handler counts it, opens the gate
// and goes back to the instruction, so that the program lives on to report.
constexpr int kPrSetSyscallUserDispatch = 59;
constexpr unsigned long kDispatchOff = 0;
constexpr unsigned long kDispatchOn = 1;
volatile char g_gate = 0; // 0 allows, 1 blocks
volatile sig_atomic_t g_caught = 0;

void on_system_call(int, siginfo_t*, void* context) {
  g_gate = 0;
  g_caught = g_caught + 1;
  static_cast<ucontext_t*>(context)->uc_mcontext.gregs[REG_RIP] -= 2; // the length of `syscall`
}

// System calls made by two million queries, or -1 where the kernel has no such gate.
int system_calls_of_queries() {
  struct sigaction action {};
  action.sa_sigaction = on_system_call;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGSYS, &action, nullptr);
  if (prctl(kPrSetSyscallUserDispatch, kDispatchOn, 0UL, 0UL, &g_gate) != 0)
    return -1;

  AnyOrder order(kRegions);
  g_gate = 1;
  for (int i = 0; i < 2000000; ++i) {
    MEMORY_BASIC_INFORMATION info;
    if (VirtualQuery(g_bases[order.next()], &info, sizeof info) != sizeof info)
      break;
  }
  g_gate = 0;
  prctl(kPrSetSyscallUserDispatch, kDispatchOff, 0UL, 0UL, 0UL);
  return g_caught;
}

} // namespace

int main() {
  // The list of addresses is touched, and a first region made, so that neither they nor what winmem sets up once count
  // as the price of a region.
  for (unsigned char*& base : g_bases)
    base = reinterpret_cast<unsigned char*>(&base);
  release(reserve(kGranule));

  Footprint before;
  for (unsigned char*& base : g_bases)
    base = reserve(kGranule);
  Footprint with;

  system_calls_of_queries(); // once for what a first query may set up
  g_caught = 0;
  Footprint queried_before;
  int calls = system_calls_of_queries();
  Footprint queried_after;

  for (unsigned char* base : g_bases)
    release(base);
  Footprint after;

  std::size_t query_growth = queried_after.total() - queried_before.total();
  std::printf("bytes_per_region\t%zu\n", (with.total() - before.total()) / kRegions);
  std::printf("resident_bytes_per_region\t%zu\n", (with.resident - before.resident) / kRegions);
  std::printf("bytes_kept_after_release\t%zu\n", after.total() > before.total() ? after.total() - before.total() : 0);
  std::printf("system_calls_of_2000000_queries\t%d\n", calls);
  std::printf("bytes_grown_by_2000000_queries\t%zu\n", query_growth);
  return calls > 0 || query_growth > 0 ? 1 : 0;
}
