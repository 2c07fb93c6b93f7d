// What process and system use of memory, where the kernel tells less than usual.
#include "fail.h"
#include "scenario.h"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <psapi.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace faults {
namespace {

// Where the kernel does not tell how much memory there is, none is to be had.
constexpr std::uint32_t kOutOfMemoryForAll[] = {ERROR_NO_SYSTEM_RESOURCES};

bool process_figures() {
  PROCESS_MEMORY_COUNTERS_EX2 all{};
  return GetProcessMemoryInfo(GetCurrentProcess(), reinterpret_cast<PROCESS_MEMORY_COUNTERS*>(&all), sizeof all) != 0 &&
         all.PeakWorkingSetSize >= all.WorkingSetSize && all.PrivateUsage >= 64 * kPage;
}

SCENARIO(process_memory, kNever) {
  filled(64);
  trial.call([] { return process_figures(); });
}

SCENARIO(process_memory_without_proc, kBadPointer) {
  filled(64);
  trial.lack(SYS_openat, ENOENT);
  trial.call([] { return process_figures(); });
}

bool system_figures() {
  PERFORMANCE_INFORMATION info{};
  return GetPerformanceInfo(&info, sizeof info) != 0 && info.CommitTotal <= info.CommitLimit &&
         info.PhysicalAvailable <= info.PhysicalTotal && info.ThreadCount >= info.ProcessCount && info.HandleCount >= 1;
}

SCENARIO(performance_information, kNever) {
  trial.call([] { return system_figures(); });
}

SCENARIO(performance_information_without_proc, kBadPointer) {
  trial.lack(SYS_openat, ENOENT);
  trial.call([] { return system_figures(); });
}

SCENARIO(emptied_working_set, kNever) {
  filled(64);
  trial.call([] { return EmptyWorkingSet(GetCurrentProcess()) != 0; });
}

SCENARIO(limits_of_the_working_set, kOutOfMemoryForAll) {
  trial.call([] { return SetProcessWorkingSetSize(GetCurrentProcess(), 60 * kPage, 400 * kPage) != 0; });
}

constexpr std::uint32_t kNoHandle[] = {ERROR_NOT_ENOUGH_MEMORY, ERROR_NO_SYSTEM_RESOURCES};

SCENARIO(memory_notification, kNoHandle) {
  static HANDLE made = nullptr;
  trial.call([] {
    made = CreateMemoryResourceNotification(HighMemoryResourceNotification);
    return made != nullptr;
  });
  trial.afterwards([] { CloseHandle(made); });
}

// The handle goes to where it was asked for by a copy that the kernel may refuse.
constexpr std::uint32_t kNoToken[] = {ERROR_NOT_ENOUGH_MEMORY, ERROR_NO_SYSTEM_RESOURCES, ERROR_NOACCESS};

SCENARIO(token_opened, kNoToken) {
  static HANDLE token = nullptr;
  trial.call([] { return OpenProcessToken(GetCurrentProcess(), TOKEN_ADJUST_PRIVILEGES, &token) != 0; });
  trial.afterwards([] { CloseHandle(token); });
}

SCENARIO(wait_for_scarce_memory, kNever) {
  static HANDLE made = CreateMemoryResourceNotification(LowMemoryResourceNotification);
  trial.call([] { return WaitForSingleObject(made, 1) != WAIT_FAILED; });
}

// A directory of two nodes, so that there is something to prefer; the kernel knows the first.
void fake_nodes() {
  mkdir("/tmp/winmem-faults-nodes", 0700);
  int file = open("/tmp/winmem-faults-nodes/online", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  FAULTS_REQUIRE(file >= 0 && write(file, "0-1\n", 4) == 4);
  close(file);
  setenv("WINMEM_NODES", "/tmp/winmem-faults-nodes", 1);
}

SCENARIO(memory_with_a_preferred_node, kOutOfMemory) {
  fake_nodes();
  trial.call([] {
    return VirtualAllocExNuma(GetCurrentProcess(), nullptr, 16 * kPage, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE, 0) !=
           nullptr;
  });
}

SCENARIO(figures_of_a_node, kBadPointer) {
  trial.call([] {
    ULONGLONG bytes = 0;
    ULONGLONG mask = 0;
    return GetNumaAvailableMemoryNode(0, &bytes) != 0 && GetNumaNodeProcessorMask(0, &mask) != 0;
  });
}

SCENARIO(installed_memory, kNever) {
  trial.call([] {
    ULONGLONG kilobytes = 0;
    return GetPhysicallyInstalledSystemMemory(&kilobytes) != 0;
  });
}

} // namespace
} // namespace faults
