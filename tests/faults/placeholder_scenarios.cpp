// Placeholders, what replaces them, and views over addresses of the arena.
#include "fail.h"
#include "scenario.h"
#include "state.h"

namespace faults {
namespace {

// Cut so that the pages from `first` on are a placeholder of their own.
char* placeholder(std::size_t pages, std::size_t first, std::size_t count, void* at = nullptr) {
  auto* base = static_cast<char*>(
      VirtualAlloc2(nullptr, at, pages * kPage, MEM_RESERVE | MEM_RESERVE_PLACEHOLDER, PAGE_NOACCESS, nullptr, 0));
  FAULTS_REQUIRE(base != nullptr);
  FAULTS_REQUIRE(VirtualFree(base + first * kPage, count * kPage, MEM_RELEASE | MEM_PRESERVE_PLACEHOLDER));
  return base + first * kPage;
}

bool replace(char* begin, std::size_t pages, DWORD protection = PAGE_READWRITE) {
  return VirtualAlloc2(nullptr, begin, pages * kPage, MEM_RESERVE | MEM_COMMIT | MEM_REPLACE_PLACEHOLDER, protection,
                       nullptr, 0) == begin;
}

bool preserve(char* begin, std::size_t pages) {
  return VirtualFree(begin, pages * kPage, MEM_RELEASE | MEM_PRESERVE_PLACEHOLDER) != 0;
}

HANDLE section(std::size_t pages) {
  HANDLE made =
      CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, static_cast<DWORD>(pages * kPage), nullptr);
  FAULTS_REQUIRE(made != nullptr);
  section_bytes += pages * kPage;
  return made;
}

bool map_over(HANDLE section, char* begin, std::size_t pages) {
  return MapViewOfFile3(section, nullptr, begin, 0, pages * kPage, MEM_REPLACE_PLACEHOLDER, PAGE_READWRITE, nullptr,
                        0) == begin;
}

void opens_chunks(char* begin, std::size_t pages) {
  opened_first = reinterpret_cast<std::uintptr_t>(begin);
  opened_last = opened_first + (pages - 1) * kPage;
}

bool unmap_preserving(char* begin) {
  return UnmapViewOfFile2(GetCurrentProcess(), begin, MEM_PRESERVE_PLACEHOLDER) != 0;
}

inline constexpr std::uint32_t kNoView[] = {ERROR_NOT_ENOUGH_MEMORY, ERROR_COMMITMENT_LIMIT, ERROR_ACCESS_DENIED};

SCENARIO(split_of_a_placeholder, kOutOfMemory) {
  char* base = placeholder(64, 0, 32);
  trial.call([=] { return preserve(base + 8 * kPage, 8); });
}

SCENARIO(join_of_placeholders, kOutOfMemory) {
  char* middle = placeholder(64, 16, 16);
  trial.call([=] { return VirtualFree(middle, 48 * kPage, MEM_RELEASE | MEM_COALESCE_PLACEHOLDERS) != 0; });
}

SCENARIO(placeholder_replaced_by_memory, kOutOfMemory) {
  filled(16);
  char* middle = placeholder(64, 16, 16);
  trial.call([=] { return replace(middle, 16); });
}

SCENARIO(placeholder_replaced_by_guarded_memory, kOutOfMemory) {
  char* middle = placeholder(64, 16, 16);
  trial.call([=] { return replace(middle, 16, PAGE_READONLY | PAGE_GUARD); });
}

SCENARIO(placeholder_of_chunks_replaced_by_memory, kOutOfMemory) {
  char* middle = placeholder(4 * kChunkPages, 7, 3 * kChunkPages);
  trial.call([=] { return replace(middle, 3 * kChunkPages); });
}

SCENARIO(memory_back_to_a_placeholder, kOutOfMemory) {
  char* middle = placeholder(64, 16, 16);
  FAULTS_REQUIRE(replace(middle, 16));
  fill(middle, 16);
  protect(middle + 4 * kPage, 4, PAGE_READONLY);
  trial.call([=] { return preserve(middle, 16); });
}

SCENARIO(placeholder_replaced_by_a_view, kNoView, kInPairs) {
  HANDLE made = section(16);
  char* middle = placeholder(64, 16, 16);
  opens_chunks(middle, 16);
  trial.call([=] { return map_over(made, middle, 16); });
}

SCENARIO(placeholder_beside_memory_replaced_by_a_view, kNoView, kInPairs) {
  HANDLE made = section(16);
  char* middle = placeholder(64, 16, 16);
  FAULTS_REQUIRE(replace(middle - 16 * kPage, 16));
  fill(middle - 16 * kPage, 16);
  trial.call([=] { return map_over(made, middle, 16); });
}

SCENARIO(placeholder_of_chunks_replaced_by_a_view, kNoView) {
  HANDLE made = section(3 * kChunkPages);
  char* middle = placeholder(4 * kChunkPages, 7, 3 * kChunkPages);
  opens_chunks(middle, 3 * kChunkPages);
  trial.call([=] { return map_over(made, middle, 3 * kChunkPages); });
}

SCENARIO(placeholder_outside_replaced_by_a_view, kNoView) {
  HANDLE made = section(16);
  char* middle = placeholder(64, 16, 16, outside());
  trial.call([=] { return map_over(made, middle, 16); });
}

SCENARIO(view_back_to_a_placeholder, kOutOfMemory, kInPairs) {
  HANDLE made = section(16);
  char* middle = placeholder(64, 16, 16);
  FAULTS_REQUIRE(map_over(made, middle, 16));
  fill(middle, 16);
  trial.call([=] { return unmap_preserving(middle); });
}

SCENARIO(view_of_chunks_back_to_a_placeholder, kOutOfMemory) {
  HANDLE made = section(3 * kChunkPages);
  char* middle = placeholder(4 * kChunkPages, 7, 3 * kChunkPages);
  FAULTS_REQUIRE(map_over(made, middle, 3 * kChunkPages));
  trial.call([=] { return unmap_preserving(middle); });
}

SCENARIO(view_outside_back_to_a_placeholder, kOutOfMemory) {
  HANDLE made = section(16);
  char* middle = placeholder(64, 16, 16, outside());
  FAULTS_REQUIRE(map_over(made, middle, 16));
  trial.call([=] { return unmap_preserving(middle); });
}

SCENARIO(view_of_a_placeholder_unmapped, kOutOfMemory) {
  HANDLE made = section(16);
  char* middle = placeholder(64, 16, 16);
  FAULTS_REQUIRE(map_over(made, middle, 16));
  trial.call([=] { return UnmapViewOfFile(middle) != 0; });
}

// After a fault at a marker the pages are inaccessible instead, and memory comes there again all the same.
SCENARIO(memory_where_a_view_was_in_the_arena, kOutOfMemory) {
  HANDLE made = section(16);
  char* middle = placeholder(64, 16, 16);
  FAULTS_REQUIRE(map_over(made, middle, 16));
  fill(middle, 16);
  FAULTS_REQUIRE(unmap_preserving(middle));
  trial.call([=] { return replace(middle, 16); });
}

SCENARIO(view_at_a_free_address_of_the_arena, kNoView, kInPairs) {
  HANDLE made = section(16);
  char* there = filled(16);
  release(there);
  trial.call([=] { return MapViewOfFileEx(made, FILE_MAP_WRITE, 0, 0, 0, there) == there; });
}

SCENARIO(unmap_of_a_view_in_the_arena, kOutOfMemory) {
  HANDLE made = section(16);
  char* there = filled(16);
  release(there);
  FAULTS_REQUIRE(MapViewOfFileEx(made, FILE_MAP_WRITE, 0, 0, 0, there) == there);
  fill(there, 16);
  trial.call([=] { return UnmapViewOfFile(there) != 0; });
}

} // namespace
} // namespace faults
