// The native API: NTSTATUS, counted strings, object attributes, and the Nt* calls under the Virtual* ones.
//
// Surprise: the SDK's header of this name lacks the memory calls, and programs declare them for themselves. They are
//           here (V117), together with the types that they need from winnt/native.h and winnt/native_heap.h. A program
//           whose own types of those names collide defines WINMEM_SDK_WINTERNL_ONLY.
#ifndef _WINTERNL_
#define _WINTERNL_

#include "windef.h"

WINMEM_BEGIN_C

typedef LONG NTSTATUS;
typedef NTSTATUS* PNTSTATUS;
typedef LONG KPRIORITY;
typedef const char* PCSZ;

#define NT_SUCCESS(Status)     (((NTSTATUS)(Status)) >= 0)
#define NT_INFORMATION(Status) ((((ULONG)(Status)) >> 30) == 1)
#define NT_WARNING(Status)     ((((ULONG)(Status)) >> 30) == 2)
#define NT_ERROR(Status)       ((((ULONG)(Status)) >> 30) == 3)

// ---- Counted strings: lengths are in bytes ----

typedef struct _UNICODE_STRING {
  USHORT Length;
  USHORT MaximumLength;
  PWSTR Buffer;
} UNICODE_STRING, *PUNICODE_STRING;
typedef const UNICODE_STRING* PCUNICODE_STRING;

typedef struct _STRING {
  USHORT Length;
  USHORT MaximumLength;
  PCHAR Buffer;
} STRING, *PSTRING;
typedef STRING ANSI_STRING, OEM_STRING;
typedef PSTRING PANSI_STRING, PCANSI_STRING, POEM_STRING;
typedef const STRING* PCOEM_STRING;

WINMEM_BEGIN_C

// A counted string over SourceString, which is not copied: its length without the zero behind it, and room for that
// one more. NULL gives an empty string. What is longer than a USHORT can tell counts up to the last one that fits.
NTSYSAPI VOID NTAPI RtlInitString(PSTRING DestinationString, PCSZ SourceString);
NTSYSAPI VOID NTAPI RtlInitAnsiString(PANSI_STRING DestinationString, PCSZ SourceString);
NTSYSAPI VOID NTAPI RtlInitUnicodeString(PUNICODE_STRING DestinationString, PCWSTR SourceString)
    WINMEM_WIDE(RtlInitUnicodeString);

WINMEM_END_C

// ---- Objects ----

typedef struct _OBJECT_ATTRIBUTES {
  ULONG Length;
  HANDLE RootDirectory;
  PUNICODE_STRING ObjectName;
  ULONG Attributes;
  PVOID SecurityDescriptor;
  PVOID SecurityQualityOfService;
} OBJECT_ATTRIBUTES, *POBJECT_ATTRIBUTES;

#define OBJ_INHERIT                       0x0002
#define OBJ_PERMANENT                     0x0010
#define OBJ_EXCLUSIVE                     0x0020
#define OBJ_CASE_INSENSITIVE              0x0040
#define OBJ_OPENIF                        0x0080
#define OBJ_OPENLINK                      0x0100
#define OBJ_KERNEL_HANDLE                 0x0200
#define OBJ_FORCE_ACCESS_CHECK            0x0400
#define OBJ_IGNORE_IMPERSONATED_DEVICEMAP 0x0800
#define OBJ_DONT_REPARSE                  0x1000
#define OBJ_VALID_ATTRIBUTES              0x1FF2

#define InitializeObjectAttributes(p, n, a, r, s)                                                                      \
  {                                                                                                                    \
    (p)->Length = sizeof(OBJECT_ATTRIBUTES);                                                                           \
    (p)->RootDirectory = r;                                                                                            \
    (p)->Attributes = a;                                                                                               \
    (p)->ObjectName = n;                                                                                               \
    (p)->SecurityDescriptor = s;                                                                                       \
    (p)->SecurityQualityOfService = NULL;                                                                              \
  }

typedef struct _IO_STATUS_BLOCK {
  __extension__ union {
    NTSTATUS Status;
    PVOID Pointer;
  } DUMMYUNIONNAME;
  ULONG_PTR Information;
} IO_STATUS_BLOCK, *PIO_STATUS_BLOCK;

// ---- Processes, threads, the system ----

typedef struct _CLIENT_ID {
  HANDLE UniqueProcess;
  HANDLE UniqueThread;
} CLIENT_ID, *PCLIENT_ID;

typedef struct _PEB* PPEB;

// The SDK has the same layout and calls most of these members reserved.
typedef struct _PROCESS_BASIC_INFORMATION {
  NTSTATUS ExitStatus;
  PPEB PebBaseAddress;
  KAFFINITY AffinityMask;
  KPRIORITY BasePriority;
  HANDLE UniqueProcessId;
  HANDLE InheritedFromUniqueProcessId;
} PROCESS_BASIC_INFORMATION, *PPROCESS_BASIC_INFORMATION;

typedef struct _SYSTEM_BASIC_INFORMATION {
  ULONG Reserved;
  ULONG TimerResolution;
  ULONG PageSize;
  ULONG NumberOfPhysicalPages;
  ULONG LowestPhysicalPageNumber;
  ULONG HighestPhysicalPageNumber;
  ULONG AllocationGranularity;
  ULONG_PTR MinimumUserModeAddress;
  ULONG_PTR MaximumUserModeAddress;
  KAFFINITY ActiveProcessorsAffinityMask;
  UCHAR NumberOfProcessors;
} SYSTEM_BASIC_INFORMATION, *PSYSTEM_BASIC_INFORMATION;

// What NtQueryObject tells of a handle and its object, as the SDK has it; winnt/native.h names more members.
typedef struct _PUBLIC_OBJECT_BASIC_INFORMATION {
  ULONG Attributes;
  ACCESS_MASK GrantedAccess;
  ULONG HandleCount;
  ULONG PointerCount;
  ULONG Reserved[10];
} PUBLIC_OBJECT_BASIC_INFORMATION, *PPUBLIC_OBJECT_BASIC_INFORMATION;

typedef struct _PUBLIC_OBJECT_TYPE_INFORMATION {
  UNICODE_STRING TypeName;
  ULONG Reserved[22];
} PUBLIC_OBJECT_TYPE_INFORMATION, *PPUBLIC_OBJECT_TYPE_INFORMATION;

// ---- Classes of information ----

typedef enum _OBJECT_INFORMATION_CLASS {
  ObjectBasicInformation = 0,
  ObjectTypeInformation = 2
} OBJECT_INFORMATION_CLASS;

typedef enum _PROCESSINFOCLASS {
  ProcessBasicInformation = 0,
  ProcessQuotaLimits = 1,
  ProcessVmCounters = 3,
  ProcessDebugPort = 7,
  ProcessWorkingSetWatch = 15,
  ProcessHandleCount = 20,
  ProcessWow64Information = 26,
  ProcessImageFileName = 27,
  ProcessExecuteFlags = 34,
  ProcessPagePriority = 39,
  ProcessWorkingSetWatchEx = 42
} PROCESSINFOCLASS;

typedef enum _THREADINFOCLASS { ThreadIsIoPending = 16, ThreadNameInformation = 38 } THREADINFOCLASS;

typedef enum _SYSTEM_INFORMATION_CLASS {
  SystemBasicInformation = 0,
  SystemProcessorInformation = 1,
  SystemPerformanceInformation = 2,
  SystemTimeOfDayInformation = 3,
  SystemProcessInformation = 5
} SYSTEM_INFORMATION_CLASS;

// ---- Handles ----

// CloseHandle's work. STATUS_INVALID_HANDLE; STATUS_HANDLE_NOT_CLOSABLE for a protected one.
NTSYSCALLAPI NTSTATUS NTAPI NtClose(HANDLE Handle);

// WaitForSingleObject's work: STATUS_WAIT_0, STATUS_ABANDONED_WAIT_0, STATUS_TIMEOUT, STATUS_INVALID_HANDLE,
// STATUS_ACCESS_DENIED, STATUS_ACCESS_VIOLATION. Timeout is in units of 100 ns: below 0 from now on, above 0 the time
// of the system's clock, since 1601; NULL waits for ever (W47).
NTSYSCALLAPI NTSTATUS NTAPI NtWaitForSingleObject(HANDLE Handle, BOOLEAN Alertable, PLARGE_INTEGER Timeout);

// What a handle stands for: ObjectBasicInformation (56 bytes exactly), ObjectTypeInformation, and class 1, the object's
// name as a UNICODE_STRING, empty if it has none. STATUS_INVALID_HANDLE, STATUS_INVALID_INFO_CLASS,
// STATUS_INFO_LENGTH_MISMATCH, STATUS_BUFFER_OVERFLOW (a name that does not fit), STATUS_ACCESS_VIOLATION.
// ReturnLength, which may be NULL, gets the length that is needed.
NTSYSCALLAPI NTSTATUS NTAPI NtQueryObject(HANDLE Handle, OBJECT_INFORMATION_CLASS ObjectInformationClass,
                                          PVOID ObjectInformation, ULONG ObjectInformationLength, PULONG ReturnLength)
    WINMEM_WIDE(NtQueryObject);

// ---- Status codes ----

// The Win32 error that stands for a status; ERROR_MR_MID_NOT_FOUND if there is none.
NTSYSAPI ULONG NTAPI RtlNtStatusToDosError(NTSTATUS Status);

// ---- Time ----

// The system's time, in units of 100 ns since 1601 (UTC). STATUS_ACCESS_VIOLATION.
NTSYSCALLAPI NTSTATUS NTAPI NtQuerySystemTime(PLARGE_INTEGER SystemTime);

WINMEM_END_C

#ifndef WINMEM_SDK_WINTERNL_ONLY
#include "winnt/native.h"
#include "winnt/native_heap.h"
#include "winnt/native_runtime.h"
#include "winnt/native_section.h"
#endif

#endif
