// What the tests of foreign memory share: a description without addresses, and memory that stands alone.
#pragma once

#include "vm/foreign.h"

#include <gtest/gtest.h>
#include <ostream>
#include <sys/mman.h>

namespace zoo {

using namespace winmem;
using vm::ForeignKind;
using vm::ForeignProtection;
using vm::ForeignRun;
using vm::ForeignState;

inline constexpr AddressRange kEverything{0, kUserEnd};

inline Address address_of(const void* pointer) { return reinterpret_cast<Address>(pointer); }
inline Address page_of(const void* pointer) { return round_down(address_of(pointer), kPage); }

inline ForeignRun describe(const void* pointer) {
  ForeignRun run;
  EXPECT_TRUE(vm::foreign_at(page_of(pointer), kEverything, run));
  EXPECT_EQ(run.range.begin, page_of(pointer)); // V53: the scan goes forward only
  return run;
}

// What is described, without the addresses.
struct Kind {
  ForeignKind kind;
  ForeignState state;
  ForeignProtection protection;
  ForeignProtection allocation_protection;
  bool operator==(const Kind&) const = default;
};

inline std::ostream& operator<<(std::ostream& out, const Kind& kind) {
  return out << std::hex << "type " << static_cast<unsigned>(kind.kind) << " state "
             << static_cast<unsigned>(kind.state) << " protect " << static_cast<unsigned>(kind.protection)
             << " allocated as " << static_cast<unsigned>(kind.allocation_protection);
}

inline Kind kind_of(const ForeignRun& run) { return {run.kind, run.state, run.protection, run.allocation_protection}; }

inline Kind image(ForeignProtection protection) {
  return {ForeignKind::image, ForeignState::committed, protection, ForeignProtection::execute_write_copy};
}
inline Kind mapped(ForeignProtection protection) {
  return {ForeignKind::mapped, ForeignState::committed, protection, protection};
}
inline Kind private_memory(ForeignProtection protection) {
  return {ForeignKind::private_memory, ForeignState::committed, protection, protection};
}
inline constexpr Kind kReserved{ForeignKind::private_memory, ForeignState::reserved, ForeignProtection::none,
                                ForeignProtection::no_access};
inline constexpr Kind kGuardOfStack{ForeignKind::private_memory, ForeignState::reserved, ForeignProtection::none,
                                    ForeignProtection::read_write};

// `pages` pages between two unmapped ones, so that the kernel joins them with nothing. Unmapped at the end.
class Island {
public:
  Island(std::size_t pages, int protection, int flags, int file = -1, off_t offset = 0) : pages_(pages) {
    void* hole = mmap(nullptr, (pages + 2) * kPage, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    at_ = static_cast<char*>(hole) + kPage;
    munmap(hole, (pages + 2) * kPage);
    void* got = mmap(at_, pages * kPage, protection, flags | MAP_FIXED_NOREPLACE, file, offset);
    EXPECT_EQ(got, at_);
  }
  ~Island() { munmap(at_, pages_ * kPage); }
  Island(const Island&) = delete;
  Island& operator=(const Island&) = delete;

  char* page(std::size_t n) const { return at_ + n * kPage; }
  void protect(std::size_t n, int protection) const { EXPECT_EQ(mprotect(page(n), kPage, protection), 0); }
  AddressRange range(std::size_t from, std::size_t to) const { return {address_of(page(from)), address_of(page(to))}; }

private:
  std::size_t pages_;
  char* at_;
};

inline constexpr int kPrivate = MAP_PRIVATE | MAP_ANONYMOUS;

} // namespace zoo
