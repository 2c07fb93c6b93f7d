// The one check of the tests here, which are C as well as C++.
#ifndef WINMEM_TESTS_COMPILE_CHECK_H
#define WINMEM_TESTS_COMPILE_CHECK_H

#include <stdio.h>

static int failures;

// Compares two integers, or whatever == compares; says which differ and goes on.
#define CHECK_EQUAL(actual, expected)                                                                                  \
  do {                                                                                                                 \
    if (!((actual) == (expected))) {                                                                                   \
      printf("%s:%d: %s is not %s\n", __FILE__, __LINE__, #actual, #expected);                                         \
      ++failures;                                                                                                      \
    }                                                                                                                  \
  } while (0)

#endif
