// Releases, whole and in part.
#include "fail.h"
#include "scenario.h"

namespace faults {
namespace {

bool releases(char* begin) { return VirtualFree(begin, 0, MEM_RELEASE) != 0; }

NTSTATUS releases_part(char* begin, std::size_t pages) {
  PVOID base = begin;
  SIZE_T size = pages * kPage;
  return NtFreeVirtualMemory(GetCurrentProcess(), &base, &size, MEM_RELEASE);
}

SCENARIO(release_of_reserved_pages, kNever) {
  char* region = reserve(64);
  trial.call([=] { return releases(region); });
}

SCENARIO(release_of_committed_pages, kOutOfMemory) {
  char* region = filled(64);
  filled(64);
  trial.call([=] { return releases(region); });
}

SCENARIO(release_of_several_protections, kOutOfMemory) {
  char* region = filled(64);
  protect(region + 8 * kPage, 8, PAGE_READONLY);
  protect(region + 24 * kPage, 8, PAGE_NOACCESS);
  VirtualFree(region + 40 * kPage, 8 * kPage, MEM_DECOMMIT);
  trial.call([=] { return releases(region); });
}

SCENARIO(release_of_many_chunks, kOutOfMemory) {
  filled(16);
  char* region = filled(5 * kChunkPages);
  filled(16);
  trial.call([=] { return releases(region); });
}

SCENARIO(release_outside, kOutOfMemory) {
  char* region = filled(64, outside());
  protect(region + 8 * kPage, 8, PAGE_READONLY);
  trial.call([=] { return releases(region); });
}

SCENARIO(release_outside_of_reserved_pages, kOutOfMemory) {
  char* region = reserve(64, outside());
  trial.call([=] { return releases(region); });
}

SCENARIO(release_of_the_first_pages, kNativeOutOfMemory) {
  char* region = filled(64);
  protect(region + 8 * kPage, 8, PAGE_READONLY);
  trial.call([=] { return releases_part(region, 12); });
}

SCENARIO(release_of_the_last_pages, kNativeOutOfMemory) {
  char* region = filled(64);
  protect(region + 8 * kPage, 8, PAGE_READONLY);
  trial.call([=] { return releases_part(region + 12 * kPage, 52); });
}

SCENARIO(release_of_pages_in_the_middle, kNativeOutOfMemory) {
  char* region = filled(64);
  protect(region + 8 * kPage, 8, PAGE_READONLY);
  protect(region + 40 * kPage, 8, PAGE_READONLY);
  trial.call([=] { return releases_part(region + 12 * kPage, 32); });
}

SCENARIO(release_of_chunks_in_the_middle, kNativeOutOfMemory) {
  char* region = filled(5 * kChunkPages);
  protect(region + 8 * kPage, 8, PAGE_READONLY);
  trial.call([=] { return releases_part(region + 100 * kPage, 3 * kChunkPages); });
}

SCENARIO(release_of_pages_in_the_middle_outside, kNativeOutOfMemory) {
  char* region = filled(64, outside());
  protect(region + 8 * kPage, 8, PAGE_READONLY);
  trial.call([=] { return releases_part(region + 4 * kPage, 32); });
}

// A region with some thousand runs: the copies of its tree need several nodes of each kind.
SCENARIO(release_of_pages_in_the_middle_of_many_runs, kNativeOutOfMemory) {
  char* region = filled(3 * kChunkPages);
  for (std::size_t i = 0; i < 3 * kChunkPages; i += 4) {
    VirtualFree(region + i * kPage, kPage, MEM_DECOMMIT);
  }
  trial.call([=] { return releases_part(region + 700 * kPage, 100); });
}

SCENARIO(commit_that_needs_new_nodes, kOutOfMemory) {
  char* region = reserve(3 * kChunkPages);
  for (std::size_t i = 0; i < 2 * kChunkPages; i += 4) {
    fill(commit(region + i * kPage, 1), 1);
  }
  trial.call([=] { return VirtualAlloc(region + 2 * kPage, kPage, MEM_COMMIT, PAGE_READWRITE) != nullptr; });
}

} // namespace
} // namespace faults
