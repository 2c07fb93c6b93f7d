// Microsoft's intrinsics: operations of the processor that the compiler offers as functions.
//
// Owns:     what the system's <x86intrin.h> (included here: _mm_..., __rdtsc, _mm_pause) lacks or defines otherwise.
// Surprise: Windows' `unsigned long` has 32 bits. Where these functions take a pointer to one, they take a pointer to
//           `unsigned int` and to Linux' 64-bit `unsigned long`; values are of 32 bits as there.
#ifndef WINMEM_INTRIN_H
#define WINMEM_INTRIN_H

#include <stddef.h>
#include <x86intrin.h>

#include "winmem_abi.h"
#include "winmem_interlocked.h"

// The system's header has these as macros, of which _lrotl and _lrotr work on 64 bits.
#undef _rotl
#undef _rotr
#undef _lrotl
#undef _lrotr

WINMEM_BEGIN_C

// ---- Barriers, traps, places ----

// The compiler moves no access across these; the processor may.
#define _ReadWriteBarrier() __asm__ __volatile__("" : : : "memory")
#define _ReadBarrier()      _ReadWriteBarrier()
#define _WriteBarrier()     _ReadWriteBarrier()

// Stops in the debugger.
#define __debugbreak() __asm__ __volatile__("int $3")

// The trap of a failed assertion.
#define __int2c() __asm__ __volatile__("int $0x2c")

#define __ud2() __builtin_trap()
#define __nop() __asm__ __volatile__("nop")

// Ends the process at once. (The trap is Windows' own; here it arrives as a SIGSEGV, with the code in ecx.)
__attribute__((noreturn)) WINMEM_INLINE void __fastfail(unsigned int code) {
  __asm__ __volatile__("int $0x29" : : "c"(code));
  __builtin_unreachable();
}

// Neither calls nor evaluates anything; may stand alone, or as the body of a macro that takes arguments.
enum { __noop = 0 };
#define __noop(...) ((void)0)

#ifndef __assume
#define __assume(expression) ((expression) ? (void)0 : __builtin_unreachable())
#endif

#define _ReturnAddress()          __builtin_return_address(0)
#define _AddressOfReturnAddress() ((void*)((void**)__builtin_frame_address(0) + 1))

#undef __cpuid
#undef __cpuidex
// What the processor is: the four registers of the instruction, in order eax, ebx, ecx, edx.
WINMEM_INLINE void __cpuidex(int cpuInfo[4], int function_id, int subfunction_id) {
  __asm__ __volatile__("cpuid"
                       : "=a"(cpuInfo[0]), "=b"(cpuInfo[1]), "=c"(cpuInfo[2]), "=d"(cpuInfo[3])
                       : "a"(function_id), "c"(subfunction_id));
}
WINMEM_INLINE void __cpuid(int cpuInfo[4], int function_id) { __cpuidex(cpuInfo, function_id, 0); }

// ---- Bytes and bits of a value ----

WINMEM_INLINE unsigned short _byteswap_ushort(unsigned short value) { return __builtin_bswap16(value); }
WINMEM_INLINE unsigned int _byteswap_ulong(unsigned int value) { return __builtin_bswap32(value); }
WINMEM_INLINE unsigned long _byteswap_uint64(unsigned long value) { return __builtin_bswap64(value); }

// Rotations; the count is taken modulo the width.
WINMEM_INLINE unsigned char _rotl8(unsigned char value, unsigned char shift) {
  return (unsigned char)((value << (shift & 7)) | (value >> (-shift & 7)));
}
WINMEM_INLINE unsigned char _rotr8(unsigned char value, unsigned char shift) {
  return (unsigned char)((value >> (shift & 7)) | (value << (-shift & 7)));
}
WINMEM_INLINE unsigned short _rotl16(unsigned short value, unsigned char shift) {
  return (unsigned short)((value << (shift & 15)) | (value >> (-shift & 15)));
}
WINMEM_INLINE unsigned short _rotr16(unsigned short value, unsigned char shift) {
  return (unsigned short)((value >> (shift & 15)) | (value << (-shift & 15)));
}
WINMEM_INLINE unsigned int _rotl(unsigned int value, int shift) {
  return (value << (shift & 31)) | (value >> (-shift & 31));
}
WINMEM_INLINE unsigned int _rotr(unsigned int value, int shift) {
  return (value >> (shift & 31)) | (value << (-shift & 31));
}
WINMEM_INLINE unsigned int _lrotl(unsigned int value, int shift) { return _rotl(value, shift); }
WINMEM_INLINE unsigned int _lrotr(unsigned int value, int shift) { return _rotr(value, shift); }
WINMEM_INLINE unsigned long _rotl64(unsigned long value, int shift) {
  return (value << (shift & 63)) | (value >> (-shift & 63));
}
WINMEM_INLINE unsigned long _rotr64(unsigned long value, int shift) {
  return (value >> (shift & 63)) | (value << (-shift & 63));
}

// How many bits are set.
WINMEM_INLINE unsigned short __popcnt16(unsigned short value) { return (unsigned short)__builtin_popcount(value); }
WINMEM_INLINE unsigned int __popcnt(unsigned int value) { return (unsigned int)__builtin_popcount(value); }
WINMEM_INLINE unsigned long __popcnt64(unsigned long value) { return (unsigned long)__builtin_popcountl(value); }

WINMEM_END_C

// ---- Looking for a bit ----
//
// The number of the lowest (Forward) or highest (Reverse) set bit goes to *Index. Returns 0, and leaves *Index alone,
// if no bit is set.

#ifdef __cplusplus
extern "C++" {
template <typename T> struct winmem_bit_index {};
template <> struct winmem_bit_index<unsigned> { typedef unsigned char found; };
#ifndef WINMEM_EXPLAIN // winmem-cc --explain looks for the programs that hand over a 64-bit long
template <> struct winmem_bit_index<unsigned long> { typedef unsigned char found; };
#endif

template <typename T> WINMEM_INLINE typename winmem_bit_index<T>::found _BitScanForward(T* Index, unsigned int Mask) {
  return Mask != 0 ? (*Index = (T)__builtin_ctz(Mask), 1) : 0;
}
template <typename T> WINMEM_INLINE typename winmem_bit_index<T>::found _BitScanReverse(T* Index, unsigned int Mask) {
  return Mask != 0 ? (*Index = (T)(31 - __builtin_clz(Mask)), 1) : 0;
}
template <typename T>
WINMEM_INLINE typename winmem_bit_index<T>::found _BitScanForward64(T* Index, unsigned long Mask) {
  return Mask != 0 ? (*Index = (T)__builtin_ctzl(Mask), 1) : 0;
}
template <typename T>
WINMEM_INLINE typename winmem_bit_index<T>::found _BitScanReverse64(T* Index, unsigned long Mask) {
  return Mask != 0 ? (*Index = (T)(63 - __builtin_clzl(Mask)), 1) : 0;
}
}
#else
WINMEM_INLINE unsigned char winmem_lowest_bit(unsigned* Index, unsigned long Mask) {
  return Mask != 0 ? (*Index = (unsigned)__builtin_ctzl(Mask), 1) : 0;
}
WINMEM_INLINE unsigned char winmem_lowest_bit_l(unsigned long* Index, unsigned long Mask) {
  return Mask != 0 ? (*Index = (unsigned long)__builtin_ctzl(Mask), 1) : 0;
}
WINMEM_INLINE unsigned char winmem_highest_bit(unsigned* Index, unsigned long Mask) {
  return Mask != 0 ? (*Index = (unsigned)(63 - __builtin_clzl(Mask)), 1) : 0;
}
WINMEM_INLINE unsigned char winmem_highest_bit_l(unsigned long* Index, unsigned long Mask) {
  return Mask != 0 ? (*Index = (unsigned long)(63 - __builtin_clzl(Mask)), 1) : 0;
}
#ifdef WINMEM_EXPLAIN // as above
#define _BitScanForward64(Index, Mask) _Generic(*(Index), unsigned : winmem_lowest_bit)(Index, Mask)
#define _BitScanReverse64(Index, Mask) _Generic(*(Index), unsigned : winmem_highest_bit)(Index, Mask)
#else
#define _BitScanForward64(Index, Mask)                                                                                 \
  _Generic(*(Index), unsigned : winmem_lowest_bit, unsigned long : winmem_lowest_bit_l)(Index, Mask)
#define _BitScanReverse64(Index, Mask)                                                                                 \
  _Generic(*(Index), unsigned : winmem_highest_bit, unsigned long : winmem_highest_bit_l)(Index, Mask)
#endif
#define _BitScanForward(Index, Mask) _BitScanForward64(Index, (unsigned)(Mask))
#define _BitScanReverse(Index, Mask) _BitScanReverse64(Index, (unsigned)(Mask))
#endif

WINMEM_BEGIN_C

// ---- One bit in memory: tested, and set, cleared or flipped ----
//
// Not atomic: winmem_interlocked.h has those that are. Bit may lie beyond the first word. Returns the old bit.

#define WINMEM_BIT_TEST(name, instruction)                                                                             \
  WINMEM_INLINE unsigned char name(volatile void* Base, int Bit) {                                                     \
    unsigned char old;                                                                                                 \
    __asm__ __volatile__(instruction "l %2, %1"                                                                        \
                         : "=@ccc"(old), "+m"(*(volatile unsigned*)Base)                                               \
                         : "Ir"(Bit)                                                                                   \
                         : "memory");                                                                                  \
    return old;                                                                                                        \
  }                                                                                                                    \
  WINMEM_INLINE unsigned char name##64(volatile void* Base, long Bit) {                                                \
    unsigned char old;                                                                                                 \
    __asm__ __volatile__(instruction "q %2, %1"                                                                        \
                         : "=@ccc"(old), "+m"(*(volatile unsigned long*)Base)                                          \
                         : "Jr"(Bit)                                                                                   \
                         : "memory");                                                                                  \
    return old;                                                                                                        \
  }

WINMEM_BIT_TEST(_bittestandset, "bts")
WINMEM_BIT_TEST(_bittestandreset, "btr")
WINMEM_BIT_TEST(_bittestandcomplement, "btc")
#undef WINMEM_BIT_TEST

WINMEM_INLINE unsigned char _bittest(const volatile void* Base, int Bit) {
  return (((const volatile unsigned char*)Base)[Bit >> 3] >> (Bit & 7)) & 1;
}
WINMEM_INLINE unsigned char _bittest64(const volatile void* Base, long Bit) {
  return (((const volatile unsigned char*)Base)[Bit >> 3] >> (Bit & 7)) & 1;
}

// ---- 128 bits ----

__extension__ typedef unsigned __int128 winmem_u128;
__extension__ typedef __int128 winmem_i128;

// The lower half of the product; the upper goes to *HighProduct.
WINMEM_INLINE unsigned long _umul128(unsigned long Multiplier, unsigned long Multiplicand, unsigned long* HighProduct) {
  const winmem_u128 product = (winmem_u128)Multiplier * Multiplicand;
  *HighProduct = (unsigned long)(product >> 64);
  return (unsigned long)product;
}
WINMEM_INLINE long _mul128(long Multiplier, long Multiplicand, long* HighProduct) {
  const winmem_i128 product = (winmem_i128)Multiplier * Multiplicand;
  *HighProduct = (long)(product >> 64);
  return (long)product;
}

// The upper half of the product.
WINMEM_INLINE unsigned long __umulh(unsigned long a, unsigned long b) {
  return (unsigned long)(((winmem_u128)a * b) >> 64);
}
WINMEM_INLINE long __mulh(long a, long b) { return (long)(((winmem_i128)a * b) >> 64); }

// The quotient of a 128-bit number; the rest goes to *remainder. Traps if the quotient needs more than 64 bits.
WINMEM_INLINE unsigned long _udiv128(unsigned long highDividend, unsigned long lowDividend, unsigned long divisor,
                                     unsigned long* remainder) {
  unsigned long quotient;
  __asm__("divq %4" : "=a"(quotient), "=d"(*remainder) : "a"(lowDividend), "d"(highDividend), "rm"(divisor));
  return quotient;
}

// The upper (lower) half of a 128-bit number after a shift to the left (right) by Shift modulo 64.
WINMEM_INLINE unsigned long __shiftleft128(unsigned long LowPart, unsigned long HighPart, unsigned char Shift) {
  return (unsigned long)(((((winmem_u128)HighPart << 64) | LowPart) << (Shift & 63)) >> 64);
}
WINMEM_INLINE unsigned long __shiftright128(unsigned long LowPart, unsigned long HighPart, unsigned char Shift) {
  return (unsigned long)((((winmem_u128)HighPart << 64) | LowPart) >> (Shift & 63));
}

// ---- Strings of bytes and words, by the processor's own loops ----

WINMEM_INLINE void __stosb(unsigned char* Destination, unsigned char Data, size_t Count) {
  __asm__ __volatile__("rep stosb" : "+D"(Destination), "+c"(Count) : "a"(Data) : "memory");
}
WINMEM_INLINE void __stosq(unsigned long* Destination, unsigned long Data, size_t Count) {
  __asm__ __volatile__("rep stosq" : "+D"(Destination), "+c"(Count) : "a"(Data) : "memory");
}
WINMEM_INLINE void __movsb(unsigned char* Destination, const unsigned char* Source, size_t Count) {
  __asm__ __volatile__("rep movsb" : "+D"(Destination), "+S"(Source), "+c"(Count) : : "memory");
}
WINMEM_INLINE void __movsq(unsigned long* Destination, const unsigned long* Source, size_t Count) {
  __asm__ __volatile__("rep movsq" : "+D"(Destination), "+S"(Source), "+c"(Count) : : "memory");
}

WINMEM_END_C

// The system's own 64-bit intrinsics point to `long long`; Windows source points to uint64_t, which is `long` here.
#ifdef __cplusplus
extern "C++" {
WINMEM_INLINE unsigned char _addcarry_u64(unsigned char carry, unsigned long a, unsigned long b, unsigned long* sum) {
  unsigned long long out;
  const unsigned char result = _addcarry_u64(carry, (unsigned long long)a, (unsigned long long)b, &out);
  *sum = out;
  return result;
}
WINMEM_INLINE unsigned char _subborrow_u64(unsigned char borrow, unsigned long a, unsigned long b,
                                           unsigned long* difference) {
  unsigned long long out;
  const unsigned char result = _subborrow_u64(borrow, (unsigned long long)a, (unsigned long long)b, &out);
  *difference = out;
  return result;
}
WINMEM_INLINE unsigned long long _umul128(unsigned long long Multiplier, unsigned long long Multiplicand,
                                          unsigned long long* HighProduct) {
  unsigned long high;
  const unsigned long low = _umul128((unsigned long)Multiplier, (unsigned long)Multiplicand, &high);
  *HighProduct = high;
  return low;
}
}
#endif

#endif
