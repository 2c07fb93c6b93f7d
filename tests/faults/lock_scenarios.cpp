// VirtualLock and VirtualUnlock; guard pages.
#include "fail.h"
#include "scenario.h"
#include "winmem.h"

namespace faults {
namespace {

void lock(char* begin, std::size_t pages) { FAULTS_REQUIRE(VirtualLock(begin, pages * kPage)); }

SCENARIO(lock_for_the_first_time, kLockRefused) {
  char* region = filled(16);
  trial.call([=] { return VirtualLock(region + 4 * kPage, 4 * kPage) != 0; });
}

SCENARIO(lock_of_two_regions_at_once, kLockRefused) {
  char* below = filled(16);
  char* above = filled(16);
  FAULTS_REQUIRE(above == below + 16 * kPage);
  lock(below, 1);
  trial.call([=] { return VirtualLock(below + 12 * kPage, 8 * kPage) != 0; });
}

SCENARIO(lock_around_pages_that_are_locked, kLockRefused) {
  char* region = filled(16);
  lock(region + 4 * kPage, 4);
  trial.call([=] { return VirtualLock(region, 16 * kPage) != 0; });
}

SCENARIO(unlock_of_some_of_the_locked_pages, kLockRefused) {
  char* region = filled(16);
  lock(region + 2 * kPage, 8);
  trial.call([=] { return VirtualUnlock(region + 4 * kPage, 4 * kPage) != 0; });
}

SCENARIO(decommit_of_pages_under_VirtualLock, kOutOfMemory) {
  char* region = filled(16);
  lock(region + 2 * kPage, 8);
  trial.call([=] { return VirtualFree(region + 4 * kPage, 8 * kPage, MEM_DECOMMIT) != 0; });
}

SCENARIO(release_of_pages_under_VirtualLock, kOutOfMemory) {
  char* region = filled(16);
  lock(region + 2 * kPage, 8);
  trial.call([=] { return VirtualFree(region, 0, MEM_RELEASE) != 0; });
}

SCENARIO(release_outside_of_pages_under_VirtualLock, kOutOfMemory) {
  char* region = filled(16, outside());
  lock(region + 2 * kPage, 8);
  trial.call([=] { return VirtualFree(region, 0, MEM_RELEASE) != 0; });
}

SCENARIO(protect_of_pages_under_VirtualLock, kOutOfMemory) {
  char* region = filled(16);
  lock(region + 2 * kPage, 8);
  trial.call([=] {
    DWORD old = 0;
    return VirtualProtect(region + 4 * kPage, 8 * kPage, PAGE_READONLY, &old) != 0;
  });
}

// ---- guard pages ----------------------------------------------------------------------------------------------------

SCENARIO(commit_of_the_first_guard_page, kOutOfMemory) {
  char* region = reserve(16);
  trial.call([=] { return VirtualAlloc(region, kPage, MEM_COMMIT, PAGE_READWRITE | PAGE_GUARD) != nullptr; });
}

SCENARIO(protect_as_guard_pages, kOutOfMemory) {
  char* region = filled(16);
  protect(region, 1, PAGE_READWRITE | PAGE_GUARD);
  trial.call([=] {
    DWORD old = 0;
    return VirtualProtect(region + 4 * kPage, 8 * kPage, PAGE_READONLY | PAGE_GUARD, &old) != 0;
  });
}

SCENARIO(protect_guard_pages_as_ordinary_ones, kOutOfMemory) {
  char* region = filled(16);
  protect(region + 4 * kPage, 8, PAGE_READWRITE | PAGE_GUARD);
  trial.call([=] {
    DWORD old = 0;
    return VirtualProtect(region, 16 * kPage, PAGE_READWRITE, &old) != 0;
  });
}

SCENARIO(decommit_of_guard_pages, kOutOfMemory) {
  char* region = filled(16);
  protect(region + 4 * kPage, 8, PAGE_READWRITE | PAGE_GUARD);
  trial.call([=] { return VirtualFree(region + 2 * kPage, 6 * kPage, MEM_DECOMMIT) != 0; });
}

LONG WINAPI go_on_after_guard(EXCEPTION_POINTERS* info) {
  return info->ExceptionRecord->ExceptionCode == static_cast<DWORD>(STATUS_GUARD_PAGE_VIOLATION)
             ? EXCEPTION_CONTINUE_EXECUTION
             : EXCEPTION_CONTINUE_SEARCH;
}

// Where the kernel refuses to disarm it the touch stays an access violation, and the body is given up.
SCENARIO(touch_of_a_guard_page, kBadPointer) {
  char* region = filled(16);
  protect(region + 4 * kPage, 8, PAGE_READWRITE | PAGE_GUARD);
  FAULTS_REQUIRE(AddVectoredExceptionHandler(1, go_on_after_guard) != nullptr);
  trial.call([=] {
    auto body = [](void* at) { *static_cast<volatile char*>(at) = 7; };
    auto filter = [](EXCEPTION_POINTERS*, void*) -> int { return EXCEPTION_EXECUTE_HANDLER; };
    bool touched = winmem_try(body, filter, region + 5 * kPage, nullptr) != 0;
    if (!touched) {
      SetLastError(ERROR_NOACCESS);
    }
    return touched;
  });
}

} // namespace
} // namespace faults
