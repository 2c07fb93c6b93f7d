// Protection, decommit, reset.
#include "fail.h"
#include "host/features.h"
#include "scenario.h"

namespace faults {
namespace {

bool protects(char* begin, std::size_t pages, DWORD protection) {
  DWORD old = 0;
  return VirtualProtect(begin, pages * kPage, protection, &old) != 0;
}

bool decommits(char* begin, std::size_t pages) { return VirtualFree(begin, pages * kPage, MEM_DECOMMIT) != 0; }

// Eight stretches of different protections, each filled.
char* striped(void* at = nullptr) {
  static constexpr DWORD kProtections[] = {PAGE_READWRITE,    PAGE_READONLY,  PAGE_NOACCESS, PAGE_EXECUTE_READWRITE,
                                           PAGE_EXECUTE_READ, PAGE_READWRITE, PAGE_READONLY, PAGE_READWRITE};
  char* region = reserve(80, at);
  for (std::size_t i = 0; i < 8; ++i) {
    char* stripe = region + (i * 10 + 1) * kPage;
    fill(commit(stripe, 8), 8);
    protect(stripe, 8, kProtections[i]);
  }
  return region;
}

SCENARIO(protect_in_the_middle, kOutOfMemory) {
  char* region = filled(64);
  trial.call([=] { return protects(region + 20 * kPage, 3, PAGE_READONLY); });
}

SCENARIO(protect_of_everything, kOutOfMemory) {
  char* region = filled(64);
  trial.call([=] { return protects(region, 64, PAGE_NOACCESS); });
}

SCENARIO(protect_of_a_stretch_with_several_protections, kOutOfMemory) {
  char* region = filled(64);
  protect(region + 8 * kPage, 8, PAGE_READONLY);
  protect(region + 24 * kPage, 8, PAGE_NOACCESS);
  protect(region + 40 * kPage, 8, PAGE_EXECUTE_READ);
  trial.call([=] { return protects(region + 4 * kPage, 50, PAGE_READONLY); });
}

SCENARIO(protect_back_to_read_write, kOutOfMemory) {
  char* region = filled(64);
  protect(region + 8 * kPage, 8, PAGE_READONLY);
  trial.call([=] { return protects(region, 64, PAGE_READWRITE); });
}

SCENARIO(protect_across_chunks, kOutOfMemory) {
  char* region = filled(3 * kChunkPages);
  protect(region + 600 * kPage, 8, PAGE_READONLY);
  trial.call([=] { return protects(region + 100 * kPage, 2 * kChunkPages, PAGE_EXECUTE_READ); });
}

SCENARIO(protect_that_changes_nothing, kNever) {
  char* region = filled(64);
  trial.call([=] { return protects(region, 64, PAGE_READWRITE); });
}

SCENARIO(protect_outside, kOutOfMemory) {
  char* region = filled(64, outside());
  protect(region + 30 * kPage, 8, PAGE_READONLY);
  trial.call([=] { return protects(region + 20 * kPage, 30, PAGE_EXECUTE_READWRITE); });
}

SCENARIO(protect_by_the_native_call, kNativeOutOfMemory) {
  char* region = filled(64);
  trial.call([=]() -> NTSTATUS {
    PVOID base = region + 5 * kPage;
    SIZE_T size = 5 * kPage;
    ULONG old = 0;
    return NtProtectVirtualMemory(GetCurrentProcess(), &base, &size, PAGE_READONLY, &old);
  });
}

SCENARIO(decommit_of_one_page, kOutOfMemory) {
  char* region = filled(64);
  trial.call([=] { return decommits(region + 7 * kPage, 1); });
}

SCENARIO(decommit_of_several_protections, kOutOfMemory) {
  char* region = striped();
  trial.call([=] { return decommits(region + 5 * kPage, 70); });
}

SCENARIO(decommit_of_a_whole_region, kOutOfMemory) {
  char* region = filled(64);
  trial.call([=] { return decommits(region, 0); });
}

SCENARIO(decommit_of_whole_chunks, kOutOfMemory) {
  char* region = filled(5 * kChunkPages);
  trial.call([=] { return decommits(region, 4 * kChunkPages); });
}

SCENARIO(decommit_of_whole_chunks_and_their_neighbours, kOutOfMemory, kInPairs) {
  char* region = filled(5 * kChunkPages);
  protect(region + 50 * kPage, 10, PAGE_READONLY);
  protect(region + (2 * kChunkPages + 50) * kPage, 10, PAGE_NOACCESS);
  trial.call([=] { return decommits(region + 40 * kPage, 4 * kChunkPages); });
}

SCENARIO(decommit_across_two_chunks, kOutOfMemory, kInPairs) {
  char* region = filled(3 * kChunkPages);
  trial.call([=] { return decommits(region + (kChunkPages + 100) * kPage, kChunkPages - 50); });
}

SCENARIO(decommit_of_whole_chunks_that_lie_apart, kOutOfMemory, kInPairs) {
  char* region = reserve(12 * kChunkPages);
  for (std::size_t i = 0; i < 12; i += 3) {
    fill(commit(region + i * kChunkPages * kPage, kChunkPages), kChunkPages);
  }
  trial.call([=] { return decommits(region, 0); });
}

// Chunks that are closed lie between, and one of them is beyond those whose records come at a time.
SCENARIO(decommit_of_chunks_and_parts_that_lie_apart, kOutOfMemory, kInPairs) {
  char* region = reserve(1022 * kChunkPages);
  for (std::size_t chunk : {0U, 3U, 1020U}) {
    fill(commit(region + (chunk * kChunkPages + 20) * kPage, kChunkPages), kChunkPages);
  }
  trial.call([=] { return decommits(region, 0); });
}

SCENARIO(decommit_of_reserved_pages_only, kNever) {
  char* region = reserve(64);
  trial.call([=] { return decommits(region + 4 * kPage, 16); });
}

SCENARIO(decommit_outside, kOutOfMemory) {
  char* region = striped(outside());
  trial.call([=] { return decommits(region + 5 * kPage, 70); });
}

SCENARIO(decommit_by_the_native_call, kNativeOutOfMemory) {
  char* region = filled(64);
  trial.call([=]() -> NTSTATUS {
    PVOID base = region + 5 * kPage;
    SIZE_T size = 5 * kPage;
    return NtFreeVirtualMemory(GetCurrentProcess(), &base, &size, MEM_DECOMMIT);
  });
}

SCENARIO(commit_in_a_striped_region, kOutOfMemory) {
  char* region = striped();
  trial.call([=] { return VirtualAlloc(region, 80 * kPage, MEM_COMMIT, PAGE_READWRITE) == region; });
}

SCENARIO(commit_in_a_striped_region_outside, kOutOfMemory) {
  char* region = striped(outside());
  trial.call([=] { return VirtualAlloc(region, 80 * kPage, MEM_COMMIT, PAGE_READONLY) == region; });
}

SCENARIO(commit_of_a_page_outside, kOutOfMemory) {
  char* region = reserve(64, outside());
  trial.call([=] { return VirtualAlloc(region + 9 * kPage, kPage, MEM_COMMIT, PAGE_READWRITE) != nullptr; });
}

// Advice: the contents may go or stay, and the call succeeds either way.
SCENARIO(reset_of_untouched_pages, kNever) {
  char* region = commit(reserve(64), 64);
  trial.call([=] { return VirtualAlloc(region, 64 * kPage, MEM_RESET, PAGE_READWRITE) == region; });
}

SCENARIO(reset_of_written_pages, kNever) {
  char* region = commit(reserve(64), 64);
  trial.call([=] { return VirtualAlloc(region, 64 * kPage, MEM_RESET, PAGE_READWRITE) == region; });
}

SCENARIO(undo_of_a_reset, kOutOfMemory) {
  char* region = filled(16);
  FAULTS_REQUIRE(VirtualAlloc(region + 4 * kPage, 8 * kPage, MEM_RESET, PAGE_READWRITE) != nullptr);
  // An older kernel can undo nothing that was reset; what was not is undone without a question.
  std::size_t pages = winmem::host::disabled(winmem::host::Feature::populate) ? 4 : 16;
  trial.call([=] { return VirtualAlloc(region, pages * kPage, MEM_RESET_UNDO, PAGE_READWRITE) == region; });
}

} // namespace
} // namespace faults
