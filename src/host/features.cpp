#include "features.h"

#include "environment.h"

#include <atomic>
#include <unistd.h>

namespace winmem::host {

namespace {

struct NamedFeature {
  const char* name;
  std::uint32_t bits;
};

constexpr std::uint32_t bit(Feature feature) { return std::uint32_t{1} << static_cast<int>(feature); }

constexpr NamedFeature kNames[] = {
    {"guard", bit(Feature::guard)},
    {"procmap", bit(Feature::procmap)},
    {"wpasync", bit(Feature::wpasync)},
    {"uffd", bit(Feature::uffd)},
    {"membarrier", bit(Feature::membarrier)},
    {"populate", bit(Feature::populate)},
    {"waitv", bit(Feature::waitv)},
    {"proc", bit(Feature::proc)},
    {"old", bit(Feature::guard) | bit(Feature::procmap) | bit(Feature::wpasync) | bit(Feature::uffd) |
                bit(Feature::membarrier) | bit(Feature::populate) | bit(Feature::waitv)},
};

constexpr std::uint32_t kRead = 0x80000000; // the environment was looked at
constinit std::atomic<std::uint32_t> known{0};

bool same_word(const char* word, const char* begin, const char* end) {
  while (begin != end && *word == *begin) {
    ++word;
    ++begin;
  }
  return begin == end && *word == 0;
}

[[gnu::noinline]] std::uint32_t read_environment() {
  if (environ == nullptr) {
    return 0; // so early that libc has no environment yet: not remembered, the next call looks again
  }
  const char* text = environment("WINMEM_DISABLE");
  std::uint32_t bits = kRead | (text != nullptr ? parse_disabled(text) : 0);
  // The first reader's answer stays, although the program may change its environment later.
  std::uint32_t expected = 0;
  return known.compare_exchange_strong(expected, bits, std::memory_order_relaxed) ? bits : expected;
}

} // namespace

std::uint32_t parse_disabled(const char* text) {
  std::uint32_t bits = 0;
  while (*text != 0) {
    const char* end = text;
    while (*end != 0 && *end != ',') {
      ++end;
    }
    for (const NamedFeature& row : kNames) {
      if (same_word(row.name, text, end)) {
        bits |= row.bits;
      }
    }
    text = *end == ',' ? end + 1 : end;
  }
  return bits;
}

bool disabled(Feature feature) {
  std::uint32_t bits = known.load(std::memory_order_relaxed);
  if (bits == 0) [[unlikely]] {
    bits = read_environment();
  }
  return (bits & bit(feature)) != 0;
}

} // namespace winmem::host
