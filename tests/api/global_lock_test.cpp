// GlobalLock, GlobalUnlock, GlobalSize, GlobalFlags, GlobalHandle and Local's; the obsolete names of the first two.
// Rules: G5, G20 to G30, G54, G55 C38
#include "global_test_support.h"

#include <atomic>
#include <thread>

namespace apitest {
namespace {

TEST(GlobalLock, G20_C38_each_lock_counts_and_gives_the_same_pointer) {
  FOR_BOTH_FAMILIES(family) {
    HANDLE object = family.alloc(kMoveable, 10);
    void* block = nullptr;
    EXPECT_OK(block = family.lock(object));
    EXPECT_EQ(family.flags(object), 1u);
    EXPECT_EQ(family.lock(object), block);
    EXPECT_EQ(family.flags(object), 2u);
    family.free(object);
  }
}

TEST(GlobalLock, G5_G20_G25_C38_the_count_stops_at_255) {
  FOR_BOTH_FAMILIES(family) {
    HANDLE object = family.alloc(kMoveable, 10);
    void* block = family.lock(object);
    for (int i = 1; i < 300; ++i) {
      EXPECT_EQ(family.lock(object), block);
    }
    EXPECT_EQ(family.flags(object), 255u);
    for (int i = 1; i < 255; ++i) {
      EXPECT_TRUE(family.unlock(object)) << i;
    }
    EXPECT_ERROR(0, family.unlock(object));
    EXPECT_ERROR(158, family.unlock(object));
    family.free(object);
  }
}

TEST(GlobalLock, G21_a_discarded_object_cannot_be_locked) {
  FOR_BOTH_FAMILIES(family) {
    HANDLE object = family.alloc(kMoveable, 0);
    EXPECT_ERROR(157, family.lock(object));
    EXPECT_EQ(family.flags(object), kDiscarded);
    EXPECT_ERROR(158, family.unlock(object));
    family.free(object);
  }
}

TEST(GlobalLock, G22_C38_a_fixed_object_is_its_own_pointer_and_has_no_count) {
  FOR_BOTH_FAMILIES(family) {
    HANDLE object = family.alloc(kFixed, 10);
    EXPECT_OK(family.lock(object) == object);
    EXPECT_EQ(family.flags(object), 0u);
    family.free(object);
  }
}

TEST(GlobalLock, G23_a_freed_handle_is_invalid_and_null_is_nothing) {
  FOR_BOTH_FAMILIES(family) {
    EXPECT_ERROR(6, family.lock(freed_handle(family)));
    EXPECT_EQ(error_of([&] { EXPECT_EQ(family.lock(nullptr), nullptr); }), kNobodysError);
  }
}

TEST(GlobalUnlock, G24_C38_tells_whether_locks_are_left) {
  FOR_BOTH_FAMILIES(family) {
    HANDLE object = family.alloc(kMoveable, 10);
    family.lock(object);
    family.lock(object);
    EXPECT_OK(family.unlock(object));
    EXPECT_ERROR(0, family.unlock(object));
    EXPECT_ERROR(158, family.unlock(object));
    EXPECT_EQ(family.flags(object), 0u);
    family.free(object);
  }
}

TEST(GlobalUnlock, G26_a_fixed_object_is_unlocked_for_global_and_never_locked_for_local) {
  HANDLE object = GlobalAlloc(GMEM_FIXED, 10);
  EXPECT_OK(GlobalUnlock(object));
  EXPECT_OK(GlobalUnlock(object));
  EXPECT_ERROR(158, LocalUnlock(object));
  GlobalFree(object);
}

TEST(GlobalUnlock, G27_what_is_no_object_is_unlocked_for_global_and_an_error) {
  Tagged garbage{};
  HANDLE fixed = GlobalAlloc(GMEM_FIXED, 100);
  for (HANDLE object :
       {HANDLE{nullptr}, freed_handle(kFamilies[0]), garbage.handle(), HANDLE{static_cast<char*>(fixed) + 16}}) {
    EXPECT_EQ(error_of([&] { EXPECT_TRUE(GlobalUnlock(object)); }), 6u);
  }
  GlobalFree(fixed);
}

TEST(GlobalUnlock, G27_what_is_no_object_is_not_unlocked_for_local) {
  for (HANDLE object : {HANDLE{nullptr}, freed_handle(kFamilies[1])}) {
    EXPECT_ERROR(6, LocalUnlock(object));
  }
}

TEST(GlobalFlags, G28_what_is_no_object_has_the_flag_of_none) {
  FOR_BOTH_FAMILIES(family) {
    for (HANDLE object : {HANDLE{nullptr}, freed_handle(family)}) {
      EXPECT_EQ(error_of([&] { EXPECT_EQ(family.flags(object), kInvalid); }), 6u);
    }
  }
}

TEST(GlobalFlags, G28_success_leaves_the_last_error_alone) {
  FOR_BOTH_FAMILIES(family) {
    for (UINT kind : {kFixed, kMoveable}) {
      HANDLE object = family.alloc(kind, 10);
      EXPECT_EQ(error_of([&] { EXPECT_EQ(family.flags(object), 0u); }), kNobodysError);
      family.free(object);
    }
  }
}

TEST(GlobalSize, G29_what_is_no_object_has_no_size) {
  FOR_BOTH_FAMILIES(family) {
    EXPECT_ERROR(6, family.size(nullptr));
    EXPECT_ERROR(6, family.size(freed_handle(family)));
  }
}

TEST(GlobalHandle, G30_a_data_pointer_leads_back_to_its_handle_locked_or_not) {
  FOR_BOTH_FAMILIES(family) {
    for (SIZE_T size : {SIZE_T{1}, SIZE_T{500}, SIZE_T{100'000}, SIZE_T{2} << 20}) {
      HANDLE object = family.alloc(kMoveable, size);
      void* block = family.lock(object);
      EXPECT_OK(family.handle(block) == object);
      family.unlock(object);
      EXPECT_OK(family.handle(block) == object);
      family.free(object);
    }
  }
}

TEST(GlobalHandle, G30_each_of_many_pointers_leads_to_its_own_handle) {
  std::vector<HANDLE> objects;
  for (int i = 0; i < 5000; ++i) {
    objects.push_back(GlobalAlloc(GMEM_MOVEABLE, 16));
  }
  for (HANDLE object : objects) {
    EXPECT_EQ(GlobalHandle(*static_cast<void**>(object)), object);
  }
  for (HANDLE object : objects) {
    GlobalFree(object);
  }
}

TEST(GlobalHandle, G30_a_fixed_pointer_is_its_own_handle) {
  FOR_BOTH_FAMILIES(family) {
    HANDLE object = family.alloc(kFixed, 10);
    EXPECT_OK(family.handle(object) == object);
    family.free(object);
  }
}

TEST(GlobalHandle, G30_a_block_that_follows_a_moveable_one_has_no_handle) {
  HANDLE object = GlobalAlloc(GMEM_MOVEABLE, 48);
  void* block = GlobalLock(object);
  GlobalFree(object);
  std::vector<void*> blocks;
  for (int i = 0; i < 64; ++i) {
    blocks.push_back(HeapAlloc(GetProcessHeap(), 0, 48));
    EXPECT_EQ(GlobalHandle(blocks.back()), blocks.back());
  }
  for (void* each : blocks) {
    HeapFree(GetProcessHeap(), 0, each);
  }
  EXPECT_ERROR(6, GlobalHandle(block));
}

TEST(GlobalHandle, G30_null_is_an_invalid_parameter) {
  FOR_BOTH_FAMILIES(family) { EXPECT_ERROR(87, family.handle(nullptr)); }
}

TEST(GlobalHandle, G30_interior_pointers_and_handles_are_no_data_pointers) {
  FOR_BOTH_FAMILIES(family) {
    HANDLE object = family.alloc(kMoveable, 100);
    char* block = static_cast<char*>(family.lock(object));
    EXPECT_ERROR(6, family.handle(block + 8));
    EXPECT_ERROR(6, family.handle(block + 16));
    EXPECT_ERROR(6, family.handle(object));
    family.free(object);
  }
}

TEST(GlobalWire, G54_wire_and_fix_are_lock_under_other_names) {
  HANDLE object = GlobalAlloc(GMEM_MOVEABLE, 10);
  EXPECT_EQ(GlobalWire(object), *static_cast<void**>(object));
  GlobalFix(object);
  EXPECT_EQ(GlobalFlags(object), 2u);
  EXPECT_TRUE(GlobalUnWire(object));
  GlobalUnfix(object);
  EXPECT_EQ(GlobalFlags(object), 0u);
  EXPECT_ERROR(158, GlobalUnWire(object));
  GlobalFree(object);
}

TEST(GlobalCompact, G54_obsolete_calls_do_nothing) {
  HANDLE object = LocalAlloc(LMEM_MOVEABLE, 10);
  EXPECT_EQ(error_of([&] {
              EXPECT_EQ(GlobalCompact(100), 0u);
              EXPECT_EQ(LocalCompact(100), 0u);
              EXPECT_EQ(LocalShrink(object, 5), 0u);
            }),
            kNobodysError);
  EXPECT_EQ(LocalSize(object), 10u);
  LocalFree(object);
}

TEST(GlobalLock, G55_locks_of_several_threads_are_all_counted) {
  HANDLE object = GlobalAlloc(GMEM_MOVEABLE, 10);
  void* block = *static_cast<void**>(object);
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 5000; ++round) {
        wrong += GlobalLock(object) != block;
        GlobalUnlock(object);
      }
      GlobalLock(object);
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(GlobalFlags(object), 4u);
  GlobalFree(object);
}

TEST(GlobalLock, G55_an_object_that_others_resize_keeps_what_is_written_under_a_lock) {
  HANDLE object = GlobalAlloc(GMEM_MOVEABLE | GMEM_ZEROINIT, 64);
  std::atomic<bool> stop{false};
  std::thread resizer([&] {
    SIZE_T size = 64;
    while (!stop) {
      size = size == 64 ? 5000 : 64; // small enough to move each time
      GlobalReAlloc(object, size, 0);
    }
  });
  unsigned wrong = 0;
  for (unsigned round = 1; round <= 20'000; ++round) {
    auto* words = static_cast<volatile unsigned*>(GlobalLock(object));
    if (words == nullptr) {
      ++wrong;
      continue;
    }
    wrong += *words != round - 1;
    *words = round;
    GlobalUnlock(object);
  }
  stop = true;
  resizer.join();
  EXPECT_EQ(wrong, 0u);
  GlobalFree(object);
}

TEST(GlobalAlloc, G55_handles_of_several_threads_are_all_different) {
  constexpr int kThreads = 4;
  constexpr int kEach = 2000;
  std::vector<HANDLE> handles[kThreads];
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (auto& own : handles) {
    threads.emplace_back([&own, &wrong] {
      for (int i = 0; i < kEach; ++i) {
        HANDLE object = GlobalAlloc(GMEM_MOVEABLE, sizeof(HANDLE));
        *static_cast<HANDLE*>(GlobalLock(object)) = object;
        GlobalUnlock(object);
        own.push_back(object);
        if (i % 3 == 0) {
          HANDLE oldest = own[own.size() / 2];
          wrong += *static_cast<HANDLE*>(GlobalLock(oldest)) != oldest;
          wrong += GlobalFree(oldest) != nullptr;
          own.erase(own.begin() + static_cast<std::ptrdiff_t>(own.size() / 2));
        }
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  for (const auto& own : handles) {
    for (HANDLE object : own) {
      wrong += *static_cast<HANDLE*>(GlobalLock(object)) != object;
      wrong += GlobalFlags(object) != 1;
      wrong += GlobalFree(object) != nullptr;
    }
  }
  EXPECT_EQ(wrong, 0);
}

} // namespace
} // namespace apitest
