// Commits in the arena.
#include "scenario.h"

namespace faults {
namespace {

bool commits(char* begin, std::size_t pages, DWORD protection = PAGE_READWRITE) {
  return VirtualAlloc(begin, pages * kPage, MEM_COMMIT, protection) == begin;
}

SCENARIO(commit_of_the_very_first_page, kOutOfMemory) {
  char* region = reserve(16);
  trial.call([=] { return commits(region, 1); });
}

SCENARIO(commit_of_a_page_in_an_open_chunk, kOutOfMemory) {
  filled(16);
  char* region = reserve(16);
  trial.call([=] { return commits(region + 3 * kPage, 1); });
}

SCENARIO(commit_of_a_read_only_page_in_a_closed_chunk, kOutOfMemory) {
  char* region = reserve(16);
  trial.call([=] { return commits(region + 3 * kPage, 1, PAGE_READONLY); });
}

SCENARIO(commit_of_no_access_pages_in_an_open_chunk, kOutOfMemory) {
  filled(16);
  char* region = reserve(16);
  trial.call([=] { return commits(region + 3 * kPage, 4, PAGE_NOACCESS); });
}

SCENARIO(commit_over_filled_pages_of_another_protection, kOutOfMemory) {
  char* region = reserve(64);
  fill(commit(region + 4 * kPage, 4), 4);
  fill(commit(region + 16 * kPage, 4), 4);
  protect(region + 16 * kPage, 4, PAGE_READONLY);
  fill(commit(region + 32 * kPage, 4, PAGE_EXECUTE_READWRITE), 4);
  trial.call([=] { return commits(region, 64, PAGE_EXECUTE_READ); });
}

SCENARIO(commit_back_to_read_write_over_read_only_pages, kOutOfMemory) {
  char* region = filled(64);
  protect(region + 8 * kPage, 8, PAGE_READONLY);
  protect(region + 24 * kPage, 8, PAGE_NOACCESS);
  trial.call([=] { return commits(region, 64); });
}

SCENARIO(commit_of_a_whole_closed_chunk, kOutOfMemory) {
  char* region = reserve(4 * kChunkPages);
  trial.call([=] { return commits(region, 4 * kChunkPages); });
}

SCENARIO(commit_across_open_and_closed_chunks, kOutOfMemory) {
  char* region = reserve(6 * kChunkPages);
  fill(commit(region + 100 * kPage, 3), 3);
  fill(commit(region + (3 * kChunkPages + 100) * kPage, 3), 3);
  trial.call([=] { return commits(region + 50 * kPage, 5 * kChunkPages); });
}

SCENARIO(commit_of_read_only_pages_across_open_and_closed_chunks, kOutOfMemory) {
  char* region = reserve(6 * kChunkPages);
  fill(commit(region + 100 * kPage, 3), 3);
  fill(commit(region + (3 * kChunkPages + 100) * kPage, 3), 3);
  trial.call([=] { return commits(region + 50 * kPage, 5 * kChunkPages, PAGE_READONLY); });
}

SCENARIO(commit_of_what_was_decommitted, kOutOfMemory) {
  char* region = filled(3 * kChunkPages);
  VirtualFree(region + 100 * kPage, 2 * kChunkPages * kPage, MEM_DECOMMIT);
  trial.call([=] { return commits(region + 100 * kPage, 2 * kChunkPages); });
}

SCENARIO(commit_of_what_is_committed_so_already, kNever) {
  char* region = filled(16);
  trial.call([=] { return commits(region, 16); });
}

SCENARIO(commit_at_null_reserves_too, kOutOfMemory) {
  trial.call([] { return VirtualAlloc(nullptr, 5 * kPage, MEM_COMMIT, PAGE_READWRITE) != nullptr; });
}

SCENARIO(reserve_and_commit_of_a_few_pages, kOutOfMemory) {
  trial.call([] { return VirtualAlloc(nullptr, 5 * kPage, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE) != nullptr; });
}

SCENARIO(reserve_and_commit_of_many_chunks, kOutOfMemory) {
  filled(16);
  trial.call([] {
    return VirtualAlloc(nullptr, (4 * kChunkPages + 7) * kPage, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE) != nullptr;
  });
}

SCENARIO(reserve_and_commit_of_executable_pages, kOutOfMemory) {
  filled(16);
  trial.call(
      [] { return VirtualAlloc(nullptr, 40 * kPage, MEM_RESERVE | MEM_COMMIT, PAGE_EXECUTE_READWRITE) != nullptr; });
}

} // namespace
} // namespace faults
