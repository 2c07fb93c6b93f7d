// NUMA under a topology of two nodes that WINMEM_NODES describes; this program's main() writes it, then starts itself
// anew. Rules: Y90 Y91 Y92
#include "expect.h"
#include "memory_map.h"
#include "owned_handle.h"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace apitest {
namespace {

constexpr int kDefault = 0;   // MPOL_DEFAULT
constexpr int kPreferred = 1; // MPOL_PREFERRED

struct Policy {
  int mode = -1;
  unsigned long nodes = 0;
};

Policy policy_at(const void* page) {
  Policy policy;
  constexpr long kOfAddress = 2; // MPOL_F_ADDR
  EXPECT_EQ(syscall(SYS_get_mempolicy, &policy.mode, &policy.nodes, 64, page, kOfAddress), 0);
  return policy;
}

TEST(NumaOfTwoNodes, Y90_the_nodes_are_those_of_the_directory) {
  ULONG highest = 0;
  EXPECT_OK(GetNumaHighestNodeNumber(&highest));
  EXPECT_EQ(highest, 3u);
  ULONGLONG value = 0;
  EXPECT_OK(GetNumaNodeProcessorMask(0, &value));
  EXPECT_ERROR(87, GetNumaNodeProcessorMask(1, &value));
  EXPECT_ERROR(87, GetNumaNodeProcessorMask(2, &value));
  EXPECT_OK(GetNumaNodeProcessorMask(3, &value));
}

TEST(NumaOfTwoNodes, Y90_every_processor_belongs_to_one_of_them) {
  SYSTEM_INFO info{};
  GetSystemInfo(&info);
  ULONGLONG first = 0;
  ULONGLONG last = 0;
  EXPECT_OK(GetNumaNodeProcessorMask(0, &first));
  EXPECT_OK(GetNumaNodeProcessorMask(3, &last));
  EXPECT_EQ(first, info.dwActiveProcessorMask & 1); // "0"
  EXPECT_EQ(last, info.dwActiveProcessorMask & ~DWORD_PTR{1});
}

TEST(NumaOfTwoNodes, Y90_memory_is_each_node_s) {
  ULONGLONG value = 0;
  EXPECT_OK(GetNumaAvailableMemoryNode(0, &value));
  EXPECT_EQ(value, (1000u + 20u + 3u) * 1024);
  EXPECT_OK(GetNumaAvailableMemoryNodeEx(3, &value));
  EXPECT_EQ(value, 5000u * 1024);
}

TEST(NumaOfTwoNodes, Y91_the_kernel_is_told_of_the_node) {
  Region region(
      VirtualAllocExNuma(GetCurrentProcess(), nullptr, 64 * kPage, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE, 0), 64);
  ASSERT_NE(region.base(), nullptr);
  if (policy_at(region.base()).mode == kDefault) {
    GTEST_SKIP() << "this process may not set policies";
  }
  EXPECT_EQ(policy_at(region.base()).mode, kPreferred);
  EXPECT_EQ(policy_at(region.base()).nodes, 1u);
  EXPECT_EQ(policy_at(region.page(63)).nodes, 1u);
}

TEST(NumaOfTwoNodes, Y91_no_other_memory_prefers_it) {
  char* base =
      static_cast<char*>(VirtualAllocExNuma(GetCurrentProcess(), nullptr, 64 * kPage, MEM_RESERVE, PAGE_READWRITE, 0));
  ASSERT_NE(base, nullptr);
  ASSERT_TRUE(VirtualFree(base, 0, MEM_RELEASE));
  Region again(VirtualAlloc(base, 64 * kPage, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE), 64);
  ASSERT_EQ(again.base(), base);
  EXPECT_EQ(policy_at(again.base()).mode, kDefault);
}

TEST(NumaOfTwoNodes, Y91_a_node_without_memory_here_is_a_preference_only) {
  Region region(VirtualAllocExNuma(GetCurrentProcess(), nullptr, kPage, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE, 3),
                1);
  ASSERT_NE(region.base(), nullptr);
  region.base()[0] = 1;
}

TEST(NumaOfTwoNodes, Y91_as_an_extended_parameter) {
  MEM_EXTENDED_PARAMETER parameter{};
  parameter.Type = MemExtendedParameterNumaNode;
  parameter.ULong = 0;
  Region region(VirtualAlloc2(nullptr, nullptr, kPage, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE, &parameter, 1), 1);
  ASSERT_NE(region.base(), nullptr);
  parameter.ULong = 1;
  EXPECT_ERROR(87, VirtualAlloc2(nullptr, nullptr, kPage, MEM_RESERVE, PAGE_READWRITE, &parameter, 1));
}

TEST(NumaOfTwoNodes, Y92_views_too) {
  OwnedHandle section(CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, 0x10000, nullptr));
  void* view = MapViewOfFileExNuma(section, FILE_MAP_WRITE, 0, 0, 0, nullptr, 0);
  ASSERT_NE(view, nullptr);
  const int mode = policy_at(view).mode;
  EXPECT_TRUE(mode == kPreferred || mode == kDefault) << mode; // the latter where policies are forbidden
  EXPECT_TRUE(UnmapViewOfFile(view));
  EXPECT_ERROR(87, MapViewOfFileExNuma(section, FILE_MAP_WRITE, 0, 0, 0, nullptr, 1));
}

// ---- the topology ----

void write(const std::string& path, const char* text) {
  std::FILE* file = std::fopen(path.c_str(), "w");
  if (file == nullptr || std::fputs(text, file) < 0 || std::fclose(file) != 0) {
    std::perror(path.c_str());
    std::exit(1);
  }
}

void write_topology(const std::string& root) {
  for (const char* node : {"", "/node0", "/node3"}) {
    mkdir((root + node).c_str(), 0700);
  }
  write(root + "/online", "0,3\n");
  write(root + "/node0/cpulist", "0\n");
  write(root + "/node3/cpulist", "1-63\n");
  write(root + "/node0/meminfo", "Node 0 MemTotal:        9000 kB\nNode 0 MemFree:         1000 kB\n"
                                 "Node 0 Active(file):      20 kB\nNode 0 Inactive(file):     3 kB\n");
  write(root + "/node3/meminfo", "Node 3 MemTotal:        9000 kB\nNode 3 MemFree:         5000 kB\n");
}

void remove_topology(const std::string& root) {
  for (const char* name : {"/online", "/node0/cpulist", "/node0/meminfo", "/node3/cpulist", "/node3/meminfo"}) {
    unlink((root + name).c_str());
  }
  for (const char* name : {"/node0", "/node3", ""}) {
    rmdir((root + name).c_str());
  }
}

} // namespace
} // namespace apitest

int main(int argc, char** argv) {
  const char* known = std::getenv("WINMEM_NODES");
  if (known == nullptr) {
    char root[] = "/tmp/winmem-nodes-XXXXXX";
    if (mkdtemp(root) == nullptr || setenv("WINMEM_NODES", root, 1) != 0) {
      return 1;
    }
    apitest::write_topology(root);
    execv("/proc/self/exe", argv);
    return 1;
  }
  testing::InitGoogleTest(&argc, argv);
  int result = RUN_ALL_TESTS();
  apitest::remove_topology(known);
  return result;
}
