// Rows measured by Google Benchmark, each with the peak of the process's memory: script/bench runs one row a process.
#pragma once

#include "../google_main.h"
#include "../steps.h"

#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace bench {

// KiB of a "Name:   123 kB" line of /proc/self/status. No stream: those allocate.
inline double status_kib(const char* name) {
  std::FILE* status = std::fopen("/proc/self/status", "r");
  char line[256];
  double value = 0;
  while (status != nullptr && std::fgets(line, sizeof line, status) != nullptr)
    if (std::strncmp(line, name, std::strlen(name)) == 0)
      value = std::atof(line + std::strlen(name) + 1);
  if (status != nullptr)
    std::fclose(status);
  return value;
}

template <class Operation> void measure(benchmark::State& state) {
  Operation step;
  if constexpr (steps_of<Operation>() == 1) {
    for (auto _ : state)
      step();
  } else {
    while (state.KeepRunningBatch(steps_of<Operation>()))
      step();
  }
  state.counters["peak_kib"] = benchmark::Counter(status_kib("VmHWM"), benchmark::Counter::kAvgThreads);
}

// Whether threads wait for one another, so that processor time would leave something out.
template <class Operation> constexpr bool waits(int threads) {
  return threads == 2 || requires { Operation::kWaits; };
}

// The visitor of the lists of rows. What does not wait runs until it took enough processor time: on a busy machine
// a single step may take as much of the other kind.
struct GoogleDriver {
  std::string side;

  template <class Operation> void row(const char* name, int threads) const {
    std::string label = side + "/" + name + "/" + std::to_string(threads);
    auto* row = benchmark::RegisterBenchmark(label.c_str(), measure<Operation>)->Threads(threads);
    if (waits<Operation>(threads))
      row->UseRealTime();
  }
};

} // namespace bench
