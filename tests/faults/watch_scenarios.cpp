// Watched regions: whether a refused call loses the note of a write.
#include "fail.h"
#include "scenario.h"

namespace faults {
namespace {

inline constexpr std::uint32_t kNoWatchedMemory[] = {ERROR_NOT_ENOUGH_MEMORY, ERROR_COMMITMENT_LIMIT};

char* watched(std::size_t pages, DWORD type = MEM_RESERVE | MEM_COMMIT, void* at = nullptr) {
  catch_faults();
  auto* region = static_cast<char*>(VirtualAlloc(at, pages * kPage, type | MEM_WRITE_WATCH, PAGE_READWRITE));
  FAULTS_REQUIRE(region != nullptr);
  return region;
}

// Every third page, from the first.
char* partly_written(std::size_t pages) {
  char* region = watched(pages);
  for (std::size_t page = 0; page < pages; page += 3) {
    fill(region + page * kPage, 1);
  }
  return region;
}

// Whether at least those pages are told that partly_written() wrote.
bool tells_all(char* region, std::size_t pages, DWORD flags) {
  PVOID addresses[64];
  ULONG_PTR count = pages;
  DWORD granularity = 0;
  if (GetWriteWatch(flags, region, pages * kPage, addresses, &count, &granularity) != 0) {
    return false;
  }
  ULONG_PTR next = 0;
  for (std::size_t page = 0; page < pages; page += 3) {
    while (next < count && addresses[next] != region + page * kPage) {
      ++next;
    }
    FAULTS_REQUIRE(next < count); // a write that nobody is told of
  }
  return true;
}

SCENARIO(first_watched_region, kNoWatchedMemory) {
  catch_faults();
  trial.call([] {
    return VirtualAlloc(nullptr, 16 * kPage, MEM_RESERVE | MEM_COMMIT | MEM_WRITE_WATCH, PAGE_READWRITE) != nullptr;
  });
}

SCENARIO(reserve_a_watched_region, kNoWatchedMemory) {
  watched(16);
  trial.call(
      [] { return VirtualAlloc(nullptr, 64 * kPage, MEM_RESERVE | MEM_WRITE_WATCH, PAGE_READWRITE) != nullptr; });
}

SCENARIO(reserve_and_commit_a_watched_region, kNoWatchedMemory) {
  watched(16);
  trial.call([] {
    return VirtualAlloc(nullptr, 64 * kPage, MEM_RESERVE | MEM_COMMIT | MEM_WRITE_WATCH, PAGE_READWRITE) != nullptr;
  });
}

SCENARIO(commit_beside_written_pages, kNoWatchedMemory) {
  char* region = watched(64, MEM_RESERVE);
  fill(commit(region + 8 * kPage, 4), 4);
  trial.call([=] { return VirtualAlloc(region, 64 * kPage, MEM_COMMIT, PAGE_READWRITE) != nullptr; });
}

SCENARIO(decommit_of_written_pages, kOutOfMemory) {
  char* region = partly_written(48);
  trial.call([=] { return VirtualFree(region + 12 * kPage, 9 * kPage, MEM_DECOMMIT) != 0; });
}

SCENARIO(release_of_a_watched_region, kOutOfMemory) {
  char* region = partly_written(48);
  trial.call([=] { return VirtualFree(region, 0, MEM_RELEASE) != 0; });
}

SCENARIO(protect_of_written_pages, kOutOfMemory) {
  char* region = partly_written(48);
  trial.call([=] {
    DWORD old = 0;
    return VirtualProtect(region + 3 * kPage, 30 * kPage, PAGE_READONLY, &old) != 0;
  });
}

SCENARIO(ask_what_was_written, kNever) {
  char* region = partly_written(48);
  trial.call([=] { return tells_all(region, 48, 0); });
}

// Where the kernel gives no answer, all pages count as written: some twice, and none is left out.
SCENARIO(ask_what_was_written_and_forget_it, kNever) {
  char* region = partly_written(48);
  trial.call([=] { return tells_all(region, 48, WRITE_WATCH_FLAG_RESET); });
}

SCENARIO(forget_what_was_written, kOutOfMemory) {
  char* region = partly_written(48);
  trial.call([=] { return ResetWriteWatch(region, 48 * kPage) == 0; });
}

SCENARIO(watched_region_in_place_of_a_placeholder, kNoWatchedMemory) {
  watched(16);
  void* place =
      VirtualAlloc2(nullptr, nullptr, 16 * kPage, MEM_RESERVE | MEM_RESERVE_PLACEHOLDER, PAGE_NOACCESS, nullptr, 0);
  FAULTS_REQUIRE(place != nullptr);
  trial.call([=] {
    return VirtualAlloc2(nullptr, place, 16 * kPage,
                         MEM_RESERVE | MEM_COMMIT | MEM_REPLACE_PLACEHOLDER | MEM_WRITE_WATCH, PAGE_READWRITE, nullptr,
                         0) != nullptr;
  });
}

} // namespace
} // namespace faults
