// winmem's sections and handles beside the raw Linux calls that do the same: winmem/<row>/<threads>,
// raw/<row>/<threads>. script/bench runs both kinds randomly interleaved in one process and pairs them by name.
#include "../google_main.h"
#include "others_name.h"
#include "raw_section_operations.h"
#include "section_operations.h"

#include <benchmark/benchmark.h>

#include <string>

namespace {

template <class Operation> void measure(benchmark::State& state) {
  Operation step;
  for (auto _ : state)
    step();
}

struct Register {
  const char* side;

  template <class Operation> void row(const char* name, int threads) {
    std::string label = std::string(side) + "/" + name + "/" + std::to_string(threads);
    benchmark::RegisterBenchmark(label.c_str(), measure<Operation>)->Threads(threads)->UseRealTime();
  }
};

} // namespace

int main(int argc, char** argv) {
  Register winmem{"winmem"};
  bench::visit_section_operations(winmem);
  winmem.row<bench::OpenOthers>("open_others", 1);
  Register raw{"raw"};
  bench::raw::visit_section_operations(raw);
  return bench::run_benchmarks(argc, argv);
}
