// What is no object, given to every Global and Local function: the table of bad inputs, and objects that are freed
// twice or by their data pointer.
// Rules: G27, G31, G52, G53, G60, G71
#include "global_test_support.h"

namespace apitest {
namespace {

// Every call answers that it is no object and nothing changes. `wild` is what Free, ReAlloc, LocalFlags and LocalHandle
// answer.
void expect_no_object(HANDLE object, DWORD wild) {
  FOR_BOTH_FAMILIES(family) {
    EXPECT_ERROR(6, family.lock(object));
    EXPECT_ERROR(6, family.size(object));
    if (family.is_local) { // of GlobalUnlock tells G27
      EXPECT_ERROR(6, family.unlock(object));
    }
    EXPECT_EQ(error_of([&] { EXPECT_EQ(family.flags(object), kInvalid); }), family.is_local ? wild : 6u);
    EXPECT_ERROR(family.is_local ? wild : 6u, family.handle(object));
    EXPECT_EQ(error_of([&] { EXPECT_EQ(family.free(object), object); }), wild);
    for (UINT flags : {kFixed, kMoveable, kModify, kModify | kMoveable}) {
      EXPECT_ERROR(wild, family.realloc(object, 10, flags));
      EXPECT_ERROR(wild, family.realloc(object, 0, flags));
    }
  }
}

TEST(GlobalMisuse, G60_a_freed_handle_is_no_object) { expect_no_object(freed_handle(kFamilies[0]), 6); }

TEST(GlobalMisuse, G31_G60_garbage_in_the_form_of_a_handle_is_no_object) {
  Tagged on_the_stack{};
  expect_no_object(on_the_stack.handle(), 6);
  for (std::uintptr_t address : {std::uintptr_t{8}, std::uintptr_t{0x12345678}, std::uintptr_t{0x7FFFFFFFFFF8},
                                 std::uintptr_t{0xDEADBEEFDEADBEE8}, ~std::uintptr_t{0} - 7}) {
    expect_no_object(at(address), 6);
  }
}

TEST(GlobalMisuse, G31_G60_an_address_beyond_the_handles_in_use_is_no_object) {
  HANDLE object = GlobalAlloc(GMEM_MOVEABLE, 1);
  // Handles never used, and what lies before and behind the table.
  for (std::ptrdiff_t distance : {0x8000, 0xFFFF0, 0x100000, 0x200000, -0x100000, -0x200000}) {
    HANDLE other = at(number(object) + static_cast<std::uintptr_t>(distance));
    EXPECT_ERROR(6, GlobalSize(other));
    EXPECT_ERROR(6, GlobalLock(other));
    EXPECT_EQ(GlobalFree(other), other);
  }
  GlobalFree(object);
}

TEST(GlobalMisuse, G31_G60_an_interior_pointer_is_no_object) {
  HANDLE object = GlobalAlloc(GMEM_FIXED, 100);
  char* block = static_cast<char*>(object);
  expect_no_object(block + 16, 6);
  expect_no_object(block + 1, 6);
  EXPECT_EQ(GlobalSize(object), 100u);
  EXPECT_EQ(GlobalFree(object), nullptr);
}

TEST(GlobalMisuse, G31_G60_memory_that_is_no_heaps_is_no_object) {
  alignas(16) static char data[64];
  alignas(16) char local[64] = {};
  expect_no_object(data, 6);
  expect_no_object(local, 6);
  void* page = VirtualAlloc(nullptr, kPage, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  expect_no_object(page, 6);
  VirtualFree(page, 0, MEM_RELEASE);
}

TEST(GlobalMisuse, G31_G60_another_heaps_block_is_no_object) {
  OwnHeap heap;
  char* block = heap.alloc(100);
  expect_no_object(block, 6);
  EXPECT_EQ(HeapSize(heap, 0, block), 100u);
}

TEST(GlobalMisuse, G31_G60_an_address_without_memory_is_no_access) {
  void* page = VirtualAlloc(nullptr, kPage, MEM_RESERVE, PAGE_NOACCESS);
  expect_no_object(page, 998);
  VirtualFree(page, 0, MEM_RELEASE);
  expect_no_object(at(0x10), 998);
  expect_no_object(at(0x7FFFFFFF0000), 998);
  expect_no_object(at(0xFFFFFFFFFFFFFFF0), 998);
}

TEST(GlobalMisuse, G60_null_is_no_object) {
  FOR_BOTH_FAMILIES(family) {
    EXPECT_ERROR(6, family.realloc(nullptr, 10, kMoveable));
    EXPECT_ERROR(6, family.realloc(nullptr, 0, kModify));
    EXPECT_ERROR(6, family.size(nullptr));
  }
}

TEST(GlobalMisuse, G52_a_handle_is_freed_once) {
  FOR_BOTH_FAMILIES(family) {
    HANDLE object = family.alloc(kMoveable, 100);
    EXPECT_EQ(family.free(object), nullptr);
    EXPECT_EQ(error_of([&] { EXPECT_EQ(family.free(object), object); }), 6u);
  }
}

TEST(GlobalMisuse, G52_a_fixed_object_is_freed_once) {
  FOR_BOTH_FAMILIES(family) {
    HANDLE object = family.alloc(kFixed, 100);
    EXPECT_EQ(family.free(object), nullptr);
    EXPECT_EQ(error_of([&] { EXPECT_EQ(family.free(object), object); }), 6u);
  }
}

TEST(GlobalMisuse, G53_the_data_pointer_serves_as_a_fixed_object) {
  FOR_BOTH_FAMILIES(family) {
    HANDLE object = family.alloc(kMoveable, 100);
    void* block = family.lock(object);
    EXPECT_EQ(family.size(block), 100u);
    EXPECT_EQ(family.flags(block), 0u);
    EXPECT_EQ(family.lock(block), block);
    EXPECT_EQ(family.free(object), nullptr);
  }
}

TEST(GlobalMisuse, G53_freeing_the_data_pointer_retires_the_handle) {
  FOR_BOTH_FAMILIES(family) {
    HANDLE object = family.alloc(kMoveable, 100);
    void* block = family.lock(object);
    EXPECT_EQ(family.free(block), nullptr);
    EXPECT_ERROR(6, family.size(object));
    EXPECT_ERROR(6, family.lock(object));
    EXPECT_FALSE(HeapValidate(GetProcessHeap(), 0, block));
  }
}

TEST(GlobalMisuse, G53_resizing_by_the_data_pointer_keeps_the_handle_true) {
  FOR_BOTH_FAMILIES(family) {
    HANDLE object = family.alloc(kMoveable, 100);
    char* block = static_cast<char*>(family.lock(object));
    std::memset(block, 0x12, 100);
    char* moved = static_cast<char*>(family.realloc(block, 100'000, kMoveable));
    ASSERT_NE(moved, nullptr);
    EXPECT_EQ(family.lock(object), moved);
    EXPECT_EQ(family.size(object), 100'000u);
    EXPECT_TRUE(is_filled(moved, 100, 0x12));
    EXPECT_EQ(family.free(object), nullptr);
  }
}

TEST(GlobalMisuse, G52_a_block_freed_behind_its_handle_is_not_freed_again) {
  HANDLE object = GlobalAlloc(GMEM_MOVEABLE, 100);
  EXPECT_TRUE(HeapFree(GetProcessHeap(), 0, *static_cast<void**>(object)));

  EXPECT_ERROR(6, GlobalSize(object));
  EXPECT_ERROR(6, GlobalReAlloc(object, 200, GMEM_MOVEABLE));
  EXPECT_EQ(error_of([&] { EXPECT_EQ(GlobalFree(object), object); }), 6u);
}

TEST(GlobalMisuse, G71_a_reused_entry_makes_an_old_handle_the_new_objects) {
  HANDLE object = GlobalAlloc(GMEM_MOVEABLE, 100);
  GlobalFree(object);
  HANDLE next = GlobalAlloc(GMEM_MOVEABLE, 200);
  EXPECT_EQ(next, object);
  EXPECT_EQ(GlobalSize(object), 200u);
  GlobalFree(next);
}

} // namespace
} // namespace apitest
