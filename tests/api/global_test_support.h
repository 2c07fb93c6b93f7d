// The Global and the Local functions under the names that they share, for rules that hold for both.
#pragma once

#include "heap_test_support.h"

namespace apitest {

struct Family {
  const char* name;
  bool is_local;
  HANDLE(WINAPI* alloc)(UINT, SIZE_T);
  HANDLE(WINAPI* realloc)(HANDLE, SIZE_T, UINT);
  HANDLE(WINAPI* free)(HANDLE);
  LPVOID(WINAPI* lock)(HANDLE);
  BOOL(WINAPI* unlock)(HANDLE);
  SIZE_T(WINAPI* size)(HANDLE);
  UINT(WINAPI* flags)(HANDLE);
  HANDLE(WINAPI* handle)(LPCVOID);
};

inline constexpr Family kFamilies[] = {
    {"Global", false, GlobalAlloc, GlobalReAlloc, GlobalFree, GlobalLock, GlobalUnlock, GlobalSize, GlobalFlags,
     GlobalHandle},
    {"Local", true, LocalAlloc, LocalReAlloc, LocalFree, LocalLock, LocalUnlock, LocalSize, LocalFlags, LocalHandle},
};

inline constexpr UINT kFixed = 0;
inline constexpr UINT kMoveable = 2;
inline constexpr UINT kZeroed = 0x40;
inline constexpr UINT kModify = 0x80;
inline constexpr UINT kDiscarded = 0x4000;
inline constexpr UINT kInvalid = 0x8000;

inline UINT discardable(const Family& family) { return family.is_local ? 0xF00 : 0x100; }

// What has the form of a moveable handle and is none: a place on the stack that is 8 modulo 16.
struct alignas(16) Tagged {
  char bytes[16];
  HANDLE handle() { return bytes + 8; }
};

// A handle that was valid and is not any more.
inline HANDLE freed_handle(const Family& family) {
  HANDLE handle = family.alloc(kMoveable, 10);
  family.free(handle);
  return handle;
}

// The calls return handles, pointers, numbers: only the last error is looked at here.
template <typename Call> DWORD error_of(Call call) {
  SetLastError(kNobodysError);
  call();
  return GetLastError();
}

} // namespace apitest

// For each of the two families, which a failure then names.
#define FOR_BOTH_FAMILIES(family)                                                                                      \
  for (const ::apitest::Family& family : ::apitest::kFamilies)                                                         \
    if (::testing::ScopedTrace trace(__FILE__, __LINE__, family.name); true)
