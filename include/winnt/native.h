// NT types and calls for memory that no SDK header has. Part of winternl.h; see there how to leave it out.
#ifndef WINMEM_WINNT_NATIVE_H
#define WINMEM_WINNT_NATIVE_H

WINMEM_BEGIN_C

// ---- NtQueryVirtualMemory (V114) ----

typedef enum _MEMORY_INFORMATION_CLASS {
    MemoryBasicInformation = 0,
    MemoryWorkingSetInformation = 1,
    MemoryMappedFilenameInformation = 2,
    MemoryRegionInformation = 3,
    MemoryWorkingSetExInformation = 4,
    MemorySharedCommitInformation = 5,
    MemoryImageInformation = 6,
    MemoryRegionInformationEx = 7,
    MemoryPrivilegedBasicInformation = 8,
    MemoryEnclaveImageInformation = 9,
    MemoryBasicInformationCapped = 10,
    MemoryPhysicalContiguityInformation = 11,
    MemoryBadInformation = 12,
    MemoryBadInformationAllProcesses = 13
} MEMORY_INFORMATION_CLASS;

// ---- Memory: base and size are in and out, and come back rounded on success (V110) ----

// VirtualAlloc's work. ZeroBits limits how high the region may lie (V111).
NTSYSCALLAPI NTSTATUS NTAPI NtAllocateVirtualMemory(HANDLE ProcessHandle, PVOID* BaseAddress, ULONG_PTR ZeroBits,
                                                    PSIZE_T RegionSize, ULONG AllocationType, ULONG PageProtection);

// VirtualAlloc2's work.
NTSYSCALLAPI NTSTATUS NTAPI NtAllocateVirtualMemoryEx(HANDLE ProcessHandle, PVOID* BaseAddress, PSIZE_T RegionSize,
                                                      ULONG AllocationType, ULONG PageProtection,
                                                      PMEM_EXTENDED_PARAMETER ExtendedParameters,
                                                      ULONG ExtendedParameterCount);

// VirtualFree's work; may also release pages out of the middle of a region (V39, V112).
NTSYSCALLAPI NTSTATUS NTAPI NtFreeVirtualMemory(HANDLE ProcessHandle, PVOID* BaseAddress, PSIZE_T RegionSize,
                                                ULONG FreeType);

// VirtualProtect's work (V113).
NTSYSCALLAPI NTSTATUS NTAPI NtProtectVirtualMemory(HANDLE ProcessHandle, PVOID* BaseAddress, PSIZE_T RegionSize,
                                                   ULONG NewProtection, PULONG OldProtection);

// VirtualQuery's work, and more classes. ReturnLength may be NULL (V114).
NTSYSCALLAPI NTSTATUS NTAPI NtQueryVirtualMemory(HANDLE ProcessHandle, PVOID BaseAddress,
                                                 MEMORY_INFORMATION_CLASS MemoryInformationClass,
                                                 PVOID MemoryInformation, SIZE_T MemoryInformationLength,
                                                 PSIZE_T ReturnLength);

// ---- Status codes ----

// The status behind this thread's last error.
NTSYSAPI NTSTATUS NTAPI RtlGetLastNtStatus(VOID);

WINMEM_END_C

#endif
