// Critical sections, slim locks, condition variables, one-time initialisation, lists without locks. Part of winnt.h.
#ifndef WINMEM_WINNT_SYNCHRONIZE_H
#define WINMEM_WINNT_SYNCHRONIZE_H

#define RTL_CONDITION_VARIABLE_LOCKMODE_SHARED     1
#define RTL_RUN_ONCE_CHECK_ONLY                    0x00000001U
#define RTL_RUN_ONCE_ASYNC                         0x00000002U
#define RTL_RUN_ONCE_CTX_RESERVED_BITS             2
#define RTL_RUN_ONCE_INIT_FAILED                   0x00000004U
#define MAXIMUM_WAIT_OBJECTS                       64
#define MAXIMUM_SUSPEND_COUNT                      127
#define RTL_CRITICAL_SECTION_FLAG_NO_DEBUG_INFO    0x01000000
#define RTL_CRITICAL_SECTION_FLAG_DYNAMIC_SPIN     0x02000000
#define RTL_CRITICAL_SECTION_FLAG_STATIC_INIT      0x04000000
#define RTL_CRITICAL_SECTION_FLAG_RESOURCE_TYPE    0x08000000
#define RTL_CRITICAL_SECTION_FLAG_FORCE_DEBUG_INFO 0x10000000
#define RTL_CRITICAL_SECTION_FLAG_RESERVED         0xE0000000U

typedef struct _RTL_CRITICAL_SECTION_DEBUG {
  WORD Type;
  WORD CreatorBackTraceIndex;
  struct _RTL_CRITICAL_SECTION* CriticalSection;
  LIST_ENTRY ProcessLocksList;
  DWORD EntryCount;
  DWORD ContentionCount;
  DWORD Flags;
  WORD CreatorBackTraceIndexHigh;
  WORD Identifier;
} RTL_CRITICAL_SECTION_DEBUG, *PRTL_CRITICAL_SECTION_DEBUG, RTL_RESOURCE_DEBUG, *PRTL_RESOURCE_DEBUG;

typedef struct _RTL_CRITICAL_SECTION {
  PRTL_CRITICAL_SECTION_DEBUG DebugInfo;
  LONG LockCount;
  LONG RecursionCount;
  HANDLE OwningThread;
  HANDLE LockSemaphore;
  ULONG_PTR SpinCount;
} RTL_CRITICAL_SECTION, *PRTL_CRITICAL_SECTION;

typedef struct _RTL_SRWLOCK {
  PVOID Ptr;
} RTL_SRWLOCK, *PRTL_SRWLOCK;
#define RTL_SRWLOCK_INIT                                                                                               \
  { 0 }

typedef struct _RTL_CONDITION_VARIABLE {
  PVOID Ptr;
} RTL_CONDITION_VARIABLE, *PRTL_CONDITION_VARIABLE;
#define RTL_CONDITION_VARIABLE_INIT                                                                                    \
  { 0 }

typedef union _RTL_RUN_ONCE {
  PVOID Ptr;
} RTL_RUN_ONCE, *PRTL_RUN_ONCE;
#define RTL_RUN_ONCE_INIT                                                                                              \
  { 0 }

typedef DWORD NTAPI RTL_RUN_ONCE_INIT_FN(PRTL_RUN_ONCE RunOnce, PVOID Parameter, PVOID* Context);
typedef RTL_RUN_ONCE_INIT_FN* PRTL_RUN_ONCE_INIT_FN;

typedef struct _RTL_BARRIER {
  DWORD Reserved1;
  DWORD Reserved2;
  ULONG_PTR Reserved3[2];
  DWORD Reserved4;
  DWORD Reserved5;
} RTL_BARRIER, *PRTL_BARRIER;

// A list that many threads push to and pop from. Its head is changed by one 16-byte compare-and-exchange.
typedef struct DECLSPEC_ALIGN(16) _SLIST_ENTRY {
  struct _SLIST_ENTRY* Next;
} SLIST_ENTRY, *PSLIST_ENTRY;

typedef union DECLSPEC_ALIGN(16) _SLIST_HEADER {
  __extension__ struct {
    ULONGLONG Alignment;
    ULONGLONG Region;
  } DUMMYSTRUCTNAME;
  struct {
    __extension__ ULONGLONG Depth : 16;
    __extension__ ULONGLONG Sequence : 48;
    __extension__ ULONGLONG Reserved : 4;
    __extension__ ULONGLONG NextEntry : 60;
  } HeaderX64;
} SLIST_HEADER, *PSLIST_HEADER;

typedef VOID(NTAPI* WAITORTIMERCALLBACKFUNC)(PVOID lpParameter, BOOLEAN TimerOrWaitFired);
typedef WAITORTIMERCALLBACKFUNC WAITORTIMERCALLBACK;

// Slots of thread-local and fiber-local storage.
#define TLS_MINIMUM_AVAILABLE 64
#define FLS_MAXIMUM_AVAILABLE 4080

#endif
