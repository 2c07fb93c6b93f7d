// Blocks of the process heap, in few words.
#pragma once

#include "heap_test_support.h"

namespace apitest {

inline char* take(SIZE_T size) { return static_cast<char*>(HeapAlloc(GetProcessHeap(), 0, size)); }
inline bool give(void* block) { return HeapFree(GetProcessHeap(), 0, block) != 0; }
inline SIZE_T size_of(const void* block) { return HeapSize(GetProcessHeap(), 0, block); }

} // namespace apitest
