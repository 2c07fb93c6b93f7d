// How the stress programs choose, and how they say that something is wrong.
//
// Owns:      Random, and wrong(): the first thread that sees a mistake prints it and ends the process, so that a
// debugger
//            or a core file shows the moment and not its consequences.
#pragma once

#include <cstddef>
#include <cstdint>

namespace stress {

// SplitMix64: small, and every seed is good.
class Random {
public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t mixed = state_ += 0x9E3779B97F4A7C15u;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
    return mixed ^ (mixed >> 31);
  }
  std::size_t below(std::size_t end) { return static_cast<std::size_t>(next() % end); }
  std::size_t between(std::size_t least, std::size_t most) { return least + below(most - least + 1); }
  bool one_in(std::size_t n) { return below(n) == 0; }

private:
  std::uint64_t state_;
};

[[noreturn, gnu::format(printf, 1, 2)]] void wrong(const char* format, ...);

// For calls whose answer is plain: the call's text is the message.
#define MUST(...) ((__VA_ARGS__) ? void() : ::stress::wrong("%s:%d: not %s", __FILE__, __LINE__, #__VA_ARGS__))

} // namespace stress
