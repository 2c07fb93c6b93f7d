// Rules: E8 E9 E10 E13, and handlers that misbehave
//
// Which handlers are called, and in which order.
#include "exception_watch.h"
#include "expect.h"
#include "memory_map.h"

#include <string>

namespace apitest {
namespace {

using Kind = Watch::Kind;
using Place = Watch::Place;

// A fault whose handler at the end of the list returns from the probe; what others note goes into `calls`.
class VectoredHandlers : public ::testing::Test {
protected:
  int fault() const { return exception_probe_read(page_.base()); }

  Answer note(char name, LONG answer = EXCEPTION_CONTINUE_SEARCH) {
    return [this, name, answer](EXCEPTION_POINTERS* exception) {
      calls += name;
      if (answer == EXCEPTION_CONTINUE_EXECUTION) {
        return_from_probe(exception->ContextRecord, ~std::uint64_t{0});
      }
      return answer;
    };
  }

  std::string calls;

private:
  Region page_ = committed(16, PAGE_NOACCESS);
  Watch last_resort_{[](EXCEPTION_POINTERS* exception) {
                       return_from_probe(exception->ContextRecord, 99);
                       return EXCEPTION_CONTINUE_EXECUTION;
                     },
                     Place::last};
};

TEST_F(VectoredHandlers, E8_first_comes_first) {
  Watch a(note('a'));
  Watch b(note('b'));
  Watch c(note('c'));

  EXPECT_EQ(fault(), 99);

  EXPECT_EQ(calls, "cba");
}

TEST_F(VectoredHandlers, E8_the_others_come_in_the_order_of_their_adding) {
  Watch stop(note('s', EXCEPTION_CONTINUE_SEARCH));
  std::string after;
  Watch a([&](EXCEPTION_POINTERS*) { return after += 'a', EXCEPTION_CONTINUE_SEARCH; }, Place::last);
  Watch b([&](EXCEPTION_POINTERS*) { return after += 'b', EXCEPTION_CONTINUE_SEARCH; }, Place::last);

  EXPECT_EQ(fault(), 99);

  EXPECT_EQ(calls, "s");
  EXPECT_EQ(after, ""); // the last resort stands before them and took it
}

TEST_F(VectoredHandlers, E8_any_number_but_0_means_first) {
  Watch a(note('a'));
  Watch b(note('b'), static_cast<Place>(2));
  Watch c(note('c'), static_cast<Place>(0x80000000));

  EXPECT_EQ(fault(), 99);

  EXPECT_EQ(calls, "cba");
}

TEST_F(VectoredHandlers, E8_who_continues_ends_the_search) {
  Watch a(note('a'));
  Watch b(note('b', EXCEPTION_CONTINUE_EXECUTION));
  Watch c(note('c'));

  EXPECT_EQ(fault(), -1);

  EXPECT_EQ(calls, "cb");
}

TEST_F(VectoredHandlers, E8_any_other_answer_means_search) {
  Watch a(note('a', EXCEPTION_EXECUTE_HANDLER));
  Watch b(note('b', 42));
  Watch c(note('c', -2));
  Watch d(note('d', static_cast<LONG>(0x80000000)));

  EXPECT_EQ(fault(), 99);

  EXPECT_EQ(calls, "dcba");
}

TEST_F(VectoredHandlers, E8_the_same_function_twice_is_called_twice) {
  Watch a(note('a'));
  Watch b(note('b'));
  PVOID again = AddVectoredExceptionHandler(1, a.function());
  ASSERT_NE(again, nullptr);
  EXPECT_NE(again, a.handle());

  EXPECT_EQ(fault(), 99);
  EXPECT_EQ(calls, "aba");

  EXPECT_NE(RemoveVectoredExceptionHandler(again), 0u);
  calls.clear();
  EXPECT_EQ(fault(), 99);
  EXPECT_EQ(calls, "ba");
}

TEST_F(VectoredHandlers, E8_many_handlers) {
  constexpr int kMany = 1000;
  Watch a(note('a'));
  std::vector<PVOID> handles;
  for (int i = 0; i < kMany; ++i) {
    handles.push_back(AddVectoredExceptionHandler(i % 2, a.function()));
    ASSERT_NE(handles.back(), nullptr);
  }

  EXPECT_EQ(fault(), 99);

  EXPECT_EQ(calls.size(), 1u + kMany / 2); // the other half stands behind the last resort
  for (PVOID handle : handles) {
    EXPECT_NE(RemoveVectoredExceptionHandler(handle), 0u);
  }
  calls.clear();
  EXPECT_EQ(fault(), 99);
  EXPECT_EQ(calls, "a");
}

TEST_F(VectoredHandlers, E8_the_handlers_of_one_exception_share_its_record_and_context) {
  EXCEPTION_RECORD* record = nullptr;
  CONTEXT* context = nullptr;
  Watch second([&](EXCEPTION_POINTERS* exception) {
    calls += exception->ExceptionRecord == record && exception->ContextRecord == context ? 's' : 'x';
    calls += exception->ContextRecord->Rax == 0x1234 ? 'c' : 'x';
    return EXCEPTION_CONTINUE_SEARCH;
  });
  Watch first([&](EXCEPTION_POINTERS* exception) {
    record = exception->ExceptionRecord;
    context = exception->ContextRecord;
    context->Rax = 0x1234;
    return EXCEPTION_CONTINUE_SEARCH;
  });

  EXPECT_EQ(fault(), 99);

  EXPECT_EQ(calls, "sc");
}

TEST_F(VectoredHandlers, E9_a_removed_handler_is_not_called) {
  Watch a(note('a'));
  Watch b(note('b'));
  Watch c(note('c'));

  EXPECT_NE(b.remove(), 0u);
  EXPECT_EQ(fault(), 99);

  EXPECT_EQ(calls, "ca");
}

TEST_F(VectoredHandlers, E9_removing_twice_fails) {
  Watch a(note('a'));
  PVOID handle = a.handle();

  EXPECT_NE(a.remove(), 0u);
  EXPECT_EQ(RemoveVectoredExceptionHandler(handle), 0u);
  EXPECT_EQ(RemoveVectoredExceptionHandler(handle), 0u);
}

TEST_F(VectoredHandlers, E9_null_and_numbers_are_no_handles) {
  Watch a(note('a'));
  const char here = 0;

  EXPECT_EQ(RemoveVectoredExceptionHandler(nullptr), 0u);
  EXPECT_EQ(RemoveVectoredExceptionHandler(at(1)), 0u);
  EXPECT_EQ(RemoveVectoredExceptionHandler(at(~std::uintptr_t{0})), 0u);
  EXPECT_EQ(RemoveVectoredExceptionHandler(const_cast<char*>(&here)), 0u);
  EXPECT_EQ(RemoveVectoredExceptionHandler(reinterpret_cast<PVOID>(a.function())), 0u);
  EXPECT_EQ(RemoveVectoredContinueHandler(nullptr), 0u);
  EXPECT_EQ(RemoveVectoredContinueHandler(at(0xFFFF800000000000)), 0u);

  EXPECT_EQ(fault(), 99);
  EXPECT_EQ(calls, "a");
}

TEST_F(VectoredHandlers, E9_handles_of_the_other_kind_are_refused) {
  Watch exceptions(note('e'));
  Watch continues(note('c'), Place::first, Kind::continuing);

  EXPECT_EQ(RemoveVectoredContinueHandler(exceptions.handle()), 0u);
  EXPECT_EQ(RemoveVectoredExceptionHandler(continues.handle()), 0u);

  EXPECT_EQ(fault(), 99);
  EXPECT_EQ(calls.substr(0, 1), "e");
  EXPECT_NE(exceptions.remove(), 0u);
  EXPECT_NE(continues.remove(), 0u);
}

TEST_F(VectoredHandlers, E9_a_handler_removes_itself) {
  Watch a(note('a'));
  Watch* self = nullptr;
  ULONG answer = 0;
  Watch once([&](EXCEPTION_POINTERS*) {
    calls += 'o';
    answer = self->remove();
    return EXCEPTION_CONTINUE_SEARCH;
  });
  self = &once;

  EXPECT_EQ(fault(), 99);
  EXPECT_EQ(fault(), 99);

  EXPECT_NE(answer, 0u);
  EXPECT_EQ(calls, "oaa");
}

TEST_F(VectoredHandlers, E9_a_handler_removes_the_next_one) {
  Watch a(note('a'));
  Watch next(note('n'));
  Watch first([&](EXCEPTION_POINTERS*) {
    calls += next.handle() != nullptr && next.remove() != 0 ? 'r' : 'x';
    return EXCEPTION_CONTINUE_SEARCH;
  });

  EXPECT_EQ(fault(), 99);

  EXPECT_EQ(calls, "ra");
}

TEST_F(VectoredHandlers, E8_a_handler_added_in_front_is_called_from_the_next_exception_on) {
  Watch a(note('a'));
  PVOID added = nullptr;
  Watch adding([&](EXCEPTION_POINTERS*) {
    calls += 'd';
    if (added == nullptr) {
      added = AddVectoredExceptionHandler(1, a.function());
    }
    return EXCEPTION_CONTINUE_SEARCH;
  });

  EXPECT_EQ(fault(), 99);
  EXPECT_EQ(calls, "da");

  calls.clear();
  EXPECT_EQ(fault(), 99);
  EXPECT_EQ(calls, "ada");
  EXPECT_NE(RemoveVectoredExceptionHandler(added), 0u);
}

TEST_F(VectoredHandlers, E10_continue_handlers_come_after_who_continued) {
  Watch continues(note('c'), Place::first, Kind::continuing);
  Watch handler(note('h', EXCEPTION_CONTINUE_EXECUTION));

  EXPECT_EQ(fault(), -1);

  EXPECT_EQ(calls, "hc");
}

TEST_F(VectoredHandlers, E10_they_have_the_same_order_and_end_the_same_way) {
  Watch d([this](EXCEPTION_POINTERS*) { return calls += 'd', EXCEPTION_CONTINUE_SEARCH; }, Place::last,
          Kind::continuing);
  Watch c([this](EXCEPTION_POINTERS*) { return calls += 'c', EXCEPTION_CONTINUE_EXECUTION; }, Place::last,
          Kind::continuing);
  Watch e(note('e'), Place::last, Kind::continuing);
  Watch b(note('b'), Place::first, Kind::continuing);
  Watch a(note('a'), Place::first, Kind::continuing);

  EXPECT_EQ(fault(), 99);

  EXPECT_EQ(calls, "abdc");
}

TEST_F(VectoredHandlers, E10_they_see_the_changed_context_and_may_change_it_again) {
  Watch continues(
      [this](EXCEPTION_POINTERS* exception) {
        calls += exception->ContextRecord->Rax == 99 ? 'c' : 'x';
        exception->ContextRecord->Rax = 55;
        return EXCEPTION_CONTINUE_SEARCH;
      },
      Place::first, Kind::continuing);

  EXPECT_EQ(fault(), 55);

  EXPECT_EQ(calls, "c");
}

TEST_F(VectoredHandlers, E9_E10_removed_continue_handlers_are_not_called) {
  Watch a(note('a'), Place::first, Kind::continuing);
  PVOID handle = a.handle();

  EXPECT_NE(a.remove(), 0u);
  EXPECT_EQ(RemoveVectoredContinueHandler(handle), 0u);
  EXPECT_EQ(fault(), 99);

  EXPECT_EQ(calls, "");
}

TEST_F(VectoredHandlers, E13_a_fault_in_a_handler_goes_to_all_handlers_from_the_first_on) {
  int depth = 0;
  Watch b(note('b'));
  Watch faulting([&](EXCEPTION_POINTERS*) {
    calls += static_cast<char>('0' + depth);
    if (depth < 3) {
      ++depth;
      calls += fault() == 99 ? 'r' : 'x'; // handled by the last resort, deeper down
    }
    return EXCEPTION_CONTINUE_SEARCH;
  });
  Watch a(note('a'));

  EXPECT_EQ(fault(), 99);

  EXPECT_EQ(calls, "a0a1a2a3brbrbrb");
}

TEST_F(VectoredHandlers, E13_the_outer_exceptions_record_and_context_are_untouched_by_an_inner_one) {
  bool inner = false;
  bool right = false;
  Watch watch([&](EXCEPTION_POINTERS* exception) {
    if (!inner) {
      inner = true;
      const CONTEXT before = *exception->ContextRecord;
      exception_probe_write(at(0x77), 1);
      right = exception->ExceptionRecord->ExceptionInformation[0] == 0 &&
              exception->ExceptionRecord->ExceptionInformation[1] != 0x77 &&
              exception->ContextRecord->Rip == before.Rip && exception->ContextRecord->Rsp == before.Rsp;
    }
    return EXCEPTION_CONTINUE_SEARCH;
  });

  EXPECT_EQ(fault(), 99);

  EXPECT_TRUE(right);
}

TEST_F(VectoredHandlers, ten_thousand_faults) {
  Watch watch(note('a'));
  for (int i = 0; i < 10000; ++i) {
    ASSERT_EQ(fault(), 99);
  }
  EXPECT_EQ(watch.seen(), 10000);
}

} // namespace
} // namespace apitest
