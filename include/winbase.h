// What is left of the API's first header: flags of files, handles, waits, processes, messages, and of the older memory
// calls.
#ifndef _WINBASE_
#define _WINBASE_

#include "errhandlingapi.h"
#include "fileapi.h"
#include "handleapi.h"
#include "heapapi.h"
#include "libloaderapi.h"
#include "memoryapi.h"
#include "minwinbase.h"
#include "processenv.h"
#include "processthreadsapi.h"
#include "securitybaseapi.h"
#include "synchapi.h"
#include "sysinfoapi.h"
#include "systemtopologyapi.h"

#define SecureZeroMemory      RtlSecureZeroMemory
#define SecureZeroMemory2     RtlSecureZeroMemory2
#define CopyVolatileMemory    RtlCopyVolatileMemory
#define MoveVolatileMemory    RtlMoveVolatileMemory
#define FillVolatileMemory    RtlFillVolatileMemory
#define ZeroVolatileMemory    RtlZeroVolatileMemory
#define CopyDeviceMemory      RtlCopyDeviceMemory
#define FillDeviceMemory      RtlFillDeviceMemory
#define ZeroDeviceMemory      RtlZeroDeviceMemory
#define CaptureStackBackTrace RtlCaptureStackBackTrace

// ---- Waits ----
#define WAIT_OBJECT_0                  0
#define WAIT_ABANDONED                 0x0080
#define WAIT_ABANDONED_0               0x0080
#define WAIT_IO_COMPLETION             192
#define CRITICAL_SECTION_NO_DEBUG_INFO 0x01000000
#define INFINITE                       0xFFFFFFFFU
#define WAIT_FAILED                    0xFFFFFFFFU

// ---- GlobalAlloc's flags, and what GlobalFlags tells ----
#define GMEM_FIXED          0x0000
#define GMEM_MOVEABLE       0x0002
#define GMEM_NOCOMPACT      0x0010
#define GMEM_NODISCARD      0x0020
#define GMEM_ZEROINIT       0x0040
#define GPTR                0x0040
#define GHND                0x0042
#define GMEM_MODIFY         0x0080
#define GMEM_LOCKCOUNT      0x00FF
#define GMEM_DISCARDABLE    0x0100
#define GMEM_LOWER          0x1000
#define GMEM_NOT_BANKED     0x1000
#define GMEM_DDESHARE       0x2000
#define GMEM_SHARE          0x2000
#define GMEM_DISCARDED      0x4000
#define GMEM_NOTIFY         0x4000
#define GMEM_VALID_FLAGS    0x7F72
#define GMEM_INVALID_HANDLE 0x8000

// Frees an unlocked object's memory and keeps its handle (G46).
#define GlobalDiscard(h) GlobalReAlloc((h), 0, GMEM_MOVEABLE)

// Obsolete (G54).
#define GlobalLRUNewest(h) ((HANDLE)(h))
#define GlobalLRUOldest(h) ((HANDLE)(h))

// How much memory there is, in bytes, as SIZE_T: GlobalMemoryStatusEx's figures.
typedef struct _MEMORYSTATUS {
  DWORD dwLength;
  DWORD dwMemoryLoad;
  SIZE_T dwTotalPhys;
  SIZE_T dwAvailPhys;
  SIZE_T dwTotalPageFile;
  SIZE_T dwAvailPageFile;
  SIZE_T dwTotalVirtual;
  SIZE_T dwAvailVirtual;
} MEMORYSTATUS, *LPMEMORYSTATUS;

WINMEM_BEGIN_C

// The same as GlobalMemoryStatusEx; sets dwLength itself and cannot fail. [Y20]
WINBASEAPI VOID WINAPI GlobalMemoryStatus(LPMEMORYSTATUS lpBuffer);

// ---- Pointers, obsolete ----
//
// TRUE if a page with one of the ucb bytes from lp on cannot be read, or written; FALSE for 0 bytes. As a touch would,
// the test takes the guard off a guard page, and answers TRUE. Nothing is raised, and the last error stays. [V64, V124,
// C35]
WINBASEAPI BOOL WINAPI IsBadReadPtr(const VOID* lp, UINT_PTR ucb);
WINBASEAPI BOOL WINAPI IsBadWritePtr(LPVOID lp, UINT_PTR ucb);
WINBASEAPI BOOL WINAPI IsBadHugeReadPtr(const VOID* lp, UINT_PTR ucb);
WINBASEAPI BOOL WINAPI IsBadHugeWritePtr(LPVOID lp, UINT_PTR ucb);

// Whether the first byte of a function can be read; not whether it may be executed.
WINBASEAPI BOOL WINAPI IsBadCodePtr(FARPROC lpfn);

// The same of a string up to its terminator, and of at most ucchMax characters.
WINBASEAPI BOOL WINAPI IsBadStringPtrA(LPCSTR lpsz, UINT_PTR ucchMax);
WINBASEAPI BOOL WINAPI IsBadStringPtrW(LPCWSTR lpsz, UINT_PTR ucchMax) WINMEM_WIDE(IsBadStringPtrW);

#ifdef UNICODE
#define IsBadStringPtr IsBadStringPtrW
#else
#define IsBadStringPtr IsBadStringPtrA
#endif

// ---- Objects that may be fixed or moveable; both families share them all (G1) ----
//
// A fixed object's handle is the address of its memory, a block of the process heap. A moveable one's points to a table
// of 65,536 handles, and its memory is where GlobalLock says. Any value may be passed as a handle.

// A new object of dwBytes. GMEM_ZEROINIT clears it; GMEM_MOVEABLE makes it moveable, then with 0 bytes a discarded one.
// GMEM_DISCARDABLE and GMEM_DDESHARE are remembered by moveable objects, other bits ignored. NULL with
// ERROR_NOT_ENOUGH_MEMORY, also when all handles are in use (G10 to G15).
WINBASEAPI HGLOBAL WINAPI GlobalAlloc(UINT uFlags, SIZE_T dwBytes);
WINBASEAPI HLOCAL WINAPI LocalAlloc(UINT uFlags, SIZE_T uBytes);

// Changes the size, GMEM_ZEROINIT clearing what is added. Fixed and locked objects change in place unless GMEM_MOVEABLE
// is given; an unlocked moveable one of 0 bytes is discarded, with GMEM_MOVEABLE only. With GMEM_MODIFY it changes
// attributes instead: GMEM_DISCARDABLE; and GMEM_MOVEABLE makes GlobalReAlloc return a moveable handle for a fixed
// object. On failure NULL and all is as before: ERROR_NOT_ENOUGH_MEMORY, ERROR_INVALID_PARAMETER, or as GlobalFree
// (G40 to G46).
WINBASEAPI HGLOBAL WINAPI GlobalReAlloc(HGLOBAL hMem, SIZE_T dwBytes, UINT uFlags);
WINBASEAPI HLOCAL WINAPI LocalReAlloc(HLOCAL hMem, SIZE_T uBytes, UINT uFlags);

// Frees the object, locked or not. NULL, also for NULL; hMem itself with ERROR_INVALID_HANDLE for what is no object,
// with ERROR_NOACCESS for an address where no memory is (G50 to G53).
WINBASEAPI HGLOBAL WINAPI GlobalFree(HGLOBAL hMem);
WINBASEAPI HLOCAL WINAPI LocalFree(HLOCAL hMem);

// The address of the memory. Counts a moveable object's locks, up to 255. NULL with ERROR_DISCARDED,
// ERROR_INVALID_HANDLE; for NULL without an error (G20 to G23).
WINBASEAPI LPVOID WINAPI GlobalLock(HGLOBAL hMem);
WINBASEAPI LPVOID WINAPI LocalLock(HLOCAL hMem);

// Takes one lock back: TRUE while others are left; else FALSE with NO_ERROR for the last one, with ERROR_NOT_LOCKED
// where there was none. Of a fixed object GlobalUnlock is TRUE, LocalUnlock FALSE with ERROR_NOT_LOCKED; of what is no
// object GlobalUnlock is TRUE and LocalUnlock FALSE, both with ERROR_INVALID_HANDLE (G24 to G27).
WINBASEAPI BOOL WINAPI GlobalUnlock(HGLOBAL hMem);
WINBASEAPI BOOL WINAPI LocalUnlock(HLOCAL hMem);

// The size that was asked for, exactly; 0 of a discarded object, and 0 with ERROR_INVALID_HANDLE (G29).
WINBASEAPI SIZE_T WINAPI GlobalSize(HGLOBAL hMem);
WINBASEAPI SIZE_T WINAPI LocalSize(HLOCAL hMem);

// The number of locks in the low byte, and DISCARDABLE, DISCARDED, GMEM_DDESHARE; 0 of a fixed object.
// GMEM_INVALID_HANDLE with ERROR_INVALID_HANDLE, or LocalFlags with ERROR_NOACCESS (G28).
WINBASEAPI UINT WINAPI GlobalFlags(HGLOBAL hMem);
WINBASEAPI UINT WINAPI LocalFlags(HLOCAL hMem);

// The handle of the object whose memory begins at pMem. NULL with ERROR_INVALID_PARAMETER for NULL, with
// ERROR_INVALID_HANDLE for what is none, LocalHandle with ERROR_NOACCESS where no memory is (G30).
WINBASEAPI HGLOBAL WINAPI GlobalHandle(LPCVOID pMem);
WINBASEAPI HLOCAL WINAPI LocalHandle(LPCVOID pMem);

// Obsolete: GlobalLock and GlobalUnlock under other names, and calls that do nothing and return 0 (G54).
WINBASEAPI VOID WINAPI GlobalFix(HGLOBAL hMem);
WINBASEAPI VOID WINAPI GlobalUnfix(HGLOBAL hMem);
WINBASEAPI LPVOID WINAPI GlobalWire(HGLOBAL hMem);
WINBASEAPI BOOL WINAPI GlobalUnWire(HGLOBAL hMem);
WINBASEAPI SIZE_T WINAPI GlobalCompact(DWORD dwMinFree);
WINBASEAPI SIZE_T WINAPI LocalCompact(UINT uMinFree);
WINBASEAPI SIZE_T WINAPI LocalShrink(HLOCAL hMem, UINT cbNewSize);

WINMEM_END_C

// ---- Files ----
#define FILE_FLAG_DISALLOW_PATH_REDIRECTS       0x00010000
#define FILE_FLAG_IGNORE_IMPERSONATED_DEVICEMAP 0x00020000
#define FILE_FLAG_OPEN_REQUIRING_OPLOCK         0x00040000
#define FILE_FLAG_FIRST_PIPE_INSTANCE           0x00080000
#define FILE_FLAG_OPEN_NO_RECALL                0x00100000
#define FILE_FLAG_OPEN_REPARSE_POINT            0x00200000
#define FILE_FLAG_SESSION_AWARE                 0x00800000
#define FILE_FLAG_POSIX_SEMANTICS               0x01000000
#define FILE_FLAG_BACKUP_SEMANTICS              0x02000000
#define FILE_FLAG_DELETE_ON_CLOSE               0x04000000
#define FILE_FLAG_SEQUENTIAL_SCAN               0x08000000
#define FILE_FLAG_RANDOM_ACCESS                 0x10000000
#define FILE_FLAG_NO_BUFFERING                  0x20000000
#define FILE_FLAG_OVERLAPPED                    0x40000000
#define FILE_FLAG_WRITE_THROUGH                 0x80000000U

#define FILE_BEGIN   0
#define FILE_CURRENT 1
#define FILE_END     2

#define FILE_TYPE_UNKNOWN 0x0000
#define FILE_TYPE_DISK    0x0001
#define FILE_TYPE_CHAR    0x0002
#define FILE_TYPE_PIPE    0x0003
#define FILE_TYPE_REMOTE  0x8000

#define FILE_NAME_NORMALIZED 0
#define FILE_NAME_OPENED     8

#define VOLUME_NAME_DOS  0
#define VOLUME_NAME_GUID 1
#define VOLUME_NAME_NT   2
#define VOLUME_NAME_NONE 4

#define MOVEFILE_REPLACE_EXISTING      0x01
#define MOVEFILE_COPY_ALLOWED          0x02
#define MOVEFILE_DELAY_UNTIL_REBOOT    0x04
#define MOVEFILE_WRITE_THROUGH         0x08
#define MOVEFILE_CREATE_HARDLINK       0x10
#define MOVEFILE_FAIL_IF_NOT_TRACKABLE 0x20

typedef struct _FILE_BASIC_INFO {
  LARGE_INTEGER CreationTime;
  LARGE_INTEGER LastAccessTime;
  LARGE_INTEGER LastWriteTime;
  LARGE_INTEGER ChangeTime;
  DWORD FileAttributes;
} FILE_BASIC_INFO, *PFILE_BASIC_INFO;

typedef struct _FILE_STANDARD_INFO {
  LARGE_INTEGER AllocationSize;
  LARGE_INTEGER EndOfFile;
  DWORD NumberOfLinks;
  BOOLEAN DeletePending;
  BOOLEAN Directory;
} FILE_STANDARD_INFO, *PFILE_STANDARD_INFO;

typedef struct _FILE_ALLOCATION_INFO {
  LARGE_INTEGER AllocationSize;
} FILE_ALLOCATION_INFO, *PFILE_ALLOCATION_INFO;

typedef struct _FILE_END_OF_FILE_INFO {
  LARGE_INTEGER EndOfFile;
} FILE_END_OF_FILE_INFO, *PFILE_END_OF_FILE_INFO;

typedef struct _FILE_DISPOSITION_INFO {
  BOOLEAN DeleteFile; // a macro where UNICODE chooses the function of that name
} FILE_DISPOSITION_INFO, *PFILE_DISPOSITION_INFO;

// ---- Handles ----
#define HANDLE_FLAG_INHERIT            1
#define HANDLE_FLAG_PROTECT_FROM_CLOSE 2

#define STD_ERROR_HANDLE  0xFFFFFFF4U
#define STD_OUTPUT_HANDLE 0xFFFFFFF5U
#define STD_INPUT_HANDLE  0xFFFFFFF6U

// ---- Processes and threads ----
#define DEBUG_PROCESS                     0x00000001
#define DEBUG_ONLY_THIS_PROCESS           0x00000002
#define CREATE_SUSPENDED                  0x00000004
#define DETACHED_PROCESS                  0x00000008
#define CREATE_NEW_CONSOLE                0x00000010
#define CREATE_NEW_PROCESS_GROUP          0x00000200
#define CREATE_UNICODE_ENVIRONMENT        0x00000400
#define STACK_SIZE_PARAM_IS_A_RESERVATION 0x00010000
#define CREATE_BREAKAWAY_FROM_JOB         0x01000000
#define CREATE_DEFAULT_ERROR_MODE         0x04000000
#define CREATE_NO_WINDOW                  0x08000000

#define NORMAL_PRIORITY_CLASS         0x00000020
#define IDLE_PRIORITY_CLASS           0x00000040
#define HIGH_PRIORITY_CLASS           0x00000080
#define REALTIME_PRIORITY_CLASS       0x00000100
#define BELOW_NORMAL_PRIORITY_CLASS   0x00004000
#define ABOVE_NORMAL_PRIORITY_CLASS   0x00008000
#define PROCESS_MODE_BACKGROUND_BEGIN 0x00100000
#define PROCESS_MODE_BACKGROUND_END   0x00200000

#define THREAD_PRIORITY_NORMAL        0x00000000
#define THREAD_PRIORITY_ABOVE_NORMAL  0x00000001
#define THREAD_PRIORITY_HIGHEST       0x00000002
#define THREAD_PRIORITY_TIME_CRITICAL 0x0000000F
#define THREAD_PRIORITY_ERROR_RETURN  0x7FFFFFFF
#define THREAD_PRIORITY_IDLE          (-15)
#define THREAD_PRIORITY_LOWEST        (-2)
#define THREAD_PRIORITY_BELOW_NORMAL  (-1)

#define STARTF_USESHOWWINDOW 0x0001
#define STARTF_USESTDHANDLES 0x0100

#define PROCESS_DEP_ENABLE                      1
#define PROCESS_DEP_DISABLE_ATL_THUNK_EMULATION 2

typedef enum _DEP_SYSTEM_POLICY_TYPE {
  DEPPolicyAlwaysOff = 0,
  DEPPolicyAlwaysOn = 1,
  DEPPolicyOptIn = 2,
  DEPPolicyOptOut = 3,
  DEPTotalPolicyCount = 4
} DEP_SYSTEM_POLICY_TYPE;

WINMEM_BEGIN_C

// For processes of 32 bits: FALSE with ERROR_NOT_SUPPORTED in this one. [Y80, Y81]
WINBASEAPI BOOL WINAPI GetProcessDEPPolicy(HANDLE hProcess, LPDWORD lpFlags, PBOOL lpPermanent);
WINBASEAPI BOOL WINAPI SetProcessDEPPolicy(DWORD dwFlags);

// DEPPolicyAlwaysOn. [Y82]
WINBASEAPI DEP_SYSTEM_POLICY_TYPE WINAPI GetSystemDEPPolicy(VOID);

WINMEM_END_C

typedef VOID(WINAPI* PFIBER_START_ROUTINE)(LPVOID lpFiberParameter);
typedef PFIBER_START_ROUTINE LPFIBER_START_ROUTINE;

// ---- SetErrorMode ----
#define SEM_FAILCRITICALERRORS     0x0001
#define SEM_NOGPFAULTERRORBOX      0x0002
#define SEM_NOALIGNMENTFAULTEXCEPT 0x0004
#define SEM_NOOPENFILEERRORBOX     0x8000

// ---- FormatMessage ----
#define FORMAT_MESSAGE_MAX_WIDTH_MASK  0x00FF
#define FORMAT_MESSAGE_ALLOCATE_BUFFER 0x0100
#define FORMAT_MESSAGE_IGNORE_INSERTS  0x0200
#define FORMAT_MESSAGE_FROM_STRING     0x0400
#define FORMAT_MESSAGE_FROM_HMODULE    0x0800
#define FORMAT_MESSAGE_FROM_SYSTEM     0x1000
#define FORMAT_MESSAGE_ARGUMENT_ARRAY  0x2000

WINMEM_BEGIN_C

// ---- Files ----

// Gives a file or directory another name. MoveFile: also into another file system, and never over a file that is there.
// MoveFileEx by its flags: MOVEFILE_REPLACE_EXISTING, MOVEFILE_COPY_ALLOWED (into another file system),
// MOVEFILE_WRITE_THROUGH (for such a copy). ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND, ERROR_ALREADY_EXISTS,
// ERROR_SHARING_VIOLATION (it is open and does not share deletion), ERROR_ACCESS_DENIED (what is to be replaced is a
// directory, read-only or open), ERROR_NOT_SAME_DEVICE, ERROR_DISK_FULL, ERROR_NOT_SUPPORTED
// (MOVEFILE_DELAY_UNTIL_REBOOT), ERROR_INVALID_PARAMETER.
WINBASEAPI BOOL WINAPI MoveFileA(LPCSTR lpExistingFileName, LPCSTR lpNewFileName);
WINBASEAPI BOOL WINAPI MoveFileW(LPCWSTR lpExistingFileName, LPCWSTR lpNewFileName) WINMEM_WIDE(MoveFileW);
WINBASEAPI BOOL WINAPI MoveFileExA(LPCSTR lpExistingFileName, LPCSTR lpNewFileName, DWORD dwFlags);
WINBASEAPI BOOL WINAPI MoveFileExW(LPCWSTR lpExistingFileName, LPCWSTR lpNewFileName, DWORD dwFlags)
    WINMEM_WIDE(MoveFileExW);

// A FILE_BASIC_INFO (FileBasicInfo) or FILE_STANDARD_INFO (FileStandardInfo) of an open file. ERROR_BAD_LENGTH: it does
// not fit into dwBufferSize bytes; ERROR_INVALID_PARAMETER: another class; ERROR_INVALID_HANDLE, ERROR_NOACCESS.
WINBASEAPI BOOL WINAPI GetFileInformationByHandleEx(HANDLE hFile, FILE_INFO_BY_HANDLE_CLASS FileInformationClass,
                                                    LPVOID lpFileInformation, DWORD dwBufferSize);

#ifdef UNICODE
#define MoveFile   MoveFileW
#define MoveFileEx MoveFileExW
#else
#define MoveFile   MoveFileA
#define MoveFileEx MoveFileExA
#endif

// ---- NUMA nodes and processors (systemtopologyapi.h) ----

// GetNumaNodeProcessorMaskEx for the first group of processors, GetNumaAvailableMemoryNodeEx and the like by narrower
// numbers. A processor that is not there has node 0xFF, and ERROR_INVALID_PARAMETER. [Y90]
WINBASEAPI BOOL WINAPI GetNumaNodeProcessorMask(UCHAR Node, PULONGLONG ProcessorMask);
WINBASEAPI BOOL WINAPI GetNumaAvailableMemoryNode(UCHAR Node, PULONGLONG AvailableBytes);
WINBASEAPI BOOL WINAPI GetNumaProcessorNode(UCHAR Processor, PUCHAR NodeNumber);
WINBASEAPI BOOL WINAPI GetNumaProximityNode(ULONG ProximityId, PUCHAR NodeNumber);

// Free memory of a node in bytes, and what belongs to files and can be had back. [Y90]
// Errors: ERROR_INVALID_PARAMETER (no such node), ERROR_NOACCESS.
WINBASEAPI BOOL WINAPI GetNumaAvailableMemoryNodeEx(USHORT Node, PULONGLONG AvailableBytes);

// The node of a processor; 0xFFFF and ERROR_INVALID_PARAMETER where there is none. [Y90] Also ERROR_NOACCESS.
WINBASEAPI BOOL WINAPI GetNumaProcessorNodeEx(PPROCESSOR_NUMBER Processor, PUSHORT NodeNumber);

// There is one group of processors, number 0: those that this process may use, of the first 64. Counts are 0 on
// failure, ERROR_INVALID_PARAMETER (another group).
WINBASEAPI DWORD WINAPI GetActiveProcessorCount(WORD GroupNumber);
WINBASEAPI DWORD WINAPI GetMaximumProcessorCount(WORD GroupNumber);
WINBASEAPI WORD WINAPI GetActiveProcessorGroupCount(VOID);
WINBASEAPI WORD WINAPI GetMaximumProcessorGroupCount(VOID);

// ---- File mappings ----

// CreateFileMappingW and CreateFileMappingNumaW with names of bytes (memoryapi.h).
WINBASEAPI HANDLE WINAPI CreateFileMappingA(HANDLE hFile, LPSECURITY_ATTRIBUTES lpFileMappingAttributes,
                                            DWORD flProtect, DWORD dwMaximumSizeHigh, DWORD dwMaximumSizeLow,
                                            LPCSTR lpName);
WINBASEAPI HANDLE WINAPI CreateFileMappingNumaA(HANDLE hFile, LPSECURITY_ATTRIBUTES lpFileMappingAttributes,
                                                DWORD flProtect, DWORD dwMaximumSizeHigh, DWORD dwMaximumSizeLow,
                                                LPCSTR lpName, DWORD nndPreferred);

// OpenFileMappingW with a name of bytes (memoryapi.h).
WINBASEAPI HANDLE WINAPI OpenFileMappingA(DWORD dwDesiredAccess, BOOL bInheritHandle, LPCSTR lpName);

// MapViewOfFileEx with a preferred NUMA node for new pages. [S75, Y92] ERROR_INVALID_PARAMETER if there is none such.
WINBASEAPI LPVOID WINAPI MapViewOfFileExNuma(HANDLE hFileMappingObject, DWORD dwDesiredAccess, DWORD dwFileOffsetHigh,
                                             DWORD dwFileOffsetLow, SIZE_T dwNumberOfBytesToMap, LPVOID lpBaseAddress,
                                             DWORD nndPreferred);

#ifdef UNICODE
#define CreateFileMapping     CreateFileMappingW
#define CreateFileMappingNuma CreateFileMappingNumaW
#define OpenFileMapping       OpenFileMappingW
#else
#define CreateFileMapping     CreateFileMappingA
#define CreateFileMappingNuma CreateFileMappingNumaA
#define OpenFileMapping       OpenFileMappingA
#endif

WINMEM_END_C

WINMEM_BEGIN_C

// ---- Events and semaphores ----

// Frees the threads that wait for the event now, or one of them if it resets itself, and leaves it reset. A thread that
// is about to wait may miss it. Needs EVENT_MODIFY_STATE (W13).
WINBASEAPI BOOL WINAPI PulseEvent(HANDLE hEvent);

// CreateSemaphoreW and CreateSemaphoreExW with names of bytes (synchapi.h).
WINBASEAPI HANDLE WINAPI CreateSemaphoreA(LPSECURITY_ATTRIBUTES lpSemaphoreAttributes, LONG lInitialCount,
                                          LONG lMaximumCount, LPCSTR lpName);
WINBASEAPI HANDLE WINAPI CreateSemaphoreExA(LPSECURITY_ATTRIBUTES lpSemaphoreAttributes, LONG lInitialCount,
                                            LONG lMaximumCount, LPCSTR lpName, DWORD dwFlags, DWORD dwDesiredAccess);

// OpenMutexW and OpenSemaphoreW with names of bytes (synchapi.h).
WINBASEAPI HANDLE WINAPI OpenMutexA(DWORD dwDesiredAccess, BOOL bInheritHandle, LPCSTR lpName);
WINBASEAPI HANDLE WINAPI OpenSemaphoreA(DWORD dwDesiredAccess, BOOL bInheritHandle, LPCSTR lpName);

#ifdef UNICODE
#define CreateSemaphore   CreateSemaphoreW
#define CreateSemaphoreEx CreateSemaphoreExW
#define OpenMutex         OpenMutexW
#define OpenSemaphore     OpenSemaphoreW
#else
#define CreateSemaphore   CreateSemaphoreA
#define CreateSemaphoreEx CreateSemaphoreExA
#define OpenMutex         OpenMutexA
#define OpenSemaphore     OpenSemaphoreA
#endif

// ---- Privileges ----

// The number of a privilege (SE_LOCK_MEMORY_NAME ...) on this machine, which lpSystemName NULL or "" means; letters of
// either case. [Y124]
// Errors: ERROR_NO_SUCH_PRIVILEGE; RPC_S_SERVER_UNAVAILABLE (1722) for other machines; ERROR_NOACCESS.
WINADVAPI BOOL WINAPI LookupPrivilegeValueA(LPCSTR lpSystemName, LPCSTR lpName, PLUID lpLuid);
WINADVAPI BOOL WINAPI LookupPrivilegeValueW(LPCWSTR lpSystemName, LPCWSTR lpName, PLUID lpLuid)
    WINMEM_WIDE(LookupPrivilegeValueW);

#ifdef UNICODE
#define LookupPrivilegeValue LookupPrivilegeValueW
#else
#define LookupPrivilegeValue LookupPrivilegeValueA
#endif

WINMEM_END_C

#endif
