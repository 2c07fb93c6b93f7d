// Heaps: blocks of any size, on the process heap and on heaps of one's own.
#ifndef _HEAPAPI_H_
#define _HEAPAPI_H_

#include "minwinbase.h"
#include "minwindef.h"

WINMEM_BEGIN_C

typedef struct _HEAP_SUMMARY {
  DWORD cb;           // sizeof(HEAP_SUMMARY), set by the caller
  SIZE_T cbAllocated; // bytes in live blocks, as requested
  SIZE_T cbCommitted;
  SIZE_T cbReserved;
  SIZE_T cbMaxReserve; // a fixed heap's maximum; of a growable one what is reserved
} HEAP_SUMMARY, *PHEAP_SUMMARY;
typedef PHEAP_SUMMARY LPHEAP_SUMMARY;

// The heap that the process has from the start. Never NULL while there is memory for it (H21). Always the same, so that
// compilers need not ask again.
WINBASEAPI HANDLE WINAPI GetProcessHeap(VOID) __attribute__((const));

// Writes the handles of the first NumberOfHeaps heaps, the process heap first, and returns how many there are (H21).
WINBASEAPI DWORD WINAPI GetProcessHeaps(DWORD NumberOfHeaps, PHANDLE ProcessHeaps);

// A new heap. dwMaximumSize 0: it grows as long as there is memory. Else it never exceeds that many bytes, rounded up
// to pages, and its blocks are below 1 MB (H14). flOptions: HEAP_NO_SERIALIZE, HEAP_GENERATE_EXCEPTIONS,
// HEAP_CREATE_ENABLE_EXECUTE; other bits are ignored (H4). NULL with ERROR_NOT_ENOUGH_MEMORY.
WINBASEAPI HANDLE WINAPI HeapCreate(DWORD flOptions, SIZE_T dwInitialSize, SIZE_T dwMaximumSize);

// Frees the heap with all its blocks. FALSE with ERROR_INVALID_HANDLE for the process heap and for what is no heap
// (H17 to H19).
WINBASEAPI BOOL WINAPI HeapDestroy(HANDLE hHeap);

// A block of dwBytes, 0 included, 16-aligned. dwFlags: HEAP_ZERO_MEMORY, HEAP_NO_SERIALIZE, HEAP_GENERATE_EXCEPTIONS
// (it raises STATUS_NO_MEMORY, H36). NULL with ERROR_NOT_ENOUGH_MEMORY, or ERROR_INVALID_HANDLE for what is no heap.
WINBASEAPI LPVOID WINAPI HeapAlloc(HANDLE hHeap, DWORD dwFlags, SIZE_T dwBytes);

// Changes the size of a block, which may move unless HEAP_REALLOC_IN_PLACE_ONLY is given. HEAP_ZERO_MEMORY clears
// what is added. On failure NULL, and the block is as before: ERROR_NOT_ENOUGH_MEMORY, ERROR_INVALID_PARAMETER for
// what is no block of this heap; NULL is neither block nor error: the last error becomes 0 (H50 to H55).
WINBASEAPI LPVOID WINAPI HeapReAlloc(HANDLE hHeap, DWORD dwFlags, LPVOID lpMem, SIZE_T dwBytes);

// TRUE for NULL. FALSE with ERROR_INVALID_PARAMETER, and nothing changed, for what is no live block of this heap
// (H60, H61).
WINBASEAPI BOOL WINAPI HeapFree(HANDLE hHeap, DWORD dwFlags, LPVOID lpMem);

// The size that was asked for, exactly; (SIZE_T)-1 with ERROR_INVALID_PARAMETER for what is no block (H31, H64).
WINBASEAPI SIZE_T WINAPI HeapSize(HANDLE hHeap, DWORD dwFlags, LPCVOID lpMem) WINMEM_ASKS_ABOUT(3);

// Whether lpMem is the start of a live block; of NULL, whether the heap is sound. The last error stays (H65, H66).
WINBASEAPI BOOL WINAPI HeapValidate(HANDLE hHeap, DWORD dwFlags, LPCVOID lpMem) WINMEM_ASKS_ABOUT(3);

// Keeps all other threads out of the heap until the matching HeapUnlock; the owner may lock again. HeapUnlock by
// another thread is FALSE with ERROR_NOT_OWNER (H70 to H73).
WINBASEAPI BOOL WINAPI HeapLock(HANDLE hHeap);
WINBASEAPI BOOL WINAPI HeapUnlock(HANDLE hHeap);

// Gives idle memory back to the system. Returns the size of the largest block that could be had without committing
// memory; 0 with NO_ERROR if there is none (H75).
WINBASEAPI SIZE_T WINAPI HeapCompact(HANDLE hHeap, DWORD dwFlags);

// The element after *lpEntry; the first if lpEntry->lpData is NULL. FALSE with ERROR_NO_MORE_ITEMS at the end (H90 to
// H99).
WINBASEAPI BOOL WINAPI HeapWalk(HANDLE hHeap, LPPROCESS_HEAP_ENTRY lpEntry);

// Sums up the heap. dwFlags is 0 (H76).
WINBASEAPI BOOL WINAPI HeapSummary(HANDLE hHeap, DWORD dwFlags, LPHEAP_SUMMARY lpSummary);

// HeapCompatibilityInformation (2, the low-fragmentation heap), HeapEnableTerminationOnCorruption,
// HeapOptimizeResources (H80 to H84).
WINBASEAPI BOOL WINAPI HeapSetInformation(HANDLE HeapHandle, HEAP_INFORMATION_CLASS HeapInformationClass,
                                          PVOID HeapInformation, SIZE_T HeapInformationLength);
WINBASEAPI BOOL WINAPI HeapQueryInformation(HANDLE HeapHandle, HEAP_INFORMATION_CLASS HeapInformationClass,
                                            PVOID HeapInformation, SIZE_T HeapInformationLength, PSIZE_T ReturnLength);

WINMEM_END_C

#endif
