#include "arena.h"

#include "../host/environment.h"
#include "../host/features.h"
#include "../host/memory.h"
#include "chunks.h"
#include "commit_charge.h"
#include "fork.h"
#include "holes.h"
#include "space.h"

#include <atomic>

namespace winmem::vm::arena {

namespace {

constexpr Bytes kLargest = Bytes{32} << 40;
constexpr Bytes kWindow = Bytes{4} << 40; // ends above where the kernel places programs, whose heaps grow upwards
constexpr Bytes kRoomAboveWindow = Bytes{1} << 40; // where the kernel goes on placing mappings, downwards
constexpr Bytes kSmallest = Bytes{16} << 20;       // below this a mapping per region serves better

constinit std::atomic<bool> ready{false};
constinit AddressRange the_range{};
constinit bool guards = false;
constinit AddressRange the_window{};

Bytes wanted_size() {
  Bytes wanted = kLargest;
  if (const char* text = host::environment("WINMEM_ARENA")) {
    Bytes asked = host::parse_size(text);
    wanted = asked < wanted ? asked : wanted;
  }
  Bytes allowed = host::address_space_left() / 2;
  return allowed < wanted ? allowed : wanted;
}

AddressRange obtain() {
  for (Bytes size = wanted_size(); size >= kSmallest; size /= 2) {
    // One chunk more, so that the whole chunks inside are as many as asked for; the edges stay reserved and unused.
    Address begin = host::map_reserved(size + kChunk);
    if (begin != 0) {
      return AddressRange{begin, begin + size + kChunk};
    }
  }
  return {};
}

// Edges that are no whole chunk go back to the kernel, so that they are not shown as somebody's reservation.
AddressRange trim(AddressRange mapping) {
  AddressRange inner = mapping.round_in(kChunk);
  for (AddressRange edge : {AddressRange{mapping.begin, inner.begin}, AddressRange{inner.end, mapping.end}}) {
    if (!edge.empty()) {
      static_cast<void>(host::unmap(edge));
    }
  }
  return inner;
}

// Only addresses are taken, so this costs nothing, and where they turn out to be in use views lie elsewhere.
AddressRange obtain_window(AddressRange arena) {
  constexpr Address kLowest = Address{1} << 32; // below are the addresses that programs ask for
  Address end = arena.begin > kLowest + kRoomAboveWindow ? arena.begin - kRoomAboveWindow : 0;
  Address begin = end > kLowest + kWindow ? end - kWindow : kLowest;
  AddressRange window = AddressRange{begin, end > begin ? end : begin}.round_in(kGranule);
  return !window.empty() && holes::start_with(window) ? window : AddressRange{};
}

void obtain_locked() {
  AddressRange mapping = obtain();
  if (!mapping.empty()) {
    // This also finds out whether the kernel has markers.
    host::Primed primed = host::prime(mapping.begin, !host::disabled(host::Feature::guard));
    guards = primed == host::Primed::by_marker;
    if (primed == host::Primed::spoilt) {
      static_cast<void>(host::unmap(mapping));
      mapping = {};
    }
  }
  if (!mapping.empty()) {
    mapping = trim(mapping);
    host::exclude_from_dumps(mapping);
    if (!holes::start_with(mapping)) {
      static_cast<void>(host::unmap(mapping));
      mapping = {};
    }
  }
  the_range = mapping;
  the_window = obtain_window(mapping);
  chunks::start(mapping);
  commit_charge::read_environment();
}

} // namespace

void ensure() {
  if (ready.load(std::memory_order_acquire)) [[likely]] { // pairs with the store below
    return;
  }
  host::LockHold hold(space_lock);
  if (!ready.load(std::memory_order_relaxed)) {
    obtain_locked();
    install_fork_handlers();
    ready.store(true, std::memory_order_release);
  }
}

AddressRange range() { return the_range; }
bool has_guards() { return guards; }
AddressRange view_window() { return the_window; }

namespace {
// Before other constructors: a program that calls mlockall or fills the address space in one should find the arena
// there already (K5).
[[gnu::constructor(101)]] void obtain_before_main() { ensure(); }
} // namespace

} // namespace winmem::vm::arena
