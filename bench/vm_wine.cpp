// The operations on virtual memory for a Windows program: built by mingw-w64, run under Wine (or on Windows).
#include "fault_operations.h"
#include "vm_operations.h"
#include "wine_driver.h"

int main(int argc, char** argv) {
  bench::WineDriver driver(argc, argv);
  bench::visit_operations(driver);
  bench::visit_faults(driver);
  return 0;
}
