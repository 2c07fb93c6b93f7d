// A program with native types of its own asks winternl.h for what the SDK's has, and no more.
#define WINMEM_SDK_WINTERNL_ONLY
#include <windows.h>
#include <winternl.h>

typedef enum _MEMORY_INFORMATION_CLASS { MemoryBasicInformation, MemoryWorkingSetList } MEMORY_INFORMATION_CLASS;
NTSTATUS NTAPI NtQueryVirtualMemory(HANDLE process, PVOID address, MEMORY_INFORMATION_CLASS kind, PVOID buffer,
                                    SIZE_T length, PSIZE_T returned);
