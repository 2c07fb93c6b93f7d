// The same operations for a Windows program: built by mingw-w64, run under Wine (or on Windows).
//
// Owns:      the smallest timing driver that will do, since Google Benchmark is not packaged for mingw-w64.
// Output:    one line per row on stdout: name/threads, a tab, nanoseconds per step. script/bench runs it in short
//            rounds between those of vm.cpp and takes the median of the rounds.
// Time:      each sample runs until it took --milliseconds; a first, shorter run sizes it and warms up.
#include "fault_operations.h"
#include "vm_operations.h"

#include <cstring>
#include <string>

namespace {

using namespace bench;

double now_ns() {
  static const double scale = [] {
    LARGE_INTEGER frequency;
    QueryPerformanceFrequency(&frequency);
    return 1e9 / static_cast<double>(frequency.QuadPart);
  }();
  LARGE_INTEGER count;
  QueryPerformanceCounter(&count);
  return static_cast<double>(count.QuadPart) * scale;
}

struct Sample {
  double milliseconds;
  double ns_per_step;
  HANDLE start; // an event: all threads begin together
};

template <class Operation> double time_steps(Operation& step, std::size_t steps) {
  double begin = now_ns();
  for (std::size_t i = 0; i < steps; ++i)
    step();
  return now_ns() - begin;
}

template <class Operation> DWORD WINAPI measure(void* argument) {
  Sample& sample = *static_cast<Sample*>(argument);
  Operation step;
  WaitForSingleObject(sample.start, INFINITE);

  // Grow until a run is long enough to predict from, then run for as long as was asked.
  std::size_t steps = 1;
  double wanted = sample.milliseconds * 1e6;
  double took = time_steps(step, steps);
  while (took < wanted / 10) {
    steps *= 4;
    took = time_steps(step, steps);
  }
  steps = static_cast<std::size_t>(static_cast<double>(steps) * wanted / took) + 1;
  sample.ns_per_step = time_steps(step, steps) / static_cast<double>(steps);
  return 0;
}

struct Driver {
  double milliseconds;
  const char* filter;

  template <class Operation> void row(const char* name, int threads) {
    std::string label = std::string(name) + "/" + std::to_string(threads);
    if (filter != nullptr && std::strstr(label.c_str(), filter) == nullptr)
      return;

    constexpr int kMost = 8;
    Sample samples[kMost];
    HANDLE running[kMost];
    HANDLE start = CreateEventA(nullptr, TRUE, FALSE, nullptr);
    must(start != nullptr && threads <= kMost, "CreateEvent");
    for (int i = 0; i < threads; ++i) {
      samples[i] = {milliseconds, 0, start};
      running[i] = CreateThread(nullptr, 0, measure<Operation>, &samples[i], 0, nullptr);
      must(running[i] != nullptr, "CreateThread");
    }
    SetEvent(start);
    double sum = 0;
    for (int i = 0; i < threads; ++i) {
      WaitForSingleObject(running[i], INFINITE);
      CloseHandle(running[i]);
      sum += samples[i].ns_per_step;
    }
    CloseHandle(start);
    std::printf("%s\t%.2f\n", label.c_str(), sum / threads);
    std::fflush(stdout);
  }
};

} // namespace

int main(int argc, char** argv) {
  Driver driver{50, nullptr};
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::strcmp(argv[i], "--milliseconds") == 0)
      driver.milliseconds = std::atof(argv[i + 1]);
    else if (std::strcmp(argv[i], "--filter") == 0)
      driver.filter = argv[i + 1];
    else
      return std::fprintf(stderr, "usage: vm_wine [--milliseconds N] [--filter TEXT]\n"), 2;
  }
  visit_operations(driver);
  visit_faults(driver);
  return 0;
}
