// One random call: what the generator makes, the player performs and a failing sequence is printed as.
//
// Owns:      Operation and Place, and their one-line text form (written and read back, so that a sequence can be kept
// in a
//            file and replayed under a debugger).
// Promise:   an operation means something whatever happened before it. It names addresses relative to a window or to a
//            slot (a place where the result of an earlier allocation was put), so that leaving out any other operation
//            of a sequence still gives a sequence. Shrinking depends on it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace model {

inline constexpr std::uintptr_t kPage = 0x1000;
inline constexpr std::uintptr_t kGranule = 0x10000;
inline constexpr std::uintptr_t kChunk = 0x200000; // the unit in which winmem opens memory
inline constexpr int kSlots = 12;

// Where an operation points.
struct Place {
  enum class Origin : std::uint8_t {
    null,    // the NULL pointer
    arena,   // offset from the window that lies in winmem's arena
    outside, // offset from the window at a fixed address outside of it
    slot,    // offset from the base of what slot `index` holds, or held: also dangling pointers
    inside,  // the same, wrapped at the size of the slot's allocation: always within what was allocated
    after,   // offset from the end of the slot's allocation
    border,  // offset from the first chunk border in the slot's allocation
    recent,  // offset, wrapped at its size, into one of the ranges that were committed last
    wild,    // an absolute address, outside of everything
  };
  Origin origin = Origin::null;
  int index = 0;
  std::int64_t offset = 0;

  bool operator==(const Place&) const = default;
};

enum class Call : std::uint8_t {
  alloc,   // VirtualAlloc, or VirtualAllocEx
  churn,   // VirtualAlloc, VirtualQuery and VirtualFree of the same address: threads take it from each other
  alloc2,  // VirtualAlloc2 at NULL with address requirements: lowest is `place`, highest lowest + span - 1
  place,   // VirtualAlloc2 without requirements: placeholders, and what replaces them
  view,    // MapViewOfFile3 of a new section: anywhere, or in place of a placeholder
  unmap,   // UnmapViewOfFile2; `type` are its flags
  free,    // VirtualFree, or VirtualFreeEx; also what splits and joins placeholders
  nt_free, // NtFreeVirtualMemory, which may release the middle of an allocation
  protect, // VirtualProtect, or VirtualProtectEx
  query,   // VirtualQuery, or VirtualQueryEx
  write,   // the program's own stores, into those pages of the range that are writable
  probe,   // the kernel is asked to read and write the page, which must not go further than the page's protection
  check,   // everything is compared: queries, contents, the kernel's view
};

struct Operation {
  Call call = Call::check;
  Place place;
  std::uint64_t size = 0;
  std::uint32_t type = 0;    // allocation or free type
  std::uint32_t protect = 0; // new protection
  int slot = 0;              // where the result of an allocation is put
  bool ex = false;           // use the Ex form
  bool bad_pointer = false;  // protect: NULL for the old protection
  std::uint64_t span = 0;    // alloc2: 0 means no bounds at all
  std::uint64_t alignment = 0;
  std::uint32_t repeat = 0; // further times, each `stride` bytes higher; what is allocated goes to the next slot
  std::uint64_t stride = 0;

  bool operator==(const Operation&) const = default;
};

std::string to_text(const Operation& operation);
std::optional<Operation> from_text(std::string_view line);

// One list of operations per thread.
using Sequence = std::vector<Operation>;
using Sequences = std::vector<Sequence>;

std::string to_text(const Sequences& sequences);
std::optional<Sequences> sequences_from_text(std::istream& in);

std::ostream& operator<<(std::ostream& out, const Operation& operation);

} // namespace model
