// Virtual memory: reserve, commit, protect, query.
//
// Addresses are rounded to pages (4 KiB) or granules (64 KiB) as each call says; sizes are in bytes. A call that fails
// changes nothing (N2), and one that succeeds leaves the last error alone (N1). The letters and numbers in brackets are
// rules in docs/rules.md.
#ifndef _MEMORYAPI_H_
#define _MEMORYAPI_H_

#include "minwinbase.h"
#include "minwindef.h"

WINMEM_BEGIN_C

// ---- Flags of file mappings ----
#define FILE_MAP_COPY            0x00000001
#define FILE_MAP_WRITE           0x00000002
#define FILE_MAP_READ            0x00000004
#define FILE_MAP_EXECUTE         0x00000020
#define FILE_MAP_ALL_ACCESS      0x000F001F
#define FILE_MAP_LARGE_PAGES     0x20000000
#define FILE_MAP_TARGETS_INVALID 0x40000000
#define FILE_MAP_RESERVE         0x80000000U

// ---- Regions ----

// Reserves a region, or commits pages of one, or gives up their contents (MEM_RESET). Returns the rounded start. A
// reserve rounds lpAddress down to a granule, a commit to a page; NULL lets the system choose. [V1 to V25]
// Errors: ERROR_INVALID_PARAMETER (types, protection, size), ERROR_INVALID_ADDRESS (taken, or in no region),
// ERROR_NOT_ENOUGH_MEMORY, ERROR_COMMITMENT_LIMIT.
WINBASEAPI LPVOID WINAPI VirtualAlloc(LPVOID lpAddress, SIZE_T dwSize, DWORD flAllocationType, DWORD flProtect);

// VirtualAlloc in a process. [V11] ERROR_INVALID_HANDLE if hProcess is not one that can be reached.
WINBASEAPI LPVOID WINAPI VirtualAllocEx(HANDLE hProcess, LPVOID lpAddress, SIZE_T dwSize, DWORD flAllocationType,
                                        DWORD flProtect);

// VirtualAllocEx with a preferred NUMA node for what is reserved, or NUMA_NO_PREFERRED_NODE. [Y91]
// ERROR_INVALID_PARAMETER if there is no such node.
WINBASEAPI LPVOID WINAPI VirtualAllocExNuma(HANDLE hProcess, LPVOID lpAddress, SIZE_T dwSize, DWORD flAllocationType,
                                            DWORD flProtect, DWORD nndPreferred);

// VirtualAlloc with requirements on the address, in ExtendedParameters. [V88 to V90, C28] A Process of NULL is this one
// [C29]. Errors: those of VirtualAlloc, and ERROR_NOACCESS (parameters that can't be read).
WINBASEAPI PVOID WINAPI VirtualAlloc2(HANDLE Process, PVOID BaseAddress, SIZE_T Size, ULONG AllocationType,
                                      ULONG PageProtection, MEM_EXTENDED_PARAMETER* ExtendedParameters,
                                      ULONG ParameterCount);

// The same for packaged applications, which may not ask for an execute permission: ERROR_INVALID_PARAMETER. [C29]
WINBASEAPI PVOID WINAPI VirtualAllocFromApp(PVOID BaseAddress, SIZE_T Size, ULONG AllocationType, ULONG Protection);
WINBASEAPI PVOID WINAPI VirtualAlloc2FromApp(HANDLE Process, PVOID BaseAddress, SIZE_T Size, ULONG AllocationType,
                                             ULONG PageProtection, MEM_EXTENDED_PARAMETER* ExtendedParameters,
                                             ULONG ParameterCount);

// Decommits pages (MEM_DECOMMIT), or releases a whole region (MEM_RELEASE, with lpAddress its start and dwSize 0).
// [V30 to V39] Errors: ERROR_INVALID_PARAMETER (type, size), ERROR_INVALID_ADDRESS (in no region, not its start).
WINBASEAPI BOOL WINAPI VirtualFree(LPVOID lpAddress, SIZE_T dwSize, DWORD dwFreeType);

// VirtualFree in a process. [V32]
WINBASEAPI BOOL WINAPI VirtualFreeEx(HANDLE hProcess, LPVOID lpAddress, SIZE_T dwSize, DWORD dwFreeType);

// Changes the protection of committed pages of one region; *lpflOldProtect gets what the first page had.
// [V40 to V46] Errors: ERROR_INVALID_PARAMETER (protection, size), ERROR_NOACCESS (lpflOldProtect can't be written),
// ERROR_INVALID_ADDRESS (a page is not committed, or the range leaves the region).
WINBASEAPI BOOL WINAPI VirtualProtect(LPVOID lpAddress, SIZE_T dwSize, DWORD flNewProtect, PDWORD lpflOldProtect);

// VirtualProtect in a process. [V40]
WINBASEAPI BOOL WINAPI VirtualProtectEx(HANDLE hProcess, LPVOID lpAddress, SIZE_T dwSize, DWORD flNewProtect,
                                        PDWORD lpflOldProtect);

// VirtualProtect for packaged applications: ERROR_INVALID_PARAMETER for an execute permission. [C29]
WINBASEAPI BOOL WINAPI VirtualProtectFromApp(PVOID Address, SIZE_T Size, ULONG NewProtection, PULONG OldProtection);

// What the pages from lpAddress on are, up to the first that differs. Returns the bytes written, 48, or 0.
// [V50 to V58] Errors: ERROR_BAD_LENGTH (dwLength below 48), ERROR_INVALID_PARAMETER (beyond user addresses),
// ERROR_NOACCESS (lpBuffer can't be written).
WINBASEAPI SIZE_T WINAPI VirtualQuery(LPCVOID lpAddress, PMEMORY_BASIC_INFORMATION lpBuffer, SIZE_T dwLength)
    WINMEM_ASKS_ABOUT(1);

// VirtualQuery in a process. [V51]
WINBASEAPI SIZE_T WINAPI VirtualQueryEx(HANDLE hProcess, LPCVOID lpAddress, PMEMORY_BASIC_INFORMATION lpBuffer,
                                        SIZE_T dwLength);

// Which pages of a region that was reserved with MEM_WRITE_WATCH were written since they were committed, or last reset:
// their addresses, ascending, as many as *lpdwCount has room for; it becomes how many there are. *lpdwGranularity
// becomes 4096. With WRITE_WATCH_FLAG_RESET the pages that were told count as not written from then on. Returns 0, or
// 0xFFFFFFFF on failure. [V70, V71, V72, V74, V75, V76, C30]
// Errors: ERROR_INVALID_PARAMETER (the range is not inside one such region, size or room 0, unknown flags),
// ERROR_NOACCESS (a pointer that cannot be written to). [V73]
WINBASEAPI UINT WINAPI GetWriteWatch(DWORD dwFlags, PVOID lpBaseAddress, SIZE_T dwRegionSize, PVOID* lpAddresses,
                                     ULONG_PTR* lpdwCount, LPDWORD lpdwGranularity);

// All pages that hold a byte of the range count as not written from now on. Returns as above. [V72, V73]
// Errors: ERROR_INVALID_PARAMETER as above, ERROR_NOT_ENOUGH_MEMORY (nothing is forgotten).
WINBASEAPI UINT WINAPI ResetWriteWatch(LPVOID lpBaseAddress, SIZE_T dwRegionSize);

// Keeps the pages that hold a byte of [lpAddress, lpAddress + dwSize) in physical memory, wherever they came from.
// There is no count: one VirtualUnlock ends any number of VirtualLock. At most 42 pages of a process are locked.
// [V100, V63] Errors: ERROR_INVALID_PARAMETER (size 0, or beyond user addresses), ERROR_NOACCESS (a page is not
// committed, or PAGE_NOACCESS), ERROR_WORKING_SET_QUOTA (too many, or the system's limit is lower), 0x80000001 (a page
// was under guard; now it is not).
WINBASEAPI BOOL WINAPI VirtualLock(LPVOID lpAddress, SIZE_T dwSize);

// Ends that. All pages of the range must be locked, else ERROR_NOT_LOCKED: locked ones stay locked then, and the others
// leave physical memory where the system can put them aside. [V101] Also ERROR_INVALID_PARAMETER, as VirtualLock.
WINBASEAPI BOOL WINAPI VirtualUnlock(LPVOID lpAddress, SIZE_T dwSize);

// VirtualUnlock in a process. ERROR_INVALID_HANDLE for another process than this one.
WINBASEAPI BOOL WINAPI VirtualUnlockEx(HANDLE Process, LPVOID Address, SIZE_T Size);

// Copies nSize bytes from or to memory of a process, of which any part may be bad. The count may be NULL, else it gets
// how many bytes were copied, also on failure. [V120 to V123] Reading stops at a page that cannot be read, of which the
// fourteen pages copied with it are left out too; writing at a page that cannot be written. WriteProcessMemory also
// writes to private pages that are PAGE_EXECUTE or PAGE_EXECUTE_READ. Errors: ERROR_PARTIAL_COPY (not all was copied),
// ERROR_NOACCESS (beyond user addresses, a bad count, or the first page to be written is free, reserved, read-only or
// PAGE_NOACCESS), ERROR_INVALID_HANDLE.
WINBASEAPI BOOL WINAPI ReadProcessMemory(HANDLE hProcess, LPCVOID lpBaseAddress, LPVOID lpBuffer, SIZE_T nSize,
                                         SIZE_T* lpNumberOfBytesRead);
WINBASEAPI BOOL WINAPI WriteProcessMemory(HANDLE hProcess, LPVOID lpBaseAddress, LPCVOID lpBuffer, SIZE_T nSize,
                                          SIZE_T* lpNumberOfBytesWritten);

// The size of a large page in bytes, or 0 where there are none.
WINBASEAPI SIZE_T WINAPI GetLargePageMinimum(VOID);

// ---- Types of the calls on whole regions and partitions ----

typedef struct _WIN32_MEMORY_RANGE_ENTRY {
  PVOID VirtualAddress;
  SIZE_T NumberOfBytes;
} WIN32_MEMORY_RANGE_ENTRY, *PWIN32_MEMORY_RANGE_ENTRY;

typedef enum _MEMORY_RESOURCE_NOTIFICATION_TYPE {
  LowMemoryResourceNotification = 0,
  HighMemoryResourceNotification = 1
} MEMORY_RESOURCE_NOTIFICATION_TYPE;

// An object that is signalled while memory is scarce (Low: 1/128 of it or less is available, 64 MiB at most) or
// plentiful (High: more than three times that); NULL on failure. Who waits for it looks ten times a second.
// [Y60, Y61, Y63]
// Errors: ERROR_INVALID_PARAMETER (another type), ERROR_NOT_ENOUGH_MEMORY, ERROR_NO_SYSTEM_RESOURCES (handles).
WINBASEAPI HANDLE WINAPI CreateMemoryResourceNotification(MEMORY_RESOURCE_NOTIFICATION_TYPE NotificationType);

// Whether it is so now. [Y62] Errors: ERROR_INVALID_PARAMETER (NULL), ERROR_INVALID_HANDLE, ERROR_NOACCESS.
WINBASEAPI BOOL WINAPI QueryMemoryResourceNotification(HANDLE ResourceNotificationHandle, PBOOL ResourceState);

typedef enum _OFFER_PRIORITY {
  VmOfferPriorityVeryLow = 1,
  VmOfferPriorityLow = 2,
  VmOfferPriorityBelowNormal = 3,
  VmOfferPriorityNormal = 4
} OFFER_PRIORITY;

// Memory that the program can do without for now: whole committed pages, which must not be touched until they are
// reclaimed. These three return an error, ERROR_SUCCESS if there is none, and leave the last error alone. [V102]
// ERROR_INVALID_PARAMETER (address or size not of whole pages, no page, priority), ERROR_INVALID_ADDRESS (pages not
// committed, or not of one region). ReclaimVirtualMemory: ERROR_SUCCESS if all contents are surely as they were, else
// ERROR_BUSY; the pages can be used either way. DiscardVirtualMemory drops the contents at once, of private
// PAGE_READWRITE pages only: ERROR_INVALID_PARAMETER for others.
WINBASEAPI DWORD WINAPI OfferVirtualMemory(PVOID VirtualAddress, SIZE_T Size, OFFER_PRIORITY Priority);
WINBASEAPI DWORD WINAPI ReclaimVirtualMemory(const VOID* VirtualAddress, SIZE_T Size);
WINBASEAPI DWORD WINAPI DiscardVirtualMemory(PVOID VirtualAddress, SIZE_T Size);

// Reads ranges in that are in files or in swap, as far as there is something; they need not be aligned. [V103, C34]
// Errors: ERROR_INVALID_PARAMETER (no range, an empty one, Flags not 0), ERROR_NOACCESS, ERROR_INVALID_HANDLE.
WINBASEAPI BOOL WINAPI PrefetchVirtualMemory(HANDLE hProcess, ULONG_PTR NumberOfEntries,
                                             PWIN32_MEMORY_RANGE_ENTRY VirtualAddresses, ULONG Flags);

typedef enum WIN32_MEMORY_INFORMATION_CLASS { MemoryRegionInfo } WIN32_MEMORY_INFORMATION_CLASS;

typedef struct WIN32_MEMORY_REGION_INFORMATION {
  PVOID AllocationBase;
  ULONG AllocationProtect;
  __extension__ union {
    ULONG Flags;
    __extension__ struct {
      ULONG Private : 1;
      ULONG MappedDataFile : 1;
      ULONG MappedImage : 1;
      ULONG MappedPageFile : 1;
      ULONG MappedPhysical : 1;
      ULONG DirectMapped : 1;
      ULONG Reserved : 26;
    } DUMMYSTRUCTNAME;
  } DUMMYUNIONNAME;
  SIZE_T RegionSize;
  SIZE_T CommitSize;
} WIN32_MEMORY_REGION_INFORMATION;

typedef enum WIN32_MEMORY_PARTITION_INFORMATION_CLASS {
  MemoryPartitionInfo,
  MemoryPartitionDedicatedMemoryInfo
} WIN32_MEMORY_PARTITION_INFORMATION_CLASS;

typedef struct WIN32_MEMORY_PARTITION_INFORMATION {
  ULONG Flags;
  ULONG NumaNode;
  ULONG Channel;
  ULONG NumberOfNumaNodes;
  ULONG64 ResidentAvailablePages;
  ULONG64 CommittedPages;
  ULONG64 CommitLimit;
  ULONG64 PeakCommitment;
  ULONG64 TotalNumberOfPages;
  ULONG64 AvailablePages;
  ULONG64 ZeroPages;
  ULONG64 FreePages;
  ULONG64 StandbyPages;
  ULONG64 Reserved[16];
  ULONG64 MaximumCommitLimit;
  ULONG64 Reserved2;
  ULONG PartitionId;
} WIN32_MEMORY_PARTITION_INFORMATION;

typedef struct _WIN32_MEMORY_NUMA_PERFORMANCE_ENTRY {
  ULONG InitiatorNodeNumber;
  ULONG TargetNodeNumber;
  UCHAR DataType;
  struct {
    __extension__ UCHAR MinTransferSizeToAchieveValues : 1;
    __extension__ UCHAR NonSequentialTransfers : 1;
    __extension__ UCHAR Reserved : 6;
  } Flags;
  ULONGLONG MinTransferSizeInBytes;
  ULONGLONG EntryValue;
} WIN32_MEMORY_NUMA_PERFORMANCE_ENTRY;

typedef struct _WIN32_MEMORY_NUMA_PERFORMANCE_INFORMATION_OUTPUT {
  ULONG EntryCount;
  WIN32_MEMORY_NUMA_PERFORMANCE_ENTRY PerformanceEntries[1];
} WIN32_MEMORY_NUMA_PERFORMANCE_INFORMATION_OUTPUT;

// Bad memory.
#define MEHC_PATROL_SCRUBBER_PRESENT 1

typedef VOID WINAPI BAD_MEMORY_CALLBACK_ROUTINE(VOID);
typedef BAD_MEMORY_CALLBACK_ROUTINE* PBAD_MEMORY_CALLBACK_ROUTINE;

// Limits of the system's file cache.
#define FILE_CACHE_MAX_HARD_ENABLE  1
#define FILE_CACHE_MAX_HARD_DISABLE 2
#define FILE_CACHE_MIN_HARD_ENABLE  4
#define FILE_CACHE_MIN_HARD_DISABLE 8

// ---- Limits of the working set ----

// In bytes: 204,800 and 1,413,120 until they are set; Flags is QUOTA_LIMITS_HARDWS_MIN_ENABLE or ..._DISABLE, and the
// same of MAX. [Y50] Errors: ERROR_INVALID_HANDLE, ERROR_ACCESS_DENIED (a right to query is needed), ERROR_NOACCESS.
WINBASEAPI BOOL WINAPI GetProcessWorkingSetSize(HANDLE hProcess, PSIZE_T lpMinimumWorkingSetSize,
                                                PSIZE_T lpMaximumWorkingSetSize);
WINBASEAPI BOOL WINAPI GetProcessWorkingSetSizeEx(HANDLE hProcess, PSIZE_T lpMinimumWorkingSetSize,
                                                  PSIZE_T lpMaximumWorkingSetSize, PDWORD Flags);

// Sets them, in whole pages, a minimum of at least 20; VirtualLock locks 8 pages less than the minimum. Linux keeps to
// neither, whatever Flags says. Both (SIZE_T)-1: EmptyWorkingSet. [Y51 to Y53, Y58] Errors: ERROR_INVALID_PARAMETER
// (both of a pair of flags; a size of 0, a minimum above the maximum, a maximum below 13 pages),
// ERROR_NO_SYSTEM_RESOURCES (a maximum of more than is available), ERROR_INVALID_HANDLE, ERROR_ACCESS_DENIED
// (PROCESS_SET_QUOTA is needed).
WINBASEAPI BOOL WINAPI SetProcessWorkingSetSize(HANDLE hProcess, SIZE_T dwMinimumWorkingSetSize,
                                                SIZE_T dwMaximumWorkingSetSize);
WINBASEAPI BOOL WINAPI SetProcessWorkingSetSizeEx(HANDLE hProcess, SIZE_T dwMinimumWorkingSetSize,
                                                  SIZE_T dwMaximumWorkingSetSize, DWORD Flags);

// The limits of the system's file cache in bytes, and their FILE_CACHE_ flags: Windows' defaults, as Linux has none.
// [Y70] Errors: ERROR_INVALID_PARAMETER (a NULL pointer), ERROR_NOACCESS.
WINBASEAPI BOOL WINAPI GetSystemFileCacheSize(PSIZE_T lpMinimumFileCacheSize, PSIZE_T lpMaximumFileCacheSize,
                                              PDWORD lpFlags);

// Always fails: ERROR_INVALID_PARAMETER (both of a pair of flags, or others), else ERROR_PRIVILEGE_NOT_HELD. [Y70]
WINBASEAPI BOOL WINAPI SetSystemFileCacheSize(SIZE_T MinimumFileCacheSize, SIZE_T MaximumFileCacheSize, DWORD Flags);

// ---- File mappings ----

// Makes a section: of the page file, if hFile is INVALID_HANDLE_VALUE, else of the file, whose handle must allow what
// flProtect gives. flProtect is a PAGE_ constant, with SEC_ attributes; the size is in bytes. Of the page file it is
// rounded up to pages; of a file 0 is its length, and a larger one makes it grow. Sets the last error to 0 on success,
// returns NULL on failure. [S1 to S12] Errors: ERROR_INVALID_PARAMETER (protection, attributes, size),
// ERROR_INVALID_HANDLE, ERROR_COMMITMENT_LIMIT, ERROR_PRIVILEGE_NOT_HELD (SEC_LARGE_PAGES); of files
// ERROR_ACCESS_DENIED, ERROR_FILE_INVALID (empty), ERROR_NOT_ENOUGH_MEMORY (larger than a file that may not grow),
// ERROR_DISK_FULL, ERROR_BAD_EXE_FORMAT (no ordinary file, or with SEC_IMAGE no program);
// ERROR_NO_SYSTEM_RESOURCES. With a name, which lives as long as some process has a handle, a section that has it is
// opened instead, and the last error is ERROR_ALREADY_EXISTS; the other arguments must be legal all the same. "Local\x"
// is the same name as "x", "Global\x" another one. [S20 to S26] Errors then: ERROR_INVALID_HANDLE (another kind of
// object has the name), ERROR_PATH_NOT_FOUND (other backslashes), ERROR_FILENAME_EXCED_RANGE (259 characters at most),
// ERROR_INVALID_NAME (nothing behind the prefix), ERROR_NOACCESS, ERROR_ACCESS_DENIED (the directory of names is not
// this user's alone, or no holder of the section lets this process have it).
WINBASEAPI HANDLE WINAPI CreateFileMappingW(HANDLE hFile, LPSECURITY_ATTRIBUTES lpFileMappingAttributes,
                                            DWORD flProtect, DWORD dwMaximumSizeHigh, DWORD dwMaximumSizeLow,
                                            LPCWSTR lpName) WINMEM_WIDE(CreateFileMappingW);

// The same with a preferred NUMA node, which is a hint that winmem ignores.
WINBASEAPI HANDLE WINAPI CreateFileMappingNumaW(HANDLE hFile, LPSECURITY_ATTRIBUTES lpFileMappingAttributes,
                                                DWORD flProtect, DWORD dwMaximumSizeHigh, DWORD dwMaximumSizeLow,
                                                LPCWSTR lpName, DWORD nndPreferred) WINMEM_WIDE(CreateFileMappingNumaW);

// The same for packaged applications, which may not ask for an execute permission: ERROR_INVALID_PARAMETER. [C29]
WINBASEAPI HANDLE WINAPI CreateFileMappingFromApp(HANDLE hFile, PSECURITY_ATTRIBUTES SecurityAttributes,
                                                  ULONG PageProtection, ULONG64 MaximumSize, PCWSTR Name)
    WINMEM_WIDE(CreateFileMappingFromApp);

// The same with the access that the handle will allow (FILE_MAP_ bits), attributes apart from the protection, and a
// preferred node as a parameter, which is ignored. [S13, S85] ERROR_INVALID_PARAMETER for other parameters.
WINBASEAPI HANDLE WINAPI CreateFileMapping2(HANDLE File, SECURITY_ATTRIBUTES* SecurityAttributes, ULONG DesiredAccess,
                                            ULONG PageProtection, ULONG AllocationAttributes, ULONG64 MaximumSize,
                                            PCWSTR Name, MEM_EXTENDED_PARAMETER* ExtendedParameters,
                                            ULONG ParameterCount) WINMEM_WIDE(CreateFileMapping2);

// A handle to the section of that name, for views that dwDesiredAccess allows: FILE_MAP_ bits. NULL on failure.
// [S23, S31] Errors: ERROR_FILE_NOT_FOUND, ERROR_INVALID_PARAMETER (lpName is NULL), ERROR_BAD_PATHNAME (it is empty),
// and those of CreateFileMappingW with a name.
WINBASEAPI HANDLE WINAPI OpenFileMappingW(DWORD dwDesiredAccess, BOOL bInheritHandle, LPCWSTR lpName)
    WINMEM_WIDE(OpenFileMappingW);
WINBASEAPI HANDLE WINAPI OpenFileMappingFromApp(ULONG DesiredAccess, BOOL InheritHandle, PCWSTR Name)
    WINMEM_WIDE(OpenFileMappingFromApp);

// Maps dwNumberOfBytesToMap bytes of a section from an offset on that is a multiple of 64 KiB; 0 is all the rest.
// dwDesiredAccess is of FILE_MAP_ bits. [S30 to S39] Errors: ERROR_INVALID_HANDLE, ERROR_ACCESS_DENIED (access, or
// beyond the section's end), ERROR_MAPPED_ALIGNMENT (offset), ERROR_NOT_ENOUGH_MEMORY, ERROR_COMMITMENT_LIMIT
// (FILE_MAP_COPY).
WINBASEAPI LPVOID WINAPI MapViewOfFile(HANDLE hFileMappingObject, DWORD dwDesiredAccess, DWORD dwFileOffsetHigh,
                                       DWORD dwFileOffsetLow, SIZE_T dwNumberOfBytesToMap);

// The same at an address, a multiple of 64 KiB, if it is not NULL. ERROR_INVALID_ADDRESS if it is taken; see
// docs/compatibility.md for those that winmem keeps for itself.
WINBASEAPI LPVOID WINAPI MapViewOfFileEx(HANDLE hFileMappingObject, DWORD dwDesiredAccess, DWORD dwFileOffsetHigh,
                                         DWORD dwFileOffsetLow, SIZE_T dwNumberOfBytesToMap, LPVOID lpBaseAddress);

// MapViewOfFile with an offset of 64 bits, and without FILE_MAP_EXECUTE: ERROR_INVALID_PARAMETER. [C29]
WINBASEAPI PVOID WINAPI MapViewOfFileFromApp(HANDLE hFileMappingObject, ULONG DesiredAccess, ULONG64 FileOffset,
                                             SIZE_T NumberOfBytesToMap);

// Maps with a PAGE_ protection, AllocationType 0 or MEM_TOP_DOWN, and requirements on the address in
// ExtendedParameters. A Process of NULL is this one. [S70, S74, C28] Errors: those of MapViewOfFileEx, and
// ERROR_INVALID_PARAMETER (protection, type, parameters), ERROR_NOACCESS.
WINBASEAPI PVOID WINAPI MapViewOfFile3(HANDLE FileMapping, HANDLE Process, PVOID BaseAddress, ULONG64 Offset,
                                       SIZE_T ViewSize, ULONG AllocationType, ULONG PageProtection,
                                       MEM_EXTENDED_PARAMETER* ExtendedParameters, ULONG ParameterCount);
WINBASEAPI PVOID WINAPI MapViewOfFile3FromApp(HANDLE FileMapping, HANDLE Process, PVOID BaseAddress, ULONG64 Offset,
                                              SIZE_T ViewSize, ULONG AllocationType, ULONG PageProtection,
                                              MEM_EXTENDED_PARAMETER* ExtendedParameters, ULONG ParameterCount);

// MapViewOfFile3 with a preferred NUMA node alone. [S75, Y92] ERROR_INVALID_PARAMETER if there is none such.
WINBASEAPI PVOID WINAPI MapViewOfFileNuma2(HANDLE FileMappingHandle, HANDLE ProcessHandle, ULONG64 Offset,
                                           PVOID BaseAddress, SIZE_T ViewSize, ULONG AllocationType,
                                           ULONG PageProtection, ULONG PreferredNode);

static inline PVOID MapViewOfFile2(HANDLE FileMappingHandle, HANDLE ProcessHandle, ULONG64 Offset, PVOID BaseAddress,
                                   SIZE_T ViewSize, ULONG AllocationType, ULONG PageProtection) {
  return MapViewOfFileNuma2(FileMappingHandle, ProcessHandle, Offset, BaseAddress, ViewSize, AllocationType,
                            PageProtection, NUMA_NO_PREFERRED_NODE);
}

// Ends the view that the address lies in, as a whole. [S40 to S43] UnmapFlags: 0, or MEM_UNMAP_WITH_TRANSIENT_BOOST,
// which is a hint. Errors: ERROR_INVALID_ADDRESS (in no view), ERROR_INVALID_PARAMETER (flags), ERROR_INVALID_HANDLE.
WINBASEAPI BOOL WINAPI UnmapViewOfFile(LPCVOID lpBaseAddress);
WINBASEAPI BOOL WINAPI UnmapViewOfFileEx(PVOID BaseAddress, ULONG UnmapFlags);
WINBASEAPI BOOL WINAPI UnmapViewOfFile2(HANDLE Process, PVOID BaseAddress, ULONG UnmapFlags);

// Writes what changed in a view to its file: dwNumberOfBytesToFlush bytes, or up to the view's end if that is 0. A
// section of the page file has nothing to write. [S44] Errors: ERROR_INVALID_ADDRESS (in no view),
// ERROR_INVALID_PARAMETER (beyond its end).
WINBASEAPI BOOL WINAPI FlushViewOfFile(LPCVOID lpBaseAddress, SIZE_T dwNumberOfBytesToFlush);

// ---- What is at an address ----

// The whole allocation that holds VirtualAddress: where it begins, how large it is, how much of it is committed. The
// only class is MemoryRegionInfo, and MemoryInformation a WIN32_MEMORY_REGION_INFORMATION; with MemoryInformationSize
// below 32 bytes, but not below 24, its CommitSize is left out. *ReturnSize, if ReturnSize is not NULL, gets the bytes
// written. [V115]
// Errors: ERROR_INVALID_PARAMETER (class, address), ERROR_BAD_LENGTH (size), ERROR_INVALID_HANDLE, ERROR_NOACCESS
// (a pointer that can't be written), ERROR_UNEXP_NET_ERR (59: nothing is allocated there).
WINBASEAPI BOOL WINAPI QueryVirtualMemoryInformation(HANDLE Process, const VOID* VirtualAddress,
                                                     WIN32_MEMORY_INFORMATION_CLASS MemoryInformationClass,
                                                     PVOID MemoryInformation, SIZE_T MemoryInformationSize,
                                                     PSIZE_T ReturnSize);

WINMEM_END_C

#endif
