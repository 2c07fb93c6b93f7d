// The C++ library and Windows' memory in one program.
#include <windows.h>

#include <filesystem>
#include <iostream>
#include <string>
#include <thread>

int main() {
  void* page = nullptr;
  std::thread([&] { page = VirtualAlloc(nullptr, 4096, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE); }).join();
  bool right = page != nullptr && std::filesystem::path("/").is_absolute() && VirtualFree(page, 0, MEM_RELEASE);
  std::cout << (right ? "ok" : "wrong") << std::endl;
}
