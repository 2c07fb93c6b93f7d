#include "processors.h"

#include "own_process.h"
#include "syscall.h"

#include <atomic>
#include <bit>
#include <cpuid.h>

namespace winmem::host {

namespace {

constinit std::atomic<std::uint64_t> known_mask{0};
constexpr unsigned kMaskWords = 128; // 8192 processors, the most that Linux can be built for

[[gnu::noinline]] std::uint64_t ask_mask() {
  std::uint64_t words[kMaskWords] = {};
  // Of the first thread, not of the caller: a worker may be bound to one processor, which says nothing of the process.
  long bytes = system_call(SYS_sched_getaffinity, static_cast<long>(process_id()), sizeof words, as_argument(words));
  std::uint64_t mask = bytes > 0 ? words[0] : 1;
  if (mask == 0) {
    unsigned count = 0;
    for (std::uint64_t word : words) {
      count += static_cast<unsigned>(std::popcount(word));
    }
    mask = count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
  }
  mask = mask != 0 ? mask : 1;
  std::uint64_t expected = 0; // the first answer stays
  return known_mask.compare_exchange_strong(expected, mask, std::memory_order_relaxed) ? mask : expected;
}

// Family, model, stepping, and a bit that says they are known. Remembered because the cpuid instruction takes many
// microseconds in a virtual machine, where it traps.
constinit std::atomic<std::uint32_t> known_model{0};
constexpr std::uint32_t kKnown = 0x80000000;

[[gnu::noinline]] std::uint32_t ask_model() {
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) == 0) {
    return kKnown;
  }
  unsigned family = (eax >> 8) & 0xF;
  unsigned model = (eax >> 4) & 0xF;
  unsigned stepping = eax & 0xF;
  // The processor manuals' rule: the extended fields count for these families only.
  if (family == 6 || family == 15) {
    model |= (eax >> 12) & 0xF0;
  }
  if (family == 15) {
    family += (eax >> 20) & 0xFF;
  }
  return kKnown | stepping << 24 | model << 16 | family;
}

} // namespace

std::uint64_t processor_mask() {
  std::uint64_t mask = known_mask.load(std::memory_order_relaxed);
  return mask != 0 ? mask : ask_mask();
}

ProcessorModel processor_model() {
  std::uint32_t word = known_model.load(std::memory_order_relaxed);
  if (word == 0) {
    word = ask_model();
    known_model.store(word, std::memory_order_relaxed);
  }
  return {static_cast<std::uint16_t>(word & 0xFFFF), static_cast<std::uint8_t>(word >> 16),
          static_cast<std::uint8_t>((word >> 24) & 0x7F)};
}

} // namespace winmem::host
