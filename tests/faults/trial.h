// One run of a scenario in a process of its own, and what it leaves for the driver.
#pragma once

#include "scenario.h"
#include "state.h"
#include "twin.h"

namespace faults {

enum class Role : std::uint8_t {
  picture,   // stops before the call: what VirtualQuery says then
  reference, // the call without a fault: which system calls, and what comes of it
  injection, // the call with faults
};

// Lies in memory that the driver shares with its children.
struct Shared {
  Role role;
  Fault faults[kMostFaults];
  unsigned fault_count;

  char message[700]; // empty: nothing was found
  bool came_to_call; // the body was well
  bool succeeded;    // what the call said, under faults
  CallLog log;
  Remainders met;
  ApiState api_before;
  KernelState kernel_after;
  ApiState api_after;
};

extern Shared* shared;

// Does not return.
[[noreturn]] void run_trial(const Scenario& scenario);

} // namespace faults
