// intrinsics_test.c, in C++, and what C++ has beyond it: overloads for both 64-bit types.
#define main intrinsics_of_c
#include "intrinsics_test.c"
#undef main

static void both_64_bit_types() {
  unsigned long long high = 0;
  unsigned long sum = 0;
  unsigned long long system_sum = 0;
  CHECK_EQUAL(_umul128(1ULL << 63, 4ULL, &high), 0ULL);
  CHECK_EQUAL(high, 2ULL);
  CHECK_EQUAL(_addcarry_u64(1, ~0UL, 0UL, &sum), 1);
  CHECK_EQUAL(sum, 0UL);
  CHECK_EQUAL(_addcarry_u64(0, 1ULL, 2ULL, &system_sum), 0);
  CHECK_EQUAL(system_sum, 3ULL);
  CHECK_EQUAL(_subborrow_u64(0, 1UL, 2UL, &sum), 1);
  CHECK_EQUAL(sum, ~0UL);
}

int main() {
  both_64_bit_types();
  return intrinsics_of_c();
}
