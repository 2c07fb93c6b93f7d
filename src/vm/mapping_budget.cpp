#include "mapping_budget.h"

#include "../host/memory.h"

#include <atomic>

namespace winmem::vm::mapping_budget {

namespace {

constexpr std::int64_t kHeadroom = 1000;

constinit std::atomic<std::int64_t> borders_now{0};
constinit std::atomic<std::int64_t> limit_known{0};

std::int64_t limit() {
  std::int64_t known = limit_known.load(std::memory_order_relaxed);
  if (known == 0) {
    known = static_cast<std::int64_t>(host::mapping_limit());
    limit_known.store(known, std::memory_order_relaxed);
  }
  return known;
}

} // namespace

void add(std::int64_t borders) {
  if (borders != 0) {
    borders_now.fetch_add(borders, std::memory_order_relaxed);
  }
}

std::int64_t estimate() { return borders_now.load(std::memory_order_relaxed); }
bool tight() { return estimate() > limit() / 2; }
bool exhausted() { return estimate() > limit() - kHeadroom; }

} // namespace winmem::vm::mapping_budget
