// GlobalReAlloc, LocalReAlloc, GlobalDiscard, LocalDiscard.
// Rules: G40 to G46 C39
#include "global_test_support.h"

namespace apitest {
namespace {

char* block_of(HANDLE object) { return *static_cast<char**>(object); }

TEST(GlobalReAlloc, G40_C39_modify_changes_no_size_and_no_contents) {
  FOR_BOTH_FAMILIES(family) {
    HANDLE object = family.alloc(kMoveable, 100);
    std::memset(family.lock(object), 0x11, 100);
    char* block = block_of(object);

    EXPECT_OK(family.realloc(object, 5000, kModify) == object);
    EXPECT_OK(family.realloc(object, 0, kModify | kMoveable | kZeroed) == object);

    EXPECT_EQ(family.size(object), 100u);
    EXPECT_EQ(family.flags(object), 1u);
    EXPECT_EQ(block_of(object), block);
    EXPECT_TRUE(is_filled(block, 100, 0x11));
    family.free(object);
  }
}

TEST(GlobalReAlloc, G40_modify_makes_discardable_and_never_takes_that_away) {
  FOR_BOTH_FAMILIES(family) {
    HANDLE object = family.alloc(kMoveable, 100);
    EXPECT_EQ(family.realloc(object, 0, kModify | discardable(family)), object);
    EXPECT_EQ(family.flags(object), discardable(family));
    EXPECT_EQ(family.realloc(object, 0, kModify), object);
    EXPECT_EQ(family.flags(object), discardable(family));
    EXPECT_EQ(family.size(object), 100u);
    family.free(object);
  }
}

TEST(GlobalReAlloc, G40_C39_global_makes_a_fixed_object_moveable) {
  HANDLE fixed = GlobalAlloc(GMEM_FIXED, 100);
  std::memset(fixed, 0x22, 100);

  HANDLE object = nullptr;
  EXPECT_OK(object = GlobalReAlloc(fixed, 0, GMEM_MODIFY | GMEM_MOVEABLE));

  ASSERT_NE(object, fixed);
  EXPECT_EQ(number(object) % 16, 8u);
  EXPECT_EQ(GlobalFlags(object), 0u);
  EXPECT_EQ(GlobalSize(object), 100u);
  EXPECT_EQ(GlobalLock(object), fixed);
  EXPECT_TRUE(is_filled(block_of(object), 100, 0x22));
  EXPECT_EQ(GlobalHandle(fixed), object);
  EXPECT_EQ(GlobalFree(object), nullptr);
}

TEST(GlobalReAlloc, G40_C39_local_leaves_a_fixed_object_fixed) {
  HANDLE fixed = LocalAlloc(LMEM_FIXED, 100);
  EXPECT_OK(LocalReAlloc(fixed, 0, LMEM_MODIFY | LMEM_MOVEABLE) == fixed);
  EXPECT_EQ(LocalHandle(fixed), fixed);
  LocalFree(fixed);
}

TEST(GlobalReAlloc, G40_modify_without_moveable_leaves_a_fixed_object_alone) {
  FOR_BOTH_FAMILIES(family) {
    HANDLE fixed = family.alloc(kFixed, 100);
    EXPECT_OK(family.realloc(fixed, 5, kModify) == fixed);
    EXPECT_EQ(family.size(fixed), 100u);
    family.free(fixed);
  }
}

TEST(GlobalReAlloc, G41_an_unlocked_object_is_resized_behind_its_handle) {
  FOR_BOTH_FAMILIES(family) {
    for (UINT flags : {kFixed, kMoveable}) {
      HANDLE object = family.alloc(kMoveable, 10);
      std::memset(block_of(object), 0x33, 10);
      for (SIZE_T size : {SIZE_T{1000}, SIZE_T{20}, SIZE_T{60'000}, SIZE_T{3} << 20, SIZE_T{200'000}, SIZE_T{11}}) {
        EXPECT_OK(family.realloc(object, size, flags) == object);
        EXPECT_EQ(family.size(object), size);
        EXPECT_TRUE(is_filled(block_of(object), 10, 0x33)) << size;
        EXPECT_EQ(family.handle(block_of(object)), object) << size;
      }
      EXPECT_EQ(family.flags(object), 0u);
      family.free(object);
    }
  }
}

TEST(GlobalReAlloc, G41_C39_a_locked_object_does_not_move_unasked) {
  FOR_BOTH_FAMILIES(family) {
    HANDLE object = family.alloc(kMoveable, 20'000);
    char* block = static_cast<char*>(family.lock(object));
    std::memset(block, 0x44, 20'000);

    EXPECT_ERROR(8, family.realloc(object, 10 << 20, kFixed));

    EXPECT_EQ(family.size(object), 20'000u);
    EXPECT_EQ(block_of(object), block);
    EXPECT_TRUE(is_filled(block, 20'000, 0x44));
    EXPECT_OK(family.realloc(object, 19'000, kFixed) == object);
    EXPECT_EQ(block_of(object), block);
    EXPECT_EQ(family.size(object), 19'000u);
    EXPECT_EQ(family.flags(object), 1u);
    family.free(object);
  }
}

TEST(GlobalReAlloc, G41_a_locked_object_may_move_when_asked_and_stays_locked) {
  FOR_BOTH_FAMILIES(family) {
    HANDLE object = family.alloc(kMoveable, 100);
    std::memset(family.lock(object), 0x55, 100);
    family.lock(object);

    EXPECT_OK(family.realloc(object, 1 << 20, kMoveable) == object);

    EXPECT_EQ(family.flags(object), 2u);
    EXPECT_EQ(family.size(object), SIZE_T{1} << 20);
    EXPECT_TRUE(is_filled(block_of(object), 100, 0x55));
    EXPECT_EQ(family.handle(block_of(object)), object);
    family.free(object);
  }
}

TEST(GlobalReAlloc, G41_a_discarded_object_gets_fresh_memory) {
  FOR_BOTH_FAMILIES(family) {
    HANDLE object = family.alloc(kMoveable, 0);
    EXPECT_OK(family.realloc(object, 300, kZeroed) == object);
    EXPECT_EQ(family.flags(object), 0u);
    EXPECT_EQ(family.size(object), 300u);
    EXPECT_TRUE(is_filled(static_cast<char*>(family.lock(object)), 300, 0));
    EXPECT_EQ(family.handle(block_of(object)), object);
    family.free(object);
  }
}

TEST(GlobalReAlloc, G41_C39_discardable_needs_modify) {
  FOR_BOTH_FAMILIES(family) {
    HANDLE object = family.alloc(kMoveable, 100);
    EXPECT_ERROR(87, family.realloc(object, 200, kMoveable | discardable(family)));
    EXPECT_EQ(family.size(object), 100u);
    EXPECT_EQ(family.flags(object), 0u);
    family.free(object);
  }
}

TEST(GlobalReAlloc, G42_G46_size_0_discards_an_unlocked_object) {
  FOR_BOTH_FAMILIES(family) {
    HANDLE object = family.alloc(kMoveable | discardable(family), 100);
    char* block = block_of(object);

    EXPECT_OK(family.realloc(object, 0, kMoveable) == object);

    EXPECT_EQ(family.flags(object), kDiscarded | discardable(family));
    EXPECT_EQ(error_of([&] { EXPECT_EQ(family.size(object), 0u); }), kNobodysError);
    EXPECT_ERROR(157, family.lock(object));
    EXPECT_FALSE(HeapValidate(GetProcessHeap(), 0, block));
    EXPECT_OK(family.realloc(object, 0, kMoveable) == object);
    EXPECT_EQ(family.free(object), nullptr);
  }
}

TEST(GlobalReAlloc, G42_size_0_without_moveable_is_an_invalid_parameter) {
  FOR_BOTH_FAMILIES(family) {
    HANDLE object = family.alloc(kMoveable, 100);
    EXPECT_ERROR(87, family.realloc(object, 0, kFixed));
    EXPECT_EQ(family.size(object), 100u);
    family.realloc(object, 0, kMoveable);
    EXPECT_ERROR(87, family.realloc(object, 0, kFixed));
    EXPECT_EQ(family.flags(object), kDiscarded);
    family.free(object);
  }
}

TEST(GlobalReAlloc, G42_G46_a_locked_object_is_not_discarded) {
  FOR_BOTH_FAMILIES(family) {
    HANDLE object = family.alloc(kMoveable, 100);
    char* block = static_cast<char*>(family.lock(object));
    EXPECT_EQ(family.realloc(object, 0, kMoveable), nullptr);
    EXPECT_EQ(family.flags(object), 1u);
    EXPECT_EQ(family.size(object), 100u);
    EXPECT_EQ(block_of(object), block);
    family.free(object);
  }
}

TEST(GlobalReAlloc, G43_C39_a_fixed_object_changes_in_place) {
  FOR_BOTH_FAMILIES(family) {
    HANDLE object = family.alloc(kFixed, 20'000);
    std::memset(object, 0x66, 20'000);
    EXPECT_ERROR(8, family.realloc(object, 10 << 20, kFixed));
    EXPECT_EQ(family.size(object), 20'000u);
    EXPECT_OK(family.realloc(object, 19'000, kFixed) == object);
    EXPECT_EQ(family.size(object), 19'000u);
    EXPECT_TRUE(is_filled(static_cast<char*>(object), 19'000, 0x66));
    family.free(object);
  }
}

TEST(GlobalReAlloc, G43_a_fixed_object_that_may_move_stays_fixed) {
  FOR_BOTH_FAMILIES(family) {
    HANDLE object = family.alloc(kFixed, 100);
    std::memset(object, 0x77, 100);
    EXPECT_OK(object = family.realloc(object, 1 << 20, kMoveable));
    EXPECT_EQ(number(object) % 16, 0u);
    EXPECT_EQ(family.size(object), SIZE_T{1} << 20);
    EXPECT_TRUE(is_filled(static_cast<char*>(object), 100, 0x77));
    EXPECT_OK(object = family.realloc(object, 0, kMoveable));
    EXPECT_LE(family.size(object), 1u);
    EXPECT_EQ(family.free(object), nullptr);
  }
}

TEST(GlobalReAlloc, G44_zeroinit_clears_exactly_what_is_added) {
  FOR_BOTH_FAMILIES(family) {
    for (UINT kind : {kFixed, kMoveable}) {
      for (SIZE_T from : {SIZE_T{1}, SIZE_T{20}, SIZE_T{1000}, SIZE_T{40'000}}) {
        HANDLE object = family.alloc(kind, from + 15);
        std::memset(family.lock(object), 0x77, from + 15);
        family.unlock(object);
        object = family.realloc(object, from, kMoveable);
        object = family.realloc(object, from + 4000, kMoveable | kZeroed);
        char* block = static_cast<char*>(family.lock(object));
        ASSERT_NE(block, nullptr);
        EXPECT_TRUE(is_filled(block, from, 0x77)) << from;
        EXPECT_TRUE(is_filled(block + from, 4000, 0)) << from;
        family.free(object);
      }
    }
  }
}

TEST(GlobalReAlloc, G45_impossible_sizes_change_nothing) {
  FOR_BOTH_FAMILIES(family) {
    for (UINT kind : {kFixed, kMoveable}) {
      HANDLE object = family.alloc(kind, 100);
      for (SIZE_T size : {kNoSize, kNoSize - 15, SIZE_T{1} << 63, SIZE_T{1} << 48}) {
        EXPECT_ERROR(8, family.realloc(object, size, kMoveable));
      }
      EXPECT_EQ(family.size(object), 100u);
      family.free(object);
    }
    HANDLE discarded = family.alloc(kMoveable, 0);
    EXPECT_ERROR(8, family.realloc(discarded, kNoSize, kMoveable));
    EXPECT_EQ(family.flags(discarded), kDiscarded);
    family.free(discarded);
  }
}

TEST(GlobalDiscard, G46_both_macros_discard) {
  HANDLE object = GlobalAlloc(GMEM_MOVEABLE, 100);
  EXPECT_EQ(GlobalDiscard(object), object);
  EXPECT_EQ(GlobalFlags(object), UINT{GMEM_DISCARDED});
  GlobalFree(object);

  object = LocalAlloc(LMEM_MOVEABLE, 100);
  EXPECT_EQ(LocalDiscard(object), object);
  EXPECT_EQ(LocalFlags(object), UINT{LMEM_DISCARDED});
  LocalFree(object);
}

} // namespace
} // namespace apitest
