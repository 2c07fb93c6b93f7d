// Events, mutexes, semaphores, and waiting for them.
//
// Objects without a name are known by their handles; a child by fork has the handles, too, and then shares the objects.
// Names are shared by all processes of a user (docs/rules/sections.md, S20 to S26).
#ifndef _SYNCHAPI_H_
#define _SYNCHAPI_H_

#include "minwinbase.h"

#define CREATE_EVENT_MANUAL_RESET  0x00000001
#define CREATE_EVENT_INITIAL_SET   0x00000002
#define CREATE_MUTEX_INITIAL_OWNER 0x00000001
#define MUTEX_MODIFY_STATE         MUTANT_QUERY_STATE
#define MUTEX_ALL_ACCESS           MUTANT_ALL_ACCESS

#define CREATE_WAITABLE_TIMER_MANUAL_RESET    0x00000001
#define CREATE_WAITABLE_TIMER_HIGH_RESOLUTION 0x00000002

#define SYNCHRONIZATION_BARRIER_FLAGS_SPIN_ONLY  0x01
#define SYNCHRONIZATION_BARRIER_FLAGS_BLOCK_ONLY 0x02
#define SYNCHRONIZATION_BARRIER_FLAGS_NO_DELETE  0x04

#define CONDITION_VARIABLE_INIT            RTL_CONDITION_VARIABLE_INIT
#define CONDITION_VARIABLE_LOCKMODE_SHARED RTL_CONDITION_VARIABLE_LOCKMODE_SHARED
#define SRWLOCK_INIT                       RTL_SRWLOCK_INIT
#define INIT_ONCE_STATIC_INIT              RTL_RUN_ONCE_INIT
#define INIT_ONCE_CHECK_ONLY               RTL_RUN_ONCE_CHECK_ONLY
#define INIT_ONCE_ASYNC                    RTL_RUN_ONCE_ASYNC
#define INIT_ONCE_INIT_FAILED              RTL_RUN_ONCE_INIT_FAILED
#define INIT_ONCE_CTX_RESERVED_BITS        RTL_RUN_ONCE_CTX_RESERVED_BITS

typedef RTL_SRWLOCK SRWLOCK, *PSRWLOCK;
typedef RTL_CONDITION_VARIABLE CONDITION_VARIABLE, *PCONDITION_VARIABLE;
typedef RTL_RUN_ONCE INIT_ONCE, *PINIT_ONCE, *LPINIT_ONCE;
typedef RTL_BARRIER SYNCHRONIZATION_BARRIER, *PSYNCHRONIZATION_BARRIER, *LPSYNCHRONIZATION_BARRIER;
typedef BOOL(WINAPI* PINIT_ONCE_FN)(PINIT_ONCE InitOnce, PVOID Parameter, PVOID* Context);
typedef VOID(APIENTRY* PTIMERAPCROUTINE)(LPVOID lpArgToCompletionRoutine, DWORD dwTimerLowValue,
                                         DWORD dwTimerHighValue);

WINMEM_BEGIN_C

// ---- Events: set until they are reset, or until one wait was satisfied (bManualReset FALSE) ----

// A new event, or with a name the one that has it: then the last error is ERROR_ALREADY_EXISTS, else 0. The handle has
// EVENT_ALL_ACCESS, or dwDesiredAccess. NULL with ERROR_NOT_ENOUGH_MEMORY, ERROR_INVALID_PARAMETER (unknown flags),
// ERROR_NOACCESS, ERROR_INVALID_HANDLE (something else has the name), and the names' errors (W1 to W4).
WINBASEAPI HANDLE WINAPI CreateEventA(LPSECURITY_ATTRIBUTES lpEventAttributes, BOOL bManualReset, BOOL bInitialState,
                                      LPCSTR lpName);
WINBASEAPI HANDLE WINAPI CreateEventW(LPSECURITY_ATTRIBUTES lpEventAttributes, BOOL bManualReset, BOOL bInitialState,
                                      LPCWSTR lpName) WINMEM_WIDE(CreateEventW);
WINBASEAPI HANDLE WINAPI CreateEventExA(LPSECURITY_ATTRIBUTES lpEventAttributes, LPCSTR lpName, DWORD dwFlags,
                                        DWORD dwDesiredAccess);
WINBASEAPI HANDLE WINAPI CreateEventExW(LPSECURITY_ATTRIBUTES lpEventAttributes, LPCWSTR lpName, DWORD dwFlags,
                                        DWORD dwDesiredAccess) WINMEM_WIDE(CreateEventExW);

// The event of that name. NULL with
// ERROR_FILE_NOT_FOUND; ERROR_INVALID_HANDLE: something else has the name; ERROR_INVALID_PARAMETER: NULL (W3, W4).
WINBASEAPI HANDLE WINAPI OpenEventA(DWORD dwDesiredAccess, BOOL bInheritHandle, LPCSTR lpName);
WINBASEAPI HANDLE WINAPI OpenEventW(DWORD dwDesiredAccess, BOOL bInheritHandle, LPCWSTR lpName) WINMEM_WIDE(OpenEventW);

// Sets or resets an event; both need EVENT_MODIFY_STATE. ERROR_INVALID_HANDLE, ERROR_ACCESS_DENIED (W10 to W12).
WINBASEAPI BOOL WINAPI SetEvent(HANDLE hEvent);
WINBASEAPI BOOL WINAPI ResetEvent(HANDLE hEvent);

// ---- Mutexes: owned by one thread, which may wait for them again and must release them as often ----

// A new mutex, the caller's own with CREATE_MUTEX_INITIAL_OWNER. Otherwise as CreateEvent (W1, W2).
WINBASEAPI HANDLE WINAPI CreateMutexA(LPSECURITY_ATTRIBUTES lpMutexAttributes, BOOL bInitialOwner, LPCSTR lpName);
WINBASEAPI HANDLE WINAPI CreateMutexW(LPSECURITY_ATTRIBUTES lpMutexAttributes, BOOL bInitialOwner, LPCWSTR lpName)
    WINMEM_WIDE(CreateMutexW);
WINBASEAPI HANDLE WINAPI CreateMutexExA(LPSECURITY_ATTRIBUTES lpMutexAttributes, LPCSTR lpName, DWORD dwFlags,
                                        DWORD dwDesiredAccess);
WINBASEAPI HANDLE WINAPI CreateMutexExW(LPSECURITY_ATTRIBUTES lpMutexAttributes, LPCWSTR lpName, DWORD dwFlags,
                                        DWORD dwDesiredAccess) WINMEM_WIDE(CreateMutexExW);

// As OpenEvent. OpenMutexA is in winbase.h.
WINBASEAPI HANDLE WINAPI OpenMutexW(DWORD dwDesiredAccess, BOOL bInheritHandle, LPCWSTR lpName) WINMEM_WIDE(OpenMutexW);

// Takes one ownership back; any handle to the mutex will do. ERROR_NOT_OWNER: it is not the calling thread's;
// ERROR_INVALID_HANDLE (W20 to W22).
WINBASEAPI BOOL WINAPI ReleaseMutex(HANDLE hMutex);

// ---- Semaphores: a count that waits take from, while it is not 0 ----

// A new semaphore. dwFlags is 0. ERROR_INVALID_PARAMETER: lMaximumCount is not above 0, or lInitialCount not within it.
// Otherwise as CreateEvent (W1, W2, W30). CreateSemaphoreA and CreateSemaphoreExA are in winbase.h.
WINBASEAPI HANDLE WINAPI CreateSemaphoreW(LPSECURITY_ATTRIBUTES lpSemaphoreAttributes, LONG lInitialCount,
                                          LONG lMaximumCount, LPCWSTR lpName) WINMEM_WIDE(CreateSemaphoreW);
WINBASEAPI HANDLE WINAPI CreateSemaphoreExW(LPSECURITY_ATTRIBUTES lpSemaphoreAttributes, LONG lInitialCount,
                                            LONG lMaximumCount, LPCWSTR lpName, DWORD dwFlags, DWORD dwDesiredAccess)
    WINMEM_WIDE(CreateSemaphoreExW);

// As OpenEvent. OpenSemaphoreA is in winbase.h.
WINBASEAPI HANDLE WINAPI OpenSemaphoreW(DWORD dwDesiredAccess, BOOL bInheritHandle, LPCWSTR lpName)
    WINMEM_WIDE(OpenSemaphoreW);

// Adds lReleaseCount to the count; *lpPreviousCount, which may be NULL, is what it was. Needs SEMAPHORE_MODIFY_STATE.
// ERROR_TOO_MANY_POSTS: it would pass the maximum; ERROR_INVALID_PARAMETER: lReleaseCount is not above 0;
// ERROR_INVALID_HANDLE, ERROR_ACCESS_DENIED, ERROR_NOACCESS. Then nothing has changed (W31 to W33).
WINBASEAPI BOOL WINAPI ReleaseSemaphore(HANDLE hSemaphore, LONG lReleaseCount, LPLONG lpPreviousCount);

// ---- Waits ----
//
// Time-outs are in milliseconds; INFINITE waits for ever, 0 is a test. Handles need SYNCHRONIZE. A satisfied wait takes
// what it waited for: it resets an event without manual reset, owns a mutex, takes 1 from a semaphore.
//
// WAIT_OBJECT_0, WAIT_TIMEOUT, WAIT_ABANDONED (a mutex whose owner ended; the caller owns it now), or WAIT_FAILED with
// ERROR_INVALID_HANDLE, ERROR_ACCESS_DENIED. bAlertable makes no difference (W40 to W46).
WINBASEAPI DWORD WINAPI WaitForSingleObject(HANDLE hHandle, DWORD dwMilliseconds);
WINBASEAPI DWORD WINAPI WaitForSingleObjectEx(HANDLE hHandle, DWORD dwMilliseconds, BOOL bAlertable);

// For any of up to MAXIMUM_WAIT_OBJECTS: WAIT_OBJECT_0 plus the lowest index of those that are signalled, likewise
// WAIT_ABANDONED_0 plus. With bWaitAll for all of them at once: WAIT_OBJECT_0 or WAIT_ABANDONED_0; until then none is
// taken. WAIT_FAILED also with ERROR_INVALID_PARAMETER: no handles, too many, or with bWaitAll an object twice;
// ERROR_NOACCESS (W50 to W55).
WINBASEAPI DWORD WINAPI WaitForMultipleObjects(DWORD nCount, const HANDLE* lpHandles, BOOL bWaitAll,
                                               DWORD dwMilliseconds);
WINBASEAPI DWORD WINAPI WaitForMultipleObjectsEx(DWORD nCount, const HANDLE* lpHandles, BOOL bWaitAll,
                                                 DWORD dwMilliseconds, BOOL bAlertable);

// Sets the event, or releases the mutex or 1 of the semaphore, then waits. What the two functions need and answer;
// nothing is signalled when the other handle cannot be waited for (W60).
WINBASEAPI DWORD WINAPI SignalObjectAndWait(HANDLE hObjectToSignal, HANDLE hObjectToWaitOn, DWORD dwMilliseconds,
                                            BOOL bAlertable);

// Sleeps for at least so many milliseconds; 0 gives up the processor once, INFINITE never returns. SleepEx: 0 (W61).
WINBASEAPI VOID WINAPI Sleep(DWORD dwMilliseconds);
WINBASEAPI DWORD WINAPI SleepEx(DWORD dwMilliseconds, BOOL bAlertable);

WINMEM_END_C

#ifdef UNICODE
#define CreateEvent   CreateEventW
#define OpenEvent     OpenEventW
#define CreateEventEx CreateEventExW
#define CreateMutex   CreateMutexW
#define CreateMutexEx CreateMutexExW
#else
#define CreateEvent   CreateEventA
#define OpenEvent     OpenEventA
#define CreateEventEx CreateEventExA
#define CreateMutex   CreateMutexA
#define CreateMutexEx CreateMutexExA
#endif

#endif
