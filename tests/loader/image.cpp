#include "image.h"

#include <winmem.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <windows.h>

namespace loader {

namespace {

// The parts of the format that are read here, as Microsoft's page "PE Format" has them.
struct FileHeader {
  std::uint32_t signature; // "PE\0\0"
  std::uint16_t machine;
  std::uint16_t sections;
  std::uint32_t time, symbols, symbol_count;
  std::uint16_t optional_size, characteristics;
};

struct Directory {
  std::uint32_t offset, size;
};

struct OptionalHeader {
  std::uint16_t magic;
  std::uint8_t unused[22];
  std::uint64_t base;
  std::uint32_t section_alignment, file_alignment;
  std::uint8_t versions[16];
  std::uint32_t image_size, headers_size;
  std::uint8_t rest[44];
  std::uint32_t directory_count;
  Directory directories[16];
};
static_assert(offsetof(OptionalHeader, directories) == 112);

struct Section {
  char name[8];
  std::uint32_t size, offset, file_size, file_offset;
  std::uint8_t unused[12];
  std::uint32_t characteristics;
};
static_assert(sizeof(Section) == 40);

struct ImportDescriptor {
  std::uint32_t names, time, chain, dll, slots;
};

struct ExportDirectory {
  std::uint8_t unused[20];
  std::uint32_t functions, names_count, function_offsets, name_offsets, ordinals;
};

constexpr std::uint16_t kX64 = 0x8664;
constexpr std::uint16_t kPe32Plus = 0x20B;
constexpr std::uint32_t kExecutable = 0x20000000;
constexpr std::uint32_t kWritable = 0x80000000;

template <class T> T read(const std::vector<char>& file, std::size_t offset) {
  T value;
  if (offset > file.size() || file.size() - offset < sizeof value)
    throw std::runtime_error("the file ends too early");
  std::memcpy(&value, file.data() + offset, sizeof value);
  return value;
}

DWORD protection(std::uint32_t characteristics) {
  if ((characteristics & kExecutable) != 0)
    return PAGE_EXECUTE_READ;
  return (characteristics & kWritable) != 0 ? PAGE_READWRITE : PAGE_READONLY;
}

} // namespace

Image::Image(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  std::vector<char> file((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  auto header_offset = read<std::uint32_t>(file, 0x3C);
  auto header = read<FileHeader>(file, header_offset);
  auto optional = read<OptionalHeader>(file, header_offset + sizeof(FileHeader));
  if (header.signature != 0x4550 || header.machine != kX64 || optional.magic != kPe32Plus)
    throw std::runtime_error(path + " is no DLL for x64");

  base_ =
      static_cast<std::uint8_t*>(VirtualAlloc(nullptr, optional.image_size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE));
  if (base_ == nullptr)
    throw std::runtime_error("no memory for the image");
  std::vector<Section> sections;
  for (unsigned i = 0; i < header.sections; ++i)
    sections.push_back(
        read<Section>(file, header_offset + sizeof(FileHeader) + header.optional_size + i * sizeof(Section)));
  for (const Section& section : sections) {
    std::uint32_t size = std::min(section.size, section.file_size);
    if (size != 0 && (std::uint64_t{section.file_offset} + size > file.size() ||
                      std::uint64_t{section.offset} + size > optional.image_size))
      throw std::runtime_error("a section lies outside");
    if (size != 0)
      std::memcpy(base_ + section.offset, file.data() + section.file_offset, size);
  }
  relocate(optional.base, optional.directories[5].offset, optional.directories[5].size);
  resolve_imports(optional.directories[1].offset);
  exports_ = optional.directories[0].offset;
  for (const Section& section : sections) {
    DWORD old = 0;
    if (VirtualProtect(base_ + section.offset, section.size, protection(section.characteristics), &old) == FALSE)
      throw std::runtime_error("a section cannot be protected");
  }
}

Image::~Image() {
  if (base_ != nullptr)
    VirtualFree(base_, 0, MEM_RELEASE);
}

// Blocks of a page each: the page, the block's size, then words of a type (10: a 64-bit address) and a place.
void Image::relocate(std::uint64_t preferred_base, std::uint32_t offset, std::uint32_t size) {
  std::uint64_t moved = reinterpret_cast<std::uint64_t>(base_) - preferred_base;
  for (std::uint32_t end = offset + size; offset < end;) {
    std::uint32_t page = *at<std::uint32_t>(offset);
    std::uint32_t block = *at<std::uint32_t>(offset + 4);
    if (block < 8)
      throw std::runtime_error("relocations without an end");
    for (std::uint32_t i = offset + 8; i < offset + block; i += 2) {
      std::uint16_t word = *at<std::uint16_t>(i);
      if (word >> 12 == 10)
        *at<std::uint64_t>(page + (word & 0xFFFU)) += moved;
    }
    offset += block;
  }
}

void Image::resolve_imports(std::uint32_t offset) {
  if (offset == 0)
    return;
  for (const auto* each = at<ImportDescriptor>(offset); each->dll != 0; ++each) {
    const char* dll = at<const char>(each->dll);
    const auto* name = at<std::uint64_t>(each->names != 0 ? each->names : each->slots);
    auto* slot = at<winmem_function>(each->slots);
    for (; *name != 0; ++name, ++slot) {
      const char* function = at<const char>(static_cast<std::uint32_t>(*name) + 2); // behind a hint
      *slot = winmem_find(dll, function);
      imports.push_back(std::string(dll) + "!" + function);
      if (*slot == nullptr)
        throw std::runtime_error("missing: " + imports.back());
    }
  }
}

void* Image::find(const char* name) const {
  const auto* exports = at<ExportDirectory>(exports_);
  for (std::uint32_t i = 0; i < exports->names_count; ++i)
    if (std::strcmp(at<const char>(at<std::uint32_t>(exports->name_offsets)[i]), name) == 0)
      return at<void>(at<std::uint32_t>(exports->function_offsets)[at<std::uint16_t>(exports->ordinals)[i]]);
  throw std::runtime_error(std::string("no export ") + name);
}

} // namespace loader
