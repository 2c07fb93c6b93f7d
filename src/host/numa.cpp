#include "numa.h"

#include "environment.h"
#include "features.h"
#include "machine_memory.h"
#include "processors.h"
#include "syscall.h"
#include "text_file.h"

#include <atomic>

namespace winmem::host {

namespace {

constexpr unsigned kMostNodes = 64; // what an entry of a working set can tell
constexpr long kPolicyDefault = 0;  // MPOL_DEFAULT
constexpr long kPolicyPreferred = 1;

// A path below the directory of nodes; too long a one is empty, and names no file.
class NodePath {
public:
  explicit NodePath(const char* last) {
    begin();
    append(last);
  }
  NodePath(unsigned node, const char* last) {
    begin();
    append("node");
    char digits[] = {static_cast<char>('0' + node / 10), static_cast<char>('0' + node % 10), 0};
    append(node < 10 ? digits + 1 : digits);
    append("/");
    append(last);
  }
  const char* text() const { return text_; }

private:
  void begin() {
    const char* root = environment("WINMEM_NODES");
    append(root != nullptr && *root != 0 ? root : "/sys/devices/system/node");
    append("/");
  }
  void append(const char* piece) {
    for (; *piece != 0 && length_ + 1 < sizeof text_; ++piece) {
      text_[length_++] = *piece;
    }
    if (*piece != 0) {
      length_ = 0;
    }
    text_[length_] = 0;
  }

  char text_[512] = {};
  unsigned length_ = 0;
};

// "0-3,8,10-11": the numbers below 64, as bits.
std::uint64_t parse_list(const char* text) {
  std::uint64_t bits = 0;
  while (*text >= '0' && *text <= '9') {
    std::uint64_t first = 0;
    parse_number(text, first);
    while (*text >= '0' && *text <= '9') {
      ++text;
    }
    std::uint64_t last = first;
    if (*text == '-') {
      ++text;
      parse_number(text, last);
      while (*text >= '0' && *text <= '9') {
        ++text;
      }
    }
    for (std::uint64_t number = first; number <= last && number < 64; ++number) {
      bits |= std::uint64_t{1} << number;
    }
    text += *text == ',' ? 1 : 0;
  }
  return bits;
}

std::uint64_t read_list(const NodePath& path) {
  if (disabled(Feature::proc)) {
    return 0;
  }
  TextFile file(path.text());
  const char* line = file.next_line();
  return line != nullptr ? parse_list(line) : 0;
}

// Bit 0 at least.
std::uint64_t nodes() {
  std::uint64_t bits = read_list(NodePath("online"));
  return bits != 0 ? bits : 1;
}

constinit std::atomic<unsigned> highest_plus_one{0}; // 0: not asked yet
constinit std::atomic<bool> was_preferred{false};

} // namespace

unsigned highest_node() {
  unsigned known = highest_plus_one.load(std::memory_order_relaxed);
  if (known == 0) {
    known = kMostNodes - static_cast<unsigned>(__builtin_clzll(nodes()));
    highest_plus_one.store(known, std::memory_order_relaxed);
  }
  return known - 1;
}

bool is_node(unsigned node) { return node < kMostNodes && (nodes() >> node & 1) != 0; }

std::uint64_t node_processors(unsigned node) {
  std::uint64_t left = processor_mask();
  for (std::uint64_t rest = nodes(); rest != 0; rest &= rest - 1) {
    auto each = static_cast<unsigned>(__builtin_ctzll(rest));
    bool is_last = (rest & (rest - 1)) == 0; // what no node claims is the last one's
    std::uint64_t own = is_last ? left : left & read_list(NodePath(each, "cpulist"));
    if (each == node) {
      return own;
    }
    left &= ~own;
  }
  return 0;
}

Bytes node_memory(unsigned node) {
  if (!is_node(node)) {
    return 0;
  }
  Bytes sum = 0;
  if (!disabled(Feature::proc)) {
    TextFile file(NodePath(node, "meminfo").text());
    while (const char* line = file.next_line()) { // "Node 0 MemFree:       20818912 kB"
      const char* rest = nullptr;
      std::uint64_t number = 0;
      if (!after_prefix(line, "Node ", rest) || !parse_number(rest, number)) {
        continue;
      }
      while (*rest != 0 && *rest != ' ') {
        ++rest;
      }
      rest += *rest == ' ' ? 1 : 0;
      Bytes bytes = 0;
      if (parse_kilobytes(rest, "MemFree:", bytes) || parse_kilobytes(rest, "Active(file):", bytes) ||
          parse_kilobytes(rest, "Inactive(file):", bytes)) {
        sum += bytes;
      }
    }
  }
  return sum != 0 || highest_node() != 0 ? sum : machine_memory().available;
}

void prefer_node(AddressRange range, unsigned node) {
  if (highest_node() == 0) {
    return;
  }
  std::uint64_t mask = node < kMostNodes ? std::uint64_t{1} << node : 0;
  if (mask != 0) {
    was_preferred.store(true, std::memory_order_relaxed);
  }
  system_call(SYS_mbind, static_cast<long>(range.begin), static_cast<long>(range.size()),
              mask != 0 ? kPolicyPreferred : kPolicyDefault, mask != 0 ? as_argument(&mask) : 0,
              mask != 0 ? kMostNodes + 1 : 0, 0);
}

bool nodes_were_preferred() { return was_preferred.load(std::memory_order_relaxed); }

} // namespace winmem::host
