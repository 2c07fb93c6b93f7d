#include "process_calls.h"

#include "history.h"
#include "winapi.h"

namespace stress {

void last_error(Random& random) {
  auto value = static_cast<DWORD>(random.next());
  SetLastError(value);
  MUST(GetLastError() == value);
}

void handles(Random&) {
  MUST(GetCurrentProcess() == reinterpret_cast<HANDLE>(LONG_PTR{-1}));
  MUST(GetCurrentThread() == reinterpret_cast<HANDLE>(LONG_PTR{-2}));
}

void ids(Random&) {
  thread_local DWORD known_thread = 0;
  thread_local DWORD known_process = 0;
  DWORD process = GetCurrentProcessId();
  DWORD thread = GetCurrentThreadId();
  MUST(process != 0 && thread != 0);
  if (known_process == process) // not in the child of a fork
    MUST(known_thread == thread);
  known_process = process;
  known_thread = thread;
}

void system_info(Random&) {
  SYSTEM_INFO info{};
  SYSTEM_INFO native{};
  GetSystemInfo(&info);
  GetNativeSystemInfo(&native);
  MUST(info.dwPageSize == kPage && info.dwAllocationGranularity == kGranule && info.dwNumberOfProcessors != 0);
  MUST(native.dwNumberOfProcessors == info.dwNumberOfProcessors);
  MUST(GetLargePageMinimum() == 0 || GetLargePageMinimum() % kPage == 0);
}

void modules(Random&) {
  HMODULE narrow = GetModuleHandleA("kernel32");
  MUST(narrow != nullptr && narrow == GetModuleHandleW(L"KERNEL32.DLL"));
  MUST(GetModuleHandleA("nothing_of_that_name") == nullptr && GetLastError() == ERROR_MOD_NOT_FOUND);
  MUST(GetProcAddress(narrow, "VirtualAlloc") != nullptr);
  MUST(GetProcAddress(narrow, "VirtualNothing") == nullptr && GetLastError() == ERROR_PROC_NOT_FOUND);
}

void libraries(Random&) {
  HMODULE first = LoadLibraryA("ntdll");
  HMODULE others[] = {LoadLibraryW(L"ntdll.dll"), LoadLibraryExA("ntdll", nullptr, 0),
                      LoadLibraryExW(L"ntdll", nullptr, 0)};
  MUST(first != nullptr);
  for (HMODULE each : others)
    MUST(each == first && FreeLibrary(each));
  MUST(FreeLibrary(first));
}

void statuses(Random&) {
  MUST(RtlNtStatusToDosError(STATUS_CONFLICTING_ADDRESSES) == ERROR_INVALID_ADDRESS);
  MUST(RtlNtStatusToDosErrorNoTeb(STATUS_NO_MEMORY) == ERROR_NOT_ENOUGH_MEMORY);
}

} // namespace stress
