// The Interlocked functions on every type that they take, in C and (through interlocked_test.cpp) in C++. Rule Y130.
#include <pthread.h>
#include <windows.h>

#include "check.h"

// Intrinsics that winnt.h has no name for.
#define InterlockedExchangeAdd16    _InterlockedExchangeAdd16
#define InterlockedCompareExchange8 _InterlockedCompareExchange8

// A value between two others that no operation may touch. Object is T, or T with volatile.
#define CELL(Object, T, name, initial)                                                                                 \
  struct {                                                                                                             \
    T before;                                                                                                          \
    Object value;                                                                                                      \
    T after;                                                                                                           \
  } name = {(T)0x55, (T)(initial), (T)0xAA}

#define CHECK_CELL(T, name, expected)                                                                                  \
  CHECK_EQUAL(name.value, (T)(expected));                                                                              \
  CHECK_EQUAL(name.before, (T)0x55);                                                                                   \
  CHECK_EQUAL(name.after, (T)0xAA)

// Each operation on one type, with its result and what it leaves behind.
#define CHECK_OPERATIONS(Object, T, suffix)                                                                            \
  do {                                                                                                                 \
    CELL(Object, T, cell, 10);                                                                                         \
    CHECK_EQUAL(InterlockedExchangeAdd##suffix(&cell.value, 5), (T)10);                                                \
    CHECK_CELL(T, cell, 15);                                                                                           \
    CHECK_EQUAL(InterlockedExchange##suffix(&cell.value, -1), (T)15);                                                  \
    CHECK_CELL(T, cell, -1);                                                                                           \
    CHECK_EQUAL(InterlockedCompareExchange##suffix(&cell.value, 6, 5), (T)-1);                                         \
    CHECK_CELL(T, cell, -1);                                                                                           \
    CHECK_EQUAL(InterlockedCompareExchange##suffix(&cell.value, 6, -1), (T)-1);                                        \
    CHECK_CELL(T, cell, 6);                                                                                            \
    CHECK_EQUAL(InterlockedAnd##suffix(&cell.value, 3), (T)6);                                                         \
    CHECK_CELL(T, cell, 2);                                                                                            \
    CHECK_EQUAL(InterlockedOr##suffix(&cell.value, 9), (T)2);                                                          \
    CHECK_CELL(T, cell, 11);                                                                                           \
    CHECK_EQUAL(InterlockedXor##suffix(&cell.value, 2), (T)11);                                                        \
    CHECK_CELL(T, cell, 9);                                                                                            \
  } while (0)

#define CHECK_COUNTING(Object, T, suffix)                                                                              \
  do {                                                                                                                 \
    CELL(Object, T, cell, 0);                                                                                          \
    CHECK_EQUAL(InterlockedDecrement##suffix(&cell.value), (T)-1);                                                     \
    CHECK_CELL(T, cell, -1);                                                                                           \
    CHECK_EQUAL(InterlockedIncrement##suffix(&cell.value), (T)0);                                                      \
    CHECK_EQUAL(InterlockedIncrement##suffix(&cell.value), (T)1);                                                      \
    CHECK_CELL(T, cell, 1);                                                                                            \
  } while (0)

#define CHECK_ADD(Object, T, suffix)                                                                                   \
  do {                                                                                                                 \
    CELL(Object, T, cell, 40);                                                                                         \
    CHECK_EQUAL(InterlockedAdd##suffix(&cell.value, 2), (T)42);                                                        \
    CHECK_CELL(T, cell, 42);                                                                                           \
  } while (0)

#define CHECK_ALL(Object, T, suffix)                                                                                   \
  CHECK_OPERATIONS(Object, T, suffix);                                                                                 \
  CHECK_COUNTING(Object, T, suffix);                                                                                   \
  CHECK_ADD(Object, T, suffix)

static void each_type(void) {
  CHECK_ALL(LONG, LONG, );
  CHECK_ALL(volatile LONG, LONG, );
  CHECK_ALL(DWORD, DWORD, );
  CHECK_ALL(volatile DWORD, DWORD, );
  CHECK_ALL(long, long, );
  CHECK_ALL(volatile long, long, );
  CHECK_ALL(unsigned long, unsigned long, );
  CHECK_ALL(LONGLONG, LONGLONG, );
  CHECK_ALL(long long, long long, );
  CHECK_ALL(volatile unsigned long long, unsigned long long, );

  CHECK_ALL(LONG64, LONG64, 64);
  CHECK_ALL(volatile LONG64, LONG64, 64);
  CHECK_ALL(DWORD64, DWORD64, 64);
  CHECK_ALL(long, long, 64);
  CHECK_ALL(unsigned long, unsigned long, 64);
  CHECK_ALL(long long, long long, 64);
  CHECK_ALL(volatile unsigned long long, unsigned long long, 64);
  CHECK_ALL(SIZE_T, SIZE_T, 64);

  CHECK_OPERATIONS(SHORT, SHORT, 16);
  CHECK_COUNTING(SHORT, SHORT, 16);
  CHECK_OPERATIONS(CHAR, CHAR, 8);
}

// A `long` of Windows source keeps all its 64 bits, and an int touches 32 only.
static void width_of_the_object(void) {
  long wide = 0xFFFFFFFFL;
  InterlockedIncrement(&wide);
  CHECK_EQUAL(wide, 0x100000000L);
  InterlockedExchange(&wide, 0x123456789ABL);
  CHECK_EQUAL(wide, 0x123456789ABL);

  union {
    DWORD half[2];
    unsigned long whole;
  } both;
  both.whole = 0xFFFFFFFFUL;
  InterlockedIncrement(&both.half[0]);
  CHECK_EQUAL(both.whole, 0UL);
}

// The names with an order do what those without do.
static void orders(void) {
  LONG word = 1;
  LONG64 wide = 1;
  SHORT narrow = 1;
  CHAR byte = 1;
  CHECK_EQUAL(InterlockedIncrementAcquire(&word), 2);
  CHECK_EQUAL(InterlockedCompareExchangeRelease(&word, 5, 2), 2);
  CHECK_EQUAL(InterlockedXorNoFence(&word, 1), 5);
  CHECK_EQUAL(InterlockedDecrementRelease64(&wide), 0);
  CHECK_EQUAL(InterlockedExchangeAddNoFence64(&wide, 7), 0);
  CHECK_EQUAL(InterlockedOr64Acquire(&wide, 8), 7);
  CHECK_EQUAL(InterlockedIncrement16Acquire(&narrow), 2);
  CHECK_EQUAL(InterlockedAnd8Release(&byte, 0), 1);
  CHECK_EQUAL(word, 4);
  CHECK_EQUAL(wide, 15);
  CHECK_EQUAL(narrow, 2);
  CHECK_EQUAL(byte, 0);
}

static void subtract_and_sizes(void) {
  DWORD number = 7;
  CHECK_EQUAL(InterlockedExchangeSubtract(&number, 2), 7U);
  CHECK_EQUAL(number, 5U);

  SIZE_T size = 4096;
  CHECK_EQUAL(InterlockedExchangeAddSizeT(&size, 4096), 4096L);
  CHECK_EQUAL(InterlockedIncrementSizeT(&size), 8193L);
  CHECK_EQUAL(InterlockedDecrementSizeT(&size), 8192L);
}

static void pointers(void) {
  int first, second;
  PVOID volatile place = &first;
  CHECK_EQUAL(InterlockedExchangePointer(&place, &second), (PVOID)&first);
  CHECK_EQUAL(InterlockedCompareExchangePointer(&place, NULL, &first), (PVOID)&second);
  CHECK_EQUAL(place, (PVOID)&second);
  CHECK_EQUAL(InterlockedCompareExchangePointer(&place, NULL, &second), (PVOID)&second);
  CHECK_EQUAL(ReadPointerAcquire(&place), (PVOID)NULL);
  WritePointerRelease(&place, &first);
  CHECK_EQUAL(ReadPointerNoFence(&place), (PVOID)&first);
}

static void sixteen_bytes(void) {
  DECLSPEC_ALIGN(16) LONG64 pair[2] = {1, 2};
  DECLSPEC_ALIGN(16) LONG64 comparand[2] = {1, 3};

  CHECK_EQUAL(InterlockedCompareExchange128(pair, 20, 10, comparand), 0);
  CHECK_EQUAL(pair[0], 1);
  CHECK_EQUAL(pair[1], 2);
  CHECK_EQUAL(comparand[1], 2);

  CHECK_EQUAL(InterlockedCompareExchange128(pair, 20, 10, comparand), 1);
  CHECK_EQUAL(pair[0], 10);
  CHECK_EQUAL(pair[1], 20);
  CHECK_EQUAL(comparand[0], 1);
}

static void bits(void) {
  LONG words[3] = {0, 0, 0};
  CHECK_EQUAL(InterlockedBitTestAndSet(&words[0], 31), 0);
  CHECK_EQUAL(InterlockedBitTestAndSet(&words[0], 31), 1);
  CHECK_EQUAL(words[0], (LONG)0x80000000U);
  CHECK_EQUAL(words[1], 0);
  CHECK_EQUAL(InterlockedBitTestAndReset(&words[0], 31), 1);
  CHECK_EQUAL(InterlockedBitTestAndComplement(&words[0], 0), 0);
  CHECK_EQUAL(words[0], 1);

  int beyond = 65;
  CHECK_EQUAL(InterlockedBitTestAndSet(&words[0], beyond), 0);
  CHECK_EQUAL(words[2], 2);

  LONG64 wide = 0;
  CHECK_EQUAL(InterlockedBitTestAndSet64(&wide, 63), 0);
  CHECK_EQUAL(wide, MINLONG64);
  CHECK_EQUAL(InterlockedBitTestAndReset64(&wide, 63), 1);
  CHECK_EQUAL(wide, 0);
}

static void reads_and_writes(void) {
  LONG word = 0;
  WriteRelease(&word, 3);
  CHECK_EQUAL(ReadAcquire(&word), 3);
  WriteNoFence(&word, 4);
  CHECK_EQUAL(ReadNoFence(&word), 4);
  const volatile LONG64 wide = 5;
  CHECK_EQUAL(ReadAcquire64(&wide), 5);
  MemoryBarrier();
  YieldProcessor();
}

enum { kThreads = 2, kRounds = 50000 };

static volatile LONG shared_word;
static volatile long shared_long;
static volatile LONG64 shared_ored;

static void* count(void* argument) {
  const LONG64 own = *(const LONG64*)argument;
  int round;
  for (round = 0; round < kRounds; ++round) {
    LONG seen;
    InterlockedIncrement(&shared_long);
    InterlockedXor64(&shared_ored, own);
    do {
      seen = ReadNoFence(&shared_word);
    } while (InterlockedCompareExchange(&shared_word, seen + 1, seen) != seen);
  }
  return NULL;
}

static void between_threads(void) {
  pthread_t threads[kThreads];
  LONG64 bit_of[kThreads];
  int i;
  for (i = 0; i < kThreads; ++i) {
    bit_of[i] = (LONG64)1 << i;
    CHECK_EQUAL(pthread_create(&threads[i], NULL, count, &bit_of[i]), 0);
  }
  for (i = 0; i < kThreads; ++i)
    CHECK_EQUAL(pthread_join(threads[i], NULL), 0);

  CHECK_EQUAL(shared_word, kThreads * kRounds);
  CHECK_EQUAL(shared_long, kThreads * kRounds);
  CHECK_EQUAL(shared_ored, 0); // each bit was flipped an even number of times
}

int main(void) {
  each_type();
  width_of_the_object();
  orders();
  subtract_and_sizes();
  pointers();
  sixteen_bytes();
  bits();
  reads_and_writes();
  between_threads();
  printf("%d failures\n", failures);
  return failures != 0;
}
