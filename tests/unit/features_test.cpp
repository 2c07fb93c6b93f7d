// WINMEM_DISABLE.
#include "host/features.h"

#include <gtest/gtest.h>

namespace {

using namespace winmem;

TEST(Features, names_are_read_from_a_list) {
  auto has = [](const char* text, host::Feature feature) {
    return (host::parse_disabled(text) >> static_cast<int>(feature) & 1) != 0;
  };

  EXPECT_EQ(host::parse_disabled(""), 0U);
  EXPECT_EQ(host::parse_disabled("nonsense,guards,GUARD, guard,procmap2,proc map"), 0U);
  EXPECT_TRUE(has("procmap", host::Feature::procmap));
  EXPECT_FALSE(has("procmap", host::Feature::proc));
  EXPECT_TRUE(has("x,,guard", host::Feature::guard));
  EXPECT_TRUE(has("guard,procmap,wpasync,uffd,membarrier", host::Feature::membarrier));
  EXPECT_TRUE(has("old", host::Feature::guard));
  EXPECT_TRUE(has("old", host::Feature::procmap));
  EXPECT_FALSE(has("old", host::Feature::proc));
}

} // namespace
