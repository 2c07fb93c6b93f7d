// Atomic operations, fences and reads and writes of one word, under the names of winnt.h. Part of winnt.h.
//
// Surprise: x64 has no weaker form of an atomic read-modify-write, so the Acquire, Release and NoFence names are the
//           plain operations, as on Windows. (Where that word stands, before or behind a number, follows no rule; it is
//           as documented.) Which integers each takes, winmem_interlocked.h says.
#ifndef WINMEM_WINNT_INTERLOCKED_H
#define WINMEM_WINNT_INTERLOCKED_H

#include "../winmem_interlocked.h"

// ---- 32 bits (and whatever the pointer points to) ----
#define InterlockedIncrement              _InterlockedIncrement
#define InterlockedDecrement              _InterlockedDecrement
#define InterlockedAdd                    _InterlockedAdd
#define InterlockedExchangeAdd            _InterlockedExchangeAdd
#define InterlockedExchange               _InterlockedExchange
#define InterlockedCompareExchange        _InterlockedCompareExchange
#define InterlockedAnd                    _InterlockedAnd
#define InterlockedOr                     _InterlockedOr
#define InterlockedXor                    _InterlockedXor
#define InterlockedIncrementAcquire       InterlockedIncrement
#define InterlockedIncrementRelease       InterlockedIncrement
#define InterlockedIncrementNoFence       InterlockedIncrement
#define InterlockedDecrementAcquire       InterlockedDecrement
#define InterlockedDecrementRelease       InterlockedDecrement
#define InterlockedDecrementNoFence       InterlockedDecrement
#define InterlockedAddAcquire             InterlockedAdd
#define InterlockedAddRelease             InterlockedAdd
#define InterlockedAddNoFence             InterlockedAdd
#define InterlockedExchangeAddAcquire     InterlockedExchangeAdd
#define InterlockedExchangeAddRelease     InterlockedExchangeAdd
#define InterlockedExchangeAddNoFence     InterlockedExchangeAdd
#define InterlockedExchangeAcquire        InterlockedExchange
#define InterlockedExchangeRelease        InterlockedExchange
#define InterlockedExchangeNoFence        InterlockedExchange
#define InterlockedCompareExchangeAcquire InterlockedCompareExchange
#define InterlockedCompareExchangeRelease InterlockedCompareExchange
#define InterlockedCompareExchangeNoFence InterlockedCompareExchange
#define InterlockedAndAcquire             InterlockedAnd
#define InterlockedAndRelease             InterlockedAnd
#define InterlockedAndNoFence             InterlockedAnd
#define InterlockedOrAcquire              InterlockedOr
#define InterlockedOrRelease              InterlockedOr
#define InterlockedOrNoFence              InterlockedOr
#define InterlockedXorAcquire             InterlockedXor
#define InterlockedXorRelease             InterlockedXor
#define InterlockedXorNoFence             InterlockedXor

// ---- 64 bits ----
#define InterlockedIncrement64              _InterlockedIncrement64
#define InterlockedDecrement64              _InterlockedDecrement64
#define InterlockedAdd64                    _InterlockedAdd64
#define InterlockedExchangeAdd64            _InterlockedExchangeAdd64
#define InterlockedExchange64               _InterlockedExchange64
#define InterlockedCompareExchange64        _InterlockedCompareExchange64
#define InterlockedAnd64                    _InterlockedAnd64
#define InterlockedOr64                     _InterlockedOr64
#define InterlockedXor64                    _InterlockedXor64
#define InterlockedIncrementAcquire64       InterlockedIncrement64
#define InterlockedIncrementRelease64       InterlockedIncrement64
#define InterlockedIncrementNoFence64       InterlockedIncrement64
#define InterlockedDecrementAcquire64       InterlockedDecrement64
#define InterlockedDecrementRelease64       InterlockedDecrement64
#define InterlockedDecrementNoFence64       InterlockedDecrement64
#define InterlockedAddAcquire64             InterlockedAdd64
#define InterlockedAddRelease64             InterlockedAdd64
#define InterlockedAddNoFence64             InterlockedAdd64
#define InterlockedExchangeAddAcquire64     InterlockedExchangeAdd64
#define InterlockedExchangeAddRelease64     InterlockedExchangeAdd64
#define InterlockedExchangeAddNoFence64     InterlockedExchangeAdd64
#define InterlockedExchangeAcquire64        InterlockedExchange64
#define InterlockedExchangeRelease64        InterlockedExchange64
#define InterlockedExchangeNoFence64        InterlockedExchange64
#define InterlockedCompareExchangeAcquire64 InterlockedCompareExchange64
#define InterlockedCompareExchangeRelease64 InterlockedCompareExchange64
#define InterlockedCompareExchangeNoFence64 InterlockedCompareExchange64
#define InterlockedAnd64Acquire             InterlockedAnd64
#define InterlockedAnd64Release             InterlockedAnd64
#define InterlockedAnd64NoFence             InterlockedAnd64
#define InterlockedOr64Acquire              InterlockedOr64
#define InterlockedOr64Release              InterlockedOr64
#define InterlockedOr64NoFence              InterlockedOr64
#define InterlockedXor64Acquire             InterlockedXor64
#define InterlockedXor64Release             InterlockedXor64
#define InterlockedXor64NoFence             InterlockedXor64

// ---- 16 bits ----
#define InterlockedIncrement16              _InterlockedIncrement16
#define InterlockedDecrement16              _InterlockedDecrement16
#define InterlockedExchange16               _InterlockedExchange16
#define InterlockedCompareExchange16        _InterlockedCompareExchange16
#define InterlockedAnd16                    _InterlockedAnd16
#define InterlockedOr16                     _InterlockedOr16
#define InterlockedXor16                    _InterlockedXor16
#define InterlockedIncrement16Acquire       InterlockedIncrement16
#define InterlockedIncrement16Release       InterlockedIncrement16
#define InterlockedIncrement16NoFence       InterlockedIncrement16
#define InterlockedDecrement16Acquire       InterlockedDecrement16
#define InterlockedDecrement16Release       InterlockedDecrement16
#define InterlockedDecrement16NoFence       InterlockedDecrement16
#define InterlockedCompareExchange16Acquire InterlockedCompareExchange16
#define InterlockedCompareExchange16Release InterlockedCompareExchange16
#define InterlockedCompareExchange16NoFence InterlockedCompareExchange16
#define InterlockedAnd16Acquire             InterlockedAnd16
#define InterlockedAnd16Release             InterlockedAnd16
#define InterlockedAnd16NoFence             InterlockedAnd16
#define InterlockedOr16Acquire              InterlockedOr16
#define InterlockedOr16Release              InterlockedOr16
#define InterlockedOr16NoFence              InterlockedOr16
#define InterlockedXor16Acquire             InterlockedXor16
#define InterlockedXor16Release             InterlockedXor16
#define InterlockedXor16NoFence             InterlockedXor16

// ---- 8 bits ----
#define InterlockedExchangeAdd8 _InterlockedExchangeAdd8
#define InterlockedExchange8    _InterlockedExchange8
#define InterlockedAnd8         _InterlockedAnd8
#define InterlockedOr8          _InterlockedOr8
#define InterlockedXor8         _InterlockedXor8
#define InterlockedAnd8Acquire  InterlockedAnd8
#define InterlockedAnd8Release  InterlockedAnd8
#define InterlockedAnd8NoFence  InterlockedAnd8
#define InterlockedOr8Acquire   InterlockedOr8
#define InterlockedOr8Release   InterlockedOr8
#define InterlockedOr8NoFence   InterlockedOr8
#define InterlockedXor8Acquire  InterlockedXor8
#define InterlockedXor8Release  InterlockedXor8
#define InterlockedXor8NoFence  InterlockedXor8

// ---- Pointers and 128 bits ----
#define InterlockedExchangePointer               _InterlockedExchangePointer
#define InterlockedCompareExchangePointer        _InterlockedCompareExchangePointer
#define InterlockedCompareExchange128            _InterlockedCompareExchange128
#define InterlockedExchangePointerAcquire        InterlockedExchangePointer
#define InterlockedExchangePointerRelease        InterlockedExchangePointer
#define InterlockedExchangePointerNoFence        InterlockedExchangePointer
#define InterlockedCompareExchangePointerAcquire InterlockedCompareExchangePointer
#define InterlockedCompareExchangePointerRelease InterlockedCompareExchangePointer
#define InterlockedCompareExchangePointerNoFence InterlockedCompareExchangePointer

// ---- Single bits: the old bit is returned ----
#define InterlockedBitTestAndSet          _interlockedbittestandset
#define InterlockedBitTestAndSet64        _interlockedbittestandset64
#define InterlockedBitTestAndReset        _interlockedbittestandreset
#define InterlockedBitTestAndReset64      _interlockedbittestandreset64
#define InterlockedBitTestAndComplement   _interlockedbittestandcomplement
#define InterlockedBitTestAndComplement64 _interlockedbittestandcomplement64
#define InterlockedBitTestAndSetAcquire   InterlockedBitTestAndSet
#define InterlockedBitTestAndSetRelease   InterlockedBitTestAndSet
#define InterlockedBitTestAndSetNoFence   InterlockedBitTestAndSet
#define InterlockedBitTestAndResetAcquire InterlockedBitTestAndReset
#define InterlockedBitTestAndResetRelease InterlockedBitTestAndReset
#define InterlockedBitTestAndResetNoFence InterlockedBitTestAndReset

// ---- The address where a size is kept ----
#define InterlockedIncrementSizeT(a)      InterlockedIncrement64((LONG64*)(a))
#define InterlockedDecrementSizeT(a)      InterlockedDecrement64((LONG64*)(a))
#define InterlockedExchangeAddSizeT(a, b) InterlockedExchangeAdd64((LONG64*)(a), (LONG64)(b))

// Returns the old value.
#ifdef __cplusplus
extern "C++" {
template <typename T>
WINMEM_INLINE typename winmem_interlocked<T>::type
InterlockedExchangeSubtract(T volatile* Addend, typename winmem_interlocked<T>::type Value) {
  return __atomic_fetch_sub(Addend, Value, __ATOMIC_SEQ_CST);
}
}
#else
#define InterlockedExchangeSubtract(Addend, Value) __sync_fetch_and_sub(WINMEM_INTEGER_POINTER(Addend), (Value))
#endif

// ---- Fences ----

// Orders every read and write before it before every one after it.
WINMEM_INLINE void __faststorefence(void) { __sync_synchronize(); }
#define MemoryBarrier __faststorefence

// Tells the processor that this is a loop that waits.
#define YieldProcessor __builtin_ia32_pause

// ---- Reads and writes of one word, each whole and in this order ----
#ifdef __cplusplus
extern "C++" {
template <typename T> WINMEM_INLINE typename winmem_interlocked<T>::type ReadAcquire(T const volatile* Source) {
  return __atomic_load_n(Source, __ATOMIC_ACQUIRE);
}
template <typename T> WINMEM_INLINE typename winmem_interlocked<T>::type ReadNoFence(T const volatile* Source) {
  return __atomic_load_n(Source, __ATOMIC_RELAXED);
}
template <typename T> WINMEM_INLINE typename winmem_interlocked<T>::type ReadRaw(T const volatile* Source) {
  return __atomic_load_n(Source, __ATOMIC_RELAXED);
}
template <typename T>
WINMEM_INLINE void WriteRelease(T volatile* Destination, typename winmem_interlocked<T>::type Value) {
  __atomic_store_n(Destination, Value, __ATOMIC_RELEASE);
}
template <typename T>
WINMEM_INLINE void WriteNoFence(T volatile* Destination, typename winmem_interlocked<T>::type Value) {
  __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}
template <typename T> WINMEM_INLINE void WriteRaw(T volatile* Destination, typename winmem_interlocked<T>::type Value) {
  __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}
template <typename T> WINMEM_INLINE typename winmem_interlocked64<T>::type ReadAcquire64(T const volatile* Source) {
  return __atomic_load_n(Source, __ATOMIC_ACQUIRE);
}
template <typename T> WINMEM_INLINE typename winmem_interlocked64<T>::type ReadNoFence64(T const volatile* Source) {
  return __atomic_load_n(Source, __ATOMIC_RELAXED);
}
template <typename T> WINMEM_INLINE typename winmem_interlocked64<T>::type ReadRaw64(T const volatile* Source) {
  return __atomic_load_n(Source, __ATOMIC_RELAXED);
}
template <typename T>
WINMEM_INLINE void WriteRelease64(T volatile* Destination, typename winmem_interlocked64<T>::type Value) {
  __atomic_store_n(Destination, Value, __ATOMIC_RELEASE);
}
template <typename T>
WINMEM_INLINE void WriteNoFence64(T volatile* Destination, typename winmem_interlocked64<T>::type Value) {
  __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}
template <typename T>
WINMEM_INLINE void WriteRaw64(T volatile* Destination, typename winmem_interlocked64<T>::type Value) {
  __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}
}
#else
#define ReadAcquire(Source) __atomic_load_n(WINMEM_INTEGER_POINTER(Source), __ATOMIC_ACQUIRE)
#define ReadNoFence(Source) __atomic_load_n(WINMEM_INTEGER_POINTER(Source), __ATOMIC_RELAXED)
#define ReadRaw(Source)     __atomic_load_n(WINMEM_INTEGER_POINTER(Source), __ATOMIC_RELAXED)
#define WriteRelease(Destination, Value)                                                                               \
  __atomic_store_n(WINMEM_INTEGER_POINTER(Destination), (Value), __ATOMIC_RELEASE)
#define WriteNoFence(Destination, Value)                                                                               \
  __atomic_store_n(WINMEM_INTEGER_POINTER(Destination), (Value), __ATOMIC_RELAXED)
#define WriteRaw(Destination, Value) __atomic_store_n(WINMEM_INTEGER_POINTER(Destination), (Value), __ATOMIC_RELAXED)
#define ReadAcquire64(Source)        __atomic_load_n(WINMEM_INTEGER64_POINTER(Source), __ATOMIC_ACQUIRE)
#define ReadNoFence64(Source)        __atomic_load_n(WINMEM_INTEGER64_POINTER(Source), __ATOMIC_RELAXED)
#define ReadRaw64(Source)            __atomic_load_n(WINMEM_INTEGER64_POINTER(Source), __ATOMIC_RELAXED)
#define WriteRelease64(Destination, Value)                                                                             \
  __atomic_store_n(WINMEM_INTEGER64_POINTER(Destination), (Value), __ATOMIC_RELEASE)
#define WriteNoFence64(Destination, Value)                                                                             \
  __atomic_store_n(WINMEM_INTEGER64_POINTER(Destination), (Value), __ATOMIC_RELAXED)
#define WriteRaw64(Destination, Value)                                                                                 \
  __atomic_store_n(WINMEM_INTEGER64_POINTER(Destination), (Value), __ATOMIC_RELAXED)
#endif

WINMEM_BEGIN_C
WINMEM_INLINE PVOID ReadPointerAcquire(PVOID const volatile* Source) {
  return __atomic_load_n(Source, __ATOMIC_ACQUIRE);
}
WINMEM_INLINE PVOID ReadPointerNoFence(PVOID const volatile* Source) {
  return __atomic_load_n(Source, __ATOMIC_RELAXED);
}
WINMEM_INLINE PVOID ReadPointerRaw(PVOID const volatile* Source) { return __atomic_load_n(Source, __ATOMIC_RELAXED); }
WINMEM_INLINE VOID WritePointerRelease(PVOID volatile* Destination, PVOID Value) {
  __atomic_store_n(Destination, Value, __ATOMIC_RELEASE);
}
WINMEM_INLINE VOID WritePointerNoFence(PVOID volatile* Destination, PVOID Value) {
  __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}
WINMEM_INLINE VOID WritePointerRaw(PVOID volatile* Destination, PVOID Value) {
  __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}
WINMEM_END_C

#endif
