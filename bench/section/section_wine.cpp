// The operations on sections for a Windows program: built by mingw-w64, run under Wine (or on Windows).
#include "../wine_driver.h"
#include "section_operations.h"

int main(int argc, char** argv) {
  bench::WineDriver driver(argc, argv);
  bench::visit_section_operations(driver);
  return 0;
}
