// psapi.h's functions have two names on Windows, in kernel32 (with K32 in front) and in psapi; here one function has
// both.
#pragma once

#define WINMEM_PSAPI_NAME(name)                                                                                        \
  extern "C" __attribute__((visibility("default"), alias("winmem_K32" #name))) decltype(K32##name) name
