// The workloads on malloc: script/bench preloads one allocator after the other.
#include "google_driver.h"
#include "malloc_side.h"
#include "thread_workloads.h"
#include "workloads.h"

int main(int argc, char** argv) {
  bench::GoogleDriver malloc{"malloc"};
  bench::visit_workloads<bench::Malloc>(malloc);
  bench::visit_thread_workloads<bench::Malloc>(malloc);
  return bench::run_benchmarks(argc, argv);
}
