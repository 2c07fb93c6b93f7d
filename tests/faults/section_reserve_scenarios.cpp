// Sections whose pages are committed one by one, through their views.
#include "fail.h"
#include "scenario.h"
#include "state.h"

namespace faults {
namespace {

inline constexpr std::uint32_t kNoSection[] = {0xC0000017, 0xC000012D, 0xC000009A};
inline constexpr std::uint32_t kNoViewThere[] = {ERROR_NOT_ENOUGH_MEMORY, ERROR_ACCESS_DENIED, ERROR_INVALID_ADDRESS};

char* view(HANDLE section) {
  auto* made = static_cast<char*>(MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0));
  FAULTS_REQUIRE(made != nullptr);
  return made;
}

// At an address that views are placed at: a view anywhere would go elsewhere where that is refused.
char* free_place(HANDLE section) {
  char* there = view(section);
  FAULTS_REQUIRE(UnmapViewOfFile(there));
  return there;
}

// Whose pages are committed.
HANDLE small_section() {
  HANDLE made = CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, 16 * kPage, nullptr);
  FAULTS_REQUIRE(made != nullptr);
  section_bytes += 16 * kPage;
  return made;
}

HANDLE reserving_section(std::size_t pages) {
  HANDLE made = CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE | SEC_RESERVE, 0,
                                   static_cast<DWORD>(pages * kPage), nullptr);
  FAULTS_REQUIRE(made != nullptr);
  return made;
}

// `fresh` of the pages are charged to the section.
bool commit_in_view(char* begin, std::size_t pages, std::size_t fresh, DWORD protection = PAGE_READWRITE) {
  bool done = VirtualAlloc(begin, pages * kPage, MEM_COMMIT, protection) == begin;
  section_bytes += done ? fresh * kPage : 0;
  return done;
}

SCENARIO(reserving_section_beside_others, kNoSection) {
  view(reserving_section(16));
  trial.call([] {
    LARGE_INTEGER size;
    size.QuadPart = 16 * kPage;
    HANDLE made = nullptr;
    NTSTATUS status = NtCreateSection(&made, SECTION_ALL_ACCESS, nullptr, &size, PAGE_READWRITE, SEC_RESERVE, nullptr);
    return status == 0 ? NtClose(made) : status;
  });
}

SCENARIO(first_view_of_a_reserving_section, kNoViewThere) {
  catch_faults();
  HANDLE made = reserving_section(16);
  char* there = free_place(small_section());
  trial.call([=] { return MapViewOfFileEx(made, FILE_MAP_WRITE, 0, 0, 0, there) == there; });
}

SCENARIO(view_of_a_reserving_section, kNoViewThere) {
  catch_faults();
  HANDLE made = reserving_section(16);
  FAULTS_REQUIRE(commit_in_view(view(made) + 3 * kPage, 2, 2));
  char* there = free_place(made);
  trial.call([=] { return MapViewOfFileEx(made, FILE_MAP_WRITE, 0, 0, 0, there) == there; });
}

SCENARIO(commit_in_a_view, kOutOfMemory) {
  char* made = view(reserving_section(16));
  trial.call([=] { return commit_in_view(made + 4 * kPage, 3, 3); });
}

SCENARIO(commit_beside_committed_pages_of_a_view, kOutOfMemory) {
  char* made = view(reserving_section(16));
  FAULTS_REQUIRE(commit_in_view(made + 4 * kPage, 4, 4));
  fill(made + 4 * kPage, 4);
  protect(made + 5 * kPage, 1, PAGE_READONLY);
  trial.call([=] { return commit_in_view(made + 2 * kPage, 8, 4, PAGE_READONLY); });
}

SCENARIO(commit_in_a_view_of_pages_that_copy, kOutOfMemory) {
  char* made = view(reserving_section(16));
  FAULTS_REQUIRE(commit_in_view(made + 4 * kPage, 4, 4));
  fill(made + 4 * kPage, 4);
  protect(made + 4 * kPage, 2, PAGE_WRITECOPY);
  fill(made + 5 * kPage, 1);
  trial.call([=] { return commit_in_view(made + 3 * kPage, 4, 1); });
}

SCENARIO(protect_committed_pages_of_a_view_so_that_they_copy, kOutOfMemory) {
  char* made = view(reserving_section(16));
  FAULTS_REQUIRE(commit_in_view(made + 4 * kPage, 4, 4));
  fill(made + 4 * kPage, 4);
  trial.call([=] {
    DWORD old = 0;
    return VirtualProtect(made + 5 * kPage, 2 * kPage, PAGE_WRITECOPY, &old) != 0;
  });
}

SCENARIO(unmap_of_a_view_with_committed_pages, kOutOfMemory) {
  char* made = view(reserving_section(16));
  FAULTS_REQUIRE(commit_in_view(made + 4 * kPage, 4, 4));
  trial.call([=] { return UnmapViewOfFile(made) != 0; });
}

} // namespace
} // namespace faults
