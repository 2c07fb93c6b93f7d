// The parser of /proc/self/maps, fed with texts that no kernel would write.
#include "host/map_reader.h"

#include <gtest/gtest.h>
#include <string>

namespace {

using namespace winmem;
using host::MapName;
using host::Mapping;

class TextInMemory {
public:
  explicit TextInMemory(std::string text) : text_(std::move(text)) {}
  int next() { return at_ < text_.size() ? static_cast<unsigned char>(text_[at_++]) : -1; }
  void skip_line() {
    while (at_ < text_.size() && text_[at_++] != '\n') {
    }
  }

private:
  std::string text_;
  std::size_t at_ = 0;
};

bool seek(const std::string& text, Address at, Mapping& out) {
  TextInMemory source(text);
  return host::MapLines<TextInMemory>(source).seek(at, out);
}

const std::string kLongName(10000, 'x');
const std::string kText = "00010000-00020000 r-xp 00001000 fe:01 4711      /" + kLongName + "\n" +
                          "00030000-00040000 rw-s 00000000 00:00 0 \n"
                          "00040000-00050000 ---p 00000000 00:00 0                          [stack]\n"
                          "7fff00000000-7fff00010000 rwxp 00000000 00:00 0                          [stackers]";

TEST(MapLines, a_line_has_all_its_fields) {
  Mapping mapping;

  ASSERT_TRUE(seek(kText, 0x1FFFF, mapping));

  EXPECT_EQ(mapping.range, (AddressRange{0x10000, 0x20000}));
  EXPECT_TRUE(mapping.read);
  EXPECT_FALSE(mapping.write);
  EXPECT_TRUE(mapping.execute);
  EXPECT_FALSE(mapping.shared);
  EXPECT_EQ(mapping.offset, 0x1000U);
  EXPECT_EQ(mapping.device_major, 0xFEU);
  EXPECT_EQ(mapping.device_minor, 1U);
  EXPECT_EQ(mapping.inode, 4711U);
  EXPECT_EQ(mapping.name, MapName::other);
}

TEST(MapLines, long_lines_are_passed_over) {
  Mapping mapping;

  ASSERT_TRUE(seek(kText, 0x20000, mapping));

  EXPECT_EQ(mapping.range, (AddressRange{0x30000, 0x40000}));
  EXPECT_TRUE(mapping.shared);
  EXPECT_EQ(mapping.name, MapName::none);
}

TEST(MapLines, names_are_compared_whole) {
  Mapping mapping;

  ASSERT_TRUE(seek(kText, 0x40000, mapping));
  EXPECT_EQ(mapping.name, MapName::stack);
  EXPECT_FALSE(mapping.is_accessible());
  ASSERT_TRUE(seek(kText, 0x50000, mapping)); // the last line has no line feed
  EXPECT_EQ(mapping.name, MapName::other);
  EXPECT_FALSE(seek(kText, 0x7FFF00010000, mapping));
}

TEST(MapLines, what_is_no_map_gives_nothing) {
  Mapping mapping;

  for (const char* text : {"", "\n", "hello", "10000", "10000-", "10000-20000", "10000-20000 rw", "10000-20000 rw-p ",
                           "10000-20000 rw-p 0 00", "-20000 rw-p 0 00:00 0\n"}) {
    EXPECT_FALSE(seek(text, 0, mapping)) << text;
  }
}

} // namespace
