// The exported calls that copy between places of which either may be bad, and those that ask whether one is.
#pragma once

#include "check.h"

namespace stress {

void transfers(Random& random);
void native_transfers(Random& random);
void pointer_tests(Random& random);
void given_back(Random& random);
void write_watch(Random& random);
void plain_copies(Random& random);

} // namespace stress
