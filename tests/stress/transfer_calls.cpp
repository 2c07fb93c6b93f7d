#include "transfer_calls.h"

#include "history.h"
#include "winapi.h"

#include <cstring>

namespace stress {

namespace {

constexpr std::size_t kPages = 8;

HANDLE self() { return GetCurrentProcess(); }

// Eight pages, of which one cannot be touched; each of the others holds its number.
struct Holed {
  explicit Holed(Random& random) : bad(1 + random.below(kPages - 1)) {
    base = static_cast<char*>(VirtualAlloc(nullptr, kPages * kPage, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE));
    MUST(base != nullptr);
    for (std::size_t i = 0; i < kPages; ++i)
      std::memset(base + i * kPage, static_cast<int>(i + 1), kPage);
    DWORD old = 0;
    if (random.one_in(2))
      MUST(VirtualProtect(base + bad * kPage, kPage, PAGE_NOACCESS, &old));
    else
      MUST(VirtualFree(base + bad * kPage, kPage, MEM_DECOMMIT));
  }
  Holed(const Holed&) = delete;
  Holed& operator=(const Holed&) = delete;
  ~Holed() { MUST(VirtualFree(base, 0, MEM_RELEASE)); }

  std::size_t bad;
  char* base;
};

} // namespace

void transfers(Random& random) {
  Holed memory(random);
  char buffer[2 * kPage] = {};
  SIZE_T count = 1;
  MUST(ReadProcessMemory(self(), memory.base, buffer, kPage, &count) && count == kPage && buffer[kPage - 1] == 1);
  MUST(!ReadProcessMemory(self(), memory.base + memory.bad * kPage - 8, buffer, 16, &count) && count == 0);
  MUST(GetLastError() == ERROR_PARTIAL_COPY);
  MUST(!WriteProcessMemory(self(), memory.base + memory.bad * kPage - 8, buffer, 16, &count) && count == 8);
  MUST(GetLastError() == ERROR_PARTIAL_COPY);
  DWORD old = 0;
  MUST(VirtualProtect(memory.base, kPage, PAGE_EXECUTE_READ, &old));
  MUST(WriteProcessMemory(self(), memory.base + 16, "code", 4, &count) && count == 4);
  MUST(std::memcmp(memory.base + 16, "code", 4) == 0);
  MUST(FlushInstructionCache(self(), memory.base, kPage));
  FlushProcessWriteBuffers();
}

void native_transfers(Random& random) {
  Holed memory(random);
  auto* bad = memory.base + memory.bad * kPage;
  char buffer[64] = {};
  SIZE_T count = 1;
  bool as_zw = random.one_in(2);
  auto read = as_zw ? ZwReadVirtualMemory : NtReadVirtualMemory;
  auto write = as_zw ? ZwWriteVirtualMemory : NtWriteVirtualMemory;
  MUST(read(self(), memory.base, buffer, sizeof buffer, &count) == 0 && count == sizeof buffer && buffer[0] == 1);
  MUST(write(self(), memory.base, buffer, sizeof buffer, &count) == 0 && count == sizeof buffer);
  MUST(NtReadVirtualMemoryEx(self(), bad, buffer, 1, &count, 0) == STATUS_PARTIAL_COPY && count == 0);
  MUST(write(self(), bad - 3, buffer, 8, &count) == STATUS_PARTIAL_COPY && count == 3);
  MUST(NtFlushInstructionCache(self(), memory.base, kPage) == 0 && NtFlushWriteBuffer() == 0);
  MUST(NtFlushProcessWriteBuffers() == 0);
}

void pointer_tests(Random& random) {
  Holed memory(random);
  std::size_t good = memory.bad * kPage;
  MUST(!IsBadReadPtr(memory.base, good) && IsBadReadPtr(memory.base, good + 1));
  MUST(!IsBadWritePtr(memory.base, good) && IsBadWritePtr(memory.base + good - 1, 2));
  MUST(!IsBadHugeReadPtr(memory.base, 1) && IsBadHugeWritePtr(memory.base + good, 1));
  MUST(!IsBadCodePtr(reinterpret_cast<FARPROC>(memory.base)));
  MUST(IsBadStringPtrA(memory.base, good + 1) && !IsBadStringPtrA(memory.base, good));
  MUST(IsBadStringPtrW(reinterpret_cast<WCHAR*>(memory.base), good) &&
       !IsBadStringPtrW(reinterpret_cast<WCHAR*>(memory.base), 9));
  DWORD old = 0;
  MUST(VirtualProtect(memory.base, kPage, PAGE_READWRITE | PAGE_GUARD, &old));
  MUST(IsBadReadPtr(memory.base, 1) && !IsBadReadPtr(memory.base, 1));
}

void given_back(Random& random) {
  Holed memory(random);
  DWORD old = 0;
  MUST(VirtualAlloc(memory.base, kPages * kPage, MEM_COMMIT, PAGE_READWRITE) != nullptr);
  MUST(VirtualProtect(memory.base, kPages * kPage, PAGE_READWRITE, &old));
  MUST(OfferVirtualMemory(memory.base, kPages * kPage, VmOfferPriorityNormal) == ERROR_SUCCESS);
  DWORD reclaimed = ReclaimVirtualMemory(memory.base, kPages * kPage);
  MUST(reclaimed == ERROR_BUSY || (reclaimed == ERROR_SUCCESS && memory.base[0] == 1));
  MUST(DiscardVirtualMemory(memory.base, kPage) == ERROR_SUCCESS && RtlIsZeroMemory(memory.base, kPage));
  WIN32_MEMORY_RANGE_ENTRY range{memory.base, kPages * kPage};
  MUST(PrefetchVirtualMemory(self(), 1, &range, 0));
  MEMORY_RANGE_ENTRY entry{memory.base, 1};
  ULONG flags = 0;
  auto set = random.one_in(2) ? NtSetInformationVirtualMemory : ZwSetInformationVirtualMemory;
  MUST(set(self(), VmPrefetchInformation, 1, &entry, &flags, sizeof flags) == 0);
  MUST(GetSystemDEPPolicy() == DEPPolicyAlwaysOn && !SetProcessDEPPolicy(1) &&
       !GetProcessDEPPolicy(self(), &old, nullptr));
}

void write_watch(Random& random) {
  constexpr std::size_t kWatched = 16;
  bool as_native = random.one_in(2);
  bool as_zw = random.one_in(2);
  DWORD type = MEM_RESERVE | MEM_COMMIT | MEM_WRITE_WATCH;
  auto* base = static_cast<char*>(VirtualAlloc(nullptr, kWatched * kPage, type, PAGE_READWRITE));
  MUST(base != nullptr);
  std::size_t page = random.one_in(2) ? 3 : 12;
  base[page * kPage] = 1;
  PVOID addresses[kWatched];
  ULONG_PTR count = kWatched;
  DWORD granularity = 0;
  if (as_native) {
    auto get = as_zw ? ZwGetWriteWatch : NtGetWriteWatch;
    MUST(get(self(), 0, base, kWatched * kPage, addresses, &count, &granularity) == 0);
  } else {
    MUST(GetWriteWatch(0, base, kWatched * kPage, addresses, &count, &granularity) == 0);
  }
  bool is_told = false;
  for (ULONG_PTR i = 0; i < count; ++i) {
    is_told = is_told || addresses[i] == base + page * kPage;
  }
  MUST(is_told);
  MUST(as_native ? (as_zw ? ZwResetWriteWatch : NtResetWriteWatch)(self(), base, kWatched * kPage) == 0
                 : ResetWriteWatch(base, kWatched * kPage) == 0);
  MUST(VirtualFree(base, 0, MEM_RELEASE));
}

void plain_copies(Random&) {
  volatile char from[16] = "0123456789abcde";
  volatile char to[16] = {};
  auto* plain_from = const_cast<char*>(from);
  auto* plain_to = const_cast<char*>(to);
  MUST(RtlCopyVolatileMemory(to, from, 16) == to && RtlCompareMemory(plain_from, plain_to, 16) == 16);
  MUST(RtlSetVolatileMemory(to, 0, 16) == to && RtlIsZeroMemory(plain_to, 16));
  MUST(RtlMoveVolatileMemory(to, from, 8) == to && RtlCopyDeviceMemory(to, from, 16) == to);
  RtlFillMemoryNonTemporal(plain_to, 16, 7);
  MUST(RtlCompareMemoryUlong(plain_to, 16, 0x07070707) == (reinterpret_cast<std::uintptr_t>(to) % 4 == 0 ? 16U : 0U));
  RtlCopyMemoryNonTemporal(plain_to, plain_from, 16);
  MUST(RtlCopyMappedMemory(plain_to, plain_from, 16) == 0 && RtlCompareMemory(plain_from, plain_to, 16) == 16);
}

} // namespace stress
