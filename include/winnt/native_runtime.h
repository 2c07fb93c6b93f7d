// ntdll's calls beside memory: last errors and statuses, exceptions, time, the own process, debug output. Part of
// winternl.h; see there how to leave it out.
#ifndef WINMEM_WINNT_NATIVE_RUNTIME_H
#define WINMEM_WINNT_NATIVE_RUNTIME_H

WINMEM_BEGIN_C

// ---- Last error and last status: one of each per thread ----

// GetLastError and SetLastError. Restore is the same as Set.
NTSYSAPI LONG NTAPI RtlGetLastWin32Error(void);
NTSYSAPI VOID NTAPI RtlSetLastWin32Error(LONG Win32Error);
NTSYSAPI VOID NTAPI RtlRestoreLastWin32Error(LONG Win32Error);

// The status that was last turned into an error: by RtlNtStatusToDosError, by a Win32 call that fails, or by the second
// of these, which notes Status and sets the last error that stands for it (Y111).
NTSYSAPI NTSTATUS NTAPI RtlGetLastNtStatus(void);
NTSYSAPI VOID NTAPI RtlSetLastWin32ErrorAndNtStatusFromNtStatus(NTSTATUS Status);

// ---- Exceptions ----

// AddVectoredExceptionHandler and its kin. A handle, or NULL without memory or without a handler; nonzero if removed.
NTSYSAPI PVOID NTAPI RtlAddVectoredExceptionHandler(ULONG First, PVECTORED_EXCEPTION_HANDLER Handler);
NTSYSAPI ULONG NTAPI RtlRemoveVectoredExceptionHandler(PVOID Handle);
NTSYSAPI PVOID NTAPI RtlAddVectoredContinueHandler(ULONG First, PVECTORED_EXCEPTION_HANDLER Handler);
NTSYSAPI ULONG NTAPI RtlRemoveVectoredContinueHandler(PVOID Handle);

// Raises Status as an exception that must not be continued.
NTSYSAPI VOID NTAPI RtlRaiseStatus(NTSTATUS Status);

// Raises a copy of the record as if it had happened where the context says, and goes on there when a handler says so.
// FirstChance FALSE asks no handler: the process ends. Returns only if a pointer is bad: STATUS_ACCESS_VIOLATION.
NTSYSCALLAPI NTSTATUS NTAPI NtRaiseException(PEXCEPTION_RECORD ExceptionRecord, PCONTEXT ContextRecord,
                                             BOOLEAN FirstChance);

// Goes on where the context says. TestAlert makes no difference. Returns only with STATUS_ACCESS_VIOLATION.
NTSYSCALLAPI NTSTATUS NTAPI NtContinue(PCONTEXT ContextRecord, BOOLEAN TestAlert);

// ---- Time ----

// Sleeps for *DelayInterval in units of 100 ns: below 0 from now on, above 0 until that time of the system clock since
// 1601, 0 gives up the processor. STATUS_SUCCESS, STATUS_ACCESS_VIOLATION.
NTSYSCALLAPI NTSTATUS NTAPI NtDelayExecution(BOOLEAN Alertable, PLARGE_INTEGER DelayInterval);

// Gives up the processor. STATUS_NO_YIELD_PERFORMED, a success, when no other thread ran meanwhile.
NTSYSCALLAPI NTSTATUS NTAPI NtYieldExecution(void);

// QueryPerformanceCounter's: a count that only rises, and how often it does so in a second (10,000,000). The second
// pointer may be NULL. STATUS_ACCESS_VIOLATION.
NTSYSCALLAPI NTSTATUS NTAPI NtQueryPerformanceCounter(PLARGE_INTEGER PerformanceCounter,
                                                      PLARGE_INTEGER PerformanceFrequency);

// ---- The own process ----

// A handle to the process of that id, the own one: STATUS_INVALID_CID for another one's.
// STATUS_INVALID_PARAMETER_MIX: a name, or no id; STATUS_ACCESS_VIOLATION.
NTSYSCALLAPI NTSTATUS NTAPI NtOpenProcess(PHANDLE ProcessHandle, ACCESS_MASK DesiredAccess,
                                          POBJECT_ATTRIBUTES ObjectAttributes, CLIENT_ID* ClientId);

// Ends the own process at once: nothing is flushed, no handler runs. Linux keeps the lowest 8 bits of the status; if
// they are 0 and the rest is not, the process ends with 255. STATUS_INVALID_HANDLE, STATUS_ACCESS_DENIED.
NTSYSCALLAPI NTSTATUS NTAPI NtTerminateProcess(HANDLE ProcessHandle, NTSTATUS ExitStatus);

// The version of Windows that winmem behaves as: 10.0.19045, a workstation. The structure is an OSVERSIONINFOW, or an
// OSVERSIONINFOEXW if dwOSVersionInfoSize says so. STATUS_SUCCESS.
NTSYSAPI NTSTATUS NTAPI RtlGetVersion(PVOID VersionInformation) WINMEM_WIDE(RtlGetVersion);

// ---- For debuggers ----

// A breakpoint: EXCEPTION_BREAKPOINT at an instruction of one byte.
NTSYSAPI VOID WINAPI DbgBreakPoint(void);

// Text for a debugger. Without one of Windows' there is nobody who shows it. STATUS_SUCCESS.
NTSYSAPI ULONG DbgPrint(PCCH Format, ...);
NTSYSAPI ULONG DbgPrintEx(ULONG ComponentId, ULONG Level, PCCH Format, ...);

WINMEM_END_C

#endif
