// Everything about the process's memory that a failed call must leave as it was: a snapshot, and its comparison.
//
// Owns:      State, plain old data, so that one process can leave it in shared memory for another. Processes forked
//            from one parent have the same addresses, so their states can be compared as they are.
// Surprise:  nothing here allocates: the heap is memory, too.
#pragma once

#include <array>
#include <cstdint>

namespace faults {

// Pages that the kernel treats alike. Memory of winmem's tables and of its alternate signal stacks is left out.
struct KernelRun {
  std::uintptr_t begin;
  std::uintptr_t end;
  bool read, write, execute; // as the mapping allows
  bool marked;               // a guard marker lies on it
  bool undumped;             // MADV_DONTDUMP
  bool locked;
  bool ours;    // address space that winmem mapped for the program; else foreign
  bool written; // committed in a watched region, and noted as written
  bool alike(const KernelRun& other) const;
  bool accessible() const { return (read || write || execute) && !marked; }
};

struct PageContents {
  std::uintptr_t page;
  std::uint64_t hash;
  bool operator==(const PageContents&) const = default;
};

// What VirtualQuery says of winmem's memory, MEM_FREE left out.
struct ApiRun {
  std::uintptr_t base, size, allocation_base;
  std::uint32_t allocation_protect, state, protect, type;
  bool operator==(const ApiRun&) const = default;
};

template <typename T, unsigned kMost> struct List {
  unsigned count = 0;
  std::array<T, kMost> items;
  void add(const T& item, const char* what);
  const T* begin() const { return items.data(); }
  const T* end() const { return items.data() + count; }
};

struct KernelState {
  List<KernelRun, 1024> runs;
  List<PageContents, 16384> pages;
  List<int, 64> files;    // open descriptors, those of /proc/self/maps left out
  unsigned map_files = 0; // how many of those
  std::int64_t borders;   // mapping_budget's count
  std::uint64_t charged;  // the commit charge, in bytes, and its limit: take_charge()
  std::uint64_t limit;
  std::int64_t tables; // bytes mapped for tables
  std::int64_t untold; // those of them that bookkeeping_bytes() does not count
  std::int64_t stacks; // bytes mapped for neither tables nor regions: alternate signal stacks
};

struct ApiState {
  List<ApiRun, 8192> runs;
};

// Does not call winmem, so that its first use stays the first.
void take(KernelState& out);

// Not part of take(), since winmem asks the kernel for the limit then.
void take_charge(KernelState& out);

// Walks the address space with VirtualQuery.
void take(ApiState& out);

// What may be different after a failed call all the same. None of it can be seen through the API or by an access.
enum class Remainder : std::uint8_t {
  tables,       // memory taken for winmem's tables is kept for the next call
  open_chunk,   // a chunk was opened, all of it under markers, and stays so: the next commit likely comes there
  under_marker, // a marked page's mapping has another protection, or none and the marker is gone, which winmem knows;
                // what commits the page sets it anew
  stack,        // the thread got its alternate signal stack, which it keeps
  dump_advice,  // an inaccessible page is left out of core dumps or not; it is absent, so dumps lack it either way
};
inline constexpr unsigned kRemainders = 5;
const char* name_of(Remainder remainder);
// Mappings that stay split are not compared at all: page by page they are the same, and the next change of the same
// pages joins them. The descriptors of /proc/self/maps, of the directory of names and its lock, and emptied memory
// files of sections are kept; one that cannot be told from others (fstat is refused) is not closed, since a program may
// have taken its number.

using Remainders = std::array<unsigned, kRemainders>; // how often each was met

// Each ends the process with a message when it finds a difference.
void must_be_unchanged(const KernelState& before, const KernelState& after, Remainders& met);
void must_be_unchanged(const ApiState& before, const ApiState& after);

// What the sections of this process are charged with: whoever makes one adds its size.
extern std::uint64_t section_bytes;

// Where the call opens chunks and does nothing else with markers: the first and the last page. A chunk that could be
// neither opened nor closed again counts as open, though the kernel may show nothing of it.
extern std::uintptr_t opened_first;
extern std::uintptr_t opened_last;

// The same effect: access and contents, whatever markers and protections bring it about.
void must_agree(const KernelState& expected, const KernelState& actual);

// Committed pages are accessible as VirtualQuery says, and no others.
void must_agree(const ApiState& api, const KernelState& kernel);

// Nothing of winmem's is committed, reserved or accessible any more.
void must_be_empty(const ApiState& api, const KernelState& kernel);

} // namespace faults
