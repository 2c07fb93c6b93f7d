// Microsoft's intrinsics, in C and (through intrinsics_test.cpp) in C++.
#include <intrin.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

static void bit_scans(void) {
  unsigned int index = 99;
  unsigned long windows_long = 99; // what Windows source passes: 64 bits here
  CHECK_EQUAL(_BitScanForward(&index, 0), 0);
  CHECK_EQUAL(index, 99U);
  CHECK_EQUAL(_BitScanForward(&index, 0x50), 1);
  CHECK_EQUAL(index, 4U);
  CHECK_EQUAL(_BitScanReverse(&windows_long, 0x50), 1);
  CHECK_EQUAL(windows_long, 6UL);
  CHECK_EQUAL(_BitScanForward64(&windows_long, 1UL << 40), 1);
  CHECK_EQUAL(windows_long, 40UL);
  CHECK_EQUAL(_BitScanReverse64(&index, (1UL << 63) | 1), 1);
  CHECK_EQUAL(index, 63U);
  CHECK_EQUAL(_BitScanReverse64(&index, 0), 0);
  CHECK_EQUAL(index, 63U);

  // On Windows the mask has 32 bits, and so it has here.
  CHECK_EQUAL(_BitScanForward(&index, (unsigned)(1UL << 40)), 0);
}

static void bit_tests(void) {
  int words[2] = {0, 0};
  int beyond = 33;
  CHECK_EQUAL(_bittestandset(words, beyond), 0);
  CHECK_EQUAL(words[1], 2);
  CHECK_EQUAL(_bittest(words, beyond), 1);
  CHECK_EQUAL(_bittestandcomplement(words, 0), 0);
  CHECK_EQUAL(words[0], 1);
  CHECK_EQUAL(_bittestandreset(words, 0), 1);
  CHECK_EQUAL(words[0], 0);

  long wide = 0;
  CHECK_EQUAL(_bittestandset64(&wide, 62), 0);
  CHECK_EQUAL(wide, 1L << 62);
  CHECK_EQUAL(_bittest64(&wide, 62), 1);
  CHECK_EQUAL(_bittest64(&wide, 61), 0);
}

static void bytes_and_rotations(void) {
  CHECK_EQUAL(_byteswap_ushort(0x1234), 0x3412);
  CHECK_EQUAL(_byteswap_ulong(0x12345678), 0x78563412U);
  CHECK_EQUAL(_byteswap_uint64(0x0102030405060708UL), 0x0807060504030201UL);

  CHECK_EQUAL(_rotl8(0x81, 1), 0x03);
  CHECK_EQUAL(_rotr8(0x81, 1), 0xC0);
  CHECK_EQUAL(_rotl16(0x8001, 4), 0x0018);
  CHECK_EQUAL(_rotr16(0x8001, 4), 0x1800);
  CHECK_EQUAL(_rotl(0x80000001U, 4), 0x00000018U);
  CHECK_EQUAL(_rotr(0x80000001U, 0), 0x80000001U);
  CHECK_EQUAL(_rotl(0x80000001U, 32), 0x80000001U);
  CHECK_EQUAL(_lrotl(0x80000000U, 1), 1U); // 32 bits, as a `long` of Windows
  CHECK_EQUAL(_lrotr(1U, 1), 0x80000000U);
  CHECK_EQUAL(_rotl64(0x8000000000000001UL, 4), 0x18UL);
  CHECK_EQUAL(_rotr64(0x18UL, 4), 0x8000000000000001UL);

  CHECK_EQUAL(__popcnt16(0xF0F1), 9);
  CHECK_EQUAL(__popcnt(0xFFFFFFFFU), 32U);
  CHECK_EQUAL(__popcnt64(0xF00000000000000FUL), 8UL);
}

static void wide_products(void) {
  unsigned long high;
  long signed_high;
  unsigned long remainder;
  CHECK_EQUAL(_umul128(~0UL, 2, &high), ~0UL - 1);
  CHECK_EQUAL(high, 1UL);
  CHECK_EQUAL(_mul128(-1, 5, &signed_high), -5);
  CHECK_EQUAL(signed_high, -1);
  CHECK_EQUAL(__umulh(1UL << 63, 6), 3UL);
  CHECK_EQUAL(__mulh(-1, 1), -1);
  CHECK_EQUAL(_udiv128(1, 0, 3, &remainder), 0x5555555555555555UL);
  CHECK_EQUAL(remainder, 1UL);
  CHECK_EQUAL(__shiftleft128(0x8000000000000000UL, 1, 4), 0x18UL);
  CHECK_EQUAL(__shiftright128(0x10, 3, 4), 0x3000000000000001UL);
  CHECK_EQUAL(__shiftleft128(5, 7, 64), 7UL); // the count is modulo 64
}

static void byte_strings(void) {
  unsigned char text[8] = "abcdefg";
  unsigned char copy[8];
  unsigned long words[3] = {1, 2, 3};
  __movsb(copy, text, sizeof text);
  CHECK_EQUAL(memcmp(copy, text, sizeof text), 0);
  __stosb(copy, 'x', 3);
  CHECK_EQUAL(memcmp(copy, "xxxdefg", sizeof copy), 0);
  __stosq(words, 9, 2);
  CHECK_EQUAL(words[1], 9UL);
  CHECK_EQUAL(words[2], 3UL);
  __movsq(&words[1], &words[2], 1);
  CHECK_EQUAL(words[1], 3UL);
}

static void the_processor(void) {
  int registers[4] = {0, 0, 0, 0};
  char vendor[13] = "";
  __cpuid(registers, 0);
  memcpy(vendor, &registers[1], 4);
  memcpy(vendor + 4, &registers[3], 4);
  memcpy(vendor + 8, &registers[2], 4);
  CHECK_EQUAL(strlen(vendor), 12U);

  __cpuidex(registers, 1, 0);
  CHECK_EQUAL((registers[3] >> 26) & 1, 1); // every x64 processor has SSE2

  const uint64_t before = __rdtsc();
  _mm_pause();
  _ReadWriteBarrier();
  CHECK_EQUAL(__rdtsc() - before < (1UL << 40), 1);
}

__attribute__((noinline)) static void* return_address(void) { return _ReturnAddress(); }
__attribute__((noinline)) static void* address_of_return_address(void) {
  return *(void**)_AddressOfReturnAddress() == _ReturnAddress() ? _ReturnAddress() : NULL;
}

static void places(void) {
  CHECK_EQUAL(return_address() != NULL, 1);
  CHECK_EQUAL(address_of_return_address() != NULL, 1);
}

#define NOTHING __noop

static void nothing(void) {
  int evaluated = 0;
  NOTHING(++evaluated, "never");
  __noop(++evaluated);
  CHECK_EQUAL(evaluated, 0);
  CHECK_EQUAL(NOTHING, 0);
}

// What ends a program: each in a child, whose signal is looked at.
static int signal_of(void (*end)(void)) {
  int status = 0;
  const pid_t child = fork();
  if (child == 0) {
    // A sanitizer would report these, and exit.
    signal(SIGTRAP, SIG_DFL);
    signal(SIGSEGV, SIG_DFL);
    signal(SIGILL, SIG_DFL);
    end();
    _exit(0);
  }
  CHECK_EQUAL(waitpid(child, &status, 0), child);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void breakpoint(void) { __debugbreak(); }
static void fail_fast(void) { __fastfail(7); }
static void assertion(void) { __int2c(); }
static void undefined(void) { __ud2(); }

static void traps(void) {
  CHECK_EQUAL(signal_of(breakpoint), SIGTRAP);
  CHECK_EQUAL(signal_of(fail_fast), SIGSEGV);
  CHECK_EQUAL(signal_of(assertion), SIGSEGV);
  CHECK_EQUAL(signal_of(undefined), SIGILL);
}

int main(void) {
  bit_scans();
  bit_tests();
  bytes_and_rotations();
  wide_products();
  byte_strings();
  the_processor();
  places();
  nothing();
  traps();
  printf("%d failures\n", failures);
  return failures != 0;
}
