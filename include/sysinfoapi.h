// Facts about the machine: processors, page size, address range, memory.
#ifndef _SYSINFOAPI_H_
#define _SYSINFOAPI_H_

#include "minwinbase.h"
#include "minwindef.h"

WINMEM_BEGIN_C

typedef struct _SYSTEM_INFO {
  __extension__ union {
    DWORD dwOemId;
    __extension__ struct {
      WORD wProcessorArchitecture; // PROCESSOR_ARCHITECTURE_AMD64
      WORD wReserved;
    } DUMMYSTRUCTNAME;
  } DUMMYUNIONNAME;
  DWORD dwPageSize;                   // 4096
  LPVOID lpMinimumApplicationAddress; // 0x10000
  LPVOID lpMaximumApplicationAddress; // 0x7FFFFFFEFFFF, the last byte
  DWORD_PTR dwActiveProcessorMask;
  DWORD dwNumberOfProcessors;
  DWORD dwProcessorType;
  DWORD dwAllocationGranularity; // 65536
  WORD wProcessorLevel;
  WORD wProcessorRevision;
} SYSTEM_INFO, *LPSYSTEM_INFO;

typedef struct _MEMORYSTATUSEX {
  DWORD dwLength;             // 64, set by the caller
  DWORD dwMemoryLoad;         // physical memory in use, in percent
  DWORDLONG ullTotalPhys;     // in bytes, like all that follow: the machine's, or less if a control group limits it
  DWORDLONG ullAvailPhys;     // free, or easily had back
  DWORDLONG ullTotalPageFile; // the commit limit of this process
  DWORDLONG ullAvailPageFile; // what this process can still commit
  DWORDLONG ullTotalVirtual;  // user space, 0x7FFFFFFE0000
  DWORDLONG ullAvailVirtual;  // of that, what is neither reserved nor otherwise mapped
  DWORDLONG ullAvailExtendedVirtual; // 0
} MEMORYSTATUSEX, *LPMEMORYSTATUSEX;

// Fills in *lpSystemInfo. Cannot fail.
WINBASEAPI VOID WINAPI GetSystemInfo(LPSYSTEM_INFO lpSystemInfo);

// As GetSystemInfo: no program here runs under a translation layer of the system's.
WINBASEAPI VOID WINAPI GetNativeSystemInfo(LPSYSTEM_INFO lpSystemInfo);

// How much memory there is and how much of it is free. lpBuffer->dwLength must be 64. [Y10 to Y13]
// Errors: ERROR_INVALID_PARAMETER (dwLength). A NULL pointer faults, as on Windows.
WINBASEAPI BOOL WINAPI GlobalMemoryStatusEx(LPMEMORYSTATUSEX lpBuffer);

// The memory that is built in, in KiB: what the kernel lists of it, its own share included. [Y21]
// Errors: ERROR_INVALID_PARAMETER (NULL), ERROR_NOACCESS.
WINBASEAPI BOOL WINAPI GetPhysicallyInstalledSystemMemory(PULONGLONG TotalMemoryInKilobytes);

WINMEM_END_C

#endif
