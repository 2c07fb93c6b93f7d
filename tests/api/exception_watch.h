// Handlers and filters that belong to a scope, for tests of exceptions.
//
//   Watch watch([](EXCEPTION_POINTERS* exception) { ...; return EXCEPTION_CONTINUE_EXECUTION; });
//   exception_probe_read(region.page(1));
//   EXPECT_EQ(watch.seen(), 1);
//
// A vectored handler is a plain function without an argument of its own; each Watch borrows one of a few that exist,
// so several may live at a time and each is another function for the system.
//
// Surprise: the mingw-w64 runtime and Wine raise exceptions of their own (thread names, C++ throw); a Watch sees only
// those of threads that belong to the test, and with a code that the test knows (is_of_tests).
#pragma once

#include "exception_probes.h"

#include <atomic>
#include <functional>
#include <vector>

namespace apitest {

inline constexpr DWORD kAccessViolation = 0xC0000005;
inline constexpr DWORD kGuardPage = 0x80000001;
inline constexpr DWORD kOwnCode = 0xE0001234; // for RaiseException

// One exception as a handler saw it.
struct Seen {
  EXCEPTION_RECORD record;
  CONTEXT context;
};

using Answer = std::function<LONG(EXCEPTION_POINTERS*)>;

// A vectored exception handler (or continue handler) for the time of a scope.
class Watch {
public:
  enum class Kind { exception, continuing };
  enum class Place { last = 0, first = 1 };

  explicit Watch(Answer answer, Place place = Place::first, Kind kind = Kind::exception);
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  ~Watch();

  int seen() const { return seen_; }
  PVOID handle() const { return handle_; }
  // Removes the handler now; what the system answered.
  ULONG remove();
  // The test has removed it itself.
  void forget() { handle_ = nullptr; }
  PVECTORED_EXCEPTION_HANDLER function() const;

  LONG answer(EXCEPTION_POINTERS* exception);

private:
  Answer answer_;
  Kind kind_;
  std::size_t slot_;
  PVOID handle_;
  std::atomic<int> seen_{0};
};

// Records every exception of the probes, and returns from the probe with -1.
class Recorder {
public:
  Recorder() : watch_([this](EXCEPTION_POINTERS* exception) { return record(exception); }) {}

  std::size_t count() const { return seen_.size(); }
  const Seen& operator[](std::size_t index) const { return seen_.at(index); }
  const EXCEPTION_RECORD& last() const { return seen_.back().record; }
  const CONTEXT& last_context() const { return seen_.back().context; }

private:
  LONG record(EXCEPTION_POINTERS* exception) {
    seen_.push_back({*exception->ExceptionRecord, *exception->ContextRecord});
    return_from_probe(exception->ContextRecord, ~std::uint64_t{0});
    return EXCEPTION_CONTINUE_EXECUTION;
  }

  std::vector<Seen> seen_;
  Watch watch_;
};

// The top-level filter for the time of a scope.
class TopFilter {
public:
  explicit TopFilter(LPTOP_LEVEL_EXCEPTION_FILTER filter) : before_(SetUnhandledExceptionFilter(filter)) {}
  TopFilter(const TopFilter&) = delete;
  TopFilter& operator=(const TopFilter&) = delete;
  ~TopFilter() { SetUnhandledExceptionFilter(before_); }

private:
  LPTOP_LEVEL_EXCEPTION_FILTER before_;
};

// setjmp and longjmp that do not unwind by tables on Windows, as a handler that jumps out of an exception needs it.
#ifdef WINMEM_TESTS_NATIVE
#define APITEST_SETJMP(mark) _setjmp(mark)
#else
#define APITEST_SETJMP(mark) _setjmp((mark), nullptr)
#endif

// Expects the record of an access violation: rules E1 to E3.
#define EXPECT_ACCESS_VIOLATION(recorded, code, kind, address)                                                         \
  do {                                                                                                                 \
    EXPECT_EQ((recorded).ExceptionCode, 0xC0000005u);                                                                  \
    EXPECT_EQ((recorded).ExceptionFlags, 0u);                                                                          \
    EXPECT_EQ((recorded).ExceptionRecord, nullptr);                                                                    \
    EXPECT_EQ(::apitest::number((recorded).ExceptionAddress), (code));                                                 \
    EXPECT_EQ((recorded).NumberParameters, 2u);                                                                        \
    EXPECT_EQ((recorded).ExceptionInformation[0], static_cast<ULONG_PTR>(kind));                                       \
    EXPECT_EQ((recorded).ExceptionInformation[1], ::apitest::number(address));                                         \
  } while (false)

} // namespace apitest
