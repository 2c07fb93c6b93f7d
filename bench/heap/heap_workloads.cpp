// The same workloads on the process heap, and the heap's own calls.
#include "google_driver.h"
#include "heap_operations.h"
#include "thread_workloads.h"
#include "workloads.h"

int main(int argc, char** argv) {
  bench::GoogleDriver heap{"heap"};
  bench::visit_workloads<bench::ProcessHeap>(heap);
  bench::visit_thread_workloads<bench::ProcessHeap>(heap);
  bench::visit_heap_operations(heap);
  bench::visit_large_heap_operations(heap);
  return bench::run_benchmarks(argc, argv);
}
