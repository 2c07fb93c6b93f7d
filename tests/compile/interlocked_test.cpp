// interlocked_test.c, in C++: there the operations are templates.
#include "interlocked_test.c"
