// Programs declare the native calls for themselves, since the SDK doesn't: the same declaration again is no error.
#include <windows.h>
#include <winternl.h>

typedef LONG NTSTATUS;
extern "C" NTSTATUS NTAPI NtAllocateVirtualMemory(HANDLE process, PVOID* base, ULONG_PTR zero_bits, PSIZE_T size,
                                                  ULONG type, ULONG protection);

typedef PVOID(WINAPI* VirtualAlloc2Function)(HANDLE, PVOID, SIZE_T, ULONG, ULONG, MEM_EXTENDED_PARAMETER*, ULONG);
VirtualAlloc2Function find() {
  return reinterpret_cast<VirtualAlloc2Function>(
      reinterpret_cast<void*>(GetProcAddress(GetModuleHandleA("kernelbase.dll"), "VirtualAlloc2")));
}
