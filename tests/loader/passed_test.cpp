// Every argument of every function arrives: mingw-w64's headers and winmem's agree on each type, and the entries that
// winmem_find gives take what Microsoft's compilers pass. Compiled with wide characters of 16 bits, as the table is.
#include "callers_includes.h"

#include "exports/microsoft.h"
#include "image.h"
#include "passed.h"

#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <string>

namespace {

using winmem::exports::Code;
using winmem::exports::Convention;

unsigned received; // parameters of the last call
bool arrived;      // as they were passed

template <class T> bool is_passed(const T& value, unsigned place) {
  if constexpr (std::is_function_v<std::remove_pointer_t<T>>) {
    // The stub of a stub is the function itself.
    Code there = winmem::exports::stub_for(reinterpret_cast<Code>(value), Convention::microsoft_to_linux);
    return there == passed::value_of<Code>(place);
  } else {
    T wanted = passed::value_of<T>(place);
    return std::memcmp(&value, &wanted, sizeof wanted) == 0;
  }
}

template <class Function> struct Receive;

template <class R, class... A> struct Receive<R(A...)> {
  static R call(A... values) {
    unsigned place = 0;
    arrived = true;
    ((arrived = is_passed(values, place) && arrived, ++place), ...);
    received = place;
    if constexpr (!std::is_void_v<R>)
      return passed::value_of<R>(passed::kResult);
  }
};

template <class R, class... A> struct Receive<R(A...) noexcept> : Receive<R(A...)> {};

#define PASSED(name) {#name, winmem::exports::microsoft_entry<&Receive<decltype(name)>::call>()},
std::map<std::string, Code> receivers() {
  return {
#include "callers.inc"
  };
}

TEST(Loader, every_argument_of_every_function_arrives) {
  loader::Image dll(WINMEM_CALLERS_DLL);
  auto callers = reinterpret_cast<const passed::Caller*(WINMEM_MICROSOFT*)(unsigned*)>(dll.find("callers"));
  unsigned count = 0;
  const passed::Caller* each = callers(&count);
  std::map<std::string, Code> functions = receivers();
  ASSERT_EQ(functions.size(), count);
  EXPECT_GT(count, 250U) << "of those that winmem exports, mingw-w64 declares too few";
  for (; count != 0; --count, ++each) {
    SCOPED_TRACE(each->name);
    auto call = reinterpret_cast<bool(WINMEM_MICROSOFT*)(void*)>(each->call);
    EXPECT_TRUE(call(reinterpret_cast<void*>(functions.at(each->name)))) << "the result";
    EXPECT_EQ(received, each->parameters);
    EXPECT_TRUE(arrived);
  }
}

} // namespace
