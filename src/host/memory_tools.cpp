#include "memory_tools.h"

#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#else // without the package `valgrind`, Valgrind knows nothing of blocks
#define RUNNING_ON_VALGRIND                                          0
#define VALGRIND_MALLOCLIKE_BLOCK(block, size, redzone, zeroed)      static_cast<void>(0)
#define VALGRIND_RESIZEINPLACE_BLOCK(block, old_size, size, redzone) static_cast<void>(0)
#define VALGRIND_FREELIKE_BLOCK(block, redzone)                      static_cast<void>(0)
#define VALGRIND_MAKE_MEM_NOACCESS(begin, size)                      static_cast<void>(0)
#define VALGRIND_MAKE_MEM_DEFINED(begin, size)                       static_cast<void>(0)
#define VALGRIND_DISABLE_ERROR_REPORTING                             static_cast<void>(0)
#define VALGRIND_ENABLE_ERROR_REPORTING                              static_cast<void>(0)
#endif

// AddressSanitizer's, which comes with a program that was built with it.
extern "C" {
[[gnu::weak]] void __asan_poison_memory_region(const volatile void* begin, winmem::Bytes size);
[[gnu::weak]] void __asan_unpoison_memory_region(const volatile void* begin, winmem::Bytes size);
}

namespace winmem::host::memory_tools {

namespace detail {

#ifndef __has_feature // clang's
#define __has_feature(name) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
// winmem itself is being tested, also by programs that touch what is no block, to see what it makes of that.
constexpr bool kIsTested = true;
#else
constexpr bool kIsTested = false;
#endif

constinit std::atomic<std::uint8_t> known{kUnknown};

bool ask() {
  bool is_sanitized = __asan_poison_memory_region != nullptr && !kIsTested;
  bool some = is_sanitized || RUNNING_ON_VALGRIND != 0;
  known.store(some ? kSome : kNone, std::memory_order_relaxed);
  return some;
}

} // namespace detail

namespace {

// Of a freed block: AddressSanitizer takes an eighth of it, in memory.
constexpr Bytes kMostClosed = Bytes{64} << 20;

void* pointer(Address at) { return reinterpret_cast<void*>(at); }

void poison(Address begin, Bytes size) {
  if (__asan_poison_memory_region != nullptr) {
    __asan_poison_memory_region(pointer(begin), size);
  }
}

void unpoison(Address begin, Bytes size) {
  if (__asan_unpoison_memory_region != nullptr) {
    __asan_unpoison_memory_region(pointer(begin), size);
  }
}

} // namespace

void open_block(Address block, Bytes size, Bytes slack) {
  unpoison(block, size + slack);
  VALGRIND_MALLOCLIKE_BLOCK(block, size, 0, 0);
  VALGRIND_MAKE_MEM_DEFINED(block + size, slack);
}

void open_resized_block(Address block, Bytes old_size, Bytes size, Bytes slack) {
  unpoison(block, size + slack);
  VALGRIND_RESIZEINPLACE_BLOCK(block, old_size, size, 0);
  VALGRIND_MAKE_MEM_DEFINED(block + size, slack);
}

void close_slack(Address block, Bytes size, Bytes slack) {
  poison(block + size, slack);
  VALGRIND_MAKE_MEM_NOACCESS(block + size, slack);
}

void close_block(Address block, Bytes room) {
  poison(block, room < kMostClosed ? room : kMostClosed);
  VALGRIND_FREELIKE_BLOCK(block, 0);
}

void open_all(AddressRange range) {
  unpoison(range.begin, range.size());
  VALGRIND_MAKE_MEM_DEFINED(range.begin, range.size());
}

void begin_quiet() { VALGRIND_DISABLE_ERROR_REPORTING; }
void end_quiet() { VALGRIND_ENABLE_ERROR_REPORTING; }

} // namespace winmem::host::memory_tools
