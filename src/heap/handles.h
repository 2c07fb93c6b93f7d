// The table of moveable handles, which the Global and the Local functions share (G1 to G5, C36, C37).
//
// A handle is the address of an entry's second word, so that it is 8 modulo 16 where every block is 0, and so that what
// it points to is the address of the data, as old programs expect.
//
// Owns:      65,536 entries, which never move and lie apart from all blocks. A free entry holds a link to the next.
// Lock:      none. An entry's state is one word, changed by compare and swap; the list of free entries is one word too.
//            Threads that resize one object take turns (kResizing). The others never wait for them, as they may hold
//            the heap that a resizing thread waits for: who locks the object meanwhile says so (kTouched), and the
//            resizing thread begins again. Only while it exchanges the block are all others kept out (kChanging), for
//            two stores.
// Fork:      the child finds every entry whole: a new block is published before the old one is freed, and entries that
//            other threads were changing become free to be changed.
// Cost:      one atomic change for a lock, an unlock, an entry taken or given.
#pragma once

#include "../base/address.h"

#include <atomic>
#include <cstdint>

namespace winmem::heap {

struct alignas(16) Entry {
  std::atomic<std::uint64_t> state{0}; // the bits below, as programs read them; or, free, a link: never 0, 0 modulo 16
  std::atomic<void*> block{nullptr};   // none while discarded
};

namespace handles {

inline constexpr unsigned kMost = 0x10000;

inline constexpr std::uint64_t kUsed = 1;
inline constexpr std::uint64_t kMoveable = 2;
inline constexpr std::uint64_t kDiscardable = 4;
inline constexpr std::uint64_t kDiscarded = 8;
inline constexpr std::uint64_t kShared = 0x8000; // DDE
inline constexpr unsigned kCountShift = 16;
inline constexpr std::uint64_t kOneLock = std::uint64_t{1} << kCountShift;
inline constexpr unsigned kMostLocks = 255;

// Beyond what programs read, and only while somebody resizes the object.
inline constexpr std::uint64_t kChanging = std::uint64_t{1} << 32;
inline constexpr std::uint64_t kResizing = std::uint64_t{1} << 33;
inline constexpr std::uint64_t kTouched = std::uint64_t{1} << 34;

constexpr unsigned locks_of(std::uint64_t state) { return static_cast<unsigned>(state >> kCountShift) & kMostLocks; }

namespace detail {
extern Entry table[kMost];
extern std::atomic<std::uint32_t> fresh; // entries from here on were never used
} // namespace detail

// Whether it has the form of a handle; blocks never have.
inline bool has_form(const void* handle) { return reinterpret_cast<Address>(handle) % sizeof(Entry) == 8; }

// The entry of what has the form of a handle; nullptr for what points elsewhere. It may be free.
inline Entry* find(const void* handle) {
  Address offset = reinterpret_cast<Address>(handle) - reinterpret_cast<Address>(detail::table);
  return has_form(handle) && offset < sizeof detail::table ? &detail::table[offset / sizeof(Entry)] : nullptr;
}

inline void* handle_of(Entry& entry) { return &entry.block; }

// Whether there ever was a handle.
inline bool were_any() { return detail::fresh.load(std::memory_order_relaxed) != 0; }

// A free entry, the caller's until he publishes it; nullptr when all are in use.
Entry* take();

// The caller's own entry becomes a handle's.
inline void publish(Entry& entry, void* block, std::uint64_t state) {
  entry.block.store(block, std::memory_order_relaxed);
  entry.state.store(state | kUsed | kMoveable, std::memory_order_release); // pairs with who reads the state
}

// The caller's own entry, published or not, becomes free.
void give(Entry& entry);

// The state, when nobody is changing the entry. Without kUsed: it is no handle.
std::uint64_t read(const Entry& entry);

// What a change of the state by one compare and swap saw before.
enum class Outcome : std::uint8_t { done, no_handle, refused };

// One lock more, up to kMostLocks; refused when discarded. `block` is what it locks.
Outcome lock(Entry& entry, void*& block);

// One lock less; refused when there is none. `left` is how many remain.
Outcome unlock(Entry& entry, unsigned& left);

void make_discardable(Entry& entry);

// What ends an entry's use as a handle. Returns the state before; without kUsed it was none, and nothing was done.
std::uint64_t retire(Entry& entry);
inline void restore(Entry& entry, std::uint64_t state) { entry.state.store(state, std::memory_order_release); }

// Makes the caller the one who may exchange the block, until end_resize. Returns the state before; without kUsed it is
// no handle, and nothing was done; nor with kResizing: another thread resizes it, and the caller must not wait for that
// one, as he holds the heap.
std::uint64_t begin_resize(Entry& entry, bool holds_heap);
void end_resize(Entry& entry);

// Puts `block` in the old one's place, if nobody has locked the object since begin_resize or the last call of this.
// `state` becomes what it is now, with the block exchanged or not.
[[nodiscard]] bool exchange_block(Entry& entry, void* block, std::uint64_t& state);

// ---- From a block back to its handle ----

// Notes the handle's number beside the block, a live one of the process heap. False without memory.
[[nodiscard]] bool note_owner(const void* block, const Entry& entry);

// The entry whose block this is; nullptr for any other address. Never faults.
Entry* owner_of(const void* block);

} // namespace handles
} // namespace winmem::heap
