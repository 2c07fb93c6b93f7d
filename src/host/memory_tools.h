// Tools that watch a program's use of memory: AddressSanitizer, when the program was built with it, and Valgrind, when
// it runs the program. They are told what blocks there are, so that they find what is done to the others.
//
// Not told:  AddressSanitizer, when winmem itself is built with it.
// Cost:      a load and a test where no tool is there. Whoever has a quick way that passes by these functions asks
//            are_there() first.
// Surprise:  what is no block is closed to winmem as well: who reads behind a block holds a Quiet and is
//            compiled with WINMEM_UNWATCHED.
#pragma once

#include "../base/address.h"

#include <atomic>
#include <cstdint>

#define WINMEM_UNWATCHED __attribute__((no_sanitize("address")))

namespace winmem::host::memory_tools {

namespace detail {
enum Known : std::uint8_t { kUnknown, kNone, kSome };
extern constinit std::atomic<std::uint8_t> known;
bool ask();
} // namespace detail

inline bool are_there() {
  std::uint8_t known = detail::known.load(std::memory_order_relaxed);
  return known == detail::kUnknown ? detail::ask() : known == detail::kSome;
}

// All that follows is for when one is there.

// A block of `size` bytes is about to be the program's; its contents are anything. What is behind it is open still.
void open_block(Address block, Bytes size, Bytes slack);
// A block changes its size where it is.
void open_resized_block(Address block, Bytes old_size, Bytes size, Bytes slack);
// What is behind a block is nobody's from now on.
void close_slack(Address block, Bytes size, Bytes slack);

// A block is nobody's from now on.
void close_block(Address block, Bytes room);

// Memory that is to be something else than blocks is open to everybody.
void open_all(AddressRange range);

// Between them Valgrind says nothing of what this thread does.
void begin_quiet();
void end_quiet();

class [[nodiscard]] Quiet {
public:
  Quiet() : is_needed_(are_there()) {
    if (is_needed_) {
      begin_quiet();
    }
  }
  ~Quiet() {
    if (is_needed_) {
      end_quiet();
    }
  }
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;

private:
  bool is_needed_;
};

} // namespace winmem::host::memory_tools
