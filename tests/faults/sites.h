// The places in src/ that make a system call, read out of the source text; and which of them a run has met.
#pragma once

#include "twin.h"

#include <cstddef>
#include <set>
#include <string>

namespace faults {

// "host/memory.cpp:49"
std::string site_of(const Call& call);

// All `system_call(` in src/*/*.{h,cpp}, but for its definition.
std::set<std::string> sites_in_source(const std::string& folder);

// Why no scenario reaches a site; nullptr: it has to be reached. By the line's text, since lines move.
const char* why_unreached(const std::string& folder, const std::string& site);

} // namespace faults
