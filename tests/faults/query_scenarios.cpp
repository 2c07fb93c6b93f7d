// Questions: about winmem's memory and that of others. They find an answer whatever the kernel refuses. Only the
// caller's buffer may be unreachable: where a sandbox forbids all ways to write it with care.
#include "fail.h"
#include "host/process_map.h"
#include "scenario.h"

#include <cerrno>
#include <cstring>
#include <sys/mman.h>
#include <sys/syscall.h>

namespace faults {
namespace {

// What VirtualQuery says; false when it fails. Where only trying is left (mincore) all but the base is a guess, and so
// not looked at.
template <typename Check> bool tells(const void* at, Check check) {
  MEMORY_BASIC_INFORMATION info{};
  if (VirtualQuery(at, &info, sizeof info) != sizeof info) {
    return false;
  }
  FAULTS_REQUIRE(info.BaseAddress == at && info.RegionSize != 0);
  FAULTS_REQUIRE(was_made(SYS_mincore) || check(info));
  return true;
}

bool tells_something(const void* at) {
  return tells(at, [](const MEMORY_BASIC_INFORMATION&) { return true; });
}

// Somebody else's memory: three pages, of which the middle one is read-only.
char* foreign() {
  auto* at = reinterpret_cast<char*>(0x1'0000'0000);
  FAULTS_REQUIRE(
      mmap(at, 3 * kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == at);
  FAULTS_REQUIRE(mprotect(at + kPage, kPage, PROT_READ) == 0);
  return at;
}

bool tells_page(const char* at, DWORD protect) {
  return tells(at, [=](const MEMORY_BASIC_INFORMATION& info) {
    return info.State == MEM_COMMIT && info.Type == MEM_PRIVATE && info.Protect == protect && info.RegionSize == kPage;
  });
}

SCENARIO(query_of_own_memory, kBadPointer) {
  char* region = filled(64);
  trial.call([=] {
    return tells(region + 5 * kPage,
                 [](const MEMORY_BASIC_INFORMATION& info) { return info.RegionSize == 59 * kPage; });
  });
}

SCENARIO(query_of_unused_arena, kBadPointer) {
  char* region = filled(64);
  trial.call([=] {
    return tells(region + 64 * kPage, [](const MEMORY_BASIC_INFORMATION& info) { return info.State == MEM_FREE; });
  });
}

SCENARIO(query_of_foreign_memory_for_the_first_time, kBadPointer) {
  char* at = foreign();
  trial.call([=] { return tells_page(at + kPage, PAGE_READONLY); });
}

SCENARIO(query_of_foreign_memory_again, kBadPointer) {
  char* at = foreign();
  FAULTS_REQUIRE(tells_something(at));
  trial.call([=] { return tells_page(at + kPage, PAGE_READONLY); });
}

SCENARIO(query_of_foreign_memory_on_a_kernel_without_the_query, kBadPointer) {
  char* at = foreign();
  trial.lack(SYS_ioctl, ENOTTY);
  trial.call([=] { return tells_page(at + kPage, PAGE_READONLY); });
}

SCENARIO(query_of_foreign_memory_without_proc, kBadPointer) {
  char* at = foreign();
  trial.lack(SYS_openat, ENOENT);
  trial.call([=] { return tells_something(at + kPage); });
}

SCENARIO(query_of_free_memory_without_proc, kBadPointer) {
  trial.lack(SYS_openat, ENOENT);
  trial.call([=] { return tells_something(outside()); });
}

SCENARIO(query_of_the_program_without_proc, kBadPointer) {
  trial.lack(SYS_openat, ENOENT);
  static int in_data[2 * kPage];
  auto page = reinterpret_cast<std::uintptr_t>(&in_data[kPage]) / kPage * kPage;
  trial.call([=] { return tells_something(reinterpret_cast<void*>(page)); });
}

// All numbers from 1024 on are taken or forbidden: the descriptor stays below.
SCENARIO(query_of_foreign_memory_with_few_descriptors, kBadPointer) {
  char* at = foreign();
  trial.lack(SYS_fcntl, EINVAL);
  trial.call([=] { return tells_page(at, PAGE_READWRITE); });
}

SCENARIO(query_by_name_of_a_mapping, kNever) {
  char* at = foreign();
  trial.call([=] {
    winmem::host::Mapping mapping;
    return (winmem::host::next_named_mapping(reinterpret_cast<std::uintptr_t>(at), mapping) &&
            mapping.range.contains(reinterpret_cast<std::uintptr_t>(at))) ||
           was_made(SYS_mincore);
  });
}

SCENARIO(query_into_a_buffer_of_somebody_else, kBadPointer) {
  char* region = filled(64);
  static MEMORY_BASIC_INFORMATION info;
  trial.call([=] { return VirtualQuery(region, &info, sizeof info) == sizeof info && info.State == MEM_COMMIT; });
}

SCENARIO(query_into_a_buffer_of_somebody_else_in_a_sandbox, kBadPointer) {
  char* region = filled(64);
  static MEMORY_BASIC_INFORMATION info;
  trial.lack(SYS_process_vm_writev, EPERM);
  trial.lack(SYS_process_vm_readv, EPERM);
  trial.call([=] { return VirtualQuery(region, &info, sizeof info) == sizeof info && info.State == MEM_COMMIT; });
}

SCENARIO(protect_with_the_old_one_in_memory_of_somebody_else, kBadPointer) {
  char* region = filled(64);
  static DWORD old;
  trial.lack(SYS_process_vm_writev, EPERM);
  trial.lack(SYS_process_vm_readv, EPERM);
  trial.call([=] { return VirtualProtect(region, 64 * kPage, PAGE_READWRITE, &old) != 0; });
}

// ---- the working set, the whole region, how much memory there is ----------------------------------------------------

// Eight touched pages and one that was not; asked in order, so that entries are read ahead. Where only trying is left
// it is not looked at what trying found.
NTSTATUS working_set_of(char* region) {
  MEMORY_WORKING_SET_EX_INFORMATION pages[9];
  for (std::size_t i = 0; i < 9; ++i) {
    pages[i].VirtualAddress = region + i * kPage;
  }
  NTSTATUS status =
      NtQueryVirtualMemory(GetCurrentProcess(), nullptr, MemoryWorkingSetExInformation, pages, sizeof pages, nullptr);
  for (std::size_t i = 0; status >= 0 && i < 9 && !was_made(SYS_mincore); ++i) {
    FAULTS_REQUIRE(pages[i].VirtualAttributes.Valid == (i < 8 ? 1U : 0U));
  }
  return status;
}

char* touched_but_for_the_last() {
  char* region = commit(reserve(64), 64);
  fill(region, 8);
  return region;
}

SCENARIO(working_set_of_own_pages, kNativeBadPointer) {
  char* region = touched_but_for_the_last();
  trial.call([=] { return working_set_of(region); });
}

SCENARIO(working_set_of_own_pages_without_proc, kNativeBadPointer) {
  char* region = touched_but_for_the_last();
  trial.lack(SYS_openat, ENOENT);
  trial.call([=] { return working_set_of(region); });
}

SCENARIO(region_information_of_own_and_foreign_memory, kNativeBadPointerOrNothing) {
  char* region = filled(64);
  char* at = foreign();
  trial.call([=] {
    MEMORY_REGION_INFORMATION info{};
    NTSTATUS status =
        NtQueryVirtualMemory(GetCurrentProcess(), region, MemoryRegionInformation, &info, sizeof info, nullptr);
    FAULTS_REQUIRE(status < 0 || (info.RegionSize == 64 * kPage && info.CommitSize == 64 * kPage));
    return status < 0
               ? status
               : NtQueryVirtualMemory(GetCurrentProcess(), at, MemoryRegionInformation, &info, sizeof info, nullptr);
  });
}

SCENARIO(memory_status_for_the_first_time, kNever) {
  trial.call([] {
    MEMORYSTATUSEX status;
    status.dwLength = sizeof status;
    return GlobalMemoryStatusEx(&status) != 0 && status.ullTotalVirtual == 0x7FFFFFFE0000 &&
           status.ullAvailPageFile <= status.ullTotalPageFile && status.ullAvailPhys <= status.ullTotalPhys &&
           status.dwMemoryLoad <= 100;
  });
}

SCENARIO(memory_status_without_proc, kNever) {
  trial.lack(SYS_openat, ENOENT);
  trial.call([] {
    MEMORYSTATUSEX status;
    status.dwLength = sizeof status;
    return GlobalMemoryStatusEx(&status) != 0 && status.ullAvailVirtual <= status.ullTotalVirtual;
  });
}

SCENARIO(system_information_for_the_first_time, kNever) {
  trial.call([] {
    SYSTEM_INFO info;
    GetSystemInfo(&info);
    return info.dwPageSize == kPage && info.dwNumberOfProcessors >= 1 && info.dwActiveProcessorMask != 0;
  });
}

SCENARIO(ids_for_the_first_time, kNever) {
  trial.call([] { return GetCurrentProcessId() != 0 && GetCurrentThreadId() != 0; });
}

} // namespace
} // namespace faults
