// ntdll's heap calls, looked up as programs do; what the Heap* calls share with them is tested there.
// Rules: H57, H110 to H115 C44 C45
#include "heap_test_support.h"

namespace apitest {
namespace {

constexpr ULONG kGrowable = 2;
constexpr ULONG kValue = 0x100;
constexpr ULONG kFlag1 = 0x200;
constexpr ULONG kFlag2 = 0x400;

// RTL_HEAP_WALK_ENTRY, which no header of mingw-w64 has.
struct WalkEntry {
  PVOID data;
  SIZE_T size;
  UCHAR overhead;
  UCHAR segment;
  USHORT flags;
  SIZE_T settable;
  SIZE_T rest[2];
};

struct {
  HANDLE(NTAPI* create)
  (ULONG, PVOID, SIZE_T, SIZE_T, PVOID, PVOID) = lookup<decltype(create)>("ntdll", "RtlCreateHeap");
  PVOID(NTAPI* destroy)(HANDLE) = lookup<decltype(destroy)>("ntdll", "RtlDestroyHeap");
  PVOID(NTAPI* alloc)(HANDLE, ULONG, SIZE_T) = lookup<decltype(alloc)>("ntdll", "RtlAllocateHeap");
  PVOID(NTAPI* realloc)(HANDLE, ULONG, PVOID, SIZE_T) = lookup<decltype(realloc)>("ntdll", "RtlReAllocateHeap");
  BOOLEAN(NTAPI* free)(HANDLE, ULONG, PVOID) = lookup<decltype(free)>("ntdll", "RtlFreeHeap");
  SIZE_T(NTAPI* size)(HANDLE, ULONG, const void*) = lookup<decltype(size)>("ntdll", "RtlSizeHeap");
  BOOLEAN(NTAPI* validate)(HANDLE, ULONG, PVOID) = lookup<decltype(validate)>("ntdll", "RtlValidateHeap");
  NTSTATUS(NTAPI* walk)(HANDLE, WalkEntry*) = lookup<decltype(walk)>("ntdll", "RtlWalkHeap");
  BOOLEAN(NTAPI* lock)(HANDLE) = lookup<decltype(lock)>("ntdll", "RtlLockHeap");
  BOOLEAN(NTAPI* unlock)(HANDLE) = lookup<decltype(unlock)>("ntdll", "RtlUnlockHeap");
  ULONG(NTAPI* heaps)(ULONG, HANDLE*) = lookup<decltype(heaps)>("ntdll", "RtlGetProcessHeaps");
  BOOLEAN(NTAPI* info)
  (HANDLE, ULONG, PVOID, PVOID*, PULONG) = lookup<decltype(info)>("ntdll", "RtlGetUserInfoHeap");
  BOOLEAN(NTAPI* set_value)(HANDLE, ULONG, PVOID, PVOID) = lookup<decltype(set_value)>("ntdll", "RtlSetUserValueHeap");
  BOOLEAN(NTAPI* set_flags)
  (HANDLE, ULONG, PVOID, ULONG, ULONG) = lookup<decltype(set_flags)>("ntdll", "RtlSetUserFlagsHeap");
} const rtl;

struct OwnRtlHeap {
  HANDLE handle = rtl.create(kGrowable, nullptr, 0, 0, nullptr, nullptr);
  ~OwnRtlHeap() { rtl.destroy(handle); }
  operator HANDLE() const { return handle; }
};

struct Info {
  PVOID value = at(0x1234);
  ULONG flags = 0xFFFF;
};

Info info_of(HANDLE heap, PVOID block) {
  Info info;
  EXPECT_TRUE(rtl.info(heap, 0, block, &info.value, &info.flags));
  return info;
}

TEST(RtlHeap, H110_H111_a_growable_heap_serves_blocks_of_any_size) {
  OwnRtlHeap heap;
  ASSERT_NE(heap.handle, nullptr);
  for (SIZE_T size : interesting_sizes(5 << 20)) {
    auto* block = static_cast<char*>(rtl.alloc(heap, HEAP_ZERO_MEMORY, size));
    ASSERT_NE(block, nullptr) << size;
    EXPECT_TRUE(is_filled(block, size, 0));
    EXPECT_EQ(rtl.size(heap, 0, block), size);
    EXPECT_EQ(HeapSize(heap, 0, block), size);
    EXPECT_TRUE(rtl.validate(heap, 0, block));
    block = static_cast<char*>(rtl.realloc(heap, 0, block, size + 100));
    ASSERT_NE(block, nullptr);
    EXPECT_EQ(rtl.size(heap, 0, block), size + 100);
    EXPECT_TRUE(rtl.free(heap, 0, block));
  }
  EXPECT_TRUE(rtl.validate(heap, 0, nullptr));
}

TEST(RtlHeap, H110_without_growable_the_reserved_size_is_the_limit) {
  HANDLE heap = rtl.create(0, nullptr, 0x100000, 0, nullptr, nullptr);
  ASSERT_NE(heap, nullptr);
  EXPECT_EQ(rtl.alloc(heap, 0, 2 << 20), nullptr);
  unsigned blocks = 0;
  while (blocks < 100'000 && rtl.alloc(heap, 0, 1000) != nullptr) {
    ++blocks;
  }
  EXPECT_GE(blocks, 850u);
  EXPECT_LE(blocks, 1048u);
  EXPECT_EQ(rtl.destroy(heap), nullptr);
}

TEST(RtlHeap, H110_no_size_at_all_is_a_small_heap) {
  HANDLE heap = rtl.create(0, nullptr, 0, 0, nullptr, nullptr);
  ASSERT_NE(heap, nullptr);
  EXPECT_NE(rtl.alloc(heap, 0, 40'000), nullptr);
  EXPECT_EQ(rtl.alloc(heap, 0, 900'000), nullptr);
  EXPECT_EQ(rtl.destroy(heap), nullptr);
}

TEST(RtlHeap, H112_destroy_answers_null_and_the_process_heap_is_refused) {
  HANDLE heap = rtl.create(kGrowable, nullptr, 0, 0, nullptr, nullptr);
  EXPECT_NE(rtl.alloc(heap, 0, 10), nullptr);
  EXPECT_EQ(rtl.destroy(heap), nullptr);
  EXPECT_EQ(rtl.destroy(GetProcessHeap()), GetProcessHeap());
  EXPECT_TRUE(HeapValidate(GetProcessHeap(), 0, nullptr));
}

TEST(RtlHeap, H111_C45_null_is_freed_and_not_resized) {
  OwnRtlHeap heap;
  EXPECT_TRUE(rtl.free(heap, 0, nullptr));
  EXPECT_EQ(rtl.realloc(heap, 0, nullptr, 10), nullptr);
}

TEST(RtlHeap, H115_what_is_no_block_has_no_size_and_is_not_freed) {
  OwnRtlHeap heap;
  alignas(16) char local[64] = {};
  EXPECT_EQ(rtl.size(heap, 0, local + 16), kNoSize);
  EXPECT_FALSE(rtl.free(heap, 0, local + 16));
  EXPECT_FALSE(rtl.validate(heap, 0, local + 16));
}

TEST(RtlHeap, H111_impossible_sizes_give_null) {
  OwnRtlHeap heap;
  EXPECT_EQ(rtl.alloc(heap, 0, kNoSize), nullptr);
  void* block = rtl.alloc(heap, 0, 10);
  EXPECT_EQ(rtl.realloc(heap, 0, block, SIZE_T{1} << 47), nullptr);
  EXPECT_EQ(rtl.size(heap, 0, block), 10u);
}

TEST(RtlHeap, H111_the_owner_of_the_lock_may_use_the_heap) {
  OwnRtlHeap heap;
  EXPECT_TRUE(rtl.lock(heap));
  EXPECT_TRUE(rtl.free(heap, 0, rtl.alloc(heap, 0, 10)));
  EXPECT_TRUE(rtl.unlock(heap));
  EXPECT_FALSE(rtl.lock(nullptr));
  EXPECT_FALSE(rtl.unlock(nullptr));
}

TEST(RtlHeap, C44_H111_the_list_of_heaps_is_that_of_getprocessheaps) {
  OwnRtlHeap heap;
  HANDLE ours[64] = {};
  HANDLE theirs[64] = {};
  ULONG count = rtl.heaps(64, ours);
  ASSERT_LE(count, 64u);
  ASSERT_EQ(GetProcessHeaps(64, theirs), count);
  bool found = false;
  for (ULONG i = 0; i < count; ++i) {
    EXPECT_EQ(ours[i], theirs[i]);
    found |= ours[i] == heap.handle;
  }
  EXPECT_TRUE(found);
}

TEST(RtlHeap, H113_the_walk_meets_each_block_once_and_ends) {
  OwnRtlHeap heap;
  void* small = rtl.alloc(heap, 0, 123);
  void* large = rtl.alloc(heap, 0, 3 << 20);
  int small_met = 0;
  int large_met = 0;
  WalkEntry entry{};
  NTSTATUS status = 0;
  for (int i = 0; i < 10'000 && (status = rtl.walk(heap, &entry)) == 0; ++i) {
    bool busy = (entry.flags & 1) != 0;
    small_met += busy && entry.data == small && entry.size == 123;
    large_met += busy && entry.data == large && entry.size == (3 << 20);
  }
  EXPECT_EQ(static_cast<unsigned>(status), 0x8000001Au);
  EXPECT_EQ(small_met, 1);
  EXPECT_EQ(large_met, 1);
}

TEST(RtlHeap, H113_the_walk_tells_user_values) {
  OwnRtlHeap heap;
  void* block = rtl.alloc(heap, kValue | kFlag2, 50);
  rtl.set_value(heap, 0, block, at(0x4321));
  WalkEntry entry{};
  while (rtl.walk(heap, &entry) == 0) {
    if (entry.data == block) {
      EXPECT_EQ(entry.flags, 0x1 | 0x10 | 0x40);
      EXPECT_EQ(entry.settable, 0x4321u);
      return;
    }
  }
  ADD_FAILURE() << "not met";
}

TEST(RtlHeap, H113_a_bad_heap_or_entry_is_told) {
  OwnRtlHeap heap;
  WalkEntry entry{};
  EXPECT_EQ(static_cast<unsigned>(rtl.walk(at(0x1230), &entry)), 0xC0000008u);
  EXPECT_EQ(static_cast<unsigned>(rtl.walk(heap, nullptr)), 0xC000000Du);
}

TEST(RtlUserInfo, H114_a_plain_block_has_no_flags_and_takes_no_value) {
  OwnRtlHeap heap;
  for (SIZE_T size : {SIZE_T{10}, SIZE_T{100'000}, SIZE_T{3} << 20}) {
    void* block = rtl.alloc(heap, 0, size);
    EXPECT_FALSE(rtl.set_value(heap, 0, block, at(0x5555)));
    EXPECT_FALSE(rtl.set_flags(heap, 0, block, 0, kFlag1));
    EXPECT_EQ(info_of(heap, block).value, at(0x1234)) << "left alone";
    EXPECT_EQ(info_of(heap, block).flags, 0u);
    rtl.free(heap, 0, block);
  }
}

TEST(RtlUserInfo, H114_a_block_with_a_value_keeps_it_beside_its_size) {
  OwnRtlHeap own;
  for (HANDLE heap : {own.handle, GetProcessHeap()}) {
    for (SIZE_T size : {SIZE_T{0}, SIZE_T{10}, SIZE_T{100'000}, SIZE_T{3} << 20}) {
      void* block = rtl.alloc(heap, kValue | kFlag1, size);
      ASSERT_NE(block, nullptr);
      EXPECT_EQ(info_of(heap, block).value, nullptr);
      EXPECT_EQ(info_of(heap, block).flags, kFlag1);
      EXPECT_TRUE(rtl.set_value(heap, 0, block, at(0x5555)));
      EXPECT_EQ(info_of(heap, block).value, at(0x5555));
      EXPECT_EQ(rtl.size(heap, 0, block), size);
      EXPECT_EQ(number(block) % 16, 0u);
      EXPECT_TRUE(rtl.free(heap, 0, block));
      EXPECT_FALSE(rtl.validate(heap, 0, block));
    }
  }
}

TEST(RtlUserInfo, H114_flags_are_reset_and_set) {
  OwnRtlHeap heap;
  void* block = rtl.alloc(heap, kValue | kFlag1, 10);
  EXPECT_TRUE(rtl.set_flags(heap, 0, block, 0, kFlag2));
  EXPECT_EQ(info_of(heap, block).flags, kFlag1 | kFlag2);
  EXPECT_TRUE(rtl.set_flags(heap, 0, block, kFlag1, 0));
  EXPECT_EQ(info_of(heap, block).flags, kFlag2);
  EXPECT_TRUE(rtl.set_flags(heap, 0, block, kFlag2, 0));
  EXPECT_EQ(info_of(heap, block).flags, 0u);
  EXPECT_TRUE(rtl.set_value(heap, 0, block, at(0x5555))) << "still one with a value";
  EXPECT_FALSE(rtl.set_flags(heap, 0, block, 0, 0x1000));
}

TEST(RtlUserInfo, H57_C45_shrinking_keeps_value_and_flags) {
  OwnRtlHeap heap;
  for (SIZE_T size : {SIZE_T{200'000}, SIZE_T{3} << 20}) {
    void* block = rtl.alloc(heap, kValue | kFlag1, size);
    rtl.set_value(heap, 0, block, at(0x5555));
    block = rtl.realloc(heap, kFlag2, block, size / 4);
    EXPECT_EQ(info_of(heap, block).value, at(0x5555));
    EXPECT_EQ(info_of(heap, block).flags, kFlag1);
    EXPECT_EQ(rtl.size(heap, 0, block), size / 4);
  }
}

TEST(RtlUserInfo, H57_C45_growing_keeps_the_value_and_replaces_the_flags) {
  OwnRtlHeap heap;
  for (SIZE_T size : {SIZE_T{10}, SIZE_T{200'000}, SIZE_T{3} << 20}) {
    void* block = rtl.alloc(heap, kValue | kFlag1, size);
    rtl.set_value(heap, 0, block, at(0x5555));
    block = rtl.realloc(heap, kValue | kFlag2, block, size * 4);
    EXPECT_EQ(info_of(heap, block).value, at(0x5555));
    EXPECT_EQ(info_of(heap, block).flags, kFlag2);
  }
}

TEST(RtlUserInfo, H114_a_plain_block_in_the_place_of_one_with_a_value_has_none) {
  OwnRtlHeap heap;
  for (SIZE_T size : {SIZE_T{40'000}, SIZE_T{3} << 20}) {
    rtl.free(heap, 0, rtl.alloc(heap, kValue | kFlag1, size));
    for (int i = 0; i < 8; ++i) {
      EXPECT_EQ(info_of(heap, rtl.alloc(heap, 0, size)).flags, 0u);
    }
  }
}

TEST(RtlUserInfo, H114_what_is_no_block_has_none) {
  OwnRtlHeap heap;
  char* block = static_cast<char*>(rtl.alloc(heap, kValue, 100));
  Info info;
  EXPECT_FALSE(rtl.info(heap, 0, block + 16, &info.value, &info.flags));
  EXPECT_FALSE(rtl.set_value(heap, 0, block + 16, nullptr));
  EXPECT_FALSE(rtl.set_flags(heap, 0, block + 16, 0, kFlag1));
  EXPECT_EQ(info.value, at(0x1234));
}

TEST(RtlUserInfo, H114_the_block_of_a_moveable_object_has_its_handle) {
  HANDLE object = GlobalAlloc(GMEM_MOVEABLE, 100);
  Info info = info_of(GetProcessHeap(), *static_cast<void**>(object));
  EXPECT_EQ(info.value, object);
  EXPECT_EQ(info.flags, kFlag1);
  GlobalFree(object);
}

} // namespace
} // namespace apitest
