// Reserves, in the arena and outside.
#include "fail.h"
#include "scenario.h"

namespace faults {
namespace {

bool reserves(char* at, std::size_t pages, DWORD type = MEM_RESERVE) {
  void* region = VirtualAlloc(at, pages * kPage, type, PAGE_READWRITE);
  return region != nullptr && (at == nullptr || region == at);
}

SCENARIO(reserve_as_the_first_call_of_all, kOutOfMemory) {
  trial.call([] { return reserves(nullptr, 16); });
}

SCENARIO(reserve_when_others_are_there, kOutOfMemory) {
  filled(16);
  reserve(16);
  trial.call([] { return reserves(nullptr, 16); });
}

SCENARIO(reserve_of_half_a_granule_more, kOutOfMemory) {
  reserve(3);
  trial.call([] { return reserves(nullptr, 3); });
}

SCENARIO(reserve_of_a_terabyte, kOutOfMemory) {
  filled(16);
  trial.call([] { return reserves(nullptr, std::size_t{1} << 28); });
}

SCENARIO(reserve_from_the_top, kOutOfMemory) {
  filled(16);
  trial.call([] { return reserves(nullptr, 5, MEM_RESERVE | MEM_TOP_DOWN); });
}

SCENARIO(reserve_into_a_gap_between_regions, kOutOfMemory) {
  reserve(16);
  char* gap = reserve(48);
  reserve(16);
  release(gap);
  trial.call([=] { return reserves(gap + 16 * kPage, 16); });
}

SCENARIO(reserve_larger_than_the_arena_goes_outside_or_nowhere, kOutOfMemory) {
  filled(16);
  trial.call([] { return reserves(nullptr, std::size_t{9} << 30); }); // 36 TiB
}

SCENARIO(reserve_at_an_address_outside, kOutOfMemoryOrTaken) {
  trial.call([] { return reserves(outside(), 64); });
}

SCENARIO(reserve_at_an_address_outside_once_more, kOutOfMemoryOrTaken) {
  filled(16, outside());
  trial.call([] { return reserves(outside() + 16 * kPage, 64); });
}

SCENARIO(reserve_and_commit_at_an_address_outside, kOutOfMemoryOrTaken) {
  trial.call([] { return reserves(outside(), 64, MEM_RESERVE | MEM_COMMIT); });
}

SCENARIO(reserve_and_commit_outside_beside_other_regions, kOutOfMemoryOrTaken) {
  filled(16, outside());
  filled(16, outside() + 32 * kPage);
  trial.call([] { return reserves(outside() + 16 * kPage, 16, MEM_RESERVE | MEM_COMMIT); });
}

// Below 4 GiB, so outside the arena, at a place of winmem's choice.
bool reserves_low(DWORD type) {
  MEM_ADDRESS_REQUIREMENTS wanted{};
  wanted.HighestEndingAddress = reinterpret_cast<PVOID>(0xFFFFFFFFu);
  MEM_EXTENDED_PARAMETER parameter{};
  parameter.Type = MemExtendedParameterAddressRequirements;
  parameter.Pointer = &wanted;
  void* region = VirtualAlloc2(nullptr, nullptr, 64 * kPage, type, PAGE_READWRITE, &parameter, 1);
  return region != nullptr && reinterpret_cast<std::uintptr_t>(region) < 0xFFFFFFFFu;
}

SCENARIO(reserve_below_four_gigabytes, kOutOfMemory) {
  trial.call([] { return reserves_low(MEM_RESERVE); });
}

SCENARIO(reserve_and_commit_below_four_gigabytes, kOutOfMemory) {
  trial.call([] { return reserves_low(MEM_RESERVE | MEM_COMMIT); });
}

SCENARIO(reserve_below_four_gigabytes_from_the_top, kOutOfMemory) {
  filled(16);
  trial.call([] { return reserves_low(MEM_RESERVE | MEM_TOP_DOWN); });
}

SCENARIO(reserve_by_the_native_call_with_zero_bits, kNativeOutOfMemory) {
  trial.call([]() -> NTSTATUS {
    PVOID base = nullptr;
    SIZE_T size = 16 * kPage;
    return NtAllocateVirtualMemory(GetCurrentProcess(), &base, 4, &size, MEM_RESERVE, PAGE_READWRITE);
  });
}

SCENARIO(reserve_and_commit_by_the_native_call, kNativeOutOfMemory) {
  filled(16);
  trial.call([]() -> NTSTATUS {
    PVOID base = nullptr;
    SIZE_T size = 16 * kPage;
    return NtAllocateVirtualMemory(GetCurrentProcess(), &base, 0, &size, MEM_RESERVE | MEM_COMMIT, PAGE_READONLY);
  });
}

SCENARIO(reserve_at_an_address_by_the_extended_native_call, kNativeOutOfMemoryOrTaken) {
  trial.call([]() -> NTSTATUS {
    PVOID base = outside();
    SIZE_T size = 16 * kPage;
    return NtAllocateVirtualMemoryEx(GetCurrentProcess(), &base, &size, MEM_RESERVE, PAGE_READWRITE, nullptr, 0);
  });
}

// As many regions as a block of the pool holds, so that the next needs another.
SCENARIO(reserve_when_the_tables_are_full, kOutOfMemory) {
  constexpr int kRegionsInABlock = 256 * 1024 / 64;
  for (int i = 0; i < kRegionsInABlock; ++i) {
    reserve(1);
  }
  trial.call([] { return reserves(nullptr, 16); });
}

SCENARIO(reserve_far_away_from_all_others, kOutOfMemory) {
  char* first = reserve(16);
  trial.call([=] { return reserves(first + (std::size_t{3} << 40), 16); });
}

SCENARIO(commit_far_away_from_all_others, kOutOfMemory) {
  filled(16);
  void* top = VirtualAlloc(nullptr, 16 * kPage, MEM_RESERVE | MEM_TOP_DOWN, PAGE_READWRITE);
  FAULTS_REQUIRE(top != nullptr);
  trial.call([=] { return VirtualAlloc(top, kPage, MEM_COMMIT, PAGE_READWRITE) == top; });
}

} // namespace
} // namespace faults
