// What happens before main: the arena is obtained by the library's constructor. It cannot be run again by a fork, so
// each fault there needs a process that starts anew: this very program, told so by its environment.
#pragma once

#include "twin.h"

#include <span>
#include <string>

namespace faults {

// The system calls that this process made before main.
std::span<const Call> start_calls();

// Starts a process with the fault. What it found wrong; empty: nothing.
std::string start_with(const Fault& fault);

// In that process.
bool is_started_with_fault();
int check_start();

} // namespace faults
