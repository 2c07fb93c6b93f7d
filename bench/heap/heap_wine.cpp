// The process heap of Wine (or of Windows): built by mingw-w64, with the rows whose goals are relative to it.
#include "../wine_driver.h"
#include "heap_operations.h"
#include "workloads.h"

int main(int argc, char** argv) {
  using namespace bench;
  WineDriver driver(argc, argv);
  driver.row<Pair<ProcessHeap, 64>>("pair_64", 1);
  driver.row<Pair<ProcessHeap, 64 << 10>>("pair_64k", 1);
  for (int threads : {1, 2})
    driver.row<SmallChurn<ProcessHeap>>("churn_small", threads);
  driver.row<GrowMany<ProcessHeap>>("grow_many", 1);
  visit_heap_operations(driver);
  return 0;
}
