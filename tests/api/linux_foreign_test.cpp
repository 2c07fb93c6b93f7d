// Memory that winmem does not own: reported truthfully, never touched. Linux only.
// Rules: V32 V54 V56
#include "expect.h"
#include "linux_process_map.h"
#include "memory_map.h"
#include "platform.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <vector>

namespace apitest {
namespace {

// Every answer of a walk over the whole of user space.
std::vector<MEMORY_BASIC_INFORMATION> walk() {
  static MEMORY_BASIC_INFORMATION answers[200000]; // no allocation meanwhile
  std::size_t count = 0;
  std::uintptr_t place = 0;
  while (count < std::size(answers) &&
         VirtualQuery(at(place), &answers[count], sizeof answers[0]) == sizeof answers[0]) {
    place += answers[count++].RegionSize;
  }
  EXPECT_EQ(place, kHighestUser + 1);
  return {answers, answers + count};
}

// A mapping made by the test itself, behind winmem's back.
class Mapping {
public:
  Mapping(std::size_t pages, int protection, int flags = MAP_PRIVATE | MAP_ANONYMOUS, int file = -1)
      : bytes_(pages * kPage), base_(static_cast<char*>(mmap(nullptr, bytes_, protection, flags, file, 0))) {
    EXPECT_NE(base_, MAP_FAILED);
  }
  ~Mapping() { munmap(base_, bytes_); }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  char* base() const { return base_; }

private:
  std::size_t bytes_;
  char* base_;
};

TEST(Foreign, V56_nothing_accessible_is_reported_free) {
  const std::vector<KernelMapping> mappings = kernel_mappings();
  ASSERT_GT(mappings.size(), 5u);

  for (const KernelMapping& mapping : mappings) {
    for (std::uintptr_t place = mapping.start; place < mapping.end && place <= kHighestUser;) {
      const MEMORY_BASIC_INFORMATION info = ask(at(place));
      ASSERT_NE(info.RegionSize, 0u);
      if (info.State == MEM_FREE) {
        // Free pages of winmem's own arena; then none of them can be read.
        EXPECT_EQ(mapping.name, "") << std::hex << place;
        EXPECT_FALSE(platform::can_read(at(place))) << std::hex << place;
        const std::uintptr_t last = std::min(place + info.RegionSize, mapping.end) - 1;
        EXPECT_FALSE(platform::can_read(at(last))) << std::hex << last;
      } else {
        EXPECT_NE(info.AllocationBase, nullptr) << std::hex << place;
      }
      place += info.RegionSize;
    }
  }
}

TEST(Foreign, V56_what_is_reported_free_can_be_reserved) {
  // Only the ends of each free run are tried: there a mapping that was overlooked would lie.
  for (const MEMORY_BASIC_INFORMATION& info : walk()) {
    const std::uintptr_t start = (number(info.BaseAddress) + kGranule - 1) & ~(kGranule - 1);
    const std::uintptr_t end = (number(info.BaseAddress) + info.RegionSize) & ~(kGranule - 1);
    if (info.State != MEM_FREE || start + kGranule > end) {
      continue;
    }
    for (std::uintptr_t place : {start, end - kGranule}) {
      if (place < kLowestUser) {
        continue;
      }
      void* base = VirtualAlloc(at(place), kGranule, MEM_RESERVE, PAGE_READWRITE);
      const DWORD error = GetLastError();
      const MEMORY_BASIC_INFORMATION now = ask(at(place));
      if (base == nullptr && (now.State != MEM_FREE || now.RegionSize < kGranule)) {
        continue; // a sanitizer's allocator has mapped something there since the walk
      }
      EXPECT_EQ(base, at(place)) << std::hex << place << ": error " << std::dec << error;
      if (base != nullptr) {
        EXPECT_TRUE(VirtualFree(base, 0, MEM_RELEASE));
      }
    }
  }
}

TEST(Foreign, V56_what_is_not_reported_free_is_mapped) {
  const std::vector<MEMORY_BASIC_INFORMATION> answers = walk();
  const std::vector<KernelMapping> mappings = kernel_mappings();

  for (const MEMORY_BASIC_INFORMATION& info : answers) {
    if (info.State == MEM_FREE) {
      continue;
    }
    bool mapped = false;
    for (const KernelMapping& mapping : mappings) {
      mapped = mapped || (mapping.start <= number(info.BaseAddress) && number(info.BaseAddress) < mapping.end);
    }
    EXPECT_TRUE(mapped) << info.BaseAddress;
  }
}

TEST(Foreign, V56_the_protection_of_foreign_memory_is_what_the_kernel_says) {
  for (const KernelMapping& mapping : kernel_mappings()) {
    if (mapping.name.empty() || mapping.name[0] == '[' || mapping.start > kHighestUser) {
      continue;
    }
    const DWORD protect = ask(at(mapping.start)).Protect;
    const DWORD reads = protect & (0x02 | 0x04 | 0x08 | 0x10 | 0x20 | 0x40 | 0x80);
    const DWORD writes = protect & (0x04 | 0x08 | 0x40 | 0x80);
    const DWORD executes = protect & (0x10 | 0x20 | 0x40 | 0x80);
    EXPECT_EQ(reads != 0, mapping.readable || mapping.executable) << mapping.name << " " << protect;
    EXPECT_EQ(writes != 0, mapping.writable) << mapping.name << " " << protect;
    EXPECT_EQ(executes != 0, mapping.executable) << mapping.name << " " << protect;
  }
}

TEST(Foreign, V54_an_anonymous_mapping_is_private) {
  Mapping mapping(4, PROT_READ | PROT_WRITE);

  const MEMORY_BASIC_INFORMATION info = ask(mapping.base() + kPage);

  EXPECT_EQ(info.BaseAddress, mapping.base() + kPage);
  EXPECT_NE(info.AllocationBase, nullptr);
  EXPECT_EQ(info.State, 0x1000u);
  EXPECT_EQ(info.Protect, 0x04u);
  EXPECT_EQ(info.Type, 0x20000u);
}

TEST(Foreign, V54_a_mapped_file_is_a_view) {
  char name[] = "/tmp/winmem-api-XXXXXX";
  const int file = mkstemp(name);
  ASSERT_GE(file, 0);
  unlink(name);
  ASSERT_EQ(ftruncate(file, 4 * kPage), 0);
  Mapping mapping(4, PROT_READ | PROT_WRITE, MAP_SHARED, file);

  const MEMORY_BASIC_INFORMATION info = ask(mapping.base());

  close(file);
  EXPECT_NE(info.AllocationBase, nullptr);
  EXPECT_EQ(info.State, 0x1000u);
  EXPECT_EQ(info.Protect, 0x04u);
  EXPECT_EQ(info.Type, 0x40000u);
}

TEST(Foreign, V54_a_mapping_shows_as_soon_as_it_is_made_and_no_longer_than_it_lives) {
  char* place = nullptr;
  {
    Mapping mapping(16, PROT_READ);
    place = mapping.base();
    EXPECT_EQ(ask(place).Protect, 0x02u);
    EXPECT_EQ(mprotect(place, 16 * kPage, PROT_READ | PROT_WRITE), 0);
    EXPECT_EQ(ask(place).Protect, 0x04u);
  }
  EXPECT_EQ(ask(place).State, 0x10000u);
}

TEST(Foreign, V17_foreign_memory_can_be_neither_reserved_nor_committed) {
  Mapping mapping(48, PROT_READ | PROT_WRITE);
  char* granule = at((number(mapping.base()) + kGranule - 1) & ~(kGranule - 1));
  std::memset(mapping.base(), 0x5A, 48 * kPage);

  EXPECT_ERROR(487, VirtualAlloc(granule, kGranule, MEM_RESERVE, PAGE_READWRITE));
  EXPECT_ERROR(487, VirtualAlloc(granule, kGranule, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE));

  EXPECT_TRUE(pages_hold(mapping.base(), 48, 0x5A));
}

TEST(Foreign, V32_foreign_memory_cannot_be_freed) {
  Mapping mapping(16, PROT_READ | PROT_WRITE);
  std::memset(mapping.base(), 0x5A, 16 * kPage);
  void* heap = malloc(1 << 20);

  EXPECT_FALSE(VirtualFree(mapping.base(), 0, MEM_RELEASE));
  EXPECT_FALSE(VirtualFree(mapping.base(), kPage, MEM_DECOMMIT));
  EXPECT_FALSE(VirtualFree(ask(heap).AllocationBase, 0, MEM_RELEASE));
  EXPECT_FALSE(VirtualFree(ask(&mapping).AllocationBase, 0, MEM_RELEASE));

  EXPECT_TRUE(pages_hold(mapping.base(), 16, 0x5A));
  std::memset(heap, 1, 1 << 20);
  free(heap);
}

TEST(Foreign, V54_a_librarys_code_and_data_are_one_image) {
  Dl_info libc = {};
  ASSERT_NE(dladdr(reinterpret_cast<void*>(&mkstemp), &libc), 0);

  const MEMORY_BASIC_INFORMATION code = ask(reinterpret_cast<void*>(&mkstemp));
  const MEMORY_BASIC_INFORMATION data = ask(&environ);

  EXPECT_EQ(code.AllocationBase, libc.dli_fbase);
  EXPECT_EQ(code.Type, 0x1000000u);
  EXPECT_EQ(code.Protect, 0x20u);
  EXPECT_EQ(data.Type, 0x1000000u);
  EXPECT_EQ(data.State, 0x1000u);
}

TEST(Foreign, V56_regions_of_winmem_are_never_taken_for_foreign_ones) {
  Region inside = reserve(16, PAGE_EXECUTE_READ);
  char* low = nullptr;
  for (std::uintptr_t place = 0x10000000; low == nullptr && place < 0x70000000; place += 0x1000000) {
    low = static_cast<char*>(VirtualAlloc(at(place), kGranule, MEM_RESERVE, PAGE_EXECUTE_READ));
  }
  ASSERT_NE(low, nullptr);
  Region outside(low, 16);

  for (const Region* region : {&inside, &outside}) {
    region->commit(3, 2, PAGE_READWRITE);
    EXPECT_MAP(*region, "R3 C2rw R11");
    EXPECT_EQ(ask(region->page(3)).AllocationBase, region->base());
    EXPECT_EQ(ask(region->page(3)).AllocationProtect, 0x20u);
    EXPECT_EQ(ask(region->page(3)).Type, 0x20000u);
  }
}

} // namespace
} // namespace apitest
