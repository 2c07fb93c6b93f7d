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
  WINMEM_MICROSOFT static Code call(HMODULE module, LPCSTR name) { return microsoft_function(module, name); }
};

// These take a `long`, which has 32 bits there.
template <> struct Microsoft<&winmem__chsize> {
  WINMEM_MICROSOFT static int call(int file, int size) { return winmem__chsize(file, size); }
};
template <> struct Microsoft<&winmem__CrtSetBreakAlloc> {
  WINMEM_MICROSOFT static int call(int number) { return static_cast<int>(winmem__CrtSetBreakAlloc(number)); }
};
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
[[gnu::format(printf, 3, 0)]] inline void text_by_words(char* out, std::size_t room, const char* format, void* words) {
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

// NOLINTBEGIN(cert-dcl50-cpp): as they are declared
template <> struct Microsoft<&winmem__CrtDbgReport> {
  [[gnu::format(printf, 5, 6)]] WINMEM_MICROSOFT static int call(int type, const char* file, int line,
                                                                 const char* module, const char* format, ...) {
    if (format == nullptr) {
      return winmem__CrtDbgReport(type, file, line, module, nullptr);
    }
    char text[4096];
    __builtin_ms_va_list words;
    __builtin_ms_va_start(words, format);
    text_by_words(text, sizeof text, format, words);
    __builtin_ms_va_end(words);
    return winmem__CrtDbgReport(type, file, line, module, "%s", text);
  }
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

} // namespace winmem::exports
