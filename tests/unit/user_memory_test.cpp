// Which of a caller's pointers may be touched without asking the kernel (nt/user_memory.h, host/safe_copy.h).
#include "host/safe_copy.h"

#include <windows.h>

#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <ucontext.h>

namespace {

using winmem::Address;
using winmem::kPage;
using winmem::host::on_own_stack;

Address address_of(const void* pointer) { return reinterpret_cast<Address>(pointer); }

TEST(UserMemory, a_local_variable_of_the_first_thread_is_on_its_stack) {
  int local = 0;

  EXPECT_TRUE(on_own_stack(address_of(&local), sizeof local));
}

TEST(UserMemory, a_local_variable_of_another_thread_is_on_its_stack) {
  bool seen = false;
  std::thread([&] {
    int local = 0;
    seen = on_own_stack(address_of(&local), sizeof local);
  }).join();

  EXPECT_TRUE(seen);
}

TEST(UserMemory, the_heap_and_other_stacks_are_not_on_it) {
  auto on_heap = std::make_unique<int>(0);
  int local = 0;
  bool seen = true;
  std::thread([&] { seen = on_own_stack(address_of(&local), sizeof local); }).join();

  EXPECT_FALSE(on_own_stack(address_of(on_heap.get()), sizeof(int)));
  EXPECT_FALSE(seen);
}

TEST(UserMemory, a_range_that_leaves_the_stack_or_wraps_is_not_on_it) {
  int local = 0;

  EXPECT_FALSE(on_own_stack(address_of(&local), winmem::Bytes{1} << 40));
  EXPECT_FALSE(on_own_stack(address_of(&local), ~winmem::Bytes{0}));
  EXPECT_FALSE(on_own_stack(~Address{0} - 8, 48));
}

// A coroutine whose stack is memory of winmem's, with reserved pages above it: one kernel mapping covers both.
struct Coroutine {
  ucontext_t back{};
  ucontext_t own{};
  void* buffer = nullptr;
  SIZE_T answer = 1;
  DWORD error = 0;
};
Coroutine* running = nullptr;

void query_into_buffer() {
  SetLastError(0);
  running->answer =
      VirtualQuery(running, static_cast<PMEMORY_BASIC_INFORMATION>(running->buffer), sizeof(MEMORY_BASIC_INFORMATION));
  running->error = GetLastError();
}

TEST(UserMemory, reserved_pages_above_a_coroutine_stack_are_no_access) {
  auto* stack = static_cast<char*>(VirtualAlloc(nullptr, 0x40000, MEM_RESERVE, PAGE_READWRITE));
  ASSERT_NE(VirtualAlloc(stack, 0x20000, MEM_COMMIT, PAGE_READWRITE), nullptr);
  Coroutine coroutine;
  running = &coroutine;
  coroutine.buffer = stack + 0x30000;
  ASSERT_EQ(getcontext(&coroutine.own), 0);
  coroutine.own.uc_stack.ss_sp = stack;
  coroutine.own.uc_stack.ss_size = 0x20000;
  coroutine.own.uc_link = &coroutine.back;
  makecontext(&coroutine.own, query_into_buffer, 0);

  ASSERT_EQ(swapcontext(&coroutine.back, &coroutine.own), 0);

  EXPECT_EQ(coroutine.answer, 0u);
  EXPECT_EQ(coroutine.error, DWORD{ERROR_NOACCESS});
  EXPECT_TRUE(VirtualFree(stack, 0, MEM_RELEASE));
}

} // namespace
