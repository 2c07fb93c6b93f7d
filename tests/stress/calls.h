// Every exported function once more, in random order, on memory of the calling thread: whatever they share inside is
// shared with all other threads.
//
// Owns:      the table of calls. `stress names` holds it beside src/exports/names.tsv, so that a new function without a
//            row here fails the run.
// Surprise:  what is allocated here at NULL must lie low, or as MEM_TOP_DOWN be small: see Lots in stress.cpp.
#pragma once

#include "check.h"

namespace stress {

// Makes one random call of the table, or several where the call needs company, and checks the answers.
void make_any_call(Random& random);

// Prints the exported names without a row here, and rows of names that are not exported; returns how many.
int compare_names(const char* names_file);

} // namespace stress
