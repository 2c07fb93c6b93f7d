// Rules: E11
//
// The top-level filter. What ends the process is tested on Linux alone (linux_exception_end_test.cpp).
//
// Exceptions that reach the filter happen on threads of their own here: the first thread of a Windows program runs
// below a frame of the run-time library, which would answer first.
#include "exception_watch.h"
#include "expect.h"
#include "memory_map.h"

#include <thread>

namespace apitest {
namespace {

using Place = Watch::Place;

LONG WINAPI searching(EXCEPTION_POINTERS*) { return EXCEPTION_CONTINUE_SEARCH; }
LONG WINAPI executing(EXCEPTION_POINTERS*) { return EXCEPTION_EXECUTE_HANDLER; }

std::atomic<int> filtered{0};
EXCEPTION_RECORD filtered_record;
std::uintptr_t filtered_instruction;

LONG WINAPI returning(EXCEPTION_POINTERS* exception) {
  ++filtered;
  filtered_record = *exception->ExceptionRecord;
  filtered_instruction = exception->ContextRecord->Rip;
  return_from_probe(exception->ContextRecord, 33);
  return EXCEPTION_CONTINUE_EXECUTION;
}

class TopLevelFilter : public ::testing::Test {
protected:
  TopLevelFilter() { filtered = 0; }

  // The answer of a probe that reads an inaccessible page, on a thread of its own.
  int fault_on_a_thread() const {
    int answer = 0;
    std::thread([&] { answer = exception_probe_read(page_.page(3) + 5); }).join();
    return answer;
  }
  const Region& page() const { return page_; }

private:
  Region page_ = committed(16, PAGE_NOACCESS);
};

TEST_F(TopLevelFilter, E11_the_previous_one_comes_back) {
  LPTOP_LEVEL_EXCEPTION_FILTER before = SetUnhandledExceptionFilter(searching);

  EXPECT_EQ(SetUnhandledExceptionFilter(executing), searching);
  EXPECT_EQ(SetUnhandledExceptionFilter(executing), executing);
  EXPECT_EQ(SetUnhandledExceptionFilter(nullptr), executing);
  EXPECT_EQ(SetUnhandledExceptionFilter(nullptr), nullptr);
  EXPECT_EQ(SetUnhandledExceptionFilter(before), nullptr);
}

TEST_F(TopLevelFilter, E11_it_is_called_for_what_no_handler_took) {
  TopFilter filter(returning);

  EXPECT_EQ(fault_on_a_thread(), 33);

  EXPECT_EQ(filtered, 1);
  EXPECT_ACCESS_VIOLATION(filtered_record, number(exception_probe_read_at), 0, page().page(3) + 5);
  EXPECT_EQ(filtered_instruction, number(exception_probe_read_at));
}

TEST_F(TopLevelFilter, E11_E8_vectored_handlers_come_before_it) {
  static std::atomic<bool> handled{false};
  static std::atomic<bool> handled_first{false};
  handled = false;
  TopFilter filter([](EXCEPTION_POINTERS* exception) -> LONG {
    handled_first = handled.load();
    return returning(exception);
  });
  Watch watch([](EXCEPTION_POINTERS*) {
    handled = true;
    return EXCEPTION_CONTINUE_SEARCH;
  });

  EXPECT_EQ(fault_on_a_thread(), 33);

  EXPECT_TRUE(handled_first);
  EXPECT_EQ(filtered, 1);
}

TEST_F(TopLevelFilter, E11_it_is_not_called_when_a_handler_continues) {
  TopFilter filter(returning);
  Recorder seen;

  EXPECT_EQ(fault_on_a_thread(), -1);

  EXPECT_EQ(seen.count(), 1u);
  EXPECT_EQ(filtered, 0);
}

TEST_F(TopLevelFilter, E11_E7_what_a_handler_changed_reaches_the_filter) {
  TopFilter filter([](EXCEPTION_POINTERS* exception) -> LONG {
    ++filtered;
    filtered_instruction = exception->ContextRecord->Rax;
    return_from_probe(exception->ContextRecord, 33);
    return EXCEPTION_CONTINUE_EXECUTION;
  });
  Watch watch([](EXCEPTION_POINTERS* exception) {
    exception->ContextRecord->Rax = 0x1234;
    return EXCEPTION_CONTINUE_SEARCH;
  });

  EXPECT_EQ(fault_on_a_thread(), 33);

  EXPECT_EQ(filtered, 1);
  EXPECT_EQ(filtered_instruction, 0x1234u);
}

TEST_F(TopLevelFilter, E11_E12_a_raised_exception_returns_to_its_caller_when_the_filter_continues) {
  TopFilter filter([](EXCEPTION_POINTERS* exception) -> LONG {
    ++filtered;
    filtered_record = *exception->ExceptionRecord;
    return EXCEPTION_CONTINUE_EXECUTION;
  });
  bool returned = false;

  std::thread([&] {
    RaiseException(kOwnCode, 0, 0, nullptr);
    returned = true;
  }).join();

  EXPECT_TRUE(returned);
  EXPECT_EQ(filtered, 1);
  EXPECT_EQ(filtered_record.ExceptionCode, kOwnCode);
}

TEST_F(TopLevelFilter, E11_E10_continue_handlers_run_after_a_filter_that_continues) {
  TopFilter filter(returning);
  Watch continues([](EXCEPTION_POINTERS*) { return EXCEPTION_CONTINUE_SEARCH; }, Place::first, Watch::Kind::continuing);

  EXPECT_EQ(fault_on_a_thread(), 33);

  EXPECT_EQ(continues.seen(), 1);
}

TEST_F(TopLevelFilter, E11_UnhandledExceptionFilter_answers_what_the_filter_does) {
  EXCEPTION_RECORD record = {};
  CONTEXT context = {};
  EXCEPTION_POINTERS exception{&record, &context};
  record.ExceptionCode = kOwnCode;

  {
    TopFilter filter(executing);
    EXPECT_EQ(UnhandledExceptionFilter(&exception), EXCEPTION_EXECUTE_HANDLER);
  }
  TopFilter filter([](EXCEPTION_POINTERS*) -> LONG { return EXCEPTION_CONTINUE_EXECUTION; });
  EXPECT_EQ(UnhandledExceptionFilter(&exception), EXCEPTION_CONTINUE_EXECUTION);
}

TEST_F(TopLevelFilter, E11_UnhandledExceptionFilter_passes_the_pointers_on) {
  static EXCEPTION_POINTERS* passed = nullptr;
  EXCEPTION_RECORD record = {};
  CONTEXT context = {};
  EXCEPTION_POINTERS exception{&record, &context};
  record.ExceptionCode = kOwnCode;
  TopFilter filter([](EXCEPTION_POINTERS* seen) -> LONG {
    passed = seen;
    return EXCEPTION_EXECUTE_HANDLER;
  });

  UnhandledExceptionFilter(&exception);

  EXPECT_EQ(passed, &exception);
}

TEST_F(TopLevelFilter, E11_E14_filters_of_eight_threads_run_at_once) {
  static std::atomic<int> inside{0};
  inside = 0;
  TopFilter filter([](EXCEPTION_POINTERS* exception) -> LONG {
    ++inside;
    while (inside < 8) {
      std::this_thread::yield(); // until all eight are here
    }
    ++filtered;
    return_from_probe(exception->ContextRecord, 33);
    return EXCEPTION_CONTINUE_EXECUTION;
  });
  std::vector<std::thread> threads;
  std::atomic<int> right{0};

  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] { right += exception_probe_read(page().base()) == 33; });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }

  EXPECT_EQ(right, 8);
  EXPECT_EQ(filtered, 8);
}

} // namespace
} // namespace apitest
