// winmem's functions in the calling convention of Microsoft's compilers for x64, for code that was built for Windows
// and loaded by a program of Linux.
//
// Owns:      microsoft_entry: a function that takes its arguments as Microsoft's compilers pass them. Everything comes
//            from the function's own type: a parameter that is a function becomes a stub (callback_stubs.h), so does a
//            result. `long` has 32 bits there, but the types of 64 bits are `long` here: special_calls.h has those few.
// Used:      by the generated table (make_microsoft_table.py) and by find.cpp.
// Fails:     when no stub can be had, with ERROR_NOT_ENOUGH_MEMORY and 0; the function is not called then.
// Cost:      ten registers that Microsoft's callers expect to keep are saved and restored.
#pragma once

#include "callback_stubs.h"

#include <type_traits>
#include <utility>

#define WINMEM_MICROSOFT __attribute__((ms_abi))

namespace winmem::exports {

void note_lack_of_stubs(); // the last error becomes ERROR_NOT_ENOUGH_MEMORY

// How a value of type T arrives, and what it is for winmem. `ok` is cleared when it cannot be had.
template <class T> struct Passed {
  using There = T;
  static T arrive(There value, bool& /*ok*/) { return value; }
  static There leave(T value) { return value; }
};

template <> struct Passed<void> { using There = void; };

template <class T>
inline constexpr bool kFitsRegister =
    std::is_void_v<T> || std::is_integral_v<T> || std::is_enum_v<T> || std::is_pointer_v<T>;

template <class Result, class... Parameters> struct Passed<Result (*)(Parameters...)> {
  using Function = Result (*)(Parameters...);
  using There = Function; // an address, only
  static_assert((kFitsRegister<Result> && ... && kFitsRegister<Parameters>), "stubs know integers and pointers");
  static_assert(sizeof...(Parameters) <= kMostStubParameters);

  static Function arrive(There value, bool& ok) {
    Code stub = stub_for(reinterpret_cast<Code>(value), Convention::linux_to_microsoft);
    ok = ok && (stub != nullptr || value == nullptr);
    return reinterpret_cast<Function>(stub);
  }
  static There leave(Function value) {
    return reinterpret_cast<There>(stub_for(reinterpret_cast<Code>(value), Convention::microsoft_to_linux));
  }
};

template <auto* function, class Type = std::remove_pointer_t<decltype(function)>> struct Microsoft;

template <auto* function, class Result, class... Parameters> struct Microsoft<function, Result(Parameters...)> {
  using There = typename Passed<Result>::There;

  WINMEM_MICROSOFT static There call(typename Passed<Parameters>::There... values) {
    bool ok = true;
    return run(ok, Passed<Parameters>::arrive(values, ok)...);
  }

private:
  static There run(const bool& ok, Parameters... values) {
    if (!ok) {
      note_lack_of_stubs();
      return There();
    }
    if constexpr (std::is_void_v<Result>) {
      function(values...);
    } else {
      return Passed<Result>::leave(function(values...));
    }
  }
};

template <auto* function, class Result, class... Parameters>
struct Microsoft<function, Result(Parameters...) noexcept> : Microsoft<function, Result(Parameters...)> {};

// Functions that need more than their type says have specializations, in special_calls.h.
template <auto* function> Code microsoft_entry() { return reinterpret_cast<Code>(&Microsoft<function>::call); }

} // namespace winmem::exports
