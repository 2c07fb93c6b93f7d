// memoryapi.h's write watch: 0 is success, and the error is the last error.
#include "last_error.h"

#include <memoryapi.h>
#include <winternl.h>

using winmem::win32::fail;

namespace {

constexpr UINT kFailed = ~UINT{0};

UINT answer(NTSTATUS status) {
  if (status != 0) {
    fail(status);
    return kFailed;
  }
  return 0;
}

} // namespace

UINT WINAPI GetWriteWatch(DWORD dwFlags, PVOID lpBaseAddress, SIZE_T dwRegionSize, PVOID* lpAddresses,
                          ULONG_PTR* lpdwCount, LPDWORD lpdwGranularity) {
  return answer(NtGetWriteWatch(GetCurrentProcess(), dwFlags, lpBaseAddress, dwRegionSize, lpAddresses, lpdwCount,
                                lpdwGranularity));
}

UINT WINAPI ResetWriteWatch(LPVOID lpBaseAddress, SIZE_T dwRegionSize) {
  return answer(NtResetWriteWatch(GetCurrentProcess(), lpBaseAddress, dwRegionSize));
}
