// Copying, filling and comparing memory: names for what the C library does. Part of winnt.h.
//
// Lengths are in bytes. None of these checks a pointer: a bad one is an access violation, as in the program's own code.
// The Volatile and Device forms are calls that the compiler cannot leave out. No memory of devices is met here, so both
// are the same.
#ifndef WINMEM_WINNT_RTL_MEMORY_H
#define WINMEM_WINNT_RTL_MEMORY_H

// Whether Length bytes are the same.
#define RtlEqualMemory(Destination, Source, Length) (!memcmp((Destination), (Source), (Length)))

WINMEM_BEGIN_C

// memmove, memcpy and memset, for those who look the functions up: plain calls are the macros below.
NTSYSAPI VOID NTAPI RtlMoveMemory(PVOID Destination, const VOID* Source, SIZE_T Length);
NTSYSAPI VOID NTAPI RtlCopyMemory(PVOID Destination, const VOID* Source, SIZE_T Length);
NTSYSAPI VOID NTAPI RtlFillMemory(PVOID Destination, SIZE_T Length, UCHAR Fill);
NTSYSAPI VOID NTAPI RtlZeroMemory(PVOID Destination, SIZE_T Length);

WINMEM_END_C

#ifndef RtlMoveMemory // the library is built with other names for the functions
#define RtlMoveMemory(Destination, Source, Length) memmove((Destination), (Source), (Length))
#define RtlCopyMemory(Destination, Source, Length) memcpy((Destination), (Source), (Length))
#define RtlFillMemory(Destination, Length, Fill)   memset((Destination), (Fill), (Length))
#define RtlZeroMemory(Destination, Length)         memset((Destination), 0, (Length))
#endif

// Zeroes `cnt` bytes at `ptr`, and the compiler may not leave that out. Returns `ptr`.
FORCEINLINE PVOID RtlSecureZeroMemory(PVOID ptr, SIZE_T cnt) {
  memset(ptr, 0, cnt);
  __asm__ __volatile__("" : : "r"(ptr) : "memory");
  return ptr;
}

// Whether two blocks are equal, in a time that depends on their length alone: 1 or 0.
FORCEINLINE int RtlConstantTimeEqualMemory(const void* v1, const void* v2, ULONG len) {
  const volatile unsigned char* first = (const volatile unsigned char*)v1;
  const volatile unsigned char* second = (const volatile unsigned char*)v2;
  unsigned different = 0;
  for (ULONG i = 0; i < len; ++i) {
    different |= (unsigned)(first[i] ^ second[i]);
  }
  return different == 0;
}

WINMEM_BEGIN_C

// How many bytes are equal, from the first one on.
NTSYSAPI SIZE_T NTAPI RtlCompareMemory(const VOID* Source1, const VOID* Source2, SIZE_T Length);

// Whether all bytes are zero. TRUE for none.
NTSYSAPI BOOLEAN NTAPI RtlIsZeroMemory(PVOID Buffer, SIZE_T Length);

// Copies between blocks that do not overlap, or may (Move); fills. Each returns Destination.
NTSYSAPI volatile void* NTAPI RtlCopyVolatileMemory(volatile void* Destination, const volatile void* Source,
                                                    size_t Length);
NTSYSAPI volatile void* NTAPI RtlCopyDeviceMemory(volatile void* Destination, const volatile void* Source,
                                                  size_t Length);
NTSYSAPI volatile void* NTAPI RtlMoveVolatileMemory(volatile void* Destination, const volatile void* Source,
                                                    size_t Length);
NTSYSAPI volatile void* NTAPI RtlSetVolatileMemory(volatile void* Destination, int Fill, size_t Length);

WINMEM_END_C

FORCEINLINE volatile void* RtlFillVolatileMemory(volatile void* Destination, size_t Length, int Fill) {
  return RtlSetVolatileMemory(Destination, Fill, Length);
}
FORCEINLINE volatile void* RtlZeroVolatileMemory(volatile void* Destination, size_t Length) {
  return RtlSetVolatileMemory(Destination, 0, Length);
}
FORCEINLINE volatile void* RtlSecureZeroMemory2(volatile void* Destination, size_t Length) {
  return RtlSetVolatileMemory(Destination, 0, Length);
}
FORCEINLINE volatile void* RtlFillDeviceMemory(volatile void* Destination, size_t Length, int Fill) {
  return RtlSetVolatileMemory(Destination, Fill, Length);
}
FORCEINLINE volatile void* RtlZeroDeviceMemory(volatile void* Destination, size_t Length) {
  return RtlSetVolatileMemory(Destination, 0, Length);
}

#endif
