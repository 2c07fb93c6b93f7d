// Processes and threads: who am I.
#ifndef _PROCESSTHREADSAPI_H_
#define _PROCESSTHREADSAPI_H_

#include "minwinbase.h"
#include "minwindef.h"

WINMEM_BEGIN_C

#define TLS_OUT_OF_INDEXES 0xFFFFFFFFU

typedef struct _PROCESS_INFORMATION {
  HANDLE hProcess;
  HANDLE hThread;
  DWORD dwProcessId;
  DWORD dwThreadId;
} PROCESS_INFORMATION, *PPROCESS_INFORMATION, *LPPROCESS_INFORMATION;

typedef struct _STARTUPINFOA {
  DWORD cb;
  LPSTR lpReserved;
  LPSTR lpDesktop;
  LPSTR lpTitle;
  DWORD dwX;
  DWORD dwY;
  DWORD dwXSize;
  DWORD dwYSize;
  DWORD dwXCountChars;
  DWORD dwYCountChars;
  DWORD dwFillAttribute;
  DWORD dwFlags;
  WORD wShowWindow;
  WORD cbReserved2;
  LPBYTE lpReserved2;
  HANDLE hStdInput;
  HANDLE hStdOutput;
  HANDLE hStdError;
} STARTUPINFOA, *LPSTARTUPINFOA;

typedef struct _STARTUPINFOW {
  DWORD cb;
  LPWSTR lpReserved;
  LPWSTR lpDesktop;
  LPWSTR lpTitle;
  DWORD dwX;
  DWORD dwY;
  DWORD dwXSize;
  DWORD dwYSize;
  DWORD dwXCountChars;
  DWORD dwYCountChars;
  DWORD dwFillAttribute;
  DWORD dwFlags;
  WORD wShowWindow;
  WORD cbReserved2;
  LPBYTE lpReserved2;
  HANDLE hStdInput;
  HANDLE hStdOutput;
  HANDLE hStdError;
} STARTUPINFOW, *LPSTARTUPINFOW;

#ifdef UNICODE
typedef STARTUPINFOW STARTUPINFO;
typedef LPSTARTUPINFOW LPSTARTUPINFO;
#else
typedef STARTUPINFOA STARTUPINFO;
typedef LPSTARTUPINFOA LPSTARTUPINFO;
#endif

typedef struct _PROC_THREAD_ATTRIBUTE_LIST *PPROC_THREAD_ATTRIBUTE_LIST, *LPPROC_THREAD_ATTRIBUTE_LIST;

// ---- GetProcessInformation's classes and structures ----

typedef enum _PROCESS_INFORMATION_CLASS {
  ProcessMemoryPriority = 0,
  ProcessMemoryExhaustionInfo = 1,
  ProcessAppMemoryInfo = 2,
  ProcessInPrivateInfo = 3,
  ProcessPowerThrottling = 4,
  ProcessReservedValue1 = 5,
  ProcessTelemetryCoverageInfo = 6,
  ProcessProtectionLevelInfo = 7,
  ProcessLeapSecondInfo = 8,
  ProcessMachineTypeInfo = 9,
  ProcessOverrideSubsequentPrefetchParameter = 10,
  ProcessMaxOverridePrefetchParameter = 11,
  ProcessInformationClassMax = 12
} PROCESS_INFORMATION_CLASS;

typedef struct _APP_MEMORY_INFORMATION {
  ULONG64 AvailableCommit;
  ULONG64 PrivateCommitUsage;
  ULONG64 PeakPrivateCommitUsage;
  ULONG64 TotalCommitUsage;
} APP_MEMORY_INFORMATION, *PAPP_MEMORY_INFORMATION;

typedef struct _MEMORY_PRIORITY_INFORMATION {
  ULONG MemoryPriority;
} MEMORY_PRIORITY_INFORMATION, *PMEMORY_PRIORITY_INFORMATION;

#define PME_FAILFAST_ON_COMMIT_FAIL_DISABLE 0
#define PME_CURRENT_VERSION                 1
#define PME_FAILFAST_ON_COMMIT_FAIL_ENABLE  1

typedef enum _PROCESS_MEMORY_EXHAUSTION_TYPE {
  PMETypeFailFastOnCommitFailure,
  PMETypeMax
} PROCESS_MEMORY_EXHAUSTION_TYPE,
    *PPROCESS_MEMORY_EXHAUSTION_TYPE;

typedef struct _PROCESS_MEMORY_EXHAUSTION_INFO {
  USHORT Version;
  USHORT Reserved;
  PROCESS_MEMORY_EXHAUSTION_TYPE Type;
  ULONG_PTR Value;
} PROCESS_MEMORY_EXHAUSTION_INFO, *PPROCESS_MEMORY_EXHAUSTION_INFO;

// ---- Functions ----

// A pseudo handle, -1, that stands for this process in every call that takes a process handle.
WINBASEAPI HANDLE WINAPI GetCurrentProcess(VOID);

// The system's number of this process.
WINBASEAPI DWORD WINAPI GetCurrentProcessId(VOID);

// A pseudo handle, -2, that stands for the calling thread.
WINBASEAPI HANDLE WINAPI GetCurrentThread(VOID);

// The system's number of the calling thread.
WINBASEAPI DWORD WINAPI GetCurrentThreadId(VOID);

// For code that was just written: nothing to do on x64. ERROR_INVALID_HANDLE if hProcess cannot be reached.
WINBASEAPI BOOL WINAPI FlushInstructionCache(HANDLE hProcess, LPCVOID lpBaseAddress, SIZE_T dwSize);

// A fence that every running thread of the process passes. On kernels without membarrier it is the caller's alone.
WINBASEAPI VOID WINAPI FlushProcessWriteBuffers(VOID);

// Sets how many bytes of stack a handler of this thread's stack overflow can use, rounded up to pages; what is less
// than now changes nothing. *StackSizeInBytes becomes what it was before: 0 at first, although 64 KiB are there always.
// FALSE: ERROR_NOACCESS for a bad pointer, ERROR_NOT_ENOUGH_MEMORY without memory, ERROR_INVALID_PARAMETER for more
// than the thread's stack, and where the thread has a smaller alternate signal stack of the program's or is handling an
// overflow.
WINBASEAPI BOOL WINAPI SetThreadStackGuarantee(PULONG StackSizeInBytes);

// A handle to the process's token, for DesiredAccess (TOKEN_...). The process handle needs PROCESS_QUERY_INFORMATION or
// PROCESS_QUERY_LIMITED_INFORMATION. [Y120]
// Errors: ERROR_INVALID_HANDLE, ERROR_ACCESS_DENIED, ERROR_NOACCESS, ERROR_NOT_ENOUGH_MEMORY,
// ERROR_NO_SYSTEM_RESOURCES.
WINADVAPI BOOL WINAPI OpenProcessToken(HANDLE ProcessHandle, DWORD DesiredAccess, PHANDLE TokenHandle);

WINMEM_END_C

#endif
