// NtReadVirtualMemory and its company, and the calls that flush what the processor keeps.
#include "../host/membarrier.h"
#include "process_handle.h"
#include "transfer.h"
#include "user_memory.h"

#include <winternl.h>

using namespace winmem;

namespace {

// The count may be left out, and else must be writable before anything is copied.
template <typename Work> NTSTATUS counted(PSIZE_T count, Work work) {
  if (count != nullptr && !nt::can_write_to_user(count)) {
    return static_cast<NTSTATUS>(Status::access_violation);
  }
  nt::Transfer transfer = work();
  if (count != nullptr) {
    static_cast<void>(nt::write_to_user(count, SIZE_T{transfer.done})); // what was copied may have taken it away
  }
  return static_cast<NTSTATUS>(transfer.status);
}

} // namespace

NTSTATUS NTAPI NtReadVirtualMemory(HANDLE ProcessHandle, PVOID BaseAddress, PVOID Buffer, SIZE_T NumberOfBytesToRead,
                                   PSIZE_T NumberOfBytesRead) {
  return counted(NumberOfBytesRead, [=] {
    return nt::read_memory(ProcessHandle, reinterpret_cast<Address>(BaseAddress), reinterpret_cast<Address>(Buffer),
                           NumberOfBytesToRead);
  });
}

NTSTATUS NTAPI NtReadVirtualMemoryEx(HANDLE ProcessHandle, PVOID BaseAddress, PVOID Buffer, SIZE_T NumberOfBytesToRead,
                                     PSIZE_T NumberOfBytesRead, ULONG Flags) {
  if (Flags != 0) {
    return static_cast<NTSTATUS>(Status::invalid_parameter_6);
  }
  return NtReadVirtualMemory(ProcessHandle, BaseAddress, Buffer, NumberOfBytesToRead, NumberOfBytesRead);
}

NTSTATUS NTAPI NtWriteVirtualMemory(HANDLE ProcessHandle, PVOID BaseAddress, PVOID Buffer, SIZE_T NumberOfBytesToWrite,
                                    PSIZE_T NumberOfBytesWritten) {
  return counted(NumberOfBytesWritten, [=] {
    return nt::write_memory(ProcessHandle, reinterpret_cast<Address>(BaseAddress), reinterpret_cast<Address>(Buffer),
                            NumberOfBytesToWrite);
  });
}

// Nothing to flush: x64 processors see to it themselves that what was written is what they execute.
NTSTATUS NTAPI NtFlushInstructionCache(HANDLE ProcessHandle, PVOID, SIZE_T) {
  return static_cast<NTSTATUS>(nt::check_process(ProcessHandle, PROCESS_VM_WRITE));
}

namespace {

// The instruction itself: ThreadSanitizer refuses fences of C++, and here it is the processor that is meant.
void fence() { __builtin_ia32_mfence(); }

} // namespace

// Without the kernel's fence there is nothing that other threads can be made to pass.
NTSTATUS NTAPI NtFlushProcessWriteBuffers() {
  if (host::can_fence_threads()) {
    host::fence_threads();
  } else {
    fence();
  }
  return static_cast<NTSTATUS>(Status::ok);
}

NTSTATUS NTAPI NtFlushWriteBuffer() {
  fence();
  return static_cast<NTSTATUS>(Status::ok);
}

#define WINMEM_ZW_NAME(name)                                                                                           \
  extern "C" __attribute__((visibility("default"), alias("winmem_Nt" #name))) decltype(Nt##name) Zw##name
WINMEM_ZW_NAME(ReadVirtualMemory);
WINMEM_ZW_NAME(WriteVirtualMemory);
#undef WINMEM_ZW_NAME
