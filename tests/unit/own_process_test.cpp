// Ids of processes and threads, which a fork's child must not take from its parent.
#include "child.h"
#include "host/own_process.h"

#include <gtest/gtest.h>
#include <string>
#include <thread>

namespace {

using namespace winmem;

class OwnProcessFork : public testing::TestWithParam<ChildMaker> {};

TEST_P(OwnProcessFork, ids_are_the_childs_own) {
  EXPECT_EQ(host::process_id(), static_cast<std::uint32_t>(getpid()));
  EXPECT_EQ(host::thread_id(), static_cast<std::uint32_t>(gettid()));
  pid_t parent = getpid();

  EXPECT_TRUE(in_child(GetParam().make, [&] {
    // The kernel's numbers, since libc's own cache is wrong after a raw clone.
    auto process = static_cast<std::uint32_t>(syscall(SYS_getpid));
    auto thread = static_cast<std::uint32_t>(syscall(SYS_gettid));
    bool first = host::process_id() == process && host::thread_id() == thread;
    return first && host::process_id() == process && process != static_cast<std::uint32_t>(parent);
  }));
  EXPECT_EQ(host::process_id(), static_cast<std::uint32_t>(getpid()));
}

std::string maker_name(const testing::TestParamInfo<ChildMaker>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(, OwnProcessFork, testing::ValuesIn(kChildMakers), maker_name);

TEST(OwnProcess, a_thread_has_its_own_id) {
  std::uint32_t main_thread = host::thread_id();
  std::uint32_t other = 0;
  std::uint32_t kernels = 0;

  std::thread([&] {
    other = host::thread_id();
    kernels = static_cast<std::uint32_t>(gettid());
  }).join();

  EXPECT_EQ(other, kernels);
  EXPECT_NE(other, main_thread);
  EXPECT_EQ(host::thread_id(), main_thread);
}

} // namespace
