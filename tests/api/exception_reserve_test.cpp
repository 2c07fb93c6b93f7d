// Touching pages of a section that are not committed: an access violation, on which a handler may commit them.
// Rules: S50 S51 S52 E1 E3
#include "exception_watch.h"
#include "section_test_support.h"

namespace apitest {
namespace {

constexpr ULONG kSecReserve = 0x4000000;

std::uintptr_t number(const void* address) { return reinterpret_cast<std::uintptr_t>(address); }

TEST(ReservingSectionFaults, S50_E1_a_touch_of_what_is_not_committed_is_an_access_violation) {
  Section section = section_of(kGranule, PAGE_EXECUTE_READWRITE | kSecReserve);
  View write = view_of(section, FILE_MAP_WRITE);
  View read = view_of(section, FILE_MAP_READ);
  View copy = view_of(section, FILE_MAP_COPY);
  Recorder seen;

  for (char* base : {write.base(), read.base(), copy.base()}) {
    ASSERT_EQ(exception_probe_read(base + 0x1234), -1);
    EXPECT_ACCESS_VIOLATION(seen.last(), code_address(exception_probe_read_at), 0, base + 0x1234);
    ASSERT_EQ(exception_probe_write(base + kPage, 1), -1);
    EXPECT_ACCESS_VIOLATION(seen.last(), code_address(exception_probe_write_at), 1, base + kPage);
    EXPECT_PICTURE(base, 16, "MR16");
  }
  EXPECT_EQ(seen.count(), 6u);
}

TEST(ReservingSectionFaults, S50_an_access_that_straddles_faults_where_the_commit_ends) {
  Section section = section_of(kGranule, PAGE_READWRITE | kSecReserve);
  View view = view_of(section, FILE_MAP_WRITE);
  ASSERT_NE(VirtualAlloc(view.base(), kPage, MEM_COMMIT, PAGE_READWRITE), nullptr);
  Recorder seen;

  ASSERT_EQ(exception_probe_read_16(view.page(1) - 8), -1);

  EXPECT_EQ(seen.last().ExceptionCode, kAccessViolation);
  EXPECT_EQ(seen.last().ExceptionInformation[1], number(view.page(1)));
}

TEST(ReservingSectionFaults, S51_S52_a_handler_commits_what_is_touched) {
  Section section = section_of(16 * kPage, PAGE_READWRITE | kSecReserve);
  View view = view_of(section, FILE_MAP_WRITE);
  View other = view_of(section, FILE_MAP_READ);
  Watch watch([](EXCEPTION_POINTERS* exception) {
    auto* at = reinterpret_cast<void*>(exception->ExceptionRecord->ExceptionInformation[1]);
    return VirtualAlloc(at, 1, MEM_COMMIT, PAGE_READWRITE) != nullptr ? EXCEPTION_CONTINUE_EXECUTION
                                                                      : EXCEPTION_CONTINUE_SEARCH;
  });

  for (int i = 0; i < 16; i += 3) {
    exception_probe_write(view.page(static_cast<std::size_t>(i)), static_cast<char>(i + 1));
  }

  EXPECT_EQ(watch.seen(), 6);
  EXPECT_PICTURE(other.base(), 16, "MC1ro MR2 MC1ro MR2 MC1ro MR2 MC1ro MR2 MC1ro MR2 MC1ro");
  EXPECT_EQ(exception_probe_read(other.page(15)), 16);
  EXPECT_EQ(watch.seen(), 6);
}

TEST(ReservingSectionFaults, S52_what_another_view_committed_is_no_fault) {
  Section section = section_of(kGranule, PAGE_READWRITE | kSecReserve);
  View view = view_of(section, FILE_MAP_WRITE);
  View other = view_of(section, FILE_MAP_WRITE);
  Recorder seen;
  EXPECT_EQ(exception_probe_read(other.base()), -1);

  ASSERT_NE(VirtualAlloc(view.base(), 4 * kPage, MEM_COMMIT, PAGE_READWRITE), nullptr);
  exception_probe_write(other.page(3), 'x');

  EXPECT_EQ(exception_probe_read(view.page(3)), 'x');
  EXPECT_EQ(exception_probe_read(other.base()), 0);
  EXPECT_EQ(seen.count(), 1u);
}

} // namespace
} // namespace apitest
