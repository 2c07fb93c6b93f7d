#include "kernel_view.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <string_view>

namespace model {
namespace {

constexpr const char* kNothing = "---";
constexpr std::uint64_t kGuardMarker = std::uint64_t{1} << 58; // Linux 6.14; 0 before

std::string read_all(const char* path) {
  int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    throw std::runtime_error(std::string("cannot open ") + path);
  std::string text;
  std::array<char, 65536> buffer;
  ssize_t got = 0;
  while ((got = read(descriptor, buffer.data(), buffer.size())) > 0)
    text.append(buffer.data(), static_cast<std::size_t>(got));
  close(descriptor);
  return text;
}

// One of eight static strings, so that a snapshot of many mappings holds no text.
const char* permissions_of(std::string_view text) {
  static constexpr std::array<const char*, 8> kAll = {kNothing, "--x", "-w-", "-wx", "r--", "r-x", "rw-", "rwx"};
  unsigned index = 0;
  for (char letter : text.substr(0, 3))
    index = index * 2 + (letter != '-');
  return kAll[index];
}

} // namespace

KernelView::KernelView() : pagemap_(open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC)) {
  std::string maps = read_all("/proc/self/maps");
  const char* at = maps.data();
  const char* end = at + maps.size();
  while (at < end) { // 7f0000000000-7f0000001000 rw-p ...
    char* after = nullptr;
    std::uintptr_t first = std::strtoull(at, &after, 16);
    std::uintptr_t last = std::strtoull(after + 1, &after, 16);
    mappings_.push_back({{first, last}, permissions_of({after + 1, 3})});
    at = std::find(static_cast<const char*>(after), end, '\n') + 1;
  }
}

KernelView::~KernelView() {
  if (pagemap_ >= 0)
    close(pagemap_);
}

std::vector<KernelView::Mapping>::const_iterator KernelView::first_in(std::uintptr_t base) const {
  return std::upper_bound(mappings_.begin(), mappings_.end(), base,
                          [](std::uintptr_t address, const Mapping& each) { return address < each.range.end; });
}

bool KernelView::is_out_of_reach(std::uintptr_t base) const {
  for (auto mapping = first_in(base); mapping != mappings_.end() && mapping->range.begin < base + kChunk; ++mapping)
    if (mapping->permissions != kNothing)
      return false;
  return true;
}

KernelView::ChunkAccess KernelView::access_of_chunk(std::uintptr_t base) const {
  ChunkAccess access;
  access.fill(kNothing);
  for (auto mapping = first_in(base); mapping != mappings_.end() && mapping->range.begin < base + kChunk; ++mapping) {
    std::uintptr_t first = std::max(mapping->range.begin, base);
    std::uintptr_t last = std::min(mapping->range.end, base + kChunk);
    for (std::uintptr_t page = first; page < last; page += kPage)
      access[(page - base) / kPage] = mapping->permissions;
  }
  if (is_out_of_reach(base))
    return access;

  std::array<std::uint64_t, Pages::kPerChunk> entries{};
  // The last chunk of user space lacks a page, and its entry.
  if (pagemap_ < 0 || pread(pagemap_, entries.data(), sizeof entries, static_cast<off_t>(base / kPage * 8)) <= 0)
    throw std::runtime_error("cannot read /proc/self/pagemap");
  for (std::size_t i = 0; i < entries.size(); ++i)
    if ((entries[i] & kGuardMarker) != 0)
      access[i] = kNothing;
  return access;
}

bool kernel_has_markers() {
  constexpr int kGuardInstall = 102; // MADV_GUARD_INSTALL, newer than Debian 12's headers
  void* page = mmap(nullptr, kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  bool installed = page != MAP_FAILED && madvise(page, kPage, kGuardInstall) == 0;
  if (page != MAP_FAILED)
    munmap(page, kPage);
  return installed;
}

} // namespace model
