// What each system call may plausibly answer besides success: one table. A call that it lacks fails the run, so
// whoever adds a call to src/host says here how it can fail.
#pragma once

#include "twin.h"

#include <span>

namespace faults {

struct Plausible {
  long number;
  long operation; // kAny: all that no other row names
  const char* name;
  std::span<const Answer> answers; // empty: it cannot fail
};

// nullptr: not in the table.
const Plausible* plausible(const Call& call);

// "EPERM", or the number.
const char* error_name(long error);

} // namespace faults
