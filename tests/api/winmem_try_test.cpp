// winmem_try, of winmem.h: what __try and __except are in Microsoft's compilers. Linux only; winmem_try_c_test.c is the
// same call in C.
#include "memory_map.h"
#include "winmem_try.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>

// The tests in C; each returns 0, or the line of what was wrong.
extern "C" {
int winmem_try_c_returns();
int winmem_try_c_executes();
int winmem_try_c_nests();
}

namespace apitest {
namespace {

TEST(WinmemTry, a_body_that_returns) {
  bool ran = false;
  bool asked = false;

  const Ending answer = try_it([&] { ran = true; }, [&](EXCEPTION_POINTERS*) { return asked = true, 1; });

  EXPECT_TRUE(answer.returned);
  EXPECT_EQ(answer.code, 0xDEADu);
  EXPECT_TRUE(ran);
  EXPECT_FALSE(asked);
}

TEST(WinmemTry, a_fault_executes_the_handler) {
  bool came_back = false;

  const Ending answer = try_it(
      [&] {
        fault_once();
        came_back = true;
      },
      execute);

  EXPECT_FALSE(answer.returned);
  EXPECT_EQ(answer.code, 0xC0000005u);
  EXPECT_FALSE(came_back);
}

TEST(WinmemTry, the_filter_sees_the_exception) {
  Region region = committed(16, PAGE_NOACCESS);
  EXCEPTION_RECORD record = {};
  std::uintptr_t instruction = 0;

  try_it([&] { exception_probe_write(region.page(2) + 3, 1); },
         [&](EXCEPTION_POINTERS* exception) {
           record = *exception->ExceptionRecord;
           instruction = exception->ContextRecord->Rip;
           return EXCEPTION_EXECUTE_HANDLER;
         });

  EXPECT_ACCESS_VIOLATION(record, number(exception_probe_write_at), 1, region.page(2) + 3);
  EXPECT_EQ(instruction, number(exception_probe_write_at));
}

TEST(WinmemTry, a_filter_that_continues) {
  int value = 0;

  const Ending answer = try_it([&] { value = fault_once(); }, skip_read);

  EXPECT_TRUE(answer.returned);
  EXPECT_EQ(value, 66);
}

TEST(WinmemTry, a_filter_that_repairs) {
  Region region = reserve(16);

  const Ending answer = try_it([&] { region.page(3)[7] = 9; },
                               [&](EXCEPTION_POINTERS* exception) {
                                 void* touched = at(exception->ExceptionRecord->ExceptionInformation[1]);
                                 return VirtualAlloc(touched, 1, MEM_COMMIT, PAGE_READWRITE) != nullptr ? -1 : 1;
                               });

  EXPECT_TRUE(answer.returned);
  EXPECT_EQ(region.page(3)[7], 9);
}

TEST(WinmemTry, raised_exceptions) {
  const Ending given_up = try_it([] { RaiseException(kOwnCode, 0, 0, nullptr); }, execute);
  const Ending continued = try_it([] { RaiseException(kOwnCode, 0, 0, nullptr); },
                                  [](EXCEPTION_POINTERS*) { return EXCEPTION_CONTINUE_EXECUTION; });

  EXPECT_FALSE(given_up.returned);
  EXPECT_EQ(given_up.code, kOwnCode);
  EXPECT_TRUE(continued.returned);
}

TEST(WinmemTry, every_kind_of_exception) {
  EXPECT_EQ(try_it([] { exception_probe_illegal(); }, execute).code, 0xC000001Du);
  EXPECT_EQ(try_it([] { exception_probe_divide(1, 0); }, execute).code, 0xC0000094u);
  EXPECT_EQ(try_it([] { exception_probe_breakpoint(); }, execute).code, 0x80000003u);
  Region region = committed(16, PAGE_READWRITE | PAGE_GUARD);
  EXPECT_EQ(try_it([&] { exception_probe_read(region.base()); }, execute).code, 0x80000001u);
}

TEST(WinmemTry, a_stack_overflow) {
  for (int i = 0; i < 10; ++i) {
    std::thread([] {
      Region region = reserve(16);
      EXPECT_EQ(try_it([] { exception_probe_endless(0); }, execute).code, 0xC00000FDu);
      EXPECT_EQ(try_it([] { fault_once(); }, execute).code, 0xC0000005u);
    }).join();
  }
}

TEST(WinmemTry, the_innermost_is_asked_first) {
  std::string asked;
  auto ask = [&](char name, int answer) {
    return [&asked, name, answer](EXCEPTION_POINTERS*) { return asked += name, answer; };
  };
  bool inner_left = false;

  const Ending outer = try_it(
      [&] {
        const Ending inner = try_it([] { fault_once(); }, ask('i', EXCEPTION_EXECUTE_HANDLER));
        inner_left = !inner.returned;
      },
      ask('o', EXCEPTION_EXECUTE_HANDLER));

  EXPECT_EQ(asked, "i");
  EXPECT_TRUE(inner_left);
  EXPECT_TRUE(outer.returned);
}

TEST(WinmemTry, who_searches_leaves_it_to_the_next_one_out) {
  bool inner_returned = false;

  const Ending outer = try_it(
      [&] {
        try_it([&] { try_it([] { fault_once(); }, search); }, search);
        inner_returned = true;
      },
      execute);

  EXPECT_FALSE(outer.returned);
  EXPECT_EQ(outer.code, 0xC0000005u);
  EXPECT_FALSE(inner_returned);
}

TEST(WinmemTry, after_it_the_outer_one_is_in_force) {
  int asked = 0;

  const Ending outer = try_it(
      [&] {
        try_it([] { fault_once(); }, execute);
        try_it([] {}, execute);
        fault_once();
      },
      [&](EXCEPTION_POINTERS*) { return ++asked, EXCEPTION_EXECUTE_HANDLER; });

  EXPECT_FALSE(outer.returned);
  EXPECT_EQ(asked, 1);
}

TEST(WinmemTry, a_thousand_deep) {
  struct Deep {
    static void go(int depth, int& asked) {
      try_it(
          [&] {
            if (depth > 0) {
              go(depth - 1, asked);
            } else {
              fault_once();
            }
          },
          [&](EXCEPTION_POINTERS*) {
            ++asked;
            return depth == 1000 ? EXCEPTION_EXECUTE_HANDLER : EXCEPTION_CONTINUE_SEARCH;
          });
    }
  };
  int asked = 0;

  Deep::go(1000, asked);

  EXPECT_EQ(asked, 1001);
}

TEST(WinmemTry, vectored_handlers_come_first) {
  Recorder seen;
  int asked = 0;

  const Ending answer = try_it([] { EXPECT_EQ(fault_once(), -1); }, [&](EXCEPTION_POINTERS*) { return ++asked, 1; });

  EXPECT_TRUE(answer.returned);
  EXPECT_EQ(seen.count(), 1u);
  EXPECT_EQ(asked, 0);
}

TEST(WinmemTry, it_comes_before_the_top_level_filter) {
  static int asked = 0;
  TopFilter top([](EXCEPTION_POINTERS*) -> LONG { return ++asked, EXCEPTION_EXECUTE_HANDLER; });

  EXPECT_FALSE(try_it([] { fault_once(); }, execute).returned);

  EXPECT_EQ(asked, 0);
}

TEST(WinmemTry, the_top_level_filter_is_asked_when_all_search) {
  static int asked = 0;
  TopFilter top([](EXCEPTION_POINTERS* exception) -> LONG { return ++asked, skip_read(exception); });

  EXPECT_TRUE(try_it([] { EXPECT_EQ(fault_once(), 66); }, search).returned);

  EXPECT_EQ(asked, 1);
}

TEST(WinmemTry, continue_handlers_run_when_a_filter_continues_and_only_then) {
  Watch continues([](EXCEPTION_POINTERS*) { return EXCEPTION_CONTINUE_SEARCH; }, Watch::Place::first,
                  Watch::Kind::continuing);

  try_it([] { fault_once(); }, execute);
  EXPECT_EQ(continues.seen(), 0);
  try_it([] { fault_once(); }, skip_read);
  EXPECT_EQ(continues.seen(), 1);
}

TEST(WinmemTry, only_the_sign_of_an_answer_counts) {
  EXPECT_FALSE(try_it([] { fault_once(); }, [](EXCEPTION_POINTERS*) { return 42; }).returned);
  EXPECT_TRUE(try_it([] { EXPECT_EQ(fault_once(), 66); },
                     [](EXCEPTION_POINTERS* exception) { return skip_read(exception), -42; })
                  .returned);
}

TEST(WinmemTry, a_fault_in_the_filter_goes_to_the_filters_again) {
  int asked = 0;

  const Ending answer = try_it([] { fault_once(); },
                               [&](EXCEPTION_POINTERS*) {
                                 if (++asked == 1) {
                                   exception_probe_illegal();
                                 }
                                 return EXCEPTION_EXECUTE_HANDLER;
                               });

  EXPECT_FALSE(answer.returned);
  EXPECT_EQ(answer.code, 0xC000001Du);
  EXPECT_EQ(asked, 2);
}

TEST(WinmemTry, a_try_inside_a_filter) {
  bool inner_left = false;

  const Ending answer = try_it([] { fault_once(); },
                               [&](EXCEPTION_POINTERS*) {
                                 inner_left = try_it([] { exception_probe_illegal(); }, execute).code == 0xC000001D;
                                 return EXCEPTION_EXECUTE_HANDLER;
                               });

  EXPECT_EQ(answer.code, 0xC0000005u);
  EXPECT_TRUE(inner_left);
}

TEST(WinmemTry, registers_that_calls_preserve_are_as_before) {
  volatile int sum = 0;
  for (int i = 0; i < 1000; ++i) { // loop variables live in registers across the jump
    const int before = i;
    if (!try_it([] { fault_once(); }, execute).returned) {
      sum = sum + before;
    }
  }
  EXPECT_EQ(sum, 499500);
}

TEST(WinmemTry, the_code_need_not_be_asked_for) {
  EXPECT_EQ(
      winmem_try([](void*) { fault_once(); }, [](EXCEPTION_POINTERS*, void*) -> int { return 1; }, nullptr, nullptr),
      0);
}

TEST(WinmemTry, eight_threads_have_filters_of_their_own) {
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;

  for (unsigned thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 2000; ++i) {
        const DWORD code = 0xE0000000 + thread;
        const Ending answer = try_it(
            [&] {
              if (i % 2 == 0) {
                RaiseException(code, 0, 0, nullptr);
              } else {
                fault_once();
              }
            },
            execute);
        wrong += answer.returned || answer.code != (i % 2 == 0 ? code : 0xC0000005);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }

  EXPECT_EQ(wrong, 0);
}

TEST(WinmemTry, from_c) {
  EXPECT_EQ(winmem_try_c_returns(), 0);
  EXPECT_EQ(winmem_try_c_executes(), 0);
  EXPECT_EQ(winmem_try_c_nests(), 0);
}

} // namespace
} // namespace apitest
