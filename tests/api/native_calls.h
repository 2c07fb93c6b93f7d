// The native calls with the arguments that are both in and out in one structure, and the statuses they answer.
#pragma once

#include "expect.h"
#include "memory_map.h"

namespace apitest {

inline constexpr unsigned kSuccess = 0;
inline constexpr unsigned kAccessViolation = 0xC0000005;
inline constexpr unsigned kPartialCopy = 0x8000000D;
inline constexpr unsigned kInvalidHandle = 0xC0000008;
inline constexpr unsigned kInvalidParameter = 0xC000000D;
inline constexpr unsigned kNoMemory = 0xC0000017;
inline constexpr unsigned kConflictingAddresses = 0xC0000018;
inline constexpr unsigned kUnableToFree = 0xC000001A;
inline constexpr unsigned kUnableToDeleteSection = 0xC000001B;
inline constexpr unsigned kNotCommitted = 0xC000002D;
inline constexpr unsigned kInvalidPageProtection = 0xC0000045;
inline constexpr unsigned kFreeNotAtBase = 0xC000009F;
inline constexpr unsigned kNotAllocated = 0xC00000A0;
inline constexpr unsigned kInvalidParameter3 = 0xC00000F1;
inline constexpr unsigned kInvalidParameter4 = 0xC00000F2;
inline constexpr unsigned kInfoLengthMismatch = 0xC0000004;
inline constexpr unsigned kInvalidInfoClass = 0xC0000003;

// The arguments that are both in and out.
struct Range {
  PVOID base = nullptr;
  SIZE_T size = 0;
};

inline NTSTATUS allocate(Range& range, ULONG type, ULONG protect = PAGE_READWRITE, ULONG_PTR zero_bits = 0) {
  return nt::allocate(GetCurrentProcess(), &range.base, zero_bits, &range.size, type, protect);
}

inline NTSTATUS free(Range& range, ULONG type) { return nt::free(GetCurrentProcess(), &range.base, &range.size, type); }

inline NTSTATUS protect(Range& range, ULONG new_protect, ULONG* old) {
  return nt::protect(GetCurrentProcess(), &range.base, &range.size, new_protect, old);
}

} // namespace apitest
