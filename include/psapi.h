// Processes' memory: how much there is, and what is mapped where.
//
// The types and constants are all of the SDK's; of its functions those are here that winmem has. On Windows they are in
// kernel32 with K32 before their names, and in psapi without, which PSAPI_VERSION chooses; here both names are there.
#ifndef _PSAPI_H_
#define _PSAPI_H_

#include "minwindef.h"
#include "winnt.h"

#ifndef PSAPI_VERSION
#define PSAPI_VERSION 2
#endif

WINMEM_BEGIN_C

#define LIST_MODULES_DEFAULT 0x0
#define LIST_MODULES_32BIT   0x01
#define LIST_MODULES_64BIT   0x02
#define LIST_MODULES_ALL     (LIST_MODULES_32BIT | LIST_MODULES_64BIT)

typedef struct _MODULEINFO {
  LPVOID lpBaseOfDll;
  DWORD SizeOfImage;
  LPVOID EntryPoint;
} MODULEINFO, *LPMODULEINFO;

// ---- Pages in physical memory ----

typedef union _PSAPI_WORKING_SET_BLOCK {
  ULONG_PTR Flags;
  __extension__ struct {
    ULONG_PTR Protection : 5;
    ULONG_PTR ShareCount : 3;
    ULONG_PTR Shared : 1;
    ULONG_PTR Reserved : 3;
    ULONG_PTR VirtualPage : 52;
  };
} PSAPI_WORKING_SET_BLOCK, *PPSAPI_WORKING_SET_BLOCK;

typedef struct _PSAPI_WORKING_SET_INFORMATION {
  ULONG_PTR NumberOfEntries;
  PSAPI_WORKING_SET_BLOCK WorkingSetInfo[1];
} PSAPI_WORKING_SET_INFORMATION, *PPSAPI_WORKING_SET_INFORMATION;

typedef union _PSAPI_WORKING_SET_EX_BLOCK {
  ULONG_PTR Flags;
  __extension__ union {
    __extension__ struct {
      ULONG_PTR Valid : 1;
      ULONG_PTR ShareCount : 3;
      ULONG_PTR Win32Protection : 11;
      ULONG_PTR Shared : 1;
      ULONG_PTR Node : 6;
      ULONG_PTR Locked : 1;
      ULONG_PTR LargePage : 1;
      ULONG_PTR Reserved : 7;
      ULONG_PTR Bad : 1;
      ULONG_PTR ReservedUlong : 32;
    };
    struct {
      ULONG_PTR Valid : 1; // 0 in this form
      ULONG_PTR Reserved0 : 14;
      ULONG_PTR Shared : 1;
      ULONG_PTR Reserved1 : 15;
      ULONG_PTR Bad : 1;
      ULONG_PTR ReservedUlong : 32;
    } Invalid;
  };
} PSAPI_WORKING_SET_EX_BLOCK, *PPSAPI_WORKING_SET_EX_BLOCK;

typedef struct _PSAPI_WORKING_SET_EX_INFORMATION {
  PVOID VirtualAddress;
  PSAPI_WORKING_SET_EX_BLOCK VirtualAttributes;
} PSAPI_WORKING_SET_EX_INFORMATION, *PPSAPI_WORKING_SET_EX_INFORMATION;

typedef struct _PSAPI_WS_WATCH_INFORMATION {
  LPVOID FaultingPc;
  LPVOID FaultingVa;
} PSAPI_WS_WATCH_INFORMATION, *PPSAPI_WS_WATCH_INFORMATION;

typedef struct _PSAPI_WS_WATCH_INFORMATION_EX {
  PSAPI_WS_WATCH_INFORMATION BasicInfo;
  ULONG_PTR FaultingThreadId;
  ULONG_PTR Flags;
} PSAPI_WS_WATCH_INFORMATION_EX, *PPSAPI_WS_WATCH_INFORMATION_EX;

// ---- Counters ----

typedef struct _PROCESS_MEMORY_COUNTERS {
  DWORD cb;
  DWORD PageFaultCount;
  SIZE_T PeakWorkingSetSize;
  SIZE_T WorkingSetSize;
  SIZE_T QuotaPeakPagedPoolUsage;
  SIZE_T QuotaPagedPoolUsage;
  SIZE_T QuotaPeakNonPagedPoolUsage;
  SIZE_T QuotaNonPagedPoolUsage;
  SIZE_T PagefileUsage;
  SIZE_T PeakPagefileUsage;
} PROCESS_MEMORY_COUNTERS;
typedef PROCESS_MEMORY_COUNTERS* PPROCESS_MEMORY_COUNTERS;

typedef struct _PROCESS_MEMORY_COUNTERS_EX {
  DWORD cb;
  DWORD PageFaultCount;
  SIZE_T PeakWorkingSetSize;
  SIZE_T WorkingSetSize;
  SIZE_T QuotaPeakPagedPoolUsage;
  SIZE_T QuotaPagedPoolUsage;
  SIZE_T QuotaPeakNonPagedPoolUsage;
  SIZE_T QuotaNonPagedPoolUsage;
  SIZE_T PagefileUsage;
  SIZE_T PeakPagefileUsage;
  SIZE_T PrivateUsage;
} PROCESS_MEMORY_COUNTERS_EX;
typedef PROCESS_MEMORY_COUNTERS_EX* PPROCESS_MEMORY_COUNTERS_EX;

typedef struct _PROCESS_MEMORY_COUNTERS_EX2 {
  DWORD cb;
  DWORD PageFaultCount;
  SIZE_T PeakWorkingSetSize;
  SIZE_T WorkingSetSize;
  SIZE_T QuotaPeakPagedPoolUsage;
  SIZE_T QuotaPagedPoolUsage;
  SIZE_T QuotaPeakNonPagedPoolUsage;
  SIZE_T QuotaNonPagedPoolUsage;
  SIZE_T PagefileUsage;
  SIZE_T PeakPagefileUsage;
  SIZE_T PrivateUsage;
  SIZE_T PrivateWorkingSetSize;
  ULONG64 SharedCommitUsage;
} PROCESS_MEMORY_COUNTERS_EX2;
typedef PROCESS_MEMORY_COUNTERS_EX2* PPROCESS_MEMORY_COUNTERS_EX2;

typedef struct _PERFORMANCE_INFORMATION {
  DWORD cb;
  SIZE_T CommitTotal;
  SIZE_T CommitLimit;
  SIZE_T CommitPeak;
  SIZE_T PhysicalTotal;
  SIZE_T PhysicalAvailable;
  SIZE_T SystemCache;
  SIZE_T KernelTotal;
  SIZE_T KernelPaged;
  SIZE_T KernelNonpaged;
  SIZE_T PageSize;
  DWORD HandleCount;
  DWORD ProcessCount;
  DWORD ThreadCount;
} PERFORMANCE_INFORMATION, *PPERFORMANCE_INFORMATION, PERFORMACE_INFORMATION, *PPERFORMACE_INFORMATION;

typedef struct _ENUM_PAGE_FILE_INFORMATION {
  DWORD cb;
  DWORD Reserved;
  SIZE_T TotalSize;
  SIZE_T TotalInUse;
  SIZE_T PeakUsage;
} ENUM_PAGE_FILE_INFORMATION, *PENUM_PAGE_FILE_INFORMATION;

typedef BOOL(WINAPI* PENUM_PAGE_FILE_CALLBACKW)(LPVOID pContext, PENUM_PAGE_FILE_INFORMATION pPageFileInfo,
                                                LPCWSTR lpFilename);
typedef BOOL(WINAPI* PENUM_PAGE_FILE_CALLBACKA)(LPVOID pContext, PENUM_PAGE_FILE_INFORMATION pPageFileInfo,
                                                LPCSTR lpFilename);

// What this process uses of memory: the first cb bytes of PROCESS_MEMORY_COUNTERS_EX2 that are one of its three forms,
// whose size is in `cb` then. WorkingSetSize is what is in physical memory; PagefileUsage and PrivateUsage are its
// committed private memory in bytes, touched or not; SharedCommitUsage that of its sections. The pool figures are what
// page tables and handles take. [Y40 to Y43] Errors: ERROR_INSUFFICIENT_BUFFER (cb < 72, found first),
// ERROR_INVALID_HANDLE, ERROR_ACCESS_DENIED (PROCESS_QUERY_LIMITED_INFORMATION and PROCESS_VM_READ are needed),
// ERROR_NOACCESS.
WINBASEAPI BOOL WINAPI K32GetProcessMemoryInfo(HANDLE Process, PPROCESS_MEMORY_COUNTERS ppsmemCounters, DWORD cb);
WINBASEAPI BOOL WINAPI GetProcessMemoryInfo(HANDLE Process, PPROCESS_MEMORY_COUNTERS ppsmemCounters, DWORD cb);

// The system's memory, in pages of PageSize bytes: what is committed is this process's, as in GlobalMemoryStatusEx; the
// file cache, the kernel's objects (those that it can drop count as paged), open files, processes and threads are the
// machine's, as far as this process may see them. [Y30, Y31] Errors: ERROR_BAD_LENGTH (cb < 104), ERROR_NOACCESS.
WINBASEAPI BOOL WINAPI K32GetPerformanceInfo(PPERFORMANCE_INFORMATION pPerformanceInformation, DWORD cb);
WINBASEAPI BOOL WINAPI GetPerformanceInfo(PPERFORMANCE_INFORMATION pPerformanceInformation, DWORD cb);

// Which pages are in physical memory: their number, and an entry for each that fits into the cb bytes of pv.
// ERROR_BAD_LENGTH where not all fit, with the number all the same. Linux does not count who shares a page: ShareCount
// is 0 for private ones, 1 for those that this process has alone, else 2. [Y55] Also ERROR_INVALID_HANDLE,
// ERROR_ACCESS_DENIED (PROCESS_QUERY_INFORMATION is needed), ERROR_NOACCESS.
WINBASEAPI BOOL WINAPI K32QueryWorkingSet(HANDLE hProcess, PVOID pv, DWORD cb);
WINBASEAPI BOOL WINAPI QueryWorkingSet(HANDLE hProcess, PVOID pv, DWORD cb);

// What the chosen pages are: pv has cb / 16 entries of PSAPI_WORKING_SET_EX_INFORMATION, addresses in, attributes out.
// [Y56, V116] Errors: ERROR_BAD_LENGTH (not even one), else as QueryWorkingSet.
WINBASEAPI BOOL WINAPI K32QueryWorkingSetEx(HANDLE hProcess, PVOID pv, DWORD cb);
WINBASEAPI BOOL WINAPI QueryWorkingSetEx(HANDLE hProcess, PVOID pv, DWORD cb);

// Puts aside all pages that are not locked, where the system can: private ones only where there is swap. Contents stay.
// [Y54] Errors: ERROR_INVALID_HANDLE, ERROR_ACCESS_DENIED (PROCESS_SET_QUOTA and a right to query are needed).
WINBASEAPI BOOL WINAPI K32EmptyWorkingSet(HANDLE hProcess);
WINBASEAPI BOOL WINAPI EmptyWorkingSet(HANDLE hProcess);

// ---- Mapped files ----

// The file that is mapped at lpv, of nSize characters with the end: its path on Linux, which CreateFile takes; Windows
// gives one that begins with \Device. Returns the length, nSize where the name was cut; 0 on failure. [S86] Errors:
// ERROR_UNEXP_NET_ERR (no section there), ERROR_FILE_INVALID (one of the page file), ERROR_INSUFFICIENT_BUFFER (cut),
// ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER (no buffer), ERROR_NOACCESS.
WINBASEAPI DWORD WINAPI K32GetMappedFileNameA(HANDLE hProcess, LPVOID lpv, LPSTR lpFilename, DWORD nSize);
WINBASEAPI DWORD WINAPI K32GetMappedFileNameW(HANDLE hProcess, LPVOID lpv, LPWSTR lpFilename, DWORD nSize)
    WINMEM_WIDE(K32GetMappedFileNameW);
WINBASEAPI DWORD WINAPI GetMappedFileNameA(HANDLE hProcess, LPVOID lpv, LPSTR lpFilename, DWORD nSize);
WINBASEAPI DWORD WINAPI GetMappedFileNameW(HANDLE hProcess, LPVOID lpv, LPWSTR lpFilename, DWORD nSize)
    WINMEM_WIDE(GetMappedFileNameW);

#ifdef UNICODE
#define GetMappedFileName K32GetMappedFileNameW
#else
#define GetMappedFileName K32GetMappedFileNameA
#endif

WINMEM_END_C

#endif
