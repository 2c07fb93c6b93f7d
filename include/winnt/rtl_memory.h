// Copying, filling and comparing memory: names for what the C library does. Part of winnt.h.
#ifndef WINMEM_WINNT_RTL_MEMORY_H
#define WINMEM_WINNT_RTL_MEMORY_H

#define RtlEqualMemory(Destination, Source, Length) (!memcmp((Destination), (Source), (Length)))
#define RtlMoveMemory(Destination, Source, Length)  memmove((Destination), (Source), (Length))
#define RtlCopyMemory(Destination, Source, Length)  memcpy((Destination), (Source), (Length))
#define RtlFillMemory(Destination, Length, Fill)    memset((Destination), (Fill), (Length))
#define RtlZeroMemory(Destination, Length)          memset((Destination), 0, (Length))

// Zeroes `cnt` bytes at `ptr`, and the compiler may not leave that out. Returns `ptr`.
FORCEINLINE PVOID RtlSecureZeroMemory(PVOID ptr, SIZE_T cnt) {
  memset(ptr, 0, cnt);
  __asm__ __volatile__("" : : "r"(ptr) : "memory");
  return ptr;
}

#endif
