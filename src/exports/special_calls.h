// Functions whose types do not say how they are called from Microsoft's code. Included by the generated table behind
// the declarations of all functions. Their names are the core's (winmem_...): crtdbg.h has macros of the others.
#pragma once

#include "../host/formatted_text.h"
#include "microsoft.h"
#include "microsoft_table.h"

#include <cstdarg>
#include <cstring>

namespace winmem::exports {

// What it finds is called from there as well.
template <> struct Microsoft<&winmem_GetProcAddress> {
  WINMEM_MICROSOFT static Code call(HMODULE module, LPCSTR name) {
    FARPROC there = winmem_GetProcAddress(module, name); // also the judge of the arguments
    return there != nullptr ? microsoft_function(module, name) : nullptr;
  }
};

// The number of a request is a `long`.
template <> struct Microsoft<&winmem__CrtIsMemoryBlock> {
  WINMEM_MICROSOFT static int call(const void* block, unsigned size, int* request, char** file, int* line) {
    long number = 0;
    int result = winmem__CrtIsMemoryBlock(block, size, request != nullptr ? &number : nullptr, file, line);
    if (request != nullptr && result != 0) {
      *request = static_cast<int>(number);
    }
    return result;
  }
};

// Microsoft's compilers pass what has no parameter of its own in words one behind the other. That is how arguments lie
// here when the registers are used up.
inline void text_by_words(char* out, std::size_t room, const char* format, void* words) {
  struct List {
    unsigned integers_used, floats_used;
    void* words;
    void* registers;
  } list = {48, 304, words, nullptr};
  va_list arguments;
  static_assert(sizeof arguments == sizeof list);
  std::memcpy(arguments, &list, sizeof list);
  host::format_text(out, room, format, arguments);
}

// Functions with arguments that have no parameter take them by printf's rules: the text is made here, and passed on
// whole.
inline constexpr std::size_t kLongestText = 4096;

#define WINMEM_PASS_TEXT(...)                                                                                          \
  if (format == nullptr) {                                                                                             \
    return function(__VA_ARGS__ __VA_OPT__(, ) static_cast<const char*>(nullptr));                                     \
  }                                                                                                                    \
  char text[kLongestText];                                                                                             \
  __builtin_ms_va_list words;                                                                                          \
  __builtin_ms_va_start(words, format);                                                                                \
  text_by_words(text, sizeof text, format, words);                                                                     \
  __builtin_ms_va_end(words);                                                                                          \
  return function(__VA_ARGS__ __VA_OPT__(, ) "%s", text)

// NOLINTBEGIN(cert-dcl50-cpp): as they are declared
template <auto* function, class R> struct Microsoft<function, R(const char*, ...)> {
  WINMEM_MICROSOFT static R call(const char* format, ...) { WINMEM_PASS_TEXT(); }
};
template <auto* function, class R, class A, class B> struct Microsoft<function, R(A, B, const char*, ...)> {
  WINMEM_MICROSOFT static R call(A a, B b, const char* format, ...) { WINMEM_PASS_TEXT(a, b); }
};
template <auto* function, class R, class A, class B, class C, class D>
struct Microsoft<function, R(A, B, C, D, const char*, ...)> {
  WINMEM_MICROSOFT static R call(A a, B b, C c, D d, const char* format, ...) { WINMEM_PASS_TEXT(a, b, c, d); }
};

// Whose texts nobody shows.
template <> struct Microsoft<&winmem_DbgPrint> {
  WINMEM_MICROSOFT static ULONG call(PCCH, ...) { return winmem_DbgPrint(""); }
};
template <> struct Microsoft<&winmem_DbgPrintEx> {
  WINMEM_MICROSOFT static ULONG call(ULONG component, ULONG level, PCCH, ...) {
    return winmem_DbgPrintEx(component, level, "");
  }
};
// NOLINTEND(cert-dcl50-cpp)
#undef WINMEM_PASS_TEXT

} // namespace winmem::exports
