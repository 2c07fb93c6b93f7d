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

// Class 1: every page of the working set.
typedef struct _MEMORY_WORKING_SET_BLOCK {
  __extension__ ULONG_PTR Protection : 5;
  __extension__ ULONG_PTR ShareCount : 3;
  __extension__ ULONG_PTR Shared : 1;
  __extension__ ULONG_PTR Node : 3;
  __extension__ ULONG_PTR VirtualPage : 52;
} MEMORY_WORKING_SET_BLOCK, *PMEMORY_WORKING_SET_BLOCK;

typedef struct _MEMORY_WORKING_SET_INFORMATION {
  ULONG_PTR NumberOfEntries;
  MEMORY_WORKING_SET_BLOCK WorkingSetInfo[1];
} MEMORY_WORKING_SET_INFORMATION, *PMEMORY_WORKING_SET_INFORMATION;

// Class 3: the whole region around an address.
typedef struct _MEMORY_REGION_INFORMATION {
  PVOID AllocationBase;
  ULONG AllocationProtect;
  ULONG RegionType;
  SIZE_T RegionSize;
  SIZE_T CommitSize;
} MEMORY_REGION_INFORMATION, *PMEMORY_REGION_INFORMATION;

// Class 4: chosen pages. The address goes in, the attributes come out.
typedef union _MEMORY_WORKING_SET_EX_BLOCK {
  ULONG_PTR Flags;
  __extension__ struct {
    __extension__ ULONG_PTR Valid : 1; // in physical memory: this part holds, else Invalid does
    __extension__ ULONG_PTR ShareCount : 3;
    __extension__ ULONG_PTR Win32Protection : 11;
    __extension__ ULONG_PTR Shared : 1;
    __extension__ ULONG_PTR Node : 6;
    __extension__ ULONG_PTR Locked : 1;
    __extension__ ULONG_PTR LargePage : 1;
    __extension__ ULONG_PTR Priority : 3;
    __extension__ ULONG_PTR Reserved : 3;
    __extension__ ULONG_PTR SharedOriginal : 1;
    __extension__ ULONG_PTR Bad : 1;
    __extension__ ULONG_PTR Win32GraphicsProtection : 4;
    __extension__ ULONG_PTR ReservedUlong : 28;
  } DUMMYSTRUCTNAME;
  struct {
    __extension__ ULONG_PTR Valid : 1;
    __extension__ ULONG_PTR Reserved0 : 14;
    __extension__ ULONG_PTR Shared : 1;
    __extension__ ULONG_PTR Reserved1 : 5;
    __extension__ ULONG_PTR PageTable : 1;
    __extension__ ULONG_PTR Location : 2;
    __extension__ ULONG_PTR Priority : 3;
    __extension__ ULONG_PTR ModifiedList : 1;
    __extension__ ULONG_PTR Reserved2 : 2;
    __extension__ ULONG_PTR SharedOriginal : 1;
    __extension__ ULONG_PTR Bad : 1;
    __extension__ ULONG_PTR ReservedUlong : 32;
  } Invalid;
} MEMORY_WORKING_SET_EX_BLOCK, *PMEMORY_WORKING_SET_EX_BLOCK;

typedef struct _MEMORY_WORKING_SET_EX_INFORMATION {
  PVOID VirtualAddress;
  MEMORY_WORKING_SET_EX_BLOCK VirtualAttributes;
} MEMORY_WORKING_SET_EX_INFORMATION, *PMEMORY_WORKING_SET_EX_INFORMATION;

// Class 5: pages that are charged to a section and not to this process.
typedef struct _MEMORY_SHARED_COMMIT_INFORMATION {
  SIZE_T CommitSize;
} MEMORY_SHARED_COMMIT_INFORMATION, *PMEMORY_SHARED_COMMIT_INFORMATION;

// Classes 6 and 9: the program file around an address.
typedef struct _MEMORY_IMAGE_INFORMATION {
  PVOID ImageBase;
  SIZE_T SizeOfImage;
  __extension__ union {
    ULONG ImageFlags;
    __extension__ struct {
      ULONG ImagePartialMap : 1;
      ULONG ImageNotExecutable : 1;
      ULONG ImageSigningLevel : 4;
      ULONG ImageExtensionPresent : 1;
      ULONG Reserved : 25;
    } DUMMYSTRUCTNAME;
  } DUMMYUNIONNAME;
} MEMORY_IMAGE_INFORMATION, *PMEMORY_IMAGE_INFORMATION;

typedef struct _MEMORY_ENCLAVE_IMAGE_INFORMATION {
  MEMORY_IMAGE_INFORMATION ImageInfo;
  UCHAR UniqueID[32];
  UCHAR AuthorID[32];
} MEMORY_ENCLAVE_IMAGE_INFORMATION, *PMEMORY_ENCLAVE_IMAGE_INFORMATION;

// Class 11: how contiguous the physical memory behind a range is.
typedef struct _MEMORY_PHYSICAL_CONTIGUITY_UNIT_INFORMATION* PMEMORY_PHYSICAL_CONTIGUITY_UNIT_INFORMATION;

typedef struct _MEMORY_PHYSICAL_CONTIGUITY_INFORMATION {
  PVOID VirtualAddress;
  ULONG_PTR Size;
  ULONG_PTR ContiguityUnitSize;
  ULONG Flags;
  PMEMORY_PHYSICAL_CONTIGUITY_UNIT_INFORMATION ContiguityUnitInformation;
} MEMORY_PHYSICAL_CONTIGUITY_INFORMATION, *PMEMORY_PHYSICAL_CONTIGUITY_INFORMATION;

// ---- Handles ----

typedef struct _OBJECT_BASIC_INFORMATION {
  ULONG Attributes;
  ACCESS_MASK GrantedAccess;
  ULONG HandleCount;
  ULONG PointerCount;
  ULONG PagedPoolCharge;
  ULONG NonPagedPoolCharge;
  ULONG Reserved[3];
  ULONG NameInfoSize;
  ULONG TypeInfoSize;
  ULONG SecurityDescriptorSize;
  LARGE_INTEGER CreationTime;
} OBJECT_BASIC_INFORMATION, *POBJECT_BASIC_INFORMATION;

#define OBJ_PROTECT_CLOSE         1
#define DUPLICATE_SAME_ATTRIBUTES 4

// DuplicateHandle's work, with OBJ_INHERIT and OBJ_PROTECT_CLOSE as attributes; DUPLICATE_SAME_ATTRIBUTES takes the
// source's. Without a target process DUPLICATE_CLOSE_SOURCE only closes.
NTSYSCALLAPI NTSTATUS NTAPI NtDuplicateObject(HANDLE SourceProcessHandle, HANDLE SourceHandle,
                                              HANDLE TargetProcessHandle, PHANDLE TargetHandle,
                                              ACCESS_MASK DesiredAccess, ULONG HandleAttributes, ULONG Options);

NTSYSCALLAPI NTSTATUS NTAPI ZwClose(HANDLE Handle);
NTSYSCALLAPI NTSTATUS NTAPI ZwDuplicateObject(HANDLE SourceProcessHandle, HANDLE SourceHandle,
                                              HANDLE TargetProcessHandle, PHANDLE TargetHandle,
                                              ACCESS_MASK DesiredAccess, ULONG HandleAttributes, ULONG Options);

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

// VirtualQuery's work (MemoryBasicInformation), and two classes more: MemoryRegionInformation tells of the whole
// region, MemoryWorkingSetExInformation of chosen pages, and ignores BaseAddress. ReturnLength may be NULL (V114 to
// V116). Errors: STATUS_INFO_LENGTH_MISMATCH, STATUS_INVALID_INFO_CLASS, STATUS_INVALID_HANDLE,
// STATUS_ACCESS_VIOLATION, STATUS_INVALID_PARAMETER (beyond user addresses), STATUS_INVALID_ADDRESS (class 3: nothing
// is allocated there).
NTSYSCALLAPI NTSTATUS NTAPI NtQueryVirtualMemory(HANDLE ProcessHandle, PVOID BaseAddress,
                                                 MEMORY_INFORMATION_CLASS MemoryInformationClass,
                                                 PVOID MemoryInformation, SIZE_T MemoryInformationLength,
                                                 PSIZE_T ReturnLength);

// VirtualLock's and VirtualUnlock's work (V100, V101). MapType is MAP_PROCESS; MAP_SYSTEM needs a privilege:
// STATUS_PRIVILEGE_NOT_HELD. STATUS_WAS_LOCKED, a success, when a page was locked before. No public header of Windows
// declares these; programs look them up.
#define MAP_PROCESS 1
#define MAP_SYSTEM  2
NTSYSCALLAPI NTSTATUS NTAPI NtLockVirtualMemory(HANDLE ProcessHandle, PVOID* BaseAddress, PSIZE_T RegionSize,
                                                ULONG MapType);
NTSYSCALLAPI NTSTATUS NTAPI NtUnlockVirtualMemory(HANDLE ProcessHandle, PVOID* BaseAddress, PSIZE_T RegionSize,
                                                  ULONG MapType);

// GetWriteWatch's and ResetWriteWatch's work, in this process. STATUS_INVALID_PARAMETER, STATUS_ACCESS_VIOLATION.
NTSYSCALLAPI NTSTATUS NTAPI NtGetWriteWatch(HANDLE ProcessHandle, ULONG Flags, PVOID BaseAddress, SIZE_T RegionSize,
                                            PVOID* UserAddressArray, PULONG_PTR EntriesInUserAddressArray,
                                            PULONG Granularity);
NTSYSCALLAPI NTSTATUS NTAPI NtResetWriteWatch(HANDLE ProcessHandle, PVOID BaseAddress, SIZE_T RegionSize);

// ReadProcessMemory's work, and WriteProcessMemory's but that the protection holds (V120 to V123). STATUS_PARTIAL_COPY
// where a side ends early, STATUS_ACCESS_VIOLATION where one is not in user space or the count cannot be written. The
// count, which may be NULL, is written on any outcome. Flags must be 0: STATUS_INVALID_PARAMETER_6.
NTSYSCALLAPI NTSTATUS NTAPI NtReadVirtualMemory(HANDLE ProcessHandle, PVOID BaseAddress, PVOID Buffer,
                                                SIZE_T NumberOfBytesToRead, PSIZE_T NumberOfBytesRead);
NTSYSCALLAPI NTSTATUS NTAPI NtReadVirtualMemoryEx(HANDLE ProcessHandle, PVOID BaseAddress, PVOID Buffer,
                                                  SIZE_T NumberOfBytesToRead, PSIZE_T NumberOfBytesRead, ULONG Flags);
NTSYSCALLAPI NTSTATUS NTAPI NtWriteVirtualMemory(HANDLE ProcessHandle, PVOID BaseAddress, PVOID Buffer,
                                                 SIZE_T NumberOfBytesToWrite, PSIZE_T NumberOfBytesWritten);

// How many bytes of Source are the pattern again and again, from the first one on. 0 unless Source and Length are
// multiples of 4.
NTSYSAPI SIZE_T NTAPI RtlCompareMemoryUlong(PVOID Source, SIZE_T Length, ULONG Pattern);

// memcpy and memset past the processor's caches; nothing is promised about those.
NTSYSAPI VOID NTAPI RtlCopyMemoryNonTemporal(VOID* Destination, const VOID* Source, SIZE_T Length);
NTSYSAPI VOID NTAPI RtlFillMemoryNonTemporal(VOID* Destination, SIZE_T Length, const UCHAR Value);

// Fills whole ULONGs, or ULONGLONGs, with a pattern; what is left over at the end stays as it is.
NTSYSAPI VOID NTAPI RtlFillMemoryUlong(PVOID Destination, SIZE_T Length, ULONG Pattern);
NTSYSAPI VOID NTAPI RtlFillMemoryUlonglong(PVOID Destination, SIZE_T Length, ULONGLONG Pattern);

// A copy between places of which each may be bad: STATUS_ACCESS_VIOLATION then, and part of it may have been made.
NTSYSAPI NTSTATUS NTAPI RtlCopyMappedMemory(PVOID Destination, PVOID Source, SIZE_T Length);

// FlushInstructionCache's and FlushProcessWriteBuffers' work; the last one is a fence for the calling thread alone.
NTSYSCALLAPI NTSTATUS NTAPI NtFlushInstructionCache(HANDLE ProcessHandle, PVOID BaseAddress, SIZE_T RegionSize);
NTSYSCALLAPI NTSTATUS NTAPI NtFlushProcessWriteBuffers(void);
NTSYSCALLAPI NTSTATUS NTAPI NtFlushWriteBuffer(void);

// PrefetchVirtualMemory's work: class VmPrefetchInformation, with a ULONG of 0. Each mistake has its status [C34]:
// STATUS_INVALID_PARAMETER_2 (class), _5 (VmInformation is NULL or not 0), _6 (its length), _3 (no range), _4 (an empty
// one), STATUS_ACCESS_VIOLATION (VirtualAddresses).
typedef enum _VIRTUAL_MEMORY_INFORMATION_CLASS {
  VmPrefetchInformation = 0,
  VmPagePriorityInformation = 1,
  VmCfgCallTargetInformation = 2
} VIRTUAL_MEMORY_INFORMATION_CLASS;

typedef struct _MEMORY_RANGE_ENTRY {
  PVOID VirtualAddress;
  SIZE_T NumberOfBytes;
} MEMORY_RANGE_ENTRY, *PMEMORY_RANGE_ENTRY;

NTSYSCALLAPI NTSTATUS NTAPI NtSetInformationVirtualMemory(HANDLE ProcessHandle,
                                                          VIRTUAL_MEMORY_INFORMATION_CLASS VmInformationClass,
                                                          SIZE_T NumberOfEntries, PMEMORY_RANGE_ENTRY VirtualAddresses,
                                                          PVOID VmInformation, ULONG VmInformationLength);
NTSYSCALLAPI NTSTATUS NTAPI ZwSetInformationVirtualMemory(HANDLE ProcessHandle,
                                                          VIRTUAL_MEMORY_INFORMATION_CLASS VmInformationClass,
                                                          SIZE_T NumberOfEntries, PMEMORY_RANGE_ENTRY VirtualAddresses,
                                                          PVOID VmInformation, ULONG VmInformationLength);

// The same calls under the names that drivers use.
NTSYSCALLAPI NTSTATUS NTAPI ZwReadVirtualMemory(HANDLE ProcessHandle, PVOID BaseAddress, PVOID Buffer,
                                                SIZE_T NumberOfBytesToRead, PSIZE_T NumberOfBytesRead);
NTSYSCALLAPI NTSTATUS NTAPI ZwWriteVirtualMemory(HANDLE ProcessHandle, PVOID BaseAddress, PVOID Buffer,
                                                 SIZE_T NumberOfBytesToWrite, PSIZE_T NumberOfBytesWritten);
NTSYSCALLAPI NTSTATUS NTAPI ZwAllocateVirtualMemory(HANDLE ProcessHandle, PVOID* BaseAddress, ULONG_PTR ZeroBits,
                                                    PSIZE_T RegionSize, ULONG AllocationType, ULONG PageProtection);
NTSYSCALLAPI NTSTATUS NTAPI ZwAllocateVirtualMemoryEx(HANDLE ProcessHandle, PVOID* BaseAddress, PSIZE_T RegionSize,
                                                      ULONG AllocationType, ULONG PageProtection,
                                                      PMEM_EXTENDED_PARAMETER ExtendedParameters,
                                                      ULONG ExtendedParameterCount);
NTSYSCALLAPI NTSTATUS NTAPI ZwFreeVirtualMemory(HANDLE ProcessHandle, PVOID* BaseAddress, PSIZE_T RegionSize,
                                                ULONG FreeType);
NTSYSCALLAPI NTSTATUS NTAPI ZwGetWriteWatch(HANDLE ProcessHandle, ULONG Flags, PVOID BaseAddress, SIZE_T RegionSize,
                                            PVOID* UserAddressArray, PULONG_PTR EntriesInUserAddressArray,
                                            PULONG Granularity);
NTSYSCALLAPI NTSTATUS NTAPI ZwResetWriteWatch(HANDLE ProcessHandle, PVOID BaseAddress, SIZE_T RegionSize);
NTSYSCALLAPI NTSTATUS NTAPI ZwLockVirtualMemory(HANDLE ProcessHandle, PVOID* BaseAddress, PSIZE_T RegionSize,
                                                ULONG MapType);
NTSYSCALLAPI NTSTATUS NTAPI ZwUnlockVirtualMemory(HANDLE ProcessHandle, PVOID* BaseAddress, PSIZE_T RegionSize,
                                                  ULONG MapType);
NTSYSCALLAPI NTSTATUS NTAPI ZwProtectVirtualMemory(HANDLE ProcessHandle, PVOID* BaseAddress, PSIZE_T RegionSize,
                                                   ULONG NewProtection, PULONG OldProtection);
NTSYSCALLAPI NTSTATUS NTAPI ZwQueryVirtualMemory(HANDLE ProcessHandle, PVOID BaseAddress,
                                                 MEMORY_INFORMATION_CLASS MemoryInformationClass,
                                                 PVOID MemoryInformation, SIZE_T MemoryInformationLength,
                                                 PSIZE_T ReturnLength);

// ---- Status codes ----

// Enables or disables a privilege (its number, SE_LOCK_MEMORY_PRIVILEGE is 4) of the process's token; *WasEnabled gets
// what it was. STATUS_PRIVILEGE_NOT_HELD; STATUS_NO_TOKEN with Client, since no thread has a token of its own. [Y125]
NTSYSAPI NTSTATUS NTAPI RtlAdjustPrivilege(ULONG Privilege, BOOLEAN Enable, BOOLEAN Client, PBOOLEAN WasEnabled);

// RtlNtStatusToDosError, without noting the status for this thread.
NTSYSAPI ULONG NTAPI RtlNtStatusToDosErrorNoTeb(NTSTATUS Status);

WINMEM_END_C

#endif
