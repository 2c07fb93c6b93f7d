// Rules: V53 V54 V55 V56, for memory that winmem did not make: a zoo of mappings, each described as Windows would.
#include "child.h"
#include "host/process_map.h"
#include "maps_text.h"
#include "vm/foreign.h"

#include <algorithm>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <link.h>
#include <pthread.h>
#include <sys/auxv.h>
#include <sys/mman.h>

namespace {

using namespace winmem;
using vm::ForeignKind;
using vm::ForeignProtection;
using vm::ForeignRun;
using vm::ForeignState;

constexpr AddressRange kEverything{0, kUserEnd};

Address address_of(const void* pointer) { return reinterpret_cast<Address>(pointer); }
Address page_of(const void* pointer) { return round_down(address_of(pointer), kPage); }

ForeignRun describe(const void* pointer) {
  ForeignRun run;
  EXPECT_TRUE(vm::foreign_at(page_of(pointer), kEverything, run));
  EXPECT_EQ(run.range.begin, page_of(pointer)); // V53: the scan goes forward only
  return run;
}

// What is described, without the addresses.
struct Kind {
  ForeignKind kind;
  ForeignState state;
  ForeignProtection protection;
  ForeignProtection allocation_protection;
  bool operator==(const Kind&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Kind& kind) {
  return out << std::hex << "type " << static_cast<unsigned>(kind.kind) << " state "
             << static_cast<unsigned>(kind.state) << " protect " << static_cast<unsigned>(kind.protection)
             << " allocated as " << static_cast<unsigned>(kind.allocation_protection);
}

Kind kind_of(const ForeignRun& run) { return {run.kind, run.state, run.protection, run.allocation_protection}; }

Kind image(ForeignProtection protection) {
  return {ForeignKind::image, ForeignState::committed, protection, ForeignProtection::execute_write_copy};
}
Kind mapped(ForeignProtection protection) {
  return {ForeignKind::mapped, ForeignState::committed, protection, protection};
}
Kind private_memory(ForeignProtection protection) {
  return {ForeignKind::private_memory, ForeignState::committed, protection, protection};
}
constexpr Kind kReserved{ForeignKind::private_memory, ForeignState::reserved, ForeignProtection::none,
                         ForeignProtection::no_access};
constexpr Kind kGuardOfStack{ForeignKind::private_memory, ForeignState::reserved, ForeignProtection::none,
                             ForeignProtection::read_write};

// `pages` pages between two unmapped ones, so that the kernel joins them with nothing. Unmapped at the end.
class Island {
public:
  Island(std::size_t pages, int protection, int flags, int file = -1, off_t offset = 0) : pages_(pages) {
    void* hole = mmap(nullptr, (pages + 2) * kPage, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    at_ = static_cast<char*>(hole) + kPage;
    munmap(hole, (pages + 2) * kPage);
    void* got = mmap(at_, pages * kPage, protection, flags | MAP_FIXED_NOREPLACE, file, offset);
    EXPECT_EQ(got, at_);
  }
  ~Island() { munmap(at_, pages_ * kPage); }
  Island(const Island&) = delete;
  Island& operator=(const Island&) = delete;

  char* page(std::size_t n) const { return at_ + n * kPage; }
  void protect(std::size_t n, int protection) const { EXPECT_EQ(mprotect(page(n), kPage, protection), 0); }
  AddressRange range(std::size_t from, std::size_t to) const { return {address_of(page(from)), address_of(page(to))}; }

private:
  std::size_t pages_;
  char* at_;
};

constexpr int kPrivate = MAP_PRIVATE | MAP_ANONYMOUS;

// ---- anonymous memory ----------------------------------------------------------------------------------------------

struct AccessCase {
  int access;
  ForeignProtection anonymous;
  ForeignProtection private_file;
};

constexpr AccessCase kAccessCases[] = {
    {PROT_READ, ForeignProtection::read_only, ForeignProtection::read_only},
    {PROT_READ | PROT_WRITE, ForeignProtection::read_write, ForeignProtection::write_copy},
    {PROT_WRITE, ForeignProtection::read_write, ForeignProtection::write_copy},
    {PROT_READ | PROT_EXEC, ForeignProtection::execute_read, ForeignProtection::execute_read},
    {PROT_EXEC, ForeignProtection::execute, ForeignProtection::execute},
    {PROT_READ | PROT_WRITE | PROT_EXEC, ForeignProtection::execute_read_write, ForeignProtection::execute_write_copy},
};

TEST(Foreign, anonymous_memory_is_private) {
  for (const AccessCase& row : kAccessCases) {
    Island island(4, row.access, kPrivate);

    ForeignRun run = describe(island.page(1));

    EXPECT_EQ(kind_of(run), private_memory(row.anonymous));
    EXPECT_EQ(run.range, island.range(1, 4)); // V53
    EXPECT_EQ(run.allocation_base, address_of(island.page(0)));
  }
}

TEST(Foreign, inaccessible_anonymous_memory_is_reserved) {
  Island island(100, PROT_NONE, kPrivate);

  ForeignRun run = describe(island.page(7));

  EXPECT_EQ(kind_of(run), kReserved);
  EXPECT_EQ(run.range, island.range(7, 100));
  EXPECT_EQ(run.allocation_base, address_of(island.page(0)));
}

TEST(Foreign, V54_a_run_ends_where_the_protection_changes) {
  Island island(9, PROT_READ, kPrivate);
  island.protect(3, PROT_READ | PROT_EXEC);

  EXPECT_EQ(describe(island.page(1)).range, island.range(1, 3));
  EXPECT_EQ(describe(island.page(3)).range, island.range(3, 4));
  EXPECT_EQ(describe(island.page(4)).range, island.range(4, 9));
}

TEST(Foreign, a_small_inaccessible_piece_below_is_the_guard) {
  Island island(40, PROT_READ | PROT_WRITE, kPrivate);
  island.protect(0, PROT_NONE);

  ForeignRun guard = describe(island.page(0));
  ForeignRun stack = describe(island.page(20));

  EXPECT_EQ(kind_of(guard), kGuardOfStack);
  EXPECT_EQ(guard.range, island.range(0, 1));
  EXPECT_EQ(guard.allocation_base, address_of(island.page(0)));
  EXPECT_EQ(kind_of(stack), private_memory(ForeignProtection::read_write));
  EXPECT_EQ(stack.allocation_base, address_of(island.page(0)));
}

TEST(Foreign, a_large_inaccessible_piece_below_is_no_guard) {
  Island island(40, PROT_NONE, kPrivate);
  mprotect(island.page(17), 23 * kPage, PROT_READ | PROT_WRITE);

  EXPECT_EQ(kind_of(describe(island.page(0))), kReserved);
  EXPECT_EQ(describe(island.page(20)).allocation_base, address_of(island.page(17)));
}

TEST(Foreign, the_gaps_ends_bound_the_answer) {
  Island island(9, PROT_READ | PROT_WRITE, kPrivate);
  island.protect(2, PROT_NONE); // would be a guard, but lies outside the gap
  ForeignRun run;

  ASSERT_TRUE(vm::foreign_at(address_of(island.page(5)), island.range(4, 7), run));
  EXPECT_EQ(run.range, island.range(5, 7));
  EXPECT_EQ(run.allocation_base, address_of(island.page(4)));
  ASSERT_TRUE(vm::foreign_at(address_of(island.page(3)), island.range(3, 7), run));
  EXPECT_EQ(run.allocation_base, address_of(island.page(3)));
}

// ---- files ---------------------------------------------------------------------------------------------------------

class ForeignFile : public testing::Test {
protected:
  void SetUp() override {
    file_ = memfd_create("zoo", MFD_CLOEXEC);
    ASSERT_EQ(ftruncate(file_, 16 * kPage), 0);
  }
  void TearDown() override { close(file_); }
  int file_ = -1;
};

TEST_F(ForeignFile, a_shared_mapping_is_a_view) {
  for (const AccessCase& row : kAccessCases) {
    Island island(4, row.access, MAP_SHARED, file_, kPage);

    ForeignRun run = describe(island.page(2));

    EXPECT_EQ(kind_of(run), mapped(row.anonymous));
    EXPECT_EQ(run.range, island.range(2, 4));
    EXPECT_EQ(run.allocation_base, address_of(island.page(0)));
  }
}

TEST_F(ForeignFile, a_private_mapping_copies_on_write) {
  for (const AccessCase& row : kAccessCases) {
    Island island(4, row.access, MAP_PRIVATE, file_);

    EXPECT_EQ(kind_of(describe(island.page(0))), mapped(row.private_file));
  }
}

TEST_F(ForeignFile, an_inaccessible_mapping_is_a_view_without_access) {
  Island shared(2, PROT_NONE, MAP_SHARED, file_);
  Island copied(2, PROT_NONE, MAP_PRIVATE, file_);

  EXPECT_EQ(kind_of(describe(shared.page(0))), mapped(ForeignProtection::no_access));
  EXPECT_EQ(kind_of(describe(copied.page(0))), mapped(ForeignProtection::no_access));
}

TEST_F(ForeignFile, shared_anonymous_memory_is_a_view) {
  Island island(2, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS);

  EXPECT_EQ(kind_of(describe(island.page(0))), mapped(ForeignProtection::read_write));
}

// ---- images --------------------------------------------------------------------------------------------------------

struct LoadedImage {
  std::string name;
  Address first = 0; // of any segment, in whole pages
  Address end = 0;
};

std::vector<LoadedImage> loaded_images() {
  std::vector<LoadedImage> images;
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* out) {
        LoadedImage image{info->dlpi_name, ~Address{0}, 0};
        for (unsigned i = 0; i < info->dlpi_phnum; ++i) {
          const ElfW(Phdr)& segment = info->dlpi_phdr[i];
          if (segment.p_type == PT_LOAD) {
            Address begin = info->dlpi_addr + segment.p_vaddr;
            image.first = std::min(image.first, round_down(begin, kPage));
            image.end = std::max(image.end, round_up(begin + segment.p_memsz, kPage));
          }
        }
        static_cast<std::vector<LoadedImage>*>(out)->push_back(image);
        return 0;
      },
      &images);
  return images;
}

TEST(ForeignImage, every_loaded_image_is_one_allocation) {
  std::vector<LoadedImage> images = loaded_images();
  ASSERT_GE(images.size(), 4U);

  for (const LoadedImage& loaded : images) {
    for (Address page = loaded.first; page < loaded.end;) {
      ForeignRun run;
      if (!vm::foreign_at(page, kEverything, run)) {
        page = run.range.begin; // a hole between two segments
        continue;
      }
      EXPECT_EQ(run.kind, ForeignKind::image) << loaded.name << std::hex << " at " << page;
      EXPECT_EQ(run.state, ForeignState::committed);
      EXPECT_EQ(run.allocation_base, loaded.first) << loaded.name;
      EXPECT_EQ(run.allocation_protection, ForeignProtection::execute_write_copy);
      EXPECT_LE(run.range.end, loaded.end) << loaded.name;
      page = run.range.end;
    }
  }
}

char own_bss[16 * kPage];

TEST(ForeignImage, K61_an_image_ends_with_its_bss) {
  memset(own_bss, 1, sizeof own_bss); // touched, since the kernel joins only what looks alike
  LoadedImage program = loaded_images().front();
  auto* behind = reinterpret_cast<char*>(program.end);
  void* got = mmap(behind, 3 * kPage, PROT_READ | PROT_WRITE, kPrivate | MAP_FIXED_NOREPLACE, -1, 0);
  if (got != behind) {
    GTEST_SKIP() << "something is there already: the heap, without randomisation";
  }
  ASSERT_LT(maps_line_at(behind).begin, program.end) << "not joined: nothing is tested";

  ForeignRun bss = describe(own_bss + 15 * kPage);
  ForeignRun after = describe(behind + kPage);

  EXPECT_EQ(kind_of(bss), image(ForeignProtection::read_write));
  EXPECT_EQ(bss.range.end, program.end);
  EXPECT_EQ(kind_of(after), private_memory(ForeignProtection::read_write));
  EXPECT_EQ(after.allocation_base, program.end);
  EXPECT_EQ(after.range.end, program.end + 3 * kPage);
  munmap(got, 3 * kPage);
}

class ForeignLibrary : public testing::Test {
protected:
  void SetUp() override {
    library_ = dlopen(WINMEM_ZOO_LIBRARY, RTLD_NOW);
    ASSERT_NE(library_, nullptr) << dlerror();
  }
  void TearDown() override { dlclose(library_); }

  const char* symbol(const char* name) const { return static_cast<const char*>(dlsym(library_, name)); }
  Address base() const {
    Dl_info info{};
    dladdr(symbol("zoo_code"), &info);
    return address_of(info.dli_fbase);
  }

  void* library_ = nullptr;
};

TEST_F(ForeignLibrary, code_constants_data_and_bss_are_one_image) {
  ForeignRun code = describe(symbol("zoo_code"));
  ForeignRun constants = describe(symbol("zoo_constants") + kPage);
  ForeignRun data = describe(symbol("zoo_data") + kPage);
  ForeignRun bss = describe(symbol("zoo_bss") + kPage);

  EXPECT_EQ(kind_of(code), image(ForeignProtection::execute_read));
  EXPECT_EQ(kind_of(constants), image(ForeignProtection::read_only));
  EXPECT_EQ(kind_of(data), image(ForeignProtection::read_write));
  EXPECT_EQ(kind_of(bss), image(ForeignProtection::read_write));
  for (const ForeignRun& run : {code, constants, data, bss}) {
    EXPECT_EQ(run.allocation_base, base());
  }
}

TEST_F(ForeignLibrary, V54_data_and_bss_are_one_run) {
  MapsLine data_line = maps_line_at(symbol("zoo_data") + kPage);
  MapsLine bss_line = maps_line_at(symbol("zoo_bss") + 3 * kPage);
  ASSERT_LT(data_line.end, bss_line.end); // two mappings: one of the file, one anonymous
  ASSERT_EQ(bss_line.inode, 0U);

  ForeignRun data = describe(symbol("zoo_data") + kPage);

  EXPECT_GT(data.range.end, page_of(symbol("zoo_bss") + 3 * kPage));
}

TEST_F(ForeignLibrary, an_inaccessible_page_of_an_image_stays_in_it) {
  auto* page = reinterpret_cast<void*>(page_of(symbol("zoo_bss") + kPage));
  ASSERT_EQ(mprotect(page, kPage, PROT_NONE), 0);

  ForeignRun run = describe(page);

  EXPECT_EQ(kind_of(run), image(ForeignProtection::no_access));
  EXPECT_EQ(run.range.size(), kPage);
  EXPECT_EQ(run.allocation_base, base());
  mprotect(page, kPage, PROT_READ | PROT_WRITE);
}

TEST_F(ForeignLibrary, an_unloaded_image_is_gone) {
  const char* code = symbol("zoo_code");
  dlclose(library_);
  library_ = nullptr;
  ForeignRun run;

  EXPECT_FALSE(vm::foreign_at(page_of(code), kEverything, run));
  library_ = dlopen(WINMEM_ZOO_LIBRARY, RTLD_NOW);
}

TEST(ForeignImage, the_vdso_is_an_image_and_its_data_is_not) {
  const auto* vdso = reinterpret_cast<const void*>(getauxval(AT_SYSINFO_EHDR));
  ASSERT_NE(vdso, nullptr);

  ForeignRun code = describe(vdso);

  EXPECT_EQ(kind_of(code), image(ForeignProtection::execute_read));
  EXPECT_EQ(code.allocation_base, address_of(vdso));
  for (const MapsLine& line : read_maps()) {
    if (line.name == "[vvar]") {
      EXPECT_EQ(kind_of(describe(reinterpret_cast<const void*>(line.begin))),
                private_memory(ForeignProtection::read_only));
    }
  }
}

// ---- stacks --------------------------------------------------------------------------------------------------------

TEST(ForeignStack, the_first_threads_stack_is_private) {
  int local = 0;
  MapsLine line = maps_line_at(&local);
  ASSERT_EQ(line.name, "[stack]");
  if (line.end > kUserEnd) {
    // Without randomisation Linux puts the stack's top beyond what Windows calls user space.
    ForeignRun run;
    ASSERT_TRUE(vm::foreign_at(line.begin, kEverything, run));
    EXPECT_EQ(run.range, (AddressRange{line.begin, kUserEnd}));
    return;
  }

  ForeignRun run = describe(&local);

  EXPECT_EQ(kind_of(run), private_memory(ForeignProtection::read_write));
  EXPECT_EQ(run.allocation_base, line.begin);
  EXPECT_EQ(run.range.end, line.end);
  ForeignRun below;
  EXPECT_FALSE(vm::foreign_at(line.begin - kPage, kEverything, below));
}

TEST(ForeignStack, a_threads_stack_begins_with_its_guard) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setguardsize(&attributes, 4 * kPage);
  pthread_t thread;
  auto body = [](void*) -> void* {
    int local = 0;
    pthread_attr_t own;
    void* lowest = nullptr;
    std::size_t size = 0;
    std::size_t guard = 0;
    pthread_getattr_np(pthread_self(), &own);
    pthread_attr_getstack(&own, &lowest, &size);
    pthread_attr_getguardsize(&own, &guard);
    pthread_attr_destroy(&own);

    ForeignRun run = describe(&local);
    ForeignRun below = describe(static_cast<char*>(lowest) - guard);

    EXPECT_EQ(guard, 4 * kPage);
    EXPECT_EQ(kind_of(run), private_memory(ForeignProtection::read_write));
    EXPECT_EQ(run.allocation_base, address_of(lowest) - guard);
    EXPECT_GE(run.range.end, address_of(lowest) + size);
    EXPECT_EQ(kind_of(below), kGuardOfStack);
    EXPECT_EQ(below.allocation_base, address_of(lowest) - guard);
    EXPECT_EQ(below.range.end, address_of(lowest));
    return nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, body, nullptr), 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

// ---- free memory and the whole -------------------------------------------------------------------------------------

TEST(Foreign, V53_free_memory_ends_where_the_next_begins) {
  Island island(6, PROT_READ, kPrivate);
  munmap(island.page(2), 2 * kPage);
  ForeignRun run;

  EXPECT_FALSE(vm::foreign_at(address_of(island.page(3)), kEverything, run));
  EXPECT_EQ(run.range.begin, address_of(island.page(4)));
  EXPECT_FALSE(vm::foreign_at(address_of(island.page(2)), island.range(2, 3), run));
  EXPECT_EQ(run.range.begin, address_of(island.page(3))); // the gap's end comes first
}

TEST(Foreign, V55_the_lowest_64_KiB_are_free) {
  ForeignRun run;

  EXPECT_FALSE(vm::foreign_at(0, kEverything, run));
  EXPECT_GE(run.range.begin, kLowestUser);
}

TEST(Foreign, V52_nothing_is_reported_above_the_user_space) {
  ForeignRun run;

  EXPECT_FALSE(vm::foreign_at(kUserEnd, {0, ~Address{0}}, run));
  EXPECT_FALSE(vm::foreign_at(0xFFFFFFFFFF600000, {0, ~Address{0}}, run)); // [vsyscall]
  EXPECT_FALSE(vm::foreign_at(kUserEnd - kPage, kEverything, run) && run.range.end > kUserEnd);
}

struct Walk {
  std::size_t runs = 0;
  std::size_t covered = 0; // bytes
  std::size_t free = 0;
  bool in_order = true;
  bool has_bases = true;
};

Walk walk_everything() {
  Walk walk;
  for (Address page = 0; page < kUserEnd; ++walk.runs) {
    ForeignRun run;
    bool found = vm::foreign_at(page, kEverything, run);
    Address end = found ? run.range.end : run.range.begin;
    if (end <= page || end > kUserEnd) {
      walk.in_order = false;
      break;
    }
    (found ? walk.covered : walk.free) += end - page;
    walk.has_bases = walk.has_bases && (!found || (run.allocation_base != 0 && run.allocation_base <= page));
    page = end;
  }
  return walk;
}

std::size_t mapped_bytes(const std::vector<MapsLine>& lines) {
  std::size_t sum = 0;
  for (const MapsLine& line : lines) {
    sum += AddressRange{line.begin, line.end}.intersect(kEverything).size();
  }
  return sum;
}

TEST(Foreign, V56_a_walk_visits_every_byte_once) {
  read_maps(); // libc's heap grows now, not later

  std::size_t before = mapped_bytes(read_maps());
  Walk walk = walk_everything();
  std::size_t after = mapped_bytes(read_maps());

  EXPECT_TRUE(walk.in_order);
  EXPECT_TRUE(walk.has_bases);
  EXPECT_EQ(walk.covered + walk.free, kUserEnd);
  EXPECT_GE(walk.covered, std::min(before, after));
  EXPECT_LE(walk.covered, std::max(before, after));
  EXPECT_GT(walk.runs, 10U);
}

TEST(Foreign, K62_a_childs_walk_sees_the_child) {
  Island island(1000, PROT_READ, kPrivate);
  std::size_t parents = walk_everything().covered;

  EXPECT_TRUE(in_child(&fork, [&] {
    munmap(island.page(0), 1000 * kPage);
    Walk walk = walk_everything();
    return walk.in_order && walk.covered + 1000 * kPage <= parents + 100 * kPage;
  }));
}

} // namespace
