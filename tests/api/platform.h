// What the rule tests need to know of the memory's hardware truth, each platform in its own way: may a byte be read,
// written, executed? None of the answers ends the process, and none changes anything.
//
// platform_linux.cpp asks the kernel; platform_windows.cpp catches the access violation.
#pragma once

#include <cstddef>

namespace apitest::platform {

bool can_read(const void* byte);
bool can_write(void* byte);
// Calls `code`, which must be a function without arguments that returns; false if the first byte may not execute.
bool can_execute(const void* code);

// Writes the machine code of `int f() { return value; }` and returns its length. The same in both calling conventions.
std::size_t write_function(void* place, int value);
int call_function(const void* place);

// "guard,procmap" of WINMEM_DISABLE contains the mechanism, or the kernel lacks it. Always false on Windows.
bool guard_markers_missing();

// MADV_POPULATE_WRITE is there and not switched off, and smaps can be read. Always false on Windows.
bool can_undo_resets();

// Physical memory in use by the process, page tables included. 0 where it can't be had.
std::size_t resident_bytes();

// The address space in which regions are cheap, as it was obtained: less than usual under sanitizers and Valgrind, by
// WINMEM_ARENA, and where RLIMIT_AS is low; 0 where there is none. On Windows, all of user space.
std::size_t arena_bytes();

// True when the tests were compiled with an address or thread sanitizer, or run under Wine or Valgrind: sizes are
// scaled down.
bool must_be_small();

} // namespace apitest::platform
