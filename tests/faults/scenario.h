// A scenario: what a program did before, and the one call that is made to fail at each of its system calls.
//
//     SCENARIO(commit_of_a_first_page, kOutOfMemory) {
//       char* region = reserve(16);
//       trial.call([=] { return VirtualAlloc(region, kPage, MEM_COMMIT, PAGE_READWRITE) != nullptr; });
//     }
//
// The body runs in a new process each time, the driver decides what fails. What the call answers decides what is
// checked: a failure must leave everything as it was, and a second call succeed; a success must have the effect that
// it has without a fault.
#pragma once

#include "sdk.h"
#include "twin.h"

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <type_traits>

namespace faults {

inline constexpr std::size_t kPage = 4096;
inline constexpr std::size_t kChunkPages = 512;

struct Outcome {
  bool succeeded;
  std::uint32_t error; // the last error, or an NTSTATUS
};

using Errors = std::span<const std::uint32_t>;

class Trial {
public:
  explicit Trial(Errors errors) : errors_(errors) {}

  // A function that returns whether a Win32 call succeeded, or the NTSTATUS of a native one. Called once, and once more
  // if it failed.
  template <typename Function>
  requires std::same_as < std::invoke_result_t<Function>,
  bool > void call(Function function) {
    run(
        [](void* it) -> Outcome {
          bool succeeded = (*static_cast<Function*>(it))();
          return {succeeded, succeeded ? 0 : GetLastError()};
        },
        &function);
  }
  template <typename Function>
  requires std::same_as<std::invoke_result_t<Function>, NTSTATUS>
  void call(Function function) {
    run(
        [](void* it) -> Outcome {
          NTSTATUS status = (*static_cast<Function*>(it))();
          return {status >= 0, status >= 0 ? 0 : static_cast<std::uint32_t>(status)};
        },
        &function);
  }

  // The kernel refuses such calls from here on, whatever else fails.
  void lack(long number, long error, long operation = kAny) { faults::lack({number, operation, error}); }

  // Called after the call has succeeded at last, without a fault, and before its effect is compared.
  void afterwards(void (*settle)()) { settle_ = settle; }

private:
  void run(Outcome (*made)(void*), void* function);
  Errors errors_;
  void (*settle_)() = [] {};
};

// The documented answers. An empty list: the call succeeds whatever fails.
inline constexpr std::uint32_t kOutOfMemory[] = {ERROR_NOT_ENOUGH_MEMORY, ERROR_COMMITMENT_LIMIT};
inline constexpr std::uint32_t kOutOfMemoryOrTaken[] = {ERROR_NOT_ENOUGH_MEMORY, ERROR_COMMITMENT_LIMIT,
                                                        ERROR_INVALID_ADDRESS};
inline constexpr std::uint32_t kLockRefused[] = {ERROR_NOT_ENOUGH_MEMORY, ERROR_WORKING_SET_QUOTA};
inline constexpr std::uint32_t kBadPointer[] = {ERROR_NOACCESS};
inline constexpr std::uint32_t kNativeBadPointer[] = {0xC0000005};
// Where the kernel tells nothing, and cannot be tried either, memory of others looks free.
inline constexpr std::uint32_t kNativeBadPointerOrNothing[] = {0xC0000005, 0xC0000141};
inline constexpr std::uint32_t kNativeOutOfMemory[] = {0xC0000017, 0xC000012D};
inline constexpr std::uint32_t kNativeOutOfMemoryOrTaken[] = {0xC0000017, 0xC000012D, 0xC0000018};
inline constexpr std::span<const std::uint32_t> kNever{};

inline constexpr bool kInPairs = true;

struct Scenario {
  const char* name;
  Errors errors;
  void (*body)(Trial&);
  bool in_pairs; // after each fault, each other call that is still made fails as well
  Scenario* next = nullptr;

  Scenario(const char* its_name, Errors its_errors, void (*its_body)(Trial&), bool is_in_pairs = false);
};

Scenario* first_scenario(); // in the order of their definition

#define SCENARIO(name, errors, ...)                                                                                    \
  static void name(::faults::Trial& trial);                                                                            \
  static ::faults::Scenario name##_scenario{#name, errors, name __VA_OPT__(, ) __VA_ARGS__};                           \
  static void name([[maybe_unused]] ::faults::Trial& trial)

// ---- for the bodies; each must succeed -----------------------------------------------------------------------------

char* reserve(std::size_t pages, void* at = nullptr);
char* commit(char* begin, std::size_t pages, DWORD protection = PAGE_READWRITE);
void protect(char* begin, std::size_t pages, DWORD protection);

// Writes something else into each page.
void fill(char* begin, std::size_t pages);

// Reserved, committed and filled.
char* filled(std::size_t pages, void* at = nullptr);

// A free address outside the arena, the same in each process.
char* outside();

void release(char* begin);

// Where pages are opened by faults, the first such region lets faults be caught; after this they are already.
void catch_faults();

} // namespace faults
