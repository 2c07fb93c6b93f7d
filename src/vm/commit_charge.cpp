#include "commit_charge.h"

#include "../host/environment.h"
#include "../host/machine_memory.h"

#include <atomic>

namespace winmem::vm::commit_charge {

namespace {

struct alignas(64) Count {
  std::atomic<Pages> charged{0};
  std::atomic<Pages> peak{0};
  std::atomic<Pages> limit{0}; // 0: not asked for yet
  // Of `charged`, what is of sections: counted before it is charged and until it is not, so what is left is never more
  // than the process's own.
  std::atomic<Pages> of_sections{0};
  std::atomic<Pages> own_peak{0};
};
constinit Count count;
constinit bool is_fixed = false; // by the environment; set before the first change

void raise(std::atomic<Pages>& highest, Pages now) {
  Pages peak = highest.load(std::memory_order_relaxed);
  while (peak < now && !highest.compare_exchange_weak(peak, now, std::memory_order_relaxed)) {
  }
}

Pages own_of(Pages charged) {
  Pages of_sections = count.of_sections.load(std::memory_order_relaxed);
  return charged > of_sections ? charged - of_sections : 0;
}

bool take_within(Pages pages, Pages limit) {
  Pages charged = count.charged.load(std::memory_order_relaxed);
  do {
    if (charged > limit || pages > limit - charged) {
      return false;
    }
  } while (!count.charged.compare_exchange_weak(charged, charged + pages, std::memory_order_relaxed));
  raise(count.peak, charged + pages);
  raise(count.own_peak, own_of(charged + pages));
  return true;
}

[[gnu::noinline]] bool take_within_new_limit(Pages pages) {
  if (is_fixed) {
    return false;
  }
  set_system_limit(host::memory_figures().commit);
  return take_within(pages, count.limit.load(std::memory_order_relaxed));
}

} // namespace

void read_environment() {
  const char* text = host::environment("WINMEM_COMMIT_LIMIT");
  Pages limit = text != nullptr ? bytes_to_pages(host::parse_size(text)) : 0;
  if (limit != 0) { // 0 and what is no size count for nothing: with no commit at all no program would start
    is_fixed = true;
    count.limit.store(limit, std::memory_order_relaxed);
  }
}

bool take(Pages pages, Share share) {
  if (share == Share::section) {
    count.of_sections.fetch_add(pages, std::memory_order_relaxed);
  }
  bool fits = take_within(pages, count.limit.load(std::memory_order_relaxed)) || take_within_new_limit(pages);
  if (!fits && share == Share::section) {
    count.of_sections.fetch_sub(pages, std::memory_order_relaxed);
  }
  return fits;
}

void give_back(Pages pages, Share share) {
  if (pages == 0) {
    return;
  }
  count.charged.fetch_sub(pages, std::memory_order_relaxed);
  if (share == Share::section) {
    count.of_sections.fetch_sub(pages, std::memory_order_relaxed);
  }
}

void set_system_limit(Bytes limit) {
  if (!is_fixed) {
    count.limit.store(bytes_to_pages(limit), std::memory_order_relaxed);
  }
}

Figures figures() {
  Pages limit = count.limit.load(std::memory_order_relaxed);
  if (limit == 0) {
    set_system_limit(host::memory_figures().commit);
    limit = count.limit.load(std::memory_order_relaxed);
  }
  Pages charged = count.charged.load(std::memory_order_relaxed);
  Pages peak = count.peak.load(std::memory_order_relaxed); // another thread may be about to raise it
  Pages own = own_of(charged);
  Pages own_peak = count.own_peak.load(std::memory_order_relaxed);
  return {.charged = pages_to_bytes(charged),
          .peak = pages_to_bytes(peak > charged ? peak : charged),
          .limit = pages_to_bytes(limit),
          .own = pages_to_bytes(own),
          .own_peak = pages_to_bytes(own_peak > own ? own_peak : own)};
}

} // namespace winmem::vm::commit_charge
