// GlobalAlloc, LocalAlloc, GlobalFree, LocalFree: objects come and go.
// Rules: G1 to G7, G10 to G15, G50, G51, G57 C36 C37 H95
#include "global_test_support.h"

#include <thread>

namespace apitest {
namespace {

TEST(GlobalAlloc, G2_G10_G14_a_fixed_object_is_a_block_of_the_process_heap) {
  FOR_BOTH_FAMILIES(family) {
    for (SIZE_T size : interesting_sizes(5 << 20)) {
      HANDLE object = family.alloc(kFixed, size);
      ASSERT_NE(object, nullptr) << size;
      EXPECT_EQ(number(object) % 16, 0u);
      if (size > 0) {
        EXPECT_EQ(family.size(object), size);
        EXPECT_EQ(HeapSize(GetProcessHeap(), 0, object), size);
      }
      EXPECT_EQ(family.free(object), nullptr);
    }
  }
}

TEST(GlobalAlloc, G10_a_fixed_object_of_0_bytes_is_a_pointer) {
  FOR_BOTH_FAMILIES(family) {
    HANDLE object = family.alloc(kFixed, 0);
    ASSERT_NE(object, nullptr);
    EXPECT_LE(family.size(object), 1u);
    EXPECT_EQ(family.flags(object), 0u);
    EXPECT_EQ(family.free(object), nullptr);
  }
}

TEST(GlobalAlloc, G2_heap_blocks_are_fixed_objects) {
  FOR_BOTH_FAMILIES(family) {
    void* block = HeapAlloc(GetProcessHeap(), 0, 33);
    EXPECT_EQ(family.size(block), 33u);
    EXPECT_EQ(family.handle(block), block);
    EXPECT_EQ(family.free(block), nullptr);

    HANDLE object = family.alloc(kFixed, 10);
    EXPECT_TRUE(HeapFree(GetProcessHeap(), 0, object));
  }
}

TEST(GlobalAlloc, G3_C36_a_moveable_handle_is_8_modulo_16_and_points_to_the_address_of_its_block) {
  FOR_BOTH_FAMILIES(family) {
    HANDLE object = family.alloc(kMoveable, 100);
    ASSERT_NE(object, nullptr);
    EXPECT_EQ(number(object) % 16, 8u);
    EXPECT_EQ(*static_cast<void**>(object), family.lock(object));
    EXPECT_EQ(family.free(object), nullptr);
  }
}

TEST(GlobalAlloc, G3_C36_a_discarded_objects_handle_points_to_null) {
  HANDLE object = GlobalAlloc(GMEM_MOVEABLE, 0);
  ASSERT_NE(object, nullptr);
  EXPECT_EQ(*static_cast<void**>(object), nullptr);
  EXPECT_EQ(GlobalFree(object), nullptr);
}

TEST(GlobalAlloc, G11_G14_G15_a_moveable_object_has_its_exact_size_and_an_aligned_block) {
  FOR_BOTH_FAMILIES(family) {
    for (SIZE_T size : interesting_sizes(5 << 20)) {
      if (size == 0) {
        continue;
      }
      HANDLE object = family.alloc(kMoveable, size);
      ASSERT_NE(object, nullptr) << size;
      EXPECT_EQ(family.size(object), size);
      EXPECT_EQ(family.flags(object), 0u);
      char* block = static_cast<char*>(family.lock(object));
      ASSERT_NE(block, nullptr);
      EXPECT_EQ(number(block) % 16, 0u);
      EXPECT_EQ(HeapSize(GetProcessHeap(), 0, block), size);
      std::memset(block, 0x5A, size);
      EXPECT_EQ(family.free(object), nullptr);
    }
  }
}

TEST(GlobalAlloc, G10_G11_zeroinit_clears_recycled_memory) {
  FOR_BOTH_FAMILIES(family) {
    for (UINT kind : {kFixed, kMoveable}) {
      for (int round = 0; round < 20; ++round) {
        HANDLE object = family.alloc(kind | kZeroed, 200);
        char* block = static_cast<char*>(family.lock(object));
        ASSERT_NE(block, nullptr);
        EXPECT_TRUE(is_filled(block, 200, 0));
        std::memset(block, 0x77, 200);
        EXPECT_EQ(family.free(object), nullptr);
      }
    }
  }
}

TEST(GlobalAlloc, G12_C38_a_moveable_object_of_0_bytes_is_discarded) {
  FOR_BOTH_FAMILIES(family) {
    HANDLE object = family.alloc(kMoveable, 0);
    ASSERT_NE(object, nullptr);
    EXPECT_EQ(family.flags(object), kDiscarded);
    EXPECT_EQ(error_of([&] { EXPECT_EQ(family.size(object), 0u); }), kNobodysError);
    EXPECT_ERROR(157, family.lock(object));
    EXPECT_EQ(family.free(object), nullptr);
  }
}

TEST(GlobalAlloc, G13_impossible_sizes_are_not_enough_memory) {
  FOR_BOTH_FAMILIES(family) {
    for (UINT kind : {kFixed, kMoveable}) {
      for (SIZE_T size : {kNoSize, kNoSize - 15, SIZE_T{1} << 63, SIZE_T{1} << 48, SIZE_T{1} << 47}) {
        EXPECT_ERROR(8, family.alloc(kind, size));
      }
    }
  }
}

TEST(GlobalAlloc, G13_success_leaves_the_last_error_alone) {
  FOR_BOTH_FAMILIES(family) {
    for (UINT kind : {kFixed, kMoveable}) {
      HANDLE object = nullptr;
      EXPECT_OK(object = family.alloc(kind, 10));
      EXPECT_OK(family.lock(object));
      EXPECT_OK(family.size(object));
      EXPECT_EQ(error_of([&] { EXPECT_EQ(family.free(object), nullptr); }), kNobodysError);
    }
  }
}

TEST(GlobalAlloc, G7_obsolete_and_unknown_bits_are_ignored) {
  FOR_BOTH_FAMILIES(family) {
    for (UINT bit = 1; bit != 0; bit <<= 1) {
      if (bit == kMoveable) {
        continue;
      }
      HANDLE object = family.alloc(bit, 10);
      ASSERT_NE(object, nullptr) << std::hex << bit;
      EXPECT_EQ(number(object) % 16, 0u) << "only 2 makes it moveable";
      EXPECT_EQ(family.free(object), nullptr);
    }
    HANDLE object = family.alloc(kMoveable | kModify | 0x1000 | 0x10 | 0x20, 10);
    EXPECT_EQ(family.flags(object), 0u);
    EXPECT_EQ(family.free(object), nullptr);
  }
}

TEST(GlobalAlloc, G7_G8_G28_a_moveable_object_remembers_that_it_is_discardable) {
  FOR_BOTH_FAMILIES(family) {
    HANDLE object = family.alloc(kMoveable | discardable(family), 10);
    EXPECT_EQ(family.flags(object), discardable(family));
    family.lock(object);
    EXPECT_EQ(family.flags(object), discardable(family) | 1);
    EXPECT_EQ(family.free(object), nullptr);
  }
}

TEST(GlobalAlloc, G7_G28_a_moveable_global_object_remembers_that_it_is_shared) {
  HANDLE object = GlobalAlloc(GMEM_MOVEABLE | GMEM_DDESHARE, 10);
  EXPECT_EQ(GlobalFlags(object), UINT{GMEM_DDESHARE});
  EXPECT_EQ(GlobalFree(object), nullptr);
}

TEST(GlobalAlloc, G1_both_families_serve_each_others_handles_and_share_the_locks) {
  HANDLE object = GlobalAlloc(GMEM_MOVEABLE, 20);
  void* block = GlobalLock(object);
  EXPECT_EQ(LocalLock(object), block);
  EXPECT_EQ(GlobalFlags(object), 2u);
  EXPECT_TRUE(LocalUnlock(object));
  EXPECT_EQ(LocalFlags(object), 1u);
  EXPECT_EQ(LocalSize(object), 20u);
  EXPECT_EQ(LocalHandle(block), object);
  EXPECT_EQ(LocalFree(object), nullptr);

  object = LocalAlloc(LMEM_MOVEABLE, 20);
  EXPECT_EQ(GlobalSize(object), 20u);
  EXPECT_EQ(GlobalFree(object), nullptr);
}

TEST(GlobalAlloc, G4_C37_65000_moveable_handles_at_once_then_a_clear_error) {
  std::vector<HANDLE> handles;
  HANDLE handle = nullptr;
  while (handles.size() < 70'000 && (handle = GlobalAlloc(GMEM_MOVEABLE, 1)) != nullptr) {
    handles.push_back(handle);
  }

  EXPECT_ERROR(8, GlobalAlloc(GMEM_MOVEABLE, 1));
  EXPECT_ERROR(8, LocalAlloc(LMEM_MOVEABLE, 0));
  EXPECT_GE(handles.size(), 65'000u);
  EXPECT_LE(handles.size(), 65'536u);
  HANDLE fixed = GlobalAlloc(GMEM_FIXED, 1);
  EXPECT_NE(fixed, nullptr);
  EXPECT_ERROR(8, GlobalReAlloc(fixed, 0, GMEM_MODIFY | GMEM_MOVEABLE));
  EXPECT_EQ(GlobalSize(fixed), 1u);
  EXPECT_EQ(GlobalFree(fixed), nullptr);
  HANDLE discardable_only = GlobalAlloc(GMEM_DISCARDABLE, 1);
  EXPECT_NE(discardable_only, nullptr);
  EXPECT_EQ(GlobalFree(discardable_only), nullptr);

  EXPECT_EQ(GlobalFree(handles.back()), nullptr);
  handles.back() = LocalAlloc(LMEM_MOVEABLE, 1);
  EXPECT_NE(handles.back(), nullptr) << "a handle that was freed serves again";
  for (HANDLE each : handles) {
    EXPECT_EQ(GlobalFree(each), nullptr);
  }
}

TEST(GlobalAlloc, G4_C36_a_freed_entry_holds_a_link_and_no_block) {
  HANDLE object = GlobalAlloc(GMEM_MOVEABLE, 10);
  GlobalFree(object);

  auto* words = static_cast<ULONG_PTR*>(object);
  EXPECT_NE(words[-1], 0u);
  EXPECT_EQ(words[-1] % 16, 0u);
  EXPECT_EQ(words[0], 0u);
}

TEST(GlobalAlloc, G3_C36_an_entrys_first_word_tells_attributes_and_locks) {
  HANDLE object = GlobalAlloc(GMEM_MOVEABLE, 10);
  auto* words = static_cast<ULONG_PTR*>(object);
  EXPECT_EQ(words[-1], 0x3u);
  GlobalLock(object);
  GlobalLock(object);
  EXPECT_EQ(words[-1], 0x20003u);
  GlobalFree(object);

  object = GlobalAlloc(GMEM_MOVEABLE | GMEM_DISCARDABLE | GMEM_DDESHARE, 0);
  EXPECT_EQ(static_cast<ULONG_PTR*>(object)[-1], 0x800Fu);
  GlobalFree(object);
}

TEST(GlobalAlloc, G6_contents_and_address_stay_while_others_come_and_go) {
  HANDLE object = GlobalAlloc(GMEM_MOVEABLE, 1000);
  char* block = static_cast<char*>(GlobalLock(object));
  std::memset(block, 0x3C, 1000);
  GlobalUnlock(object);
  for (SIZE_T size = 1; size < 2000; ++size) {
    GlobalFree(GlobalAlloc(GMEM_MOVEABLE, size));
  }

  EXPECT_EQ(GlobalLock(object), block);
  EXPECT_TRUE(is_filled(block, 1000, 0x3C));
  EXPECT_EQ(GlobalFree(object), nullptr);
}

TEST(GlobalFree, G50_null_is_freed) {
  FOR_BOTH_FAMILIES(family) {
    EXPECT_EQ(error_of([&] { EXPECT_EQ(family.free(nullptr), nullptr); }), kNobodysError);
  }
}

TEST(GlobalFree, G51_a_locked_object_is_freed) {
  FOR_BOTH_FAMILIES(family) {
    HANDLE object = family.alloc(kMoveable, 10);
    family.lock(object);
    family.lock(object);
    EXPECT_EQ(error_of([&] { EXPECT_EQ(family.free(object), nullptr); }), kNobodysError);
    EXPECT_ERROR(6, family.lock(object));
  }
}

TEST(GlobalFree, G57_another_thread_may_free) {
  FOR_BOTH_FAMILIES(family) {
    HANDLE moveable = family.alloc(kMoveable, 10);
    HANDLE fixed = family.alloc(kFixed, 10);
    std::thread([&] {
      EXPECT_EQ(family.free(moveable), nullptr);
      EXPECT_EQ(family.free(fixed), nullptr);
    }).join();
    EXPECT_ERROR(6, family.size(moveable));
  }
}

// The element of the process heap's walk that begins at `block`.
PROCESS_HEAP_ENTRY walked(const void* block) {
  PROCESS_HEAP_ENTRY found{};
  PROCESS_HEAP_ENTRY entry{};
  HeapLock(GetProcessHeap());
  while (HeapWalk(GetProcessHeap(), &entry)) {
    if (entry.lpData == block && (entry.wFlags & PROCESS_HEAP_ENTRY_BUSY) != 0) {
      found = entry;
    }
  }
  HeapUnlock(GetProcessHeap());
  return found;
}

TEST(HeapWalk, H95_G56_a_block_tells_the_moveable_handle_that_owns_it) {
  HANDLE object = GlobalAlloc(GMEM_MOVEABLE, 123);
  PROCESS_HEAP_ENTRY entry = walked(*static_cast<void**>(object));

  EXPECT_EQ(entry.wFlags, PROCESS_HEAP_ENTRY_BUSY | PROCESS_HEAP_ENTRY_MOVEABLE);
  EXPECT_EQ(entry.Block.hMem, object);
  EXPECT_EQ(entry.cbData, 123u);
  GlobalFree(object);
}

TEST(HeapWalk, H95_G56_a_block_of_a_shared_object_says_so) {
  for (SIZE_T size : {SIZE_T{40}, SIZE_T{100'000}, SIZE_T{3} << 20}) {
    HANDLE object = GlobalAlloc(GMEM_MOVEABLE | GMEM_DDESHARE, size);
    PROCESS_HEAP_ENTRY entry = walked(*static_cast<void**>(object));

    EXPECT_EQ(entry.wFlags, PROCESS_HEAP_ENTRY_BUSY | PROCESS_HEAP_ENTRY_MOVEABLE | PROCESS_HEAP_ENTRY_DDESHARE);
    EXPECT_EQ(entry.Block.hMem, object);
    GlobalFree(object);
  }
}

TEST(HeapWalk, H95_G56_a_fixed_object_has_no_handle) {
  HANDLE object = GlobalAlloc(GMEM_FIXED, 123);
  EXPECT_EQ(walked(object).wFlags, PROCESS_HEAP_ENTRY_BUSY);
  GlobalFree(object);
}

} // namespace
} // namespace apitest
