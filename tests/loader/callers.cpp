// Each function as code of Windows calls it, by mingw-w64 and its own headers. See passed.h.
#include "passed.h"

#include "callers_includes.h"

#include <type_traits>
#include <utility>

namespace passed {
namespace {

template <class Function> struct Call;

template <class R, class... A> struct Call<R(A...)> {
  static constexpr unsigned kParameters = sizeof...(A);

  template <std::size_t... places> static bool with(R (*function)(A...), std::index_sequence<places...>) {
    if constexpr (std::is_void_v<R>) {
      function(value_of<A>(places)...);
      return true;
    } else {
      R result = function(value_of<A>(places)...);
      R wanted = value_of<R>(kResult);
      // What is a function comes back as a stub.
      return std::is_function_v<std::remove_pointer_t<R>> || memcmp(&result, &wanted, sizeof wanted) == 0;
    }
  }
  static bool call(void* function) {
    return with(reinterpret_cast<R (*)(A...)>(function), std::index_sequence_for<A...>());
  }
};

template <class R, class... A> struct Call<R(A...) noexcept> : Call<R(A...)> {};

#define PASSED(name) {#name, Call<decltype(name)>::kParameters, Call<decltype(name)>::call},
const Caller kCallers[] = {
#include "callers.inc"
};

} // namespace
} // namespace passed

extern "C" __declspec(dllexport) const passed::Caller* callers(unsigned* count) {
  *count = sizeof passed::kCallers / sizeof *passed::kCallers;
  return passed::kCallers;
}

extern "C" int __stdcall DllMain(void*, unsigned, void*) { return 1; }
