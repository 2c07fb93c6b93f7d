// Prints the size of a block of operator new as the process heap knows it, or whose block it is; after failures of new
// that must be exceptions.
#include <windows.h>

#include <iostream>
#include <memory>
#include <new>
#include <string>
#include <vector>

struct alignas(256) Wide {
  char bytes[256];
};

int main() {
  auto wide = std::make_unique<Wide>();
  std::vector<std::string> texts(1000, std::string(100, 'x'));
  volatile std::size_t impossible = std::size_t{1} << 47;
  char* volatile kept = nullptr; // the compiler may not leave the call out
  bool thrown = false;
  try {
    kept = new char[impossible];
  } catch (const std::bad_alloc&) {
    thrown = true;
  }
  kept = new (std::nothrow) char[impossible];
  if (!thrown || kept != nullptr || reinterpret_cast<std::size_t>(wide.get()) % 256 != 0) {
    return 1;
  }
  auto* block = new char[100];
  if (HeapValidate(GetProcessHeap(), 0, block)) {
    std::cout << HeapSize(GetProcessHeap(), 0, block) << std::endl;
  } else {
    std::cout << "libc" << std::endl;
  }
  delete[] block;
}
