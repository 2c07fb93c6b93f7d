#include "exception_watch.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <utility>

namespace apitest {

namespace {

constexpr std::size_t kSlots = 24;

std::array<std::atomic<Watch*>, kSlots> slots{};

// Codes that the mingw-w64 runtime, debuggers and C++ raise are nobody's business here.
bool is_of_tests(DWORD code) {
  constexpr DWORD kThreadName = 0x406D1388;
  constexpr DWORD kGnuThrow = 0x20474343;
  constexpr DWORD kDebugPrint = 0x40010006;
  constexpr DWORD kDebugPrintWide = 0x4001000A;
  return code != kThreadName && code != kGnuThrow && code != kDebugPrint && code != kDebugPrintWide;
}

template <std::size_t Slot> LONG CALLBACK handler(EXCEPTION_POINTERS* exception) {
  Watch* watch = slots[Slot];
  if (watch == nullptr || !is_of_tests(exception->ExceptionRecord->ExceptionCode)) {
    return EXCEPTION_CONTINUE_SEARCH;
  }
  return watch->answer(exception);
}

template <std::size_t... Slot>
constexpr std::array<PVECTORED_EXCEPTION_HANDLER, kSlots> make_handlers(std::index_sequence<Slot...>) {
  return {handler<Slot>...};
}

constexpr std::array<PVECTORED_EXCEPTION_HANDLER, kSlots> handlers = make_handlers(std::make_index_sequence<kSlots>());

std::size_t take_slot(Watch* watch) {
  for (std::size_t slot = 0; slot < kSlots; ++slot) {
    Watch* none = nullptr;
    if (slots[slot].compare_exchange_strong(none, watch)) {
      return slot;
    }
  }
  std::abort(); // a test with more watches than there are slots
}

} // namespace

Watch::Watch(Answer answer, Place place, Kind kind)
    : answer_(std::move(answer)), kind_(kind), slot_(take_slot(this)),
      handle_(kind == Kind::exception ? AddVectoredExceptionHandler(static_cast<ULONG>(place), handlers[slot_])
                                      : AddVectoredContinueHandler(static_cast<ULONG>(place), handlers[slot_])) {
  EXPECT_NE(handle_, nullptr);
}

Watch::~Watch() {
  if (handle_ != nullptr) {
    EXPECT_NE(remove(), 0u);
  }
  slots[slot_] = nullptr;
}

ULONG Watch::remove() {
  PVOID handle = std::exchange(handle_, nullptr);
  return kind_ == Kind::exception ? RemoveVectoredExceptionHandler(handle) : RemoveVectoredContinueHandler(handle);
}

PVECTORED_EXCEPTION_HANDLER Watch::function() const { return handlers[slot_]; }

LONG Watch::answer(EXCEPTION_POINTERS* exception) {
  ++seen_;
  return answer_(exception);
}

} // namespace apitest
