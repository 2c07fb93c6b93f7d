// host/control_group: the limits that hold, from files as the kernel writes them; host/machine_memory: what follows.
#include "host/control_group.h"
#include "host/machine_memory.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

using namespace winmem;
using namespace winmem::host;

namespace {

constexpr Bytes kMega = Bytes{1} << 20;

// A folder that stands for the machine's: files "groups" and "mounts" for /proc, and the hierarchies below it.
class Groups : public ::testing::Test {
protected:
  Groups() {
    char name[] = "/tmp/winmem_groups_XXXXXX";
    folder_ = mkdtemp(name);
  }
  ~Groups() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& path, const std::string& text) const {
    std::filesystem::path file = folder_ / path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  void mount(const std::string& root, const std::string& place, const std::string& type, const std::string& options) {
    mounts_ += "35 31 0:32 " + root + " " + (folder_ / place).string() + " rw,relatime shared:7 - " + type +
               " none rw" + options + "\n";
    write("mounts", "22 1 0:20 / / rw - ext4 /dev/root rw\n" + mounts_);
  }
  GroupLimits limits() const { return group_limits((folder_ / "groups").c_str(), (folder_ / "mounts").c_str()); }

  std::filesystem::path folder_;
  std::string mounts_;
};

TEST_F(Groups, version_2_the_group_s_own_limits) {
  write("groups", "0::/user/job\n");
  mount("/", "cg", "cgroup2", ",nsdelegate");
  write("cg/user/job/memory.max", "104857600\n");
  write("cg/user/job/memory.swap.max", "1048576\n");
  write("cg/user/job/memory.current", "52428800\n");
  write("cg/user/job/memory.stat", "anon 1\nfile 31457280\ninactive_file 10485760\nactive_file 5242880\n");

  GroupLimits seen = limits();

  EXPECT_EQ(seen.memory, 100 * kMega);
  EXPECT_EQ(seen.swap, kMega);
  EXPECT_EQ(seen.memory_and_swap, kNoLimit);
  EXPECT_EQ(seen.in_use, 50 * kMega);
  EXPECT_EQ(seen.cache, 15 * kMega);
}

TEST_F(Groups, version_2_the_lowest_limit_on_the_way_up_counts) {
  write("groups", "0::/a/b/c\n");
  mount("/", "cg", "cgroup2", "");
  write("cg/a/b/c/memory.max", "max\n");
  write("cg/a/b/memory.max", "2097152\n");
  write("cg/a/b/memory.current", "4096\n");
  write("cg/a/b/memory.swap.max", "0\n");
  write("cg/a/memory.max", "4194304\n");
  write("cg/memory.max", "8388608\n"); // the root of a container

  GroupLimits seen = limits();

  EXPECT_EQ(seen.memory, 2 * kMega);
  EXPECT_EQ(seen.in_use, 4096u);
  EXPECT_EQ(seen.swap, 0u);
}

TEST_F(Groups, version_2_the_mounted_folder_itself_counts_too) {
  write("groups", "0::/\n");
  mount("/", "cg", "cgroup2", "");
  write("cg/memory.max", "8388608\n");

  EXPECT_EQ(limits().memory, 8 * kMega);
}

TEST_F(Groups, version_1_memory_and_swap_are_limited_together) {
  write("groups", "9:cpu,cpuacct:/wrong\n4:hugetlb,memory:/job\n0::/\n");
  mount("/", "cpu", "cgroup", ",cpu,cpuacct");
  mount("/", "memory", "cgroup", ",hugetlb,memory");
  write("cpu/job/memory.limit_in_bytes", "1\n");
  write("memory/job/memory.limit_in_bytes", "3145728\n");
  write("memory/job/memory.memsw.limit_in_bytes", "5242880\n");
  write("memory/job/memory.usage_in_bytes", "1048576\n");
  write("memory/job/memory.stat", "inactive_file 1\ntotal_inactive_file 4096\ntotal_active_file 8192\n");
  write("memory/memory.limit_in_bytes", "9223372036854771712\n");

  GroupLimits seen = limits();

  EXPECT_EQ(seen.memory, 3 * kMega);
  EXPECT_EQ(seen.memory_and_swap, 5 * kMega);
  EXPECT_EQ(seen.swap, kNoLimit);
  EXPECT_EQ(seen.in_use, kMega);
  EXPECT_EQ(seen.cache, 12288u);
}

TEST_F(Groups, a_container_without_its_own_names_finds_its_part_of_the_path) {
  write("groups", "4:memory:/docker/1f2e/inner\n");
  mount("/docker/1f2e", "memory", "cgroup", ",memory");
  write("memory/inner/memory.limit_in_bytes", "1048576\n");
  write("memory/docker/1f2e/inner/memory.limit_in_bytes", "1\n");

  EXPECT_EQ(limits().memory, kMega);
}

TEST_F(Groups, a_group_that_cannot_be_seen_has_the_limit_of_what_is_mounted) {
  mount("/docker/1f2e", "memory", "cgroup", ",memory");
  write("memory/memory.limit_in_bytes", "2097152\n");
  for (const char* group : {"/docker/1f2eff", "/other", "/../sibling"}) {
    write("groups", std::string("4:memory:") + group + "\n");
    EXPECT_EQ(limits().memory, 2 * kMega) << group;
  }
}

TEST_F(Groups, blanks_in_the_mount_point) {
  write("groups", "0::/\n");
  mounts_ = "35 31 0:32 / " + (folder_ / "a").string() + "\\040b rw - cgroup2 none rw\n";
  write("mounts", mounts_);
  write("a b/memory.max", "4096\n");

  EXPECT_EQ(limits().memory, 4096u);
}

TEST_F(Groups, missing_and_odd_files_limit_nothing) {
  EXPECT_EQ(limits().memory, kNoLimit); // no files at all
  write("groups", "");
  write("mounts", "");
  EXPECT_EQ(limits().memory, kNoLimit);
  write("groups", "nonsense\n:\n::\n0::" + std::string(5000, 'x') + "\n0::/a\n");
  mounts_ = "short line\n\n - \n";
  mount("/", "cg", "cgroup2", "");
  EXPECT_EQ(limits().memory, kNoLimit);
  write("groups", "0::/a\n");
  for (const char* text : {"", "max", "max\n", "-5\n", "word 7\n"}) {
    write("cg/a/memory.max", text);
    EXPECT_EQ(limits().memory, kNoLimit) << text;
  }
  write("cg/a/memory.max", "99999999999999999999999\n");
  EXPECT_EQ(limits().memory, kNoLimit);
}

TEST_F(Groups, the_real_files_can_be_read) {
  GroupLimits seen = group_limits();

  EXPECT_GT(seen.memory, kMega);
}

MachineMemory machine() {
  return {.physical = 1000 * kMega, .swap = 200 * kMega, .available = 600 * kMega, .strict_limit = 700 * kMega};
}

TEST(MemoryFigures, without_a_group_all_of_the_machine) {
  MemoryFigures figures = combine(machine(), {});

  EXPECT_EQ(figures.physical, 1000 * kMega);
  EXPECT_EQ(figures.available, 600 * kMega);
  EXPECT_EQ(figures.commit, 1200 * kMega);
  EXPECT_EQ(figures.strict_left, kNoLimit);
}

TEST(MemoryFigures, the_group_lowers_each) {
  MemoryFigures figures =
      combine(machine(), {.memory = 100 * kMega, .swap = 10 * kMega, .in_use = 70 * kMega, .cache = 20 * kMega});

  EXPECT_EQ(figures.physical, 100 * kMega);
  EXPECT_EQ(figures.available, 50 * kMega);
  EXPECT_EQ(figures.commit, 110 * kMega);
}

TEST(MemoryFigures, a_group_of_version_1_limits_the_sum) {
  EXPECT_EQ(combine(machine(), {.memory = 100 * kMega, .memory_and_swap = 150 * kMega}).commit, 150 * kMega);
  EXPECT_EQ(combine(machine(), {.memory = 100 * kMega}).commit, 300 * kMega);
}

TEST(MemoryFigures, a_group_above_the_machine_changes_nothing) {
  MemoryFigures figures = combine(machine(), {.memory = 5000 * kMega, .in_use = 4999 * kMega});

  EXPECT_EQ(figures.available, 600 * kMega);
  EXPECT_EQ(figures.commit, 1200 * kMega);
}

TEST(MemoryFigures, a_group_that_is_over_its_limit_has_nothing_left) {
  EXPECT_EQ(combine(machine(), {.memory = 100 * kMega, .in_use = 130 * kMega}).available, 0u);
  EXPECT_EQ(combine(machine(), {.memory = 100 * kMega, .in_use = 10 * kMega, .cache = 50 * kMega}).available,
            100 * kMega);
}

TEST(MemoryFigures, strict_accounts_of_the_kernel_s_lower_the_limit) {
  MachineMemory strict = machine();
  strict.is_strict = true;
  strict.strict_in_use = 650 * kMega;

  EXPECT_EQ(combine(strict, {}).commit, 700 * kMega);
  EXPECT_EQ(combine(strict, {}).strict_left, 50 * kMega);
  strict.strict_in_use = 800 * kMega;
  EXPECT_EQ(combine(strict, {}).strict_left, 0u);
}

TEST(MemoryFigures, an_unknown_machine_limits_nothing) { EXPECT_EQ(combine({}, {}).commit, kNoLimit); }

TEST(MemoryFigures, of_this_machine) {
  MachineMemory machine = machine_memory();
  MemoryFigures figures = memory_figures();

  EXPECT_GT(machine.physical, 16 * kMega);
  EXPECT_GT(machine.strict_limit, 0u);
  EXPECT_GT(machine.strict_in_use, 0u);
  EXPECT_LE(figures.physical, machine.physical);
  EXPECT_LE(figures.available, figures.physical);
  EXPECT_GE(figures.commit, figures.physical < figures.commit ? figures.physical : 1);
  EXPECT_GT(mapped_beside(0), kMega);
}

} // namespace
