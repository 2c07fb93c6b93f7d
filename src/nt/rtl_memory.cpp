// ntdll's copies, fills and comparisons that the C library does not have.
#include "transfer.h"

#include <algorithm>
#include <cstring>
#include <winternl.h>

namespace {

// Where two blocks differ first. Larger steps than bytes while they are equal.
std::size_t first_difference(const unsigned char* first, const unsigned char* second, std::size_t length) {
  constexpr std::size_t kStep = 64;
  std::size_t at = 0;
  while (length - at >= kStep && std::memcmp(first + at, second + at, kStep) == 0) {
    at += kStep;
  }
  while (at < length && first[at] == second[at]) {
    ++at;
  }
  return at;
}

// The compiler may not leave the caller's access out, nor move another one over it.
void keep(volatile void* memory) { __asm__ __volatile__("" : : "r"(memory) : "memory"); }

} // namespace

SIZE_T NTAPI RtlCompareMemory(const VOID* Source1, const VOID* Source2, SIZE_T Length) {
  return first_difference(static_cast<const unsigned char*>(Source1), static_cast<const unsigned char*>(Source2),
                          Length);
}

SIZE_T NTAPI RtlCompareMemoryUlong(PVOID Source, SIZE_T Length, ULONG Pattern) {
  if (reinterpret_cast<ULONG_PTR>(Source) % sizeof(ULONG) != 0 || Length % sizeof(ULONG) != 0) {
    return 0;
  }
  const auto* words = static_cast<const ULONG*>(Source);
  SIZE_T count = Length / sizeof(ULONG);
  SIZE_T at = 0;
  while (at < count && words[at] == Pattern) {
    ++at;
  }
  return at * sizeof(ULONG);
}

BOOLEAN NTAPI RtlIsZeroMemory(PVOID Buffer, SIZE_T Length) {
  const auto* bytes = static_cast<const unsigned char*>(Buffer);
  // All are zero if the first is and each equals the one before.
  return Length == 0 || (bytes[0] == 0 && first_difference(bytes, bytes + 1, Length - 1) == Length - 1) ? TRUE : FALSE;
}

volatile void* NTAPI RtlMoveVolatileMemory(volatile void* Destination, const volatile void* Source, size_t Length) {
  keep(Destination);
  std::memmove(const_cast<void*>(Destination), const_cast<const void*>(Source), Length);
  keep(Destination);
  return Destination;
}

volatile void* NTAPI RtlCopyVolatileMemory(volatile void* Destination, const volatile void* Source, size_t Length) {
  return RtlMoveVolatileMemory(Destination, Source, Length);
}

volatile void* NTAPI RtlCopyDeviceMemory(volatile void* Destination, const volatile void* Source, size_t Length) {
  return RtlMoveVolatileMemory(Destination, Source, Length);
}

volatile void* NTAPI RtlSetVolatileMemory(volatile void* Destination, int Fill, size_t Length) {
  keep(Destination);
  std::memset(const_cast<void*>(Destination), Fill, Length);
  keep(Destination);
  return Destination;
}

// The SDK's macros are the C library's functions; these are for GetProcAddress and for programs without the macros.
VOID NTAPI RtlMoveMemory(PVOID Destination, const VOID* Source, SIZE_T Length) {
  std::memmove(Destination, Source, Length);
}

// Windows' own copies overlapping blocks, too.
VOID NTAPI RtlCopyMemory(PVOID Destination, const VOID* Source, SIZE_T Length) {
  std::memmove(Destination, Source, Length);
}

VOID NTAPI RtlFillMemory(PVOID Destination, SIZE_T Length, UCHAR Fill) { std::memset(Destination, Fill, Length); }

VOID NTAPI RtlZeroMemory(PVOID Destination, SIZE_T Length) { std::memset(Destination, 0, Length); }

VOID NTAPI RtlFillMemoryUlong(PVOID Destination, SIZE_T Length, ULONG Pattern) {
  std::fill_n(static_cast<ULONG*>(Destination), Length / sizeof Pattern, Pattern);
}

VOID NTAPI RtlFillMemoryUlonglong(PVOID Destination, SIZE_T Length, ULONGLONG Pattern) {
  std::fill_n(static_cast<ULONGLONG*>(Destination), Length / sizeof Pattern, Pattern);
}

VOID NTAPI RtlCopyMemoryNonTemporal(VOID* Destination, const VOID* Source, SIZE_T Length) {
  std::memcpy(Destination, Source, Length);
}

VOID NTAPI RtlFillMemoryNonTemporal(VOID* Destination, SIZE_T Length, const UCHAR Value) {
  std::memset(Destination, Value, Length);
}

NTSTATUS NTAPI RtlCopyMappedMemory(PVOID Destination, PVOID Source, SIZE_T Length) {
  using winmem::Status;
  constexpr auto kSelf = LONG_PTR{-1};
  winmem::nt::Transfer transfer =
      winmem::nt::write_memory(reinterpret_cast<HANDLE>(kSelf), reinterpret_cast<winmem::Address>(Destination),
                               reinterpret_cast<winmem::Address>(Source), Length);
  return static_cast<NTSTATUS>(transfer.status == Status::ok ? Status::ok : Status::access_violation);
}
