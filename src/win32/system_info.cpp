// The machine as a program sees it: page size, address range, processors (rules Y1 to Y4).

#include "../base/address.h"
#include "../host/processors.h"

#include <bit>
#include <windows.h>

namespace {

constexpr SIZE_T kLargePage = 0x200000; // every x64 processor has 2 MiB pages

SYSTEM_INFO describe_machine() {
  std::uint64_t processors = winmem::host::processor_mask();
  winmem::host::ProcessorModel model = winmem::host::processor_model();
  SYSTEM_INFO info{};
  info.wProcessorArchitecture = PROCESSOR_ARCHITECTURE_AMD64;
  info.dwPageSize = winmem::kPage;
  info.lpMinimumApplicationAddress = reinterpret_cast<LPVOID>(winmem::kLowestUser);
  info.lpMaximumApplicationAddress = reinterpret_cast<LPVOID>(winmem::kUserEnd - 1);
  info.dwActiveProcessorMask = processors;
  info.dwNumberOfProcessors = static_cast<DWORD>(std::popcount(processors));
  info.dwProcessorType = PROCESSOR_AMD_X8664;
  info.dwAllocationGranularity = winmem::kGranule;
  info.wProcessorLevel = model.family;
  info.wProcessorRevision = static_cast<WORD>(model.model << 8 | model.stepping);
  return info;
}

} // namespace

// Y3: neither fails or touches the last error; a NULL pointer faults, here.
VOID WINAPI GetSystemInfo(LPSYSTEM_INFO lpSystemInfo) { *lpSystemInfo = describe_machine(); }

// The same in a 64-bit process.
VOID WINAPI GetNativeSystemInfo(LPSYSTEM_INFO lpSystemInfo) { *lpSystemInfo = describe_machine(); }

SIZE_T WINAPI GetLargePageMinimum(VOID) { return kLargePage; }
