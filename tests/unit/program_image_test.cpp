// The program's own image, which is loaded differently as it was linked: this test is linked in three ways.
#include "host/modules.h"
#include "maps_text.h"
#include "zoo.h"

#include <link.h>
#include <unistd.h>

namespace {

using namespace zoo;

char own_bss[16 * kPage];
char own_data[16 * kPage] = {1};

// The first address that any segment of the program is loaded to.
Address loaded_at() {
  Address first = ~Address{0};
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* out) {
        for (unsigned i = 0; i < info->dlpi_phnum; ++i) {
          const ElfW(Phdr)& segment = info->dlpi_phdr[i];
          Address begin = round_down(info->dlpi_addr + segment.p_vaddr, kPage);
          if (segment.p_type == PT_LOAD && begin < *static_cast<Address*>(out)) {
            *static_cast<Address*>(out) = begin;
          }
        }
        return 1; // the first object is the program
      },
      &first);
  return first;
}

TEST(ProgramImage, every_page_of_its_file_belongs_to_it) {
  char path[4096] = {};
  ASSERT_GT(readlink("/proc/self/exe", path, sizeof path - 1), 0);
  std::size_t pages = 0;

  for (const MapsLine& line : read_maps()) {
    for (Address page = line.begin; line.name == path && page < line.end; page += kPage, ++pages) {
      ForeignRun run = describe(reinterpret_cast<const void*>(page));
      ASSERT_EQ(run.kind, ForeignKind::image) << std::hex << page;
      ASSERT_EQ(run.allocation_base, loaded_at()) << std::hex << page;
    }
  }

  EXPECT_GT(pages, 16U);
}

TEST(ProgramImage, code_data_and_bss_belong_to_it) {
  EXPECT_EQ(kind_of(describe(reinterpret_cast<const void*>(&loaded_at))), image(ForeignProtection::execute_read));
  EXPECT_EQ(kind_of(describe(own_data + 8 * kPage)), image(ForeignProtection::read_write));
  EXPECT_EQ(kind_of(describe(own_bss + 8 * kPage)), image(ForeignProtection::read_write));
  EXPECT_EQ(describe(own_bss + 8 * kPage).allocation_base, loaded_at());
}

TEST(ProgramImage, it_is_found_without_an_address) {
  host::Image program;
  ASSERT_TRUE(host::program_image(program));

  EXPECT_EQ(program.range.begin, loaded_at());
  EXPECT_TRUE(program.range.contains(address_of(own_bss + 8 * kPage)));
}

} // namespace
