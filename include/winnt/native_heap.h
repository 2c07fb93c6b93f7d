// ntdll's heap calls, under the Heap* ones. No SDK header of user mode has them: programs declare them, or look them
// up. Part of winternl.h; see there how to leave it out.
#ifndef WINMEM_WINNT_NATIVE_HEAP_H
#define WINMEM_WINNT_NATIVE_HEAP_H

WINMEM_BEGIN_C

typedef ULONG LOGICAL;
typedef const void* PCVOID;

// RtlAllocateHeap: the block gets a value, and flags, of its owner's beside it.
#define HEAP_SETTABLE_USER_VALUE 0x00000100
#define HEAP_SETTABLE_USER_FLAG1 0x00000200
#define HEAP_SETTABLE_USER_FLAG2 0x00000400
#define HEAP_SETTABLE_USER_FLAG3 0x00000800
#define HEAP_SETTABLE_USER_FLAGS 0x00000E00

typedef NTSTATUS NTAPI RTL_HEAP_COMMIT_ROUTINE(PVOID Base, PVOID* CommitAddress, PSIZE_T CommitSize);
typedef RTL_HEAP_COMMIT_ROUTINE* PRTL_HEAP_COMMIT_ROUTINE;

typedef struct _RTL_HEAP_PARAMETERS {
  ULONG Length;
  SIZE_T SegmentReserve;
  SIZE_T SegmentCommit;
  SIZE_T DeCommitFreeBlockThreshold;
  SIZE_T DeCommitTotalFreeThreshold;
  SIZE_T MaximumAllocationSize;
  SIZE_T VirtualMemoryThreshold;
  SIZE_T InitialCommit;
  SIZE_T InitialReserve;
  PRTL_HEAP_COMMIT_ROUTINE CommitRoutine;
  SIZE_T Reserved[2];
} RTL_HEAP_PARAMETERS, *PRTL_HEAP_PARAMETERS;

// Flags of RTL_HEAP_WALK_ENTRY.
#define RTL_HEAP_BUSY              0x0001
#define RTL_HEAP_SEGMENT           0x0002
#define RTL_HEAP_SETTABLE_VALUE    0x0010
#define RTL_HEAP_SETTABLE_FLAG1    0x0020
#define RTL_HEAP_SETTABLE_FLAG2    0x0040
#define RTL_HEAP_SETTABLE_FLAG3    0x0080
#define RTL_HEAP_SETTABLE_FLAGS    0x00E0
#define RTL_HEAP_UNCOMMITTED_RANGE 0x0100

typedef struct _RTL_HEAP_WALK_ENTRY {
  PVOID DataAddress;
  SIZE_T DataSize;
  UCHAR OverheadBytes;
  UCHAR SegmentIndex;
  USHORT Flags;
  __extension__ union {
    struct {
      SIZE_T Settable;
      USHORT TagIndex;
      USHORT AllocatorBackTraceIndex;
      ULONG Reserved[2];
    } Block;
    struct {
      ULONG CommittedSize;
      ULONG UnCommittedSize;
      PVOID FirstEntry;
      PVOID LastEntry;
    } Segment;
  } DUMMYUNIONNAME;
} RTL_HEAP_WALK_ENTRY, *PRTL_HEAP_WALK_ENTRY;

// HeapCreate's work: growable with HEAP_GROWABLE, else of ReserveSize bytes (0: CommitSize rounded up to 64 KiB, or
// 256 KiB). HeapBase, memory of the caller's for the heap, must be NULL; Parameters are not looked at, and Lock is used
// for nothing, but not allowed beside HEAP_NO_SERIALIZE. NULL on failure (H110).
NTSYSAPI HANDLE NTAPI RtlCreateHeap(ULONG Flags, PVOID HeapBase, SIZE_T ReserveSize, SIZE_T CommitSize, PVOID Lock,
                                    PVOID Parameters);

// HeapDestroy's work. NULL, or the handle where there is no such heap and of the process heap (H112).
NTSYSAPI PVOID NTAPI RtlDestroyHeap(HANDLE HeapHandle);

// HeapAlloc's and HeapReAlloc's work, and HEAP_SETTABLE_USER_...: the block gets these flags and the value 0. A block
// that grows gets the flags of the call. NULL on failure, or an exception as theirs (H111, H57, C45).
NTSYSAPI PVOID NTAPI RtlAllocateHeap(HANDLE HeapHandle, ULONG Flags, SIZE_T Size);
NTSYSAPI PVOID NTAPI RtlReAllocateHeap(HANDLE HeapHandle, ULONG Flags, PVOID BaseAddress, SIZE_T Size);

// HeapFree's, HeapSize's and HeapValidate's work; a size is (SIZE_T)-1 on failure (H111, H115).
NTSYSAPI LOGICAL NTAPI RtlFreeHeap(HANDLE HeapHandle, ULONG Flags, PVOID BaseAddress);
NTSYSAPI SIZE_T NTAPI RtlSizeHeap(HANDLE HeapHandle, ULONG Flags, PCVOID BaseAddress);
NTSYSAPI BOOLEAN NTAPI RtlValidateHeap(HANDLE HeapHandle, ULONG Flags, PVOID BaseAddress);

// HeapLock's, HeapUnlock's and HeapCompact's work (H70 to H75).
NTSYSAPI BOOLEAN NTAPI RtlLockHeap(HANDLE HeapHandle);
NTSYSAPI BOOLEAN NTAPI RtlUnlockHeap(HANDLE HeapHandle);
NTSYSAPI SIZE_T NTAPI RtlCompactHeap(HANDLE HeapHandle, ULONG Flags);

// HeapWalk's work: the element after *Entry, the first one if DataAddress is NULL. STATUS_NO_MORE_ENTRIES at the end,
// STATUS_INVALID_HANDLE, STATUS_INVALID_PARAMETER (H113).
NTSYSAPI NTSTATUS NTAPI RtlWalkHeap(HANDLE HeapHandle, PRTL_HEAP_WALK_ENTRY Entry);

// GetProcessHeaps' work (H21).
NTSYSAPI ULONG NTAPI RtlGetProcessHeaps(ULONG NumberOfHeaps, PVOID* ProcessHeaps);

// The value and the flags of a block. A block without them has flags 0, and *UserValue stays as it is; that of a
// moveable object has its handle and HEAP_SETTABLE_USER_FLAG1. FALSE for what is no block (H114).
NTSYSAPI BOOLEAN NTAPI RtlGetUserInfoHeap(HANDLE HeapHandle, ULONG Flags, PVOID BaseAddress, PVOID* UserValue,
                                          PULONG UserFlags);

// FALSE for a block that was allocated without HEAP_SETTABLE_USER_..., and for other bits among the flags (H114).
NTSYSAPI BOOLEAN NTAPI RtlSetUserValueHeap(HANDLE HeapHandle, ULONG Flags, PVOID BaseAddress, PVOID UserValue);
NTSYSAPI BOOLEAN NTAPI RtlSetUserFlagsHeap(HANDLE HeapHandle, ULONG Flags, PVOID BaseAddress, ULONG UserFlagsReset,
                                           ULONG UserFlagsSet);

// Calls the routine with each heap's handle and Parameter, until one call fails: that status is the answer.
typedef NTSTATUS(NTAPI* PRTL_ENUM_HEAPS_ROUTINE)(PVOID HeapHandle, PVOID Parameter);
NTSYSAPI NTSTATUS NTAPI RtlEnumProcessHeaps(PRTL_ENUM_HEAPS_ROUTINE EnumRoutine, PVOID Parameter);

// Gives back what heaps keep free.
NTSYSAPI VOID NTAPI RtlFlushHeaps(void);

#define RtlProcessHeap() ((PVOID)GetProcessHeap())

WINMEM_END_C

#endif
