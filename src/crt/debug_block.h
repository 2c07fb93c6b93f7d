// A block of the debug heap: a block of the process heap that begins with a header and ends with a gap.
//
//     header (64 bytes, its last 4 the gap before) | what the program asked for | 4 bytes, the gap behind
//
// Header:    in the order in which a write that is gone wrong meets it: the mark first, for a write past the end of the
//            block below; the gap last, for a write before the start.
// Known by:  a live block of the heap begins 64 bytes before the pointer, and has the mark. So free, realloc and _msize
//            can be given blocks of either kind.
// Fill:      Microsoft's page "CRT debug heap details" has the values: programs look for them.
#pragma once

#include "../base/address.h"

namespace winmem::crt::debug {

inline constexpr Bytes kGap = 4;
inline constexpr unsigned char kGapFill = 0xFD;
inline constexpr unsigned char kNewFill = 0xCD;
inline constexpr unsigned char kDeadFill = 0xDD;

struct Header {
  std::uint64_t mark = 0;
  Header* older = nullptr; // guarded by the list's lock, as are `newer`, `place` and `use`
  Header* newer = nullptr;
  const char* file = nullptr; // the program's, or nullptr
  Bytes size = 0;             // as asked for; changed by set_size
  std::uint64_t place = 0;    // larger than that of each older block
  int request = 0;
  int line = 0;
  int use = 0; // _NORMAL_BLOCK and its like, a subtype above
  unsigned char gap[kGap] = {};
};
static_assert(sizeof(Header) == 64); // NOLINT(readability-magic-numbers)

inline constexpr Bytes kOverhead = sizeof(Header) + kGap;

inline unsigned char* data_of(Header& header) { return reinterpret_cast<unsigned char*>(&header + 1); }
inline const unsigned char* data_of(const Header& header) {
  return reinterpret_cast<const unsigned char*>(&header + 1);
}

// Makes the memory of a block into one; its data is left as it is.
Header& begin(void* memory, Bytes size);

// Of a pointer to data. nullptr when it is not that of a block of the debug heap, kept free ones included. Takes the
// heap's lock.
Header* find(const void* data);

// Ends it: nobody takes its memory for a block again.
inline void end(Header& header) { header.mark = 0; }

// For a block whose memory has changed its size. Puts the gap behind it there, too.
void set_size(Header& header, Bytes size);

enum class Damage : std::uint8_t { none, header, before, behind, freed };

// What a write that went wrong has left; `header`: nothing else of it can be believed.
Damage damage_of(const Header& header);

// What stands in reports: "normal", "client" and so on; capital for the other half of them.
const char* name_of(int use);
const char* capital_name_of(int use);

} // namespace winmem::crt::debug
