// NUMA nodes and processors.
// Rules: Y90 Y91 Y92
#include "expect.h"
#include "memory_map.h"
#include "owned_handle.h"

namespace apitest {
namespace {

ULONG highest_node() {
  ULONG highest = 1000;
  EXPECT_OK(GetNumaHighestNodeNumber(&highest));
  EXPECT_LT(highest, 64u);
  return highest;
}

TEST(Numa, Y90_the_nodes_processors_are_all_active_ones_and_none_twice) {
  SYSTEM_INFO info{};
  GetSystemInfo(&info);
  ULONGLONG all = 0;
  for (ULONG node = 0; node <= highest_node(); ++node) {
    ULONGLONG mask = 0;
    if (GetNumaNodeProcessorMask(static_cast<UCHAR>(node), &mask)) {
      EXPECT_EQ(all & mask, 0u);
      all |= mask;
    }
  }
  EXPECT_EQ(all, info.dwActiveProcessorMask);
}

TEST(Numa, Y90_the_forms_with_groups_tell_the_same) {
  ULONGLONG mask = 0;
  EXPECT_OK(GetNumaNodeProcessorMask(0, &mask));
  GROUP_AFFINITY affinity{};
  affinity.Group = 7;
  EXPECT_OK(GetNumaNodeProcessorMaskEx(0, &affinity));
  EXPECT_EQ(affinity.Mask, mask);
  EXPECT_EQ(affinity.Group, 0u);
}

TEST(Numa, Y90_a_node_that_is_not_there_is_invalid) {
  ULONGLONG value = 7;
  GROUP_AFFINITY affinity{};
  EXPECT_ERROR(87, GetNumaNodeProcessorMask(63, &value));
  EXPECT_ERROR(87, GetNumaNodeProcessorMask(200, &value));
  EXPECT_ERROR(87, GetNumaNodeProcessorMaskEx(1000, &affinity));
  EXPECT_ERROR(87, GetNumaAvailableMemoryNode(200, &value));
  EXPECT_ERROR(87, GetNumaAvailableMemoryNodeEx(1000, &value));
  EXPECT_EQ(value, 7u);
}

TEST(Numa, Y90_nodes_have_memory) {
  ULONGLONG sum = 0;
  for (ULONG node = 0; node <= highest_node(); ++node) {
    ULONGLONG bytes = 0;
    if (GetNumaAvailableMemoryNode(static_cast<UCHAR>(node), &bytes)) {
      sum += bytes;
    }
  }
  EXPECT_GT(sum, 0u);
}

TEST(Numa, Y90_each_active_processor_has_a_node) {
  SYSTEM_INFO info{};
  GetSystemInfo(&info);
  for (unsigned processor = 0; processor < 64; ++processor) {
    UCHAR node = 77;
    if ((info.dwActiveProcessorMask >> processor & 1) != 0) {
      EXPECT_OK(GetNumaProcessorNode(static_cast<UCHAR>(processor), &node));
      EXPECT_LE(node, highest_node());
      ULONGLONG mask = 0;
      EXPECT_TRUE(GetNumaNodeProcessorMask(node, &mask));
      EXPECT_NE(mask >> processor & 1, 0u);
    } else {
      EXPECT_ERROR(87, GetNumaProcessorNode(static_cast<UCHAR>(processor), &node));
      EXPECT_EQ(node, 0xFF);
    }
  }
}

TEST(Numa, Y90_processors_by_group_and_number) {
  PROCESSOR_NUMBER processor{};
  SYSTEM_INFO info{};
  GetSystemInfo(&info);
  while ((info.dwActiveProcessorMask >> processor.Number & 1) == 0) {
    ++processor.Number;
  }
  USHORT node = 7;
  EXPECT_OK(GetNumaProcessorNodeEx(&processor, &node));
  EXPECT_LE(node, highest_node());
  processor.Group = 1;
  EXPECT_ERROR(87, GetNumaProcessorNodeEx(&processor, &node));
  EXPECT_EQ(node, 0xFFFF);
  processor.Group = 0;
  processor.Reserved = 1;
  EXPECT_ERROR(87, GetNumaProcessorNodeEx(&processor, &node));
}

TEST(Numa, Y90_counts_of_processors) {
  SYSTEM_INFO info{};
  GetSystemInfo(&info);
  EXPECT_EQ(GetActiveProcessorCount(0), info.dwNumberOfProcessors);
  EXPECT_EQ(GetActiveProcessorCount(ALL_PROCESSOR_GROUPS), info.dwNumberOfProcessors);
  EXPECT_GE(GetMaximumProcessorCount(0), info.dwNumberOfProcessors);
  EXPECT_EQ(GetActiveProcessorGroupCount(), 1u);
  EXPECT_EQ(GetMaximumProcessorGroupCount(), 1u);
  EXPECT_ERROR(87, GetActiveProcessorCount(1));
}

TEST(Numa, Y91_memory_with_a_preferred_node) {
  for (DWORD node : {DWORD{0}, static_cast<DWORD>(highest_node()), DWORD{0xFFFFFFFF}}) {
    SetLastError(kNobodysError);
    Region region(
        VirtualAllocExNuma(GetCurrentProcess(), nullptr, 4 * kPage, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE, node), 4);
    ASSERT_NE(region.base(), nullptr) << node;
    EXPECT_EQ(GetLastError(), kNobodysError);
    region.page(3)[5] = 1;
    EXPECT_MAP(region, "C4rw");
  }
}

TEST(Numa, Y91_a_node_that_is_not_there_is_invalid) {
  EXPECT_ERROR(87, VirtualAllocExNuma(GetCurrentProcess(), nullptr, kPage, MEM_RESERVE, PAGE_READWRITE, 63));
  EXPECT_ERROR(87, VirtualAllocExNuma(GetCurrentProcess(), nullptr, kPage, MEM_RESERVE, PAGE_READWRITE, 0xFFFFFFFE));
}

TEST(Numa, Y91_the_rest_is_judged_as_in_VirtualAllocEx) {
  EXPECT_ERROR(87, VirtualAllocExNuma(GetCurrentProcess(), nullptr, 0, MEM_RESERVE, PAGE_READWRITE, 0));
  EXPECT_ERROR(6, VirtualAllocExNuma(nullptr, nullptr, kPage, MEM_RESERVE, PAGE_READWRITE, 0));
}

TEST(Numa, Y92_a_view_with_a_preferred_node) {
  OwnedHandle section(CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, 0x10000, nullptr));
  for (DWORD node : {DWORD{0}, DWORD{0xFFFFFFFF}}) {
    void* view = MapViewOfFileExNuma(section, FILE_MAP_WRITE, 0, 0, 0, nullptr, node);
    ASSERT_NE(view, nullptr) << node;
    *static_cast<volatile char*>(view) = 1;
    EXPECT_TRUE(UnmapViewOfFile(view));
  }
  EXPECT_ERROR(87, MapViewOfFileExNuma(section, FILE_MAP_WRITE, 0, 0, 0, nullptr, 63));
}

} // namespace
} // namespace apitest
