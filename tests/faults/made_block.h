// What scenarios of the process heap's blocks have in common: the block that a call has made or moved, and how it goes.
#pragma once

#include "fail.h"
#include "scenario.h"

#include <cerrno>
#include <cstring>
#include <utility>

namespace faults {

inline constexpr std::size_t kSmall = 100;
inline constexpr std::size_t kSingle = 300'000; // granules of its own
inline constexpr std::size_t kLarge = 5 << 20;  // a region of its own, with room behind it
inline constexpr std::size_t kMore = 2 << 20;

// What a call has made is freed before its effect is compared: how much memory the heap keeps behind a large block, and
// where it lies, may differ.
inline void* made = nullptr;

inline void trim() {
  HEAP_OPTIMIZE_RESOURCES_INFORMATION wanted{HEAP_OPTIMIZE_RESOURCES_CURRENT_VERSION, 0};
  FAULTS_REQUIRE(HeapSetInformation(nullptr, HeapOptimizeResources, &wanted, sizeof wanted));
}

template <auto kFree> void settle() {
  if (made != nullptr) {
    kFree(std::exchange(made, nullptr));
  }
  trim();
}

inline void free_by_heap(void* block) { FAULTS_REQUIRE(HeapFree(GetProcessHeap(), 0, block)); }

inline bool is_filled(const void* block, std::size_t size, char value) {
  const auto* at = static_cast<const char*>(block);
  return size == 0 || (at[0] == value && std::memcmp(at, at + 1, size - 1) == 0);
}

// The process heap comes with the first call that asks for it, and stays: that is another scenario's.
inline void make_process_heap() { FAULTS_REQUIRE(GetProcessHeap() != nullptr); }
inline void warm_up() { FAULTS_REQUIRE(HeapAlloc(GetProcessHeap(), 0, kSmall) != nullptr); }

inline void* block_of(std::size_t size) {
  void* block = HeapAlloc(GetProcessHeap(), 0, size);
  FAULTS_REQUIRE(block != nullptr);
  return std::memset(block, 0x5A, size);
}

// `moved` is a larger block in the place of one of `old_size` bytes, or that one was to stay.
inline bool has_moved(void* moved, std::size_t old_size) {
  made = moved != nullptr ? moved : made;
  FAULTS_REQUIRE(is_filled(made, old_size, 0x5A));
  return moved != nullptr;
}

// C's library says by errno that memory is lacking, and has no last error. What it says becomes the last error here,
// and errno is left alone, as the trial wants it.
template <typename Call> bool of_c_library(Call call) {
  int before = errno;
  bool is_done = call();
  if (!is_done) {
    FAULTS_REQUIRE(errno == ENOMEM);
    SetLastError(ERROR_NOT_ENOUGH_MEMORY);
  }
  errno = before;
  return is_done;
}

} // namespace faults
