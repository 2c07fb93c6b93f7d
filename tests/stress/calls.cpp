#include "calls.h"

#include "crt_calls.h"
#include "crtdbg_calls.h"
#include "exception_calls.h"
#include "file_section_calls.h"
#include "heap_calls.h"
#include "heap_exchange.h"
#include "history.h"
#include "placeholder_calls.h"
#include "process_calls.h"
#include "section_calls.h"
#include "sync_calls.h"
#include "system_calls.h"
#include "transfer_calls.h"
#include "winapi.h"

#include <winmem.h>

#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>

namespace stress {
namespace {

HANDLE self() { return GetCurrentProcess(); }

volatile std::uint64_t& word(void* address) { return *static_cast<volatile std::uint64_t*>(address); }

// A region of committed pages of the calling thread, used as memory and then released by `release`.
template <class Release> void use(void* base, std::size_t bytes, Random& random, Release release) {
  MUST(base != nullptr && reinterpret_cast<std::uintptr_t>(base) % kGranule == 0);
  char* page = static_cast<char*>(base) + random.below(bytes / kPage) * kPage;
  MUST(word(page) == 0);
  word(page) = random.next();
  MEMORY_BASIC_INFORMATION info{};
  MUST(VirtualQuery(page, &info, sizeof info) == sizeof info && info.State == MEM_COMMIT &&
       info.AllocationBase == base && info.Protect == PAGE_READWRITE);
  MUST(release());
}

void use(void* base, std::size_t bytes, Random& random) {
  use(base, bytes, random, [&] { return VirtualFree(base, 0, MEM_RELEASE) != 0; });
}

std::size_t some_pages(Random& random) { return random.between(1, 40) * kPage; }

// A region whose first page is committed, for calls that change one.
class Region {
public:
  explicit Region(Random& random)
      : pages(random.between(2, 40)),
        base(static_cast<char*>(VirtualAlloc(nullptr, pages * kPage, MEM_RESERVE, PAGE_READWRITE))) {
    MUST(base != nullptr && VirtualAlloc(base, kPage, MEM_COMMIT, PAGE_READWRITE) == base);
    word(base) = pages;
  }
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;
  ~Region() { MUST(VirtualFree(base, 0, MEM_RELEASE)); }

  std::size_t pages;
  char* base;
};

// ---- allocate ----

void virtual_alloc(Random& random) {
  std::size_t bytes = some_pages(random);
  DWORD type = MEM_RESERVE | MEM_COMMIT | (random.one_in(4) ? MEM_TOP_DOWN : 0);
  use(VirtualAlloc(nullptr, bytes, type, PAGE_READWRITE), bytes, random);
}

void virtual_alloc_ex(Random& random) {
  std::size_t bytes = some_pages(random);
  use(VirtualAllocEx(self(), nullptr, bytes, MEM_COMMIT, PAGE_READWRITE), bytes, random);
}

void virtual_alloc_from_app(Random& random) {
  std::size_t bytes = some_pages(random);
  use(VirtualAllocFromApp(nullptr, bytes, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE), bytes, random);
}

// A window outside of the arena, for whoever asks for bounds. It may be full for a moment.
constexpr std::uintptr_t kWindow = 0x70000000;
constexpr std::uintptr_t kWindowBytes = 0x4000000;

struct Bounds {
  explicit Bounds(Random& random) {
    if (random.one_in(2)) {
      requirements.LowestStartingAddress = reinterpret_cast<void*>(kWindow);
      requirements.HighestEndingAddress = reinterpret_cast<void*>(kWindow + kWindowBytes - 1);
    } else {
      requirements.Alignment = std::size_t{0x10000} << random.below(6);
    }
    parameter.Type = MemExtendedParameterAddressRequirements;
    parameter.Pointer = &requirements;
  }
  MEM_ADDRESS_REQUIREMENTS requirements{};
  MEM_EXTENDED_PARAMETER parameter{};
};

template <class Function> void virtual_alloc2_by(Function* function, Random& random) {
  std::size_t bytes = some_pages(random);
  Bounds bounds(random);
  void* base = function(self(), nullptr, bytes, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE, &bounds.parameter, 1);
  if (base == nullptr)
    MUST(GetLastError() == ERROR_NOT_ENOUGH_MEMORY && bounds.requirements.Alignment == 0);
  else
    use(base, bytes, random);
}
void virtual_alloc2(Random& random) { virtual_alloc2_by(VirtualAlloc2, random); }
void virtual_alloc2_from_app(Random& random) { virtual_alloc2_by(VirtualAlloc2FromApp, random); }

template <class Allocate, class Free> void nt_allocate_by(Allocate* allocate, Free* free, Random& random) {
  PVOID base = nullptr;
  SIZE_T bytes = some_pages(random);
  MUST(allocate(self(), &base, 0, &bytes, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE) == 0);
  use(base, bytes, random, [&] {
    SIZE_T whole = 0;
    return free(self(), &base, &whole, MEM_RELEASE) == 0 && whole == bytes;
  });
}
void nt_allocate(Random& random) { nt_allocate_by(NtAllocateVirtualMemory, NtFreeVirtualMemory, random); }
void zw_allocate(Random& random) { nt_allocate_by(ZwAllocateVirtualMemory, ZwFreeVirtualMemory, random); }

template <class Allocate> void nt_allocate_ex_by(Allocate* allocate, Random& random) {
  PVOID base = nullptr;
  SIZE_T bytes = some_pages(random);
  Bounds bounds(random);
  NTSTATUS status = allocate(self(), &base, &bytes, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE, &bounds.parameter, 1);
  if (status != 0)
    MUST(status == STATUS_NO_MEMORY && bounds.requirements.Alignment == 0);
  else
    use(base, bytes, random);
}
void nt_allocate_ex(Random& random) { nt_allocate_ex_by(NtAllocateVirtualMemoryEx, random); }
void zw_allocate_ex(Random& random) { nt_allocate_ex_by(ZwAllocateVirtualMemoryEx, random); }

// ---- free: a part in the middle of a region, so that it falls in two ----

void virtual_free(Random& random) {
  Region region(random);
  MUST(VirtualFree(region.base, kPage, MEM_DECOMMIT));
  MUST(!VirtualFree(region.base + kPage, 0, MEM_RELEASE) && GetLastError() == ERROR_INVALID_ADDRESS);
}

void virtual_free_ex(Random& random) {
  Region region(random);
  MUST(VirtualFreeEx(self(), region.base, 0, MEM_DECOMMIT));
}

template <class Free> void nt_free_by(Free* free, Random& random) {
  std::size_t pages = random.between(3, 40);
  auto* base = static_cast<char*>(VirtualAlloc(nullptr, pages * kPage, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE));
  MUST(base != nullptr);
  word(base) = pages;
  word(base + (pages - 1) * kPage) = pages;
  PVOID middle = base + kPage;
  SIZE_T bytes = (pages - 2) * kPage;
  MUST(free(self(), &middle, &bytes, MEM_RELEASE) == 0);
  MUST(word(base) == pages && word(base + (pages - 1) * kPage) == pages);
  MUST(VirtualFree(base + (pages - 1) * kPage, 0, MEM_RELEASE) && VirtualFree(base, 0, MEM_RELEASE));
}
void nt_free(Random& random) { nt_free_by(NtFreeVirtualMemory, random); }
void zw_free(Random& random) { nt_free_by(ZwFreeVirtualMemory, random); }

// ---- protect ----

template <class Protect> void protect_by(Random& random, Protect protect) {
  Region region(random);
  DWORD old = 0;
  MUST(protect(region.base, PAGE_READONLY, &old) && old == PAGE_READWRITE);
  MUST(word(region.base) == region.pages);
  MUST(protect(region.base, PAGE_READWRITE, &old) && old == PAGE_READONLY);
  word(region.base) = 0;
}

void virtual_protect(Random& random) {
  protect_by(random, [](void* base, DWORD to, DWORD* old) { return VirtualProtect(base, kPage, to, old) != 0; });
}
void virtual_protect_ex(Random& random) {
  protect_by(random,
             [](void* base, DWORD to, DWORD* old) { return VirtualProtectEx(self(), base, kPage, to, old) != 0; });
}
void virtual_protect_from_app(Random& random) {
  protect_by(random, [](void* base, DWORD to, DWORD* old) { return VirtualProtectFromApp(base, kPage, to, old) != 0; });
}
template <class Protect> void nt_protect_by(Protect* function, Random& random) {
  protect_by(random, [function](PVOID base, DWORD to, DWORD* old) {
    SIZE_T bytes = kPage;
    return function(self(), &base, &bytes, to, old) == 0;
  });
}
void nt_protect(Random& random) { nt_protect_by(NtProtectVirtualMemory, random); }
void zw_protect(Random& random) { nt_protect_by(ZwProtectVirtualMemory, random); }

// ---- query: also what is not winmem's, such as this thread's stack and the program ----

template <class Query> void query_by(Random& random, Query query) {
  MEMORY_BASIC_INFORMATION info{};
  MUST(query(&info, &info) && info.State == MEM_COMMIT && info.Protect == PAGE_READWRITE);
  static const int kConstant = 0;
  MUST(query(&kConstant, &info) && info.State == MEM_COMMIT && info.Protect != PAGE_READWRITE);
  Region region(random);
  MUST(query(region.base + kPage, &info) && info.State == MEM_RESERVE &&
       info.RegionSize == (region.pages - 1) * kPage && info.AllocationBase == region.base);
}

void virtual_query(Random& random) {
  query_by(random, [](const void* at, MEMORY_BASIC_INFORMATION* info) {
    return VirtualQuery(at, info, sizeof *info) == sizeof *info;
  });
}
void virtual_query_ex(Random& random) {
  query_by(random, [](const void* at, MEMORY_BASIC_INFORMATION* info) {
    return VirtualQueryEx(self(), at, info, sizeof *info) == sizeof *info;
  });
}
template <class Query> void nt_query_by(Query* function, Random& random) {
  query_by(random, [function](const void* at, MEMORY_BASIC_INFORMATION* info) {
    SIZE_T length = 0;
    return function(self(), const_cast<void*>(at), MemoryBasicInformation, info, sizeof *info, &length) == 0 &&
           length == sizeof *info;
  });
}
void nt_query(Random& random) { nt_query_by(NtQueryVirtualMemory, random); }
void zw_query(Random& random) { nt_query_by(ZwQueryVirtualMemory, random); }

void region_information(Random& random) {
  Region region(random);
  WIN32_MEMORY_REGION_INFORMATION info{};
  SIZE_T length = 0;
  MUST(QueryVirtualMemoryInformation(self(), region.base + kPage, MemoryRegionInfo, &info, sizeof info, &length) &&
       length == sizeof info);
  MUST(info.AllocationBase == region.base && info.RegionSize == region.pages * kPage && info.CommitSize == kPage);
}

void memory_status(Random& random) {
  Region region(random);
  MEMORYSTATUSEX extended{};
  extended.dwLength = sizeof extended;
  MUST(GlobalMemoryStatusEx(&extended) && extended.ullTotalPhys != 0 && extended.dwMemoryLoad <= 100);
  MEMORYSTATUS plain{};
  GlobalMemoryStatus(&plain);
  MUST(plain.dwTotalPhys != 0);
  winmem_memory_status own{};
  MUST(winmem_get_memory_status(&own, sizeof own) == sizeof own);
  MUST(own.commit_charge >= kPage && own.reserved >= region.pages * kPage && own.commit_peak >= own.commit_charge);
}

// ---- lock: 42 pages at most in all threads, and perhaps fewer by RLIMIT_MEMLOCK ----

template <class Lock, class Unlock> void lock_by(Random& random, Lock lock, Unlock unlock) {
  Region region(random);
  bool locked = lock(region.base, kPage);
  MUST(locked || GetLastError() == ERROR_WORKING_SET_QUOTA);
  MUST(!lock(region.base + kPage, kPage) && GetLastError() == ERROR_NOACCESS);
  MUST(word(region.base) == region.pages);
  if (locked && random.one_in(2)) // else decommit and release have to unlock
    MUST(unlock(region.base, kPage) && !unlock(region.base, kPage) && GetLastError() == ERROR_NOT_LOCKED);
  if (random.one_in(2))
    MUST(VirtualFree(region.base, kPage, MEM_DECOMMIT));
}

void virtual_lock(Random& random) {
  lock_by(
      random, [](void* at, SIZE_T bytes) { return VirtualLock(at, bytes) != 0; },
      [](void* at, SIZE_T bytes) { return VirtualUnlock(at, bytes) != 0; });
}
void virtual_unlock_ex(Random& random) {
  lock_by(
      random, [](void* at, SIZE_T bytes) { return VirtualLock(at, bytes) != 0; },
      [](void* at, SIZE_T bytes) { return VirtualUnlockEx(self(), at, bytes) != 0; });
}
template <class Lock, class Unlock> void nt_lock_by(Lock* lock, Unlock* unlock, Random& random) {
  auto by = [](auto* function) {
    return [function](PVOID at, SIZE_T bytes) {
      NTSTATUS status = function(self(), &at, &bytes, MAP_PROCESS);
      if (status < 0)
        SetLastError(RtlNtStatusToDosError(status));
      return status == 0;
    };
  };
  lock_by(random, by(lock), by(unlock));
}
void nt_lock(Random& random) { nt_lock_by(NtLockVirtualMemory, NtUnlockVirtualMemory, random); }
void zw_lock(Random& random) { nt_lock_by(ZwLockVirtualMemory, ZwUnlockVirtualMemory, random); }

struct Row {
  const char* names; // separated by blanks; none where the call is no function of the SDK
  void (*make)(Random&);
};
constexpr Row kCalls[] = {
    {"VirtualAlloc", virtual_alloc},
    {"VirtualAllocEx", virtual_alloc_ex},
    {"VirtualAllocFromApp", virtual_alloc_from_app},
    {"VirtualAlloc2", virtual_alloc2},
    {"VirtualAlloc2FromApp", virtual_alloc2_from_app},
    {"NtAllocateVirtualMemory", nt_allocate},
    {"ZwAllocateVirtualMemory", zw_allocate},
    {"NtAllocateVirtualMemoryEx", nt_allocate_ex},
    {"ZwAllocateVirtualMemoryEx", zw_allocate_ex},
    {"VirtualFree", virtual_free},
    {"VirtualFreeEx", virtual_free_ex},
    {"NtFreeVirtualMemory", nt_free},
    {"ZwFreeVirtualMemory", zw_free},
    {"VirtualProtect", virtual_protect},
    {"VirtualProtectEx", virtual_protect_ex},
    {"VirtualProtectFromApp", virtual_protect_from_app},
    {"NtProtectVirtualMemory", nt_protect},
    {"ZwProtectVirtualMemory", zw_protect},
    {"VirtualQuery", virtual_query},
    {"VirtualQueryEx", virtual_query_ex},
    {"NtQueryVirtualMemory", nt_query},
    {"ZwQueryVirtualMemory", zw_query},
    {"QueryVirtualMemoryInformation", region_information},
    {"GetLastError SetLastError", last_error},
    {"GetCurrentProcess GetCurrentThread", handles},
    {"GetCurrentProcessId GetCurrentThreadId", ids},
    {"CloseHandle DuplicateHandle CompareObjectHandles GetHandleInformation SetHandleInformation NtClose "
     "NtDuplicateObject NtQueryObject ZwClose ZwDuplicateObject",
     real_handles},
    {"CreateFileA CreateFileW CreateFile2 ReadFile WriteFile SetFilePointer SetFilePointerEx GetFileSize GetFileSizeEx "
     "SetEndOfFile FlushFileBuffers GetFileType DeleteFileA DeleteFileW",
     files},
    {"LockFile LockFileEx UnlockFile UnlockFileEx", file_locks},
    {"GetStdHandle SetStdHandle _get_osfhandle _open_osfhandle", descriptors},
    {"GetTempPathA GetTempPathW GetTempFileNameA GetTempFileNameW GetFullPathNameA GetFullPathNameW MoveFileA "
     "MoveFileW "
     "MoveFileExA MoveFileExW GetFileAttributesA GetFileAttributesW GetFileAttributesExA GetFileAttributesExW "
     "GetFileInformationByHandle GetFileInformationByHandleEx",
     file_names},
    {"GetSystemInfo GetNativeSystemInfo GetLargePageMinimum", system_info},
    {"GetModuleHandleA GetModuleHandleW GetProcAddress", modules},
    {"LoadLibraryA LoadLibraryW LoadLibraryExA LoadLibraryExW FreeLibrary", libraries},
    {"RtlNtStatusToDosError RtlNtStatusToDosErrorNoTeb", statuses},
    {"RtlSetLastWin32ErrorAndNtStatusFromNtStatus RtlGetLastWin32Error RtlGetLastNtStatus RtlSetLastWin32Error "
     "RtlRestoreLastWin32Error RtlInitString RtlInitAnsiString RtlInitUnicodeString RtlGetVersion "
     "NtQueryPerformanceCounter NtYieldExecution NtDelayExecution NtQuerySystemTime NtOpenProcess NtTerminateProcess "
     "DbgPrint DbgPrintEx RtlFillMemoryUlong RtlFillMemoryUlonglong RtlMoveMemory RtlCopyMemory RtlFillMemory "
     "RtlZeroMemory RtlMultipleAllocateHeap RtlMultipleFreeHeap RtlEnumProcessHeaps RtlFlushHeaps "
     "NtAreMappedFilesTheSame ZwAreMappedFilesTheSame",
     small_native_calls},
    {"RtlAddVectoredExceptionHandler RtlAddVectoredContinueHandler RtlRemoveVectoredExceptionHandler "
     "RtlRemoveVectoredContinueHandler RtlRaiseStatus DbgBreakPoint NtRaiseException NtContinue",
     native_handlers},
    {"ReadProcessMemory WriteProcessMemory FlushInstructionCache FlushProcessWriteBuffers", transfers},
    {"NtReadVirtualMemory ZwReadVirtualMemory NtReadVirtualMemoryEx NtWriteVirtualMemory ZwWriteVirtualMemory "
     "NtFlushInstructionCache NtFlushProcessWriteBuffers NtFlushWriteBuffer",
     native_transfers},
    {"IsBadReadPtr IsBadWritePtr IsBadHugeReadPtr IsBadHugeWritePtr IsBadCodePtr IsBadStringPtrA IsBadStringPtrW",
     pointer_tests},
    {"OfferVirtualMemory ReclaimVirtualMemory DiscardVirtualMemory PrefetchVirtualMemory "
     "NtSetInformationVirtualMemory ZwSetInformationVirtualMemory GetSystemDEPPolicy GetProcessDEPPolicy "
     "SetProcessDEPPolicy",
     given_back},
    {"GetWriteWatch ResetWriteWatch NtGetWriteWatch NtResetWriteWatch ZwGetWriteWatch ZwResetWriteWatch", write_watch},
    {"RtlCompareMemory RtlCompareMemoryUlong RtlCopyDeviceMemory RtlCopyMappedMemory RtlCopyMemoryNonTemporal "
     "RtlCopyVolatileMemory RtlFillMemoryNonTemporal RtlIsZeroMemory RtlMoveVolatileMemory RtlSetVolatileMemory",
     plain_copies},
    {"VirtualLock VirtualUnlock", virtual_lock},
    {"VirtualUnlockEx", virtual_unlock_ex},
    {"NtLockVirtualMemory NtUnlockVirtualMemory", nt_lock},
    {"ZwLockVirtualMemory ZwUnlockVirtualMemory", zw_lock},
    {"GlobalMemoryStatus GlobalMemoryStatusEx", memory_status},
    {"GetProcessMemoryInfo K32GetProcessMemoryInfo", process_memory},
    {"GetProcessWorkingSetSize GetProcessWorkingSetSizeEx SetProcessWorkingSetSize SetProcessWorkingSetSizeEx "
     "EmptyWorkingSet K32EmptyWorkingSet QueryWorkingSet K32QueryWorkingSet QueryWorkingSetEx K32QueryWorkingSetEx",
     working_set},
    {"OpenProcessToken LookupPrivilegeValueA LookupPrivilegeValueW AdjustTokenPrivileges GetTokenInformation "
     "RtlAdjustPrivilege",
     tokens},
    {"CreateMemoryResourceNotification QueryMemoryResourceNotification", memory_notifications},
    {"GetNumaHighestNodeNumber GetNumaNodeProcessorMask GetNumaNodeProcessorMaskEx GetNumaNodeProcessorMask2 "
     "GetNumaAvailableMemoryNode GetNumaAvailableMemoryNodeEx GetNumaProcessorNode GetNumaProcessorNodeEx "
     "GetNumaProximityNode GetNumaProximityNodeEx GetActiveProcessorCount GetMaximumProcessorCount "
     "GetActiveProcessorGroupCount GetMaximumProcessorGroupCount VirtualAllocExNuma",
     numa_nodes},
    {"GetPerformanceInfo K32GetPerformanceInfo GetPhysicallyInstalledSystemMemory GetSystemFileCacheSize "
     "SetSystemFileCacheSize",
     system_figures},
    {"GetProcessHeap HeapAlloc HeapReAlloc HeapSize HeapValidate HeapFree HeapLock HeapUnlock HeapWalk HeapCompact",
     process_heap_blocks},
    {"HeapCreate HeapDestroy GetProcessHeaps", own_heap},
    {"HeapQueryInformation HeapSetInformation HeapSummary", heap_information},
    {"", exchange_blocks},
    {"GlobalAlloc GlobalReAlloc GlobalFree GlobalLock GlobalUnlock GlobalSize GlobalFlags GlobalHandle",
     global_objects},
    {"LocalAlloc LocalReAlloc LocalFree LocalLock LocalUnlock LocalSize LocalFlags LocalHandle", local_objects},
    {"GlobalFix GlobalUnfix GlobalWire GlobalUnWire GlobalCompact LocalCompact LocalShrink", obsolete_calls},
    {"_recalloc _msize _expand _get_heap_handle", crt_blocks},
    {"_aligned_malloc _aligned_realloc _aligned_recalloc _aligned_offset_malloc _aligned_offset_realloc "
     "_aligned_offset_recalloc _aligned_free _aligned_msize",
     crt_aligned_blocks},
    {"_heapchk _heapmin _heapwalk", crt_whole_heap},
    {"_malloc_dbg _calloc_dbg _realloc_dbg _recalloc_dbg _expand_dbg _msize_dbg _free_dbg _strdup_dbg "
     "_CrtIsMemoryBlock _CrtIsValidHeapPointer _CrtIsValidPointer _CrtReportBlockType",
     debug_blocks},
    {"_aligned_malloc_dbg _aligned_realloc_dbg _aligned_recalloc_dbg _aligned_offset_malloc_dbg "
     "_aligned_offset_realloc_dbg _aligned_offset_recalloc_dbg _aligned_free_dbg _aligned_msize_dbg",
     debug_aligned_blocks},
    {"_CrtMemCheckpoint _CrtMemDifference _CrtCheckMemory _CrtDoForAllClientObjects _CrtDumpMemoryLeaks "
     "_CrtMemDumpAllObjectsSince _CrtMemDumpStatistics",
     debug_states},
    {"_CrtSetDbgFlag __p__crtDbgFlag _CrtSetBreakAlloc __p__crtBreakAlloc _CrtSetAllocHook _CrtGetAllocHook "
     "_CrtSetDumpClient _CrtGetDumpClient",
     debug_settings},
    {"_CrtDbgReport _CrtSetReportMode _CrtSetReportFile _CrtSetReportHook _CrtGetReportHook _CrtSetReportHook2",
     debug_reports},
    {"_set_new_handler _query_new_handler _set_new_mode _query_new_mode _callnewh _set_invalid_parameter_handler "
     "_get_invalid_parameter_handler _set_thread_local_invalid_parameter_handler",
     crt_handlers},
    {"_memccpy _memicmp _swab", crt_bytes},
    {"_errno __doserrno _get_errno _set_errno _get_doserrno _set_doserrno _invalid_parameter_noinfo "
     "_set_abort_behavior",
     crt_numbers},
    {"_malloc_base _calloc_base _realloc_base _recalloc_base _msize_base _free_base _heapset _heapadd _heapused "
     "_get_sbh_threshold _set_sbh_threshold",
     crt_base_blocks},
    {"_fileno _chsize _chsize_s", crt_descriptors},
    {"", crt_texts},
    {"CoTaskMemAlloc CoTaskMemRealloc CoTaskMemFree SysAllocString SysAllocStringLen SysAllocStringByteLen "
     "SysReAllocString SysReAllocStringLen SysFreeString SysStringLen SysStringByteLen",
     com_memory},
    {"RtlCreateHeap RtlDestroyHeap RtlAllocateHeap RtlReAllocateHeap RtlFreeHeap RtlSizeHeap RtlValidateHeap "
     "RtlWalkHeap RtlLockHeap RtlUnlockHeap RtlCompactHeap RtlGetProcessHeaps RtlGetUserInfoHeap RtlSetUserValueHeap "
     "RtlSetUserFlagsHeap",
     native_heap},
    {"CreateFileMappingA MapViewOfFile MapViewOfFileEx FlushViewOfFile UnmapViewOfFile UnmapViewOfFileEx",
     mapped_views},
    {"", copied_views},
    {"", reserved_views},
    {"CreateFileMappingW CreateFileMappingNumaA CreateFileMappingNumaW CreateFileMappingFromApp MapViewOfFileExNuma "
     "MapViewOfFileFromApp MapViewOfFile3 MapViewOfFile3FromApp MapViewOfFileNuma2 UnmapViewOfFile2",
     section_forms},
    {"OpenFileMappingA OpenFileMappingW OpenFileMappingFromApp NtOpenSection ZwOpenSection", named_sections},
    {"NtCreateSection NtQuerySection NtMapViewOfSection ZwMapViewOfSection NtUnmapViewOfSection ZwUnmapViewOfSection "
     "NtUnmapViewOfSectionEx ZwUnmapViewOfSectionEx NtFlushVirtualMemory ZwFlushVirtualMemory",
     native_sections},
    {"", own_placeholders},
    {"", shared_placeholders},
    {"CreateEventA CreateEventW CreateEventExA CreateEventExW SetEvent ResetEvent PulseEvent WaitForSingleObject "
     "WaitForSingleObjectEx NtWaitForSingleObject SignalObjectAndWait",
     own_events},
    {"CreateMutexA CreateMutexW CreateMutexExA CreateMutexExW ReleaseMutex CreateSemaphoreA CreateSemaphoreW "
     "CreateSemaphoreExA CreateSemaphoreExW ReleaseSemaphore WaitForMultipleObjects WaitForMultipleObjectsEx",
     own_mutexes_and_semaphores},
    {"", shared_mutex},
    {"OpenEventA OpenEventW OpenMutexA OpenMutexW OpenSemaphoreA OpenSemaphoreW", named_objects},
    {"Sleep SleepEx", short_sleeps},
    {"NtCreateSectionEx ZwCreateSectionEx NtExtendSection ZwExtendSection NtMapViewOfSectionEx ZwMapViewOfSectionEx "
     "GetMappedFileNameA GetMappedFileNameW K32GetMappedFileNameA K32GetMappedFileNameW",
     file_sections},
    {"CreateFileMapping2 ZwCreateSection ZwQuerySection", file_mappings},
    {"AddVectoredExceptionHandler RemoveVectoredExceptionHandler AddVectoredContinueHandler "
     "RemoveVectoredContinueHandler RaiseException RtlRaiseException",
     raise_and_handle},
    {"", fault_and_commit},
    {"", fault_under_try},
    {"", touch_a_guard_page},
    {"RtlCaptureContext RtlRestoreContext RtlCaptureStackBackTrace", capture_and_restore},
    {"SetUnhandledExceptionFilter UnhandledExceptionFilter", ask_the_last_filter},
    {"SetThreadStackGuarantee _resetstkoflw", prepare_for_overflow},
};

std::set<std::string> names_here() {
  std::set<std::string> names;
  for (const Row& row : kCalls) {
    std::string_view text = row.names;
    while (!text.empty()) {
      std::size_t length = std::min(text.find(' '), text.size());
      names.emplace(text.substr(0, length));
      text.remove_prefix(std::min(length + 1, text.size()));
    }
  }
  return names;
}

} // namespace

void make_any_call(Random& random) { kCalls[random.below(std::size(kCalls))].make(random); }

int compare_names(const char* names_file) {
  std::ifstream file(names_file);
  std::string line;
  std::getline(file, line); // the header
  std::set<std::string> exported;
  while (std::getline(file, line))
    exported.insert(line.substr(0, line.find('\t')));
  std::set<std::string> here = names_here();
  int differences = exported.empty() ? 1 : 0;
  for (const std::string& name : exported)
    if (here.count(name) == 0 && ++differences)
      std::printf("%s has no row in tests/stress/calls.cpp\n", name.c_str());
  for (const std::string& name : here)
    if (exported.count(name) == 0 && ++differences)
      std::printf("%s is no exported function\n", name.c_str());
  return differences;
}

} // namespace stress
