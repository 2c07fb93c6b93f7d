// Rules: V54, for images (.bss is part of them) and stacks: memory that programs look at by VirtualQuery to learn where
// their data and their stack lie.
#include "maps_text.h"
#include "zoo.h"

#include <algorithm>
#include <cstring>
#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <string>
#include <sys/auxv.h>
#include <vector>

namespace {

using namespace zoo;

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

} // namespace
