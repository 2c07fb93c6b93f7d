// src/host's twin: the same code, but each of its system calls is counted, noted, and fails when it is told to.
//
// Owns:      the plan of what fails; the log of calls made; which memory winmem has mapped, and for what.
// State:     constant-initialised and without allocation: winmem calls it before any constructor has run.
// Threads:   calls are counted in the order in which they come; plan() and watch() are for the one thread that tests.
#pragma once

#include <cstdint>

namespace faults {

// Where a system call stands and what it asks for. `operation` tells the kinds of one call apart: the advice of
// madvise, the command of fcntl and the like; 0 where there is one kind only.
struct Call {
  const char* file;
  int line;
  long number;
  long operation;
  bool operator==(const Call& other) const;
};

inline constexpr long kAny = -1;

inline constexpr unsigned kMostCalls = 4096;
struct CallLog {
  unsigned count = 0;   // all that were made; the first kMostCalls are noted
  unsigned refused = 0; // how many of them failed by plan
  Call calls[kMostCalls];
};

enum class How : std::uint8_t {
  refused,   // nothing happens
  half,      // it happens to the first half of the pages, then fails: mprotect and madvise do that (K4, K111)
  done,      // it happens, and fails all the same: close
  one_byte,  // a read that gives less than was asked for
  elsewhere, // mmap by a kernel that does not know MAP_FIXED_NOREPLACE
};

struct Answer {
  long error; // an errno
  How how = How::refused;
  bool repeats = true; // may be given from then on, too; an interruption ends
  bool alone = false;  // no other fault comes with it
};

struct Fault {
  unsigned nth = 0; // counted from watch(), the first is 0
  Answer answer{};
  bool from_then_on = false; // all later calls of the same number and operation as well
  long number = kAny;        // the call that is expected there; at another one nothing happens
};

inline constexpr unsigned kMostFaults = 4;

// Whether such a call was made since watch().
bool was_made(long number);

// What is refused while watched, whatever the plan says: a kernel or a sandbox that lacks a call.
struct Lacking {
  long number;
  long operation; // kAny: all
  long error;
};

// From here on calls are counted and noted in `log`, and fail as `faults` say.
void watch(CallLog& log, const Fault* faults, unsigned count);
void stop_watching();

// A process is watched from its start on, so that what happens before main is noted. That fails as the environment
// variable WINMEM_FAULT_START says, if it is there: a Fault as text.
inline constexpr const char* kStartVariable = "WINMEM_FAULT_START";
const CallLog& start_log();
struct FaultText {
  char text[64];
};
FaultText to_text(const Fault& fault);

void lack(const Lacking& lacking);

// Called with each call, watched or not, before it is made. For tests with several threads.
using Observer = void (*)(const Call& call);
void observe(Observer observer);

// What winmem has mapped, in the order of its making.
struct Mapped {
  std::uintptr_t begin;
  std::uintptr_t end;
  bool is_table;   // mapped read-write: winmem's own tables; else address space for the program
  bool was_opened; // some of it was made accessible
  bool is_view;    // of a file: pages that are absent have contents all the same
};
unsigned mapped_count();
const Mapped& mapped(unsigned i);

} // namespace faults
