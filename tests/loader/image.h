// A loader of DLLs of Windows, as small as one can be: the image into memory of VirtualAlloc, relocated, its imports
// from winmem_find, its sections protected as they say. No thread-local storage, no resources, no DllMain.
//
// Owns:      the image's memory, until the end of the Image.
// Fails:     by a std::runtime_error that says what is wrong with the file or which import is missing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace loader {

class Image {
public:
  explicit Image(const std::string& path);
  ~Image();
  Image(const Image&) = delete;
  Image& operator=(const Image&) = delete;

  // The export by that name, in Microsoft's calling convention.
  void* find(const char* name) const;

  std::vector<std::string> imports; // "KERNEL32.dll!VirtualAlloc"

private:
  template <class T> T* at(std::uint32_t offset) const { return reinterpret_cast<T*>(base_ + offset); }
  void relocate(std::uint64_t preferred_base, std::uint32_t offset, std::uint32_t size);
  void resolve_imports(std::uint32_t offset);

  std::uint8_t* base_ = nullptr;
  std::uint32_t exports_ = 0;
};

} // namespace loader
