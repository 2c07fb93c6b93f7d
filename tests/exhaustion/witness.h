// What must survive when memory runs out, and whether winmem is of use afterwards.
#pragma once

#define WIN32_LEAN_AND_MEAN
#define NOMINMAX
#include <windows.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>

#define EXHAUSTION_REQUIRE(condition)                                                                                  \
  do {                                                                                                                 \
    if (!(condition)) {                                                                                                \
      std::printf("%s:%d: %s is false; last error %u\n", __FILE__, __LINE__, #condition, GetLastError());              \
      std::exit(1);                                                                                                    \
    }                                                                                                                  \
  } while (false)

namespace exhaustion {

inline constexpr std::size_t kPage = 4096;
inline constexpr std::size_t kChunk = 2 << 20;

// The two ways to say that memory is out.
bool is_out_of_memory(DWORD error);

// A region of several protections with something written into it.
class Witness {
public:
  Witness();

  // Everything is as it was made.
  void check() const;

  // Each changes something that costs a mapping. A refusal must be a documented one, and change nothing; a change that
  // is made is undone. How many were refused.
  unsigned provoke();

  void release();

private:
  static constexpr std::size_t kPages = 64;
  char* page(std::size_t index) const { return begin_ + index * kPage; }
  char* begin_;
};

// Reserve, commit, write, protect, decommit, release: small, large, and outside the arena.
void must_be_usable();

// Regions of one committed, written page in a chunk of its own, until memory is out or `most` are there.
class Hoard {
public:
  void fill(std::size_t most, std::size_t pages_each = 1);
  std::size_t size() const { return count_; }
  bool was_refused() const { return refused_; }
  void check() const; // what was got is there
  void release();

private:
  static constexpr std::size_t kMost = 4096;
  static constexpr std::size_t kTouchedEach = 512; // pages: the machine must not run out before winmem does
  char* regions_[kMost];
  std::size_t count_ = 0;
  bool refused_ = false;
};

} // namespace exhaustion
