// The kernel's own list of this process's mappings: what covers an address, or comes next above it.
//
// Owns:      the descriptor of /proc/self/maps (opened at first need, close-on-exec, moved above the numbers that
//            programs use) and three ways to ask, best first:
//              1  PROCMAP_QUERY, Linux 6.11: one call, whatever the number of mappings
//              2  reading /proc/self/maps up to the address: grows with the number of mappings
//              3  without /proc: mapping_probe.h, which guesses more than it knows
// Used:      by vm, for memory that winmem does not own, and by tests.
// Lock:      none; threads race for the descriptor by compare-and-swap. No allocation, errno untouched, usable in a
//            signal handler (4 KiB of stack in way 2).
// Fork:      a child's inherited descriptor answers for the parent (K62). The number is kept in own_process.h's page,
//            which the kernel empties in the child; so the child opens its own, and closes the inherited one then.
// Surprise:  a program may close all descriptors, ours too, and open others under our number. Every answer that is not
//            PROCMAP_QUERY's own makes us open anew; we close a number only after seeing that it is still our file.
#pragma once

#include "../base/address.h"

#include <cstdint>

namespace winmem::host {

enum class MapName : std::uint8_t {
  unknown, // not asked for, or no way to know
  none,    // anonymous memory without a name
  stack,   // the first thread's
  heap,    // brk
  vdso,
  vvar,
  other, // a file's path, or a name that somebody gave
};

struct Mapping {
  AddressRange range;
  bool read = false;
  bool write = false;
  bool execute = false;
  bool shared = false;
  bool guessed = false;     // way 3: protection, ends and file are guesses
  std::uint64_t offset = 0; // in the file
  std::uint64_t inode = 0;  // 0: anonymous
  std::uint32_t device_major = 0;
  std::uint32_t device_minor = 0;
  MapName name = MapName::unknown;

  bool is_file() const { return inode != 0; }
  bool is_accessible() const { return read || write || execute; }
};

// The mapping that covers `at`, or the next one above. False when there is none. The vsyscall page, in the kernel's
// half of the address space, is no mapping of the process.
bool next_mapping(Address at, Mapping& out);

// The same with `name` found out, which takes half as long again.
bool next_named_mapping(Address at, Mapping& out);

} // namespace winmem::host
