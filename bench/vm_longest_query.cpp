// The longest of ten million queries beside a writer that commits and decommits in the same region without pause.
//
// Prints:   one "name<tab>value" line per figure; script/bench puts them below the table of times.
// Noise:    the machine itself stops any thread now and then: timer interrupts, other programs, a hypervisor. So after
//           each query as long a span of nothing is measured in the same way, and a query is also counted apart if the
//           kernel says that this thread lost its processor meanwhile. What remains is the query's, or the kernel's on
//           behalf of the writer (address translations that all processors must drop).
#include "vm_operations.h"

#include <sched.h>
#include <sys/resource.h>
#include <x86intrin.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>

namespace {

using namespace bench;

constexpr std::uint64_t kLimitNanoseconds = 10000;

void stay_on(unsigned processor) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(processor, &set);
  sched_setaffinity(0, sizeof set, &set); // where it is refused, the kernel's choice must do
}

long processor_losses() {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_nvcsw + usage.ru_nivcsw;
}

double ticks_per_nanosecond() {
  auto started = std::chrono::steady_clock::now();
  std::uint64_t ticks = __rdtsc();
  std::chrono::nanoseconds passed{};
  while (passed < std::chrono::milliseconds(50))
    passed = std::chrono::steady_clock::now() - started;
  return static_cast<double>(__rdtsc() - ticks) / static_cast<double>(passed.count());
}

struct Longest {
  std::uint64_t ticks = 0;      // of all
  std::uint64_t kept_ticks = 0; // of those in which the processor was not lost
  std::uint64_t beyond = 0;     // how many took longer than the limit
  std::uint64_t kept_beyond = 0;

  void count(std::uint64_t took, std::uint64_t limit, long& losses) {
    ticks = std::max(ticks, took);
    if (took <= limit) {
      kept_ticks = std::max(kept_ticks, took);
      return;
    }
    ++beyond;
    long now = processor_losses();
    if (now == losses) {
      ++kept_beyond;
      kept_ticks = std::max(kept_ticks, took);
    }
    losses = now;
  }
};

} // namespace

int main(int argc, char** argv) {
  std::uint64_t queries = argc > 1 ? std::strtoull(argv[1], nullptr, 0) : 10000000;
  double rate = ticks_per_nanosecond();
  auto limit = static_cast<std::uint64_t>(static_cast<double>(kLimitNanoseconds) * rate);
  constexpr std::size_t kPages = 16;
  unsigned char* region = reserve(kPages * kPage);
  commit(region, 4 * kPage);

  std::atomic<bool> done{false};
  std::atomic<std::uint64_t> changes{0};
  std::thread writer([&] {
    stay_on(1);
    for (std::uint64_t made = 0; !done.load(std::memory_order_relaxed); changes.store(made += 2)) {
      commit(region + 4 * kPage, 8 * kPage);
      decommit(region + 4 * kPage, 8 * kPage);
    }
  });
  stay_on(0);
  while (changes.load() == 0)
    std::this_thread::yield();

  Longest asked;
  Longest nothing;
  std::uint64_t sum = 0;
  long losses = processor_losses();
  for (std::uint64_t i = 0; i < queries; ++i) {
    if (i % 1024 == 0)
      losses = processor_losses();
    MEMORY_BASIC_INFORMATION info;
    std::uint64_t begin = __rdtsc();
    bool answered = VirtualQuery(region + i % kPages * kPage, &info, sizeof info) == sizeof info;
    std::uint64_t end = __rdtsc();
    must(answered && info.AllocationBase == region, "VirtualQuery");
    asked.count(end - begin, limit, losses);
    sum += end - begin;

    std::uint64_t usual = std::min(end - begin, limit / 10);
    begin = __rdtsc();
    do
      end = __rdtsc();
    while (end - begin < usual);
    nothing.count(end - begin, limit, losses);
  }
  std::uint64_t made = changes.load();
  done.store(true);
  writer.join();
  release(region);

  auto nanoseconds = [rate](std::uint64_t ticks) {
    return static_cast<unsigned long long>(static_cast<double>(ticks) / rate);
  };
  std::printf("queries\t%llu\n", static_cast<unsigned long long>(queries));
  std::printf("changes_meanwhile\t%llu\n", static_cast<unsigned long long>(made));
  std::printf("mean_query_ns\t%llu\n", nanoseconds(sum / queries));
  std::printf("longest_query_ns\t%llu\n", nanoseconds(asked.kept_ticks));
  std::printf("queries_beyond_10_us\t%llu\n", static_cast<unsigned long long>(asked.kept_beyond));
  std::printf("longest_nothing_ns\t%llu\n", nanoseconds(nothing.kept_ticks));
  std::printf("nothing_beyond_10_us\t%llu\n", static_cast<unsigned long long>(nothing.kept_beyond));
  std::printf("longest_query_with_lost_processor_ns\t%llu\n", nanoseconds(asked.ticks));
  std::printf("queries_with_lost_processor\t%llu\n", static_cast<unsigned long long>(asked.beyond - asked.kept_beyond));
  return 0;
}
