// The debug heap, as its functions share it: flags, hooks, reports.
#pragma once

#include "debug_functions.h"
#include "debug_list.h"

namespace winmem::crt::debug {

int flags();

// Who asks, and for which kind of block.
struct Origin {
  int use = _NORMAL_BLOCK;
  const char* file = nullptr;
  int line = 0;
};

enum class Content : std::uint8_t { new_fill, zero };

// nullptr with errno set, also when the program's hook says no.
void* allocate(Bytes size, const Origin& origin, Content content);

// Reports what is damaged. What is no block of the debug heap goes to free, or to the end for a mistake.
void release(void* data);

// Without looking at it: frees the block, or keeps it on the list as a free one.
void give_back(Header& header);

// Whether the program's hook lets this go on.
bool hook_allows(int operation, void* data, Bytes size, const Origin& origin, int request);

// Once in as many calls as the flags say, or at each, all blocks are checked.
void check_at_times();

// Says what is wrong with a block, as a _CRT_ERROR report.
void report_damage(const Seen& seen);

// A report of text made by printf's rules, as _CrtDbgReport makes it of a program's.
[[gnu::format(printf, 2, 3)]] void report(int type, const char* format, ...);

// The same of text that is ready.
int report_text(int type, const char* file, int line, const char* text);

} // namespace winmem::crt::debug
