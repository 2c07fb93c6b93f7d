// The map as found by trying, where there is no /proc (K62).
#include "host/mapping_probe.h"
#include "maps_text.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

namespace {

using namespace winmem;
using host::Mapping;

constexpr std::size_t kPages = 8;

Address address_of(const void* pointer) { return reinterpret_cast<Address>(pointer); }

char* map_pages(std::size_t pages, int protection) {
  void* at = mmap(nullptr, pages * kPage, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  EXPECT_NE(at, MAP_FAILED);
  return static_cast<char*>(at);
}

TEST(MappingProbe, K62_every_mapped_page_is_seen) {
  for (const MapsLine& line : read_maps()) {
    if (line.begin >= kUserEnd) {
      continue;
    }
    Mapping mapping;
    ASSERT_TRUE(host::probe_mapping(line.begin, mapping)) << line.name;
    EXPECT_TRUE(mapping.range.contains(line.begin)) << line.name;
    EXPECT_TRUE(mapping.guessed);
  }
}

TEST(MappingProbe, K62_a_hole_ends_where_memory_begins) {
  char* pages = map_pages(kPages, PROT_READ | PROT_WRITE);
  munmap(pages + kPage, 3 * kPage);
  mprotect(pages + 6 * kPage, kPage, PROT_NONE);
  munmap(pages + 7 * kPage, kPage);
  Mapping mapping;

  ASSERT_TRUE(host::probe_mapping(address_of(pages) + kPage, mapping));
  EXPECT_EQ(mapping.range, (AddressRange{address_of(pages) + 4 * kPage, address_of(pages) + 6 * kPage}));
  EXPECT_TRUE(mapping.read);
  ASSERT_TRUE(host::probe_mapping(address_of(pages) + 5 * kPage, mapping)); // from its middle too
  EXPECT_EQ(mapping.range.begin, address_of(pages) + 4 * kPage);
  ASSERT_TRUE(host::probe_mapping(address_of(pages) + 6 * kPage, mapping));
  EXPECT_EQ(mapping.range.size(), kPage);
  EXPECT_FALSE(mapping.is_accessible());

  munmap(pages, kPages * kPage);
}

TEST(MappingProbe, images_are_known_by_their_headers) {
  static int data = 1;
  Mapping code;
  Mapping written;

  ASSERT_TRUE(host::probe_mapping(round_down(address_of(reinterpret_cast<void*>(&map_pages)), kPage), code));
  ASSERT_TRUE(host::probe_mapping(round_down(address_of(&data), kPage), written));

  EXPECT_TRUE(code.execute);
  EXPECT_FALSE(code.write);
  EXPECT_TRUE(written.write);
  EXPECT_FALSE(written.execute);
}

} // namespace
