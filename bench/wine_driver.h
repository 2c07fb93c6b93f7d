// The smallest timing driver that will do, for programs built by mingw-w64 and run under Wine (or on Windows), since
// Google Benchmark is not packaged for mingw-w64.
//
// Output:    one line per row on stdout: name/threads, a tab, nanoseconds per step. script/bench runs such programs in
//            short rounds between those of the native ones and takes the median of the rounds.
// Time:      each sample runs until it took --milliseconds; a first, shorter run sizes it and warms up.
#pragma once

#include "steps.h"

#include <windows.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace bench {

inline double now_ns() {
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

template <class Operation> double time_calls(Operation& step, std::size_t calls) {
  double begin = now_ns();
  for (std::size_t i = 0; i < calls; ++i)
    step();
  return now_ns() - begin;
}

template <class Operation> DWORD WINAPI measure_under_wine(void* argument) {
  Sample& sample = *static_cast<Sample*>(argument);
  Operation step;
  WaitForSingleObject(sample.start, INFINITE);

  // Grow until a run is long enough to predict from, then run for as long as was asked.
  std::size_t calls = 1;
  double wanted = sample.milliseconds * 1e6;
  double took = time_calls(step, calls);
  while (took < wanted / 10) {
    calls *= 4;
    took = time_calls(step, calls);
  }
  calls = static_cast<std::size_t>(static_cast<double>(calls) * wanted / took) + 1;
  sample.ns_per_step = time_calls(step, calls) / static_cast<double>(calls * steps_of<Operation>());
  return 0;
}

// The visitor of a suite's list of rows.
class WineDriver {
public:
  // --milliseconds N is how long a row takes, --filter TEXT chooses the rows with that in their names.
  WineDriver(int argc, char** argv) {
    for (int i = 1; i + 1 < argc; i += 2) {
      if (std::strcmp(argv[i], "--milliseconds") == 0)
        milliseconds_ = std::atof(argv[i + 1]);
      else if (std::strcmp(argv[i], "--filter") == 0)
        filter_ = argv[i + 1];
      else
        stop("usage: [--milliseconds N] [--filter TEXT]");
    }
  }

  template <class Operation> void row(const char* name, int threads) {
    std::string label = std::string(name) + "/" + std::to_string(threads);
    if (std::strstr(label.c_str(), filter_) == nullptr)
      return;

    constexpr int kMost = 8;
    Sample samples[kMost];
    HANDLE running[kMost];
    HANDLE start = CreateEventA(nullptr, TRUE, FALSE, nullptr);
    if (start == nullptr || threads > kMost)
      stop("bench: CreateEvent failed");
    for (int i = 0; i < threads; ++i) {
      samples[i] = {milliseconds_, 0, start};
      running[i] = CreateThread(nullptr, 0, measure_under_wine<Operation>, &samples[i], 0, nullptr);
      if (running[i] == nullptr)
        stop("bench: CreateThread failed");
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

private:
  [[noreturn]] static void stop(const char* why) {
    std::fprintf(stderr, "%s\n", why);
    std::exit(2);
  }

  double milliseconds_ = 50;
  const char* filter_ = "";
};

} // namespace bench
