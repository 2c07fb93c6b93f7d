// Rules: E14
#include "exception_watch.h"
#include "expect.h"
#include "memory_map.h"
#include "platform.h"

#include <thread>

namespace apitest {
namespace {

constexpr int kThreads = 8;

int rounds(int full) { return platform::must_be_small() ? full / 10 : full; }

void run_threads(const std::function<void(int)>& work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back(work, i);
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

TEST(ExceptionThreads, E14_the_handler_runs_on_the_faulting_thread) {
  Region region = committed(16, PAGE_NOACCESS);
  std::atomic<int> wrong{0};
  static thread_local int visits = 0;
  static thread_local DWORD self = 0;
  Watch watch([&](EXCEPTION_POINTERS* exception) {
    ++visits;
    wrong += self != GetCurrentThreadId();
    return_from_probe(exception->ContextRecord);
    return EXCEPTION_CONTINUE_EXECUTION;
  });

  run_threads([&](int) {
    self = GetCurrentThreadId();
    for (int i = 0; i < 10; ++i) {
      exception_probe_read(region.base());
    }
    wrong += visits != 10;
  });

  EXPECT_EQ(wrong, 0);
}

TEST(ExceptionThreads, E14_the_handler_runs_on_the_threads_own_stack) {
  Region region = committed(16, PAGE_NOACCESS);
  std::atomic<int> wrong{0};
  Watch watch([&](EXCEPTION_POINTERS* exception) {
    const char local = 0;
    wrong += number(&local) > exception->ContextRecord->Rsp;
    wrong += exception->ContextRecord->Rsp - number(&local) > 0x10000;
    return_from_probe(exception->ContextRecord);
    return EXCEPTION_CONTINUE_EXECUTION;
  });

  exception_probe_read(region.base());
  run_threads([&](int) { exception_probe_read(region.base()); });

  EXPECT_EQ(watch.seen(), 1 + kThreads);
#if !defined(__SANITIZE_ADDRESS__)
  EXPECT_EQ(wrong, 0);
#endif
}

TEST(ExceptionThreads, E14_several_threads_are_inside_handlers_at_once) {
  Region region = committed(16, PAGE_NOACCESS);
  std::atomic<int> inside{0};
  Watch watch([&](EXCEPTION_POINTERS* exception) {
    ++inside;
    while (inside < kThreads) {
      std::this_thread::yield(); // until all are here: a lock around handlers would hang
    }
    return_from_probe(exception->ContextRecord);
    return EXCEPTION_CONTINUE_EXECUTION;
  });

  run_threads([&](int thread) { exception_probe_read(region.page(thread)); });

  EXPECT_EQ(inside, kThreads);
}

TEST(ExceptionThreads, E14_each_thread_gets_its_own_faults) {
  Region region = committed(kThreads, PAGE_NOACCESS);
  std::atomic<int> wrong{0};
  static thread_local const char* expected = nullptr;
  Watch watch([&](EXCEPTION_POINTERS* exception) {
    wrong += exception->ExceptionRecord->ExceptionInformation[1] != number(expected);
    wrong += exception->ContextRecord->Rcx != number(expected);
    return_from_probe(exception->ContextRecord, 7);
    return EXCEPTION_CONTINUE_EXECUTION;
  });

  run_threads([&](int thread) {
    for (int i = 0; i < rounds(5000); ++i) {
      expected = region.page(static_cast<std::size_t>(thread)) + i % 4096;
      wrong += exception_probe_read(expected) != 7;
    }
  });

  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(watch.seen(), kThreads * rounds(5000));
}

TEST(ExceptionThreads, E8_E9_E14_handlers_come_and_go_while_others_are_called) {
  Region region = committed(16, PAGE_NOACCESS);
  std::atomic<bool> stop{false};
  std::atomic<int> wrong{0};
  Watch last([](EXCEPTION_POINTERS* exception) {
    return_from_probe(exception->ContextRecord, 7);
    return EXCEPTION_CONTINUE_EXECUTION;
  });
  Watch passing([](EXCEPTION_POINTERS*) { return EXCEPTION_CONTINUE_SEARCH; });
  std::vector<std::thread> changing;
  for (int i = 0; i < 2; ++i) {
    changing.emplace_back([&] {
      while (!stop) {
        PVOID first = AddVectoredExceptionHandler(1, passing.function());
        PVOID second = AddVectoredExceptionHandler(1, passing.function());
        wrong += RemoveVectoredExceptionHandler(first) == 0;
        wrong += RemoveVectoredExceptionHandler(second) == 0;
        wrong += RemoveVectoredExceptionHandler(nullptr) != 0;
      }
    });
  }

  run_threads([&](int) {
    for (int i = 0; i < rounds(2000); ++i) {
      wrong += exception_probe_read(region.base()) != 7;
    }
  });
  stop = true;
  for (std::thread& thread : changing) {
    thread.join();
  }

  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(last.seen(), kThreads * rounds(2000));
}

TEST(ExceptionThreads, E7_E14_pages_come_and_go_under_the_handlers) {
  constexpr std::size_t kPages = 64;
  Region region = reserve(kThreads * kPages);
  std::atomic<int> wrong{0};
  Watch commit([&](EXCEPTION_POINTERS* exception) -> LONG {
    char* touched = at(exception->ExceptionRecord->ExceptionInformation[1]);
    return VirtualAlloc(touched, 1, MEM_COMMIT, PAGE_READWRITE) != nullptr ? EXCEPTION_CONTINUE_EXECUTION
                                                                           : EXCEPTION_CONTINUE_SEARCH;
  });

  run_threads([&](int thread) {
    for (int i = 0; i < rounds(1000); ++i) {
      char* page = region.page((static_cast<std::size_t>(i) % kPages) * kThreads + static_cast<std::size_t>(thread));
      wrong += exception_probe_write(page, 1) != 1;
      wrong += !VirtualFree(page, kPage, MEM_DECOMMIT);
    }
  });

  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(commit.seen(), kThreads * rounds(1000));
}

TEST(ExceptionThreads, E14_threads_that_end_leave_nothing_behind) {
  Region region = committed(16, PAGE_NOACCESS);
  Watch watch([](EXCEPTION_POINTERS* exception) {
    return_from_probe(exception->ContextRecord);
    return EXCEPTION_CONTINUE_EXECUTION;
  });

  std::size_t before = 0;
  for (int i = 0; i < rounds(2000); ++i) {
    std::thread([&] { exception_probe_read(region.base()); }).join();
    if (i == rounds(2000) / 10) {
      before = platform::resident_bytes();
    }
  }

  EXPECT_EQ(watch.seen(), rounds(2000));
  if (!platform::must_be_small()) {
    EXPECT_LT(platform::resident_bytes(), before + (4u << 20));
  }
}

} // namespace
} // namespace apitest
