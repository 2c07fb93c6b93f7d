// memoryapi.h's copies from and to a process, and what processthreadsapi.h has to flush.
#include "../nt/status.h"
#include "../nt/transfer.h"
#include "../nt/user_memory.h"
#include "last_error.h"

#include <winternl.h>

using namespace winmem;
using win32::fail;

namespace {

BOOL finish(NTSTATUS status) {
  // STATUS_PARTIAL_COPY is a warning: not all was copied.
  return status == 0 ? TRUE : fail(static_cast<Status>(status));
}

} // namespace

BOOL WINAPI ReadProcessMemory(HANDLE hProcess, LPCVOID lpBaseAddress, LPVOID lpBuffer, SIZE_T nSize,
                              SIZE_T* lpNumberOfBytesRead) {
  return finish(NtReadVirtualMemory(hProcess, const_cast<PVOID>(lpBaseAddress), lpBuffer, nSize, lpNumberOfBytesRead));
}

BOOL WINAPI WriteProcessMemory(HANDLE hProcess, LPVOID lpBaseAddress, LPCVOID lpBuffer, SIZE_T nSize,
                               SIZE_T* lpNumberOfBytesWritten) {
  if (lpNumberOfBytesWritten != nullptr && !nt::can_write_to_user(lpNumberOfBytesWritten)) {
    return fail(Status::access_violation);
  }
  nt::Transfer transfer = nt::write_memory_and_code(hProcess, reinterpret_cast<Address>(lpBaseAddress),
                                                    reinterpret_cast<Address>(lpBuffer), nSize);
  if (lpNumberOfBytesWritten != nullptr) {
    static_cast<void>(nt::write_to_user(lpNumberOfBytesWritten, SIZE_T{transfer.done}));
  }
  return finish(static_cast<NTSTATUS>(transfer.status));
}

BOOL WINAPI FlushInstructionCache(HANDLE hProcess, LPCVOID lpBaseAddress, SIZE_T dwSize) {
  return finish(NtFlushInstructionCache(hProcess, const_cast<PVOID>(lpBaseAddress), dwSize));
}

VOID WINAPI FlushProcessWriteBuffers() { static_cast<void>(NtFlushProcessWriteBuffers()); }
