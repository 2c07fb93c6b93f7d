// The _Interlocked intrinsics: atomic operations on 8, 16, 32, 64 and 128 bits, each a full barrier (rule Y130).
//
// Used by:  intrin.h, and winnt.h, which gives them their names without the underscore.
// Returns:  Increment, Decrement and Add give the new value, all others the old one.
// Surprise: Windows source says `long` where it means 32 bits, and here a `long` has 64. So an operation without a
//           number in its name takes a pointer to any integer of 4 or 8 bytes, and works on the object as it is:
//           a template in C++, _Generic in C. Those that end in 64 take any integer of 8 bytes. Other types are
//           errors.
#ifndef WINMEM_INTERLOCKED_H
#define WINMEM_INTERLOCKED_H

#include "winmem_abi.h"

#ifdef __cplusplus

extern "C++" {

// The types that an operation takes; the value arguments are converted to what the pointer points to.
template <typename T> struct winmem_interlocked64 {};
template <> struct winmem_interlocked64<long> { typedef long type; };
template <> struct winmem_interlocked64<unsigned long> { typedef unsigned long type; };
template <> struct winmem_interlocked64<long long> { typedef long long type; };
template <> struct winmem_interlocked64<unsigned long long> { typedef unsigned long long type; };

#ifdef WINMEM_EXPLAIN // winmem-cc --explain looks for the programs that hand over a 64-bit long
template <typename T> struct winmem_interlocked {};
#else
template <typename T> struct winmem_interlocked : winmem_interlocked64<T> {};
#endif
template <> struct winmem_interlocked<int> { typedef int type; };
template <> struct winmem_interlocked<unsigned> { typedef unsigned type; };

// One set of operations, for the types that `types` lists and with `suffix` at the end of the names.
#define WINMEM_INTERLOCKED_SET(types, suffix)                                                                          \
  template <typename T> WINMEM_INLINE typename types<T>::type _InterlockedIncrement##suffix(T volatile* Addend) {      \
    return __atomic_add_fetch(Addend, 1, __ATOMIC_SEQ_CST);                                                            \
  }                                                                                                                    \
  template <typename T> WINMEM_INLINE typename types<T>::type _InterlockedDecrement##suffix(T volatile* Addend) {      \
    return __atomic_sub_fetch(Addend, 1, __ATOMIC_SEQ_CST);                                                            \
  }                                                                                                                    \
  template <typename T>                                                                                                \
  WINMEM_INLINE typename types<T>::type _InterlockedAdd##suffix(T volatile* Addend, typename types<T>::type Value) {   \
    return __atomic_add_fetch(Addend, Value, __ATOMIC_SEQ_CST);                                                        \
  }                                                                                                                    \
  template <typename T>                                                                                                \
  WINMEM_INLINE                                                                                                        \
      typename types<T>::type _InterlockedExchangeAdd##suffix(T volatile* Addend, typename types<T>::type Value) {     \
    return __atomic_fetch_add(Addend, Value, __ATOMIC_SEQ_CST);                                                        \
  }                                                                                                                    \
  template <typename T>                                                                                                \
  WINMEM_INLINE                                                                                                        \
      typename types<T>::type _InterlockedExchange##suffix(T volatile* Target, typename types<T>::type Value) {        \
    return __atomic_exchange_n(Target, Value, __ATOMIC_SEQ_CST);                                                       \
  }                                                                                                                    \
  template <typename T>                                                                                                \
  WINMEM_INLINE typename types<T>::type _InterlockedCompareExchange##suffix(                                           \
      T volatile* Destination, typename types<T>::type Exchange, typename types<T>::type Comparand) {                  \
    __atomic_compare_exchange_n(Destination, &Comparand, Exchange, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);         \
    return Comparand;                                                                                                  \
  }                                                                                                                    \
  template <typename T>                                                                                                \
  WINMEM_INLINE                                                                                                        \
      typename types<T>::type _InterlockedAnd##suffix(T volatile* Destination, typename types<T>::type Value) {        \
    return __atomic_fetch_and(Destination, Value, __ATOMIC_SEQ_CST);                                                   \
  }                                                                                                                    \
  template <typename T>                                                                                                \
  WINMEM_INLINE                                                                                                        \
      typename types<T>::type _InterlockedOr##suffix(T volatile* Destination, typename types<T>::type Value) {         \
    return __atomic_fetch_or(Destination, Value, __ATOMIC_SEQ_CST);                                                    \
  }                                                                                                                    \
  template <typename T>                                                                                                \
  WINMEM_INLINE                                                                                                        \
      typename types<T>::type _InterlockedXor##suffix(T volatile* Destination, typename types<T>::type Value) {        \
    return __atomic_fetch_xor(Destination, Value, __ATOMIC_SEQ_CST);                                                   \
  }

WINMEM_INTERLOCKED_SET(winmem_interlocked, )
WINMEM_INTERLOCKED_SET(winmem_interlocked64, 64)
#undef WINMEM_INTERLOCKED_SET

} // extern "C++"

#else

// The pointer itself, if it points to an integer of the right size; else an error. Only one of the branches is
// evaluated, once.
#define WINMEM_INTEGER64_POINTER(p)                                                                                    \
  _Generic(*(p), long : (p), unsigned long : (p), long long : (p), unsigned long long : (p))
#ifdef WINMEM_EXPLAIN // as above
#define WINMEM_INTEGER_POINTER(p) _Generic(*(p), int : (p), unsigned : (p))
#else
#define WINMEM_INTEGER_POINTER(p)                                                                                      \
  _Generic(*(p), int : (p), unsigned : (p), long : (p), unsigned long : (p), long long : (p), unsigned long long : (p))
#endif

#define _InterlockedIncrement(Addend)          __sync_add_and_fetch(WINMEM_INTEGER_POINTER(Addend), 1)
#define _InterlockedDecrement(Addend)          __sync_sub_and_fetch(WINMEM_INTEGER_POINTER(Addend), 1)
#define _InterlockedAdd(Addend, Value)         __sync_add_and_fetch(WINMEM_INTEGER_POINTER(Addend), (Value))
#define _InterlockedExchangeAdd(Addend, Value) __sync_fetch_and_add(WINMEM_INTEGER_POINTER(Addend), (Value))
#define _InterlockedExchange(Target, Value)                                                                            \
  __atomic_exchange_n(WINMEM_INTEGER_POINTER(Target), (Value), __ATOMIC_SEQ_CST)
#define _InterlockedCompareExchange(Destination, Exchange, Comparand)                                                  \
  __sync_val_compare_and_swap(WINMEM_INTEGER_POINTER(Destination), (Comparand), (Exchange))
#define _InterlockedAnd(Destination, Value) __sync_fetch_and_and(WINMEM_INTEGER_POINTER(Destination), (Value))
#define _InterlockedOr(Destination, Value)  __sync_fetch_and_or(WINMEM_INTEGER_POINTER(Destination), (Value))
#define _InterlockedXor(Destination, Value) __sync_fetch_and_xor(WINMEM_INTEGER_POINTER(Destination), (Value))

#define _InterlockedIncrement64(Addend)          __sync_add_and_fetch(WINMEM_INTEGER64_POINTER(Addend), 1)
#define _InterlockedDecrement64(Addend)          __sync_sub_and_fetch(WINMEM_INTEGER64_POINTER(Addend), 1)
#define _InterlockedAdd64(Addend, Value)         __sync_add_and_fetch(WINMEM_INTEGER64_POINTER(Addend), (Value))
#define _InterlockedExchangeAdd64(Addend, Value) __sync_fetch_and_add(WINMEM_INTEGER64_POINTER(Addend), (Value))
#define _InterlockedExchange64(Target, Value)                                                                          \
  __atomic_exchange_n(WINMEM_INTEGER64_POINTER(Target), (Value), __ATOMIC_SEQ_CST)
#define _InterlockedCompareExchange64(Destination, Exchange, Comparand)                                                \
  __sync_val_compare_and_swap(WINMEM_INTEGER64_POINTER(Destination), (Comparand), (Exchange))
#define _InterlockedAnd64(Destination, Value) __sync_fetch_and_and(WINMEM_INTEGER64_POINTER(Destination), (Value))
#define _InterlockedOr64(Destination, Value)  __sync_fetch_and_or(WINMEM_INTEGER64_POINTER(Destination), (Value))
#define _InterlockedXor64(Destination, Value) __sync_fetch_and_xor(WINMEM_INTEGER64_POINTER(Destination), (Value))

#endif

WINMEM_BEGIN_C

// ---- 8 and 16 bits: these types have the same size everywhere ----

#define WINMEM_INTERLOCKED_SMALL(T, suffix)                                                                            \
  WINMEM_INLINE T _InterlockedExchange##suffix(T volatile* Target, T Value) {                                          \
    return __atomic_exchange_n(Target, Value, __ATOMIC_SEQ_CST);                                                       \
  }                                                                                                                    \
  WINMEM_INLINE T _InterlockedExchangeAdd##suffix(T volatile* Addend, T Value) {                                       \
    return __atomic_fetch_add(Addend, Value, __ATOMIC_SEQ_CST);                                                        \
  }                                                                                                                    \
  WINMEM_INLINE T _InterlockedCompareExchange##suffix(T volatile* Destination, T Exchange, T Comparand) {              \
    __atomic_compare_exchange_n(Destination, &Comparand, Exchange, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);             \
    return Comparand;                                                                                                  \
  }                                                                                                                    \
  WINMEM_INLINE T _InterlockedAnd##suffix(T volatile* Destination, T Value) {                                          \
    return __atomic_fetch_and(Destination, Value, __ATOMIC_SEQ_CST);                                                   \
  }                                                                                                                    \
  WINMEM_INLINE T _InterlockedOr##suffix(T volatile* Destination, T Value) {                                           \
    return __atomic_fetch_or(Destination, Value, __ATOMIC_SEQ_CST);                                                    \
  }                                                                                                                    \
  WINMEM_INLINE T _InterlockedXor##suffix(T volatile* Destination, T Value) {                                          \
    return __atomic_fetch_xor(Destination, Value, __ATOMIC_SEQ_CST);                                                   \
  }

WINMEM_INTERLOCKED_SMALL(char, 8)
WINMEM_INTERLOCKED_SMALL(short, 16)
#undef WINMEM_INTERLOCKED_SMALL

WINMEM_INLINE short _InterlockedIncrement16(short volatile* Addend) {
  return __atomic_add_fetch(Addend, 1, __ATOMIC_SEQ_CST);
}
WINMEM_INLINE short _InterlockedDecrement16(short volatile* Addend) {
  return __atomic_sub_fetch(Addend, 1, __ATOMIC_SEQ_CST);
}

// ---- Pointers ----

WINMEM_INLINE void* _InterlockedExchangePointer(void* volatile* Target, void* Value) {
  return __atomic_exchange_n(Target, Value, __ATOMIC_SEQ_CST);
}
WINMEM_INLINE void* _InterlockedCompareExchangePointer(void* volatile* Destination, void* Exchange, void* Comparand) {
  __atomic_compare_exchange_n(Destination, &Comparand, Exchange, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  return Comparand;
}

// ---- 128 bits ----

// Compares the 16 bytes at Destination, which must be 16-aligned, with those at ComparandResult; stores the exchange if
// they are equal, and always leaves the old value in ComparandResult. Returns 1 if it stored.
WINMEM_INLINE unsigned char _InterlockedCompareExchange128(long volatile* Destination, long ExchangeHigh,
                                                           long ExchangeLow, long* ComparandResult) {
  unsigned char stored;
  __asm__ __volatile__("lock cmpxchg16b %1"
                       : "=@ccz"(stored), "+m"(*Destination), "+a"(ComparandResult[0]), "+d"(ComparandResult[1])
                       : "b"(ExchangeLow), "c"(ExchangeHigh)
                       : "memory");
  return stored;
}

WINMEM_END_C

// ---- Bits ----
//
// Base is where bit 0 is; Bit may lie beyond the first word, as the processor allows. Returns the old bit. The type of
// the pointer says nothing that the instruction needs, so any will do.

WINMEM_BEGIN_C

#define WINMEM_INTERLOCKED_BIT(name, instruction)                                                                      \
  WINMEM_INLINE unsigned char _##name(volatile void* Base, int Bit) {                                                  \
    unsigned char old;                                                                                                 \
    __asm__ __volatile__("lock " instruction "l %2, %1"                                                                \
                         : "=@ccc"(old), "+m"(*(volatile unsigned*)Base)                                               \
                         : "Ir"(Bit)                                                                                   \
                         : "memory");                                                                                  \
    return old;                                                                                                        \
  }                                                                                                                    \
  WINMEM_INLINE unsigned char _##name##64(volatile void* Base, long Bit) {                                             \
    unsigned char old;                                                                                                 \
    __asm__ __volatile__("lock " instruction "q %2, %1"                                                                \
                         : "=@ccc"(old), "+m"(*(volatile unsigned long*)Base)                                          \
                         : "Jr"(Bit)                                                                                   \
                         : "memory");                                                                                  \
    return old;                                                                                                        \
  }

WINMEM_INTERLOCKED_BIT(interlockedbittestandset, "bts")
WINMEM_INTERLOCKED_BIT(interlockedbittestandreset, "btr")
WINMEM_INTERLOCKED_BIT(interlockedbittestandcomplement, "btc")
#undef WINMEM_INTERLOCKED_BIT

WINMEM_END_C

#ifdef __cplusplus
extern "C++" {
WINMEM_INLINE unsigned char _InterlockedCompareExchange128(long long volatile* Destination, long long ExchangeHigh,
                                                           long long ExchangeLow, long long* ComparandResult) {
  long comparand[2] = {(long)ComparandResult[0], (long)ComparandResult[1]};
  const unsigned char stored =
      _InterlockedCompareExchange128((long volatile*)Destination, (long)ExchangeHigh, (long)ExchangeLow, comparand);
  ComparandResult[0] = comparand[0];
  ComparandResult[1] = comparand[1];
  return stored;
}
}
#endif

#endif
