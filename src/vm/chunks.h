// The arena's 2 MiB chunks: which are open to the kernel, and how many of their pages are committed.
//
// A closed chunk is PROT_NONE and holds no guard marker. An open one is read-write, except where committed pages have
// another protection, and every page of it that is not committed is a guard marker. Opening and closing cost system
// calls; in between a commit is one call that removes markers and a decommit one that installs them.
//
// Owns:      one record per chunk. A chunk may hold pages of several regions.
// Lock:      each chunk's own, inside any region's lock. A chunk with committed pages cannot be closed, so the calls
//            that change pages run without it, between pin() and unpin().
// Holds:     C1  committed == pages of the chunk that are committed or about to be (pinned)
//            C2  a closed chunk has committed == 0, except between pin_whole() and set_open()
// Only in an arena with markers; see page_mapping.h for who calls.
#pragma once

#include "../base/address.h"
#include "../host/lock.h"

#include <atomic>
#include <cstdint>

namespace winmem::vm::chunks {

struct Chunk {
  host::Lock lock;
  std::uint16_t committed;   // guarded by lock
  std::atomic<bool> is_open; // written under lock; stays while committed != 0; neighbours look without the lock
  // A reserved page here may have another protection than read-write: set where a decommit could not put it back.
  std::atomic<bool> odd_protection;
};
static_assert(sizeof(Chunk) == 8);

inline constexpr unsigned kPagesPerChunk = kChunk / kPage;

void start(AddressRange arena);

// Makes the records of all chunks that `range` touches; the only step here that can lack memory for tables.
[[nodiscard]] bool prepare(AddressRange range);

// The record of the chunk that holds `address`, which was prepared.
Chunk& at(Address address);

// Counts `pages` more as committed, and opens the chunk under markers if it is closed. False when the kernel refuses,
// with nothing counted.
[[nodiscard]] bool pin_open(Chunk& chunk, Address at, unsigned pages);

// Counts `pages` more of a chunk that the caller commits wholly. A closed one stays so until the caller has protected
// it and calls set_open(): it then holds no markers at all, and the kernel may use a huge page (K8).
void pin_whole(Chunk& chunk, unsigned pages);
void set_open(Chunk& chunk, Address at);

// Counts `pages` less. A chunk that became empty stays open, up to a number of such, since the next commit is likely
// to come there.
void unpin(Chunk& chunk, Address at, unsigned pages);

// For a chunk that the caller pinned wholly and put a mapping of another kind over, which is gone again: all of it is
// inaccessible, empty and without markers. Closed and not counted from here on.
void close_bare(Chunk& chunk, Address at);

// Holds whole chunks, all of the caller's region, for a decommit: nobody opens or closes one of them meanwhile.
class [[nodiscard]] WholeHold {
public:
  explicit WholeHold(AddressRange range);
  ~WholeHold();
  WholeHold(const WholeHold&) = delete;
  WholeHold& operator=(const WholeHold&) = delete;

  // From the first open chunk to the end of the last one.
  AddressRange open() const { return open_; }

  // open() is inaccessible, without contents and without markers: its chunks are closed from here on.
  void set_closed();

  // Whether `range` may be put under markers as it is. Not where too many closed chunks would be, too.
  [[nodiscard]] bool can_mark(AddressRange range);

  // `range`, with all of open(), is under markers: open chunks stay so, and no page is counted in them any more; closed
  // ones lose their markers again.
  void set_marked(AddressRange range);

private:
  void lock_all();
  void unlock_all();

  AddressRange range_;
  AddressRange open_{};
  bool holds_bridging_ = false; // where records are missing
};

// The chunks that `range` touches may have reserved pages of another protection than read-write from here on.
void mark_odd(AddressRange range);

// Whether the reserved pages of the chunk that holds `at` are read-write under markers.
bool has_plain_protection(Address at);

Bytes footprint();

void lock_for_fork();
void unlock_after_fork();

} // namespace winmem::vm::chunks
