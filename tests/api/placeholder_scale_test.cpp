// Placeholders in large numbers.
// Rules: V82 V83 V85
#include "placeholder_test_support.h"
#include "platform.h"

namespace apitest {
namespace {

// Cuts the field, from the front, into so many pieces of `piece` pages; the last one is what is left.
bool cut(const Field& field, std::size_t pieces, std::size_t piece) {
  for (std::size_t i = 0; i + 1 < pieces; ++i) {
    if (!preserve(field.page(i * piece), piece * kPage)) {
      return false;
    }
  }
  return true;
}

TEST(Placeholder, V82_V83_512_GiB_are_split_into_100000_and_joined) {
  bool is_small = platform::must_be_small();
  std::size_t pages = std::size_t{1} << (is_small ? 20 : 27);
  std::size_t wanted = is_small ? 2000 : 100000;
  std::size_t piece = pages / wanted;
  Field field(pages);
  ASSERT_TRUE(field);

  ASSERT_TRUE(cut(field, wanted, piece)) << GetLastError();
  for (std::size_t i = 0; i < wanted; i += wanted / 100) {
    MEMORY_BASIC_INFORMATION there = ask(field.page(i * piece + piece / 2));
    EXPECT_EQ(there.AllocationBase, field.page(i * piece));
    EXPECT_EQ(there.State, static_cast<DWORD>(MEM_RESERVE));
  }
  char* middle = field.page(wanted / 2 * piece);
  ASSERT_OK(replace(middle, piece * kPage));
  middle[0] = 'm';
  EXPECT_ERROR(487, coalesce(field.base(), field.bytes()));
  EXPECT_EQ(middle[0], 'm');
  EXPECT_OK(preserve(middle, piece * kPage));

  EXPECT_OK(coalesce(field.base(), wanted / 2 * piece * kPage));
  EXPECT_OK(coalesce(field.base(), field.bytes()));
  EXPECT_EQ(ask(field.base()).RegionSize, field.bytes());
  EXPECT_EQ(ask(field.page(pages / 3)).AllocationBase, field.base());
}

TEST(Placeholder, V82_V83_V85_every_other_one_of_many_becomes_memory_and_goes_back) {
  constexpr std::size_t kPieces = 1000;
  Field field(kPieces);
  ASSERT_TRUE(field);
  ASSERT_TRUE(cut(field, kPieces, 1)) << GetLastError();

  std::size_t replaced = 0;
  for (std::size_t i = 0; i < kPieces; i += 2) {
    if (replace(field.page(i), kPage) != nullptr) {
      field.page(i)[0] = static_cast<char>(i % 100);
      ++replaced;
    }
  }
  ASSERT_EQ(replaced, kPieces / 2);
  std::size_t right = 0;
  for (std::size_t i = 0; i < kPieces; i += 2) {
    right += field.page(i)[0] == static_cast<char>(i % 100) && preserve(field.page(i), kPage) ? 1 : 0;
  }
  EXPECT_EQ(right, kPieces / 2);
  EXPECT_OK(coalesce(field.base(), field.bytes()));
  EXPECT_EQ(field.picture(), "R1000");
}

} // namespace
} // namespace apitest
