// Files that other programs cut under a view: EXCEPTION_IN_PAGE_ERROR, and winmem's own copies. Linux only.
// Rules: E5 S45
#include "exception_watch.h"
#include "scenario.h"
#include "section_test_support.h"
#include "temporary_file.h"

#include <csignal>
#include <sys/mman.h>
#include <unistd.h>

#include <optional>

namespace apitest {
namespace {

constexpr DWORD kInPageError = 0xC0000006;
constexpr ULONG_PTR kEndOfFile = 0xC0000011;

// A view of a file of four pages, the last two of which another program has cut off.
class CutFile : public WithFile {
protected:
  CutFile() {
    OpenFile file = made(4 * kPage);
    Section section(CreateFileMappingA(file, nullptr, PAGE_READWRITE, 0, 0, nullptr));
    view_.emplace(view_of(section, FILE_MAP_WRITE));
    copy_.emplace(view_of(section, FILE_MAP_COPY));
    EXPECT_EQ(truncate(name(), 2 * kPage), 0);
  }

  char* page(std::size_t index) const { return view_->page(index); }
  char* copied_page(std::size_t index) const { return copy_->page(index); }

private:
  std::optional<View> view_;
  std::optional<View> copy_;
};

TEST_F(CutFile, E5_S45_a_touch_raises_an_in_page_error_with_three_parameters) {
  Recorder recorder;

  EXPECT_EQ(exception_probe_read(page(2) + 5), -1);
  EXPECT_EQ(exception_probe_write(page(3) + 7, 'x'), -1);
  EXPECT_EQ(exception_probe_read(copied_page(3)), -1);

  ASSERT_EQ(recorder.count(), 3u);
  constexpr ULONG_PTR kAccess[] = {0, 1, 0};
  const char* places[] = {page(2) + 5, page(3) + 7, copied_page(3)};
  for (std::size_t i = 0; i < 3; ++i) {
    const EXCEPTION_RECORD& record = recorder[i].record;
    EXPECT_EQ(record.ExceptionCode, kInPageError);
    EXPECT_EQ(record.ExceptionFlags, 0u);
    EXPECT_EQ(record.NumberParameters, 3u);
    EXPECT_EQ(record.ExceptionInformation[0], kAccess[i]);
    EXPECT_EQ(record.ExceptionInformation[1], number(places[i]));
    EXPECT_EQ(record.ExceptionInformation[2], kEndOfFile);
  }
}

TEST_F(CutFile, E5_what_the_file_still_has_can_be_touched) {
  Recorder recorder;

  EXPECT_EQ(exception_probe_read(page(1)), 'a');
  EXPECT_EQ(exception_probe_read(copied_page(1)), 'a');

  EXPECT_EQ(recorder.count(), 0u);
}

TEST_F(CutFile, E5_a_handler_may_lengthen_the_file_and_go_on) {
  Watch watch([this](EXCEPTION_POINTERS* exception) -> LONG {
    if (exception->ExceptionRecord->ExceptionCode != kInPageError || truncate(name(), 4 * kPage) != 0) {
      return EXCEPTION_CONTINUE_SEARCH;
    }
    return EXCEPTION_CONTINUE_EXECUTION;
  });

  EXPECT_EQ(exception_probe_read(page(3)), 0);

  EXPECT_EQ(watch.seen(), 1);
  EXPECT_EQ(exception_probe_read(page(2)), 0);
  EXPECT_EQ(watch.seen(), 1);
}

TEST_F(CutFile, S45_the_view_is_queried_protected_and_unmapped_as_before) {
  EXPECT_PICTURE(page(0), 4, "MC4rw");
  EXPECT_EQ(protect(page(2), 1, PAGE_READONLY), DWORD{PAGE_READWRITE});
  EXPECT_PICTURE(page(0), 4, "MC2rw MC1ro MC1rw");
  EXPECT_EQ(protect(page(2), 1, PAGE_WRITECOPY), DWORD{PAGE_READONLY});
  EXPECT_OK(FlushViewOfFile(page(0), 0));
  EXPECT_PICTURE(copied_page(0), 4, "MC4wc");
}

TEST_F(CutFile, S45_buffers_in_it_are_no_access) {
  Recorder recorder;
  MEMORY_BASIC_INFORMATION info = {};
  auto* out = reinterpret_cast<DWORD*>(page(2));
  OpenFile file = open();
  DWORD count = 0;

  EXPECT_ERROR(998, VirtualQuery(&info, reinterpret_cast<MEMORY_BASIC_INFORMATION*>(page(2)), sizeof info) != 0);
  EXPECT_ERROR(998, VirtualQuery(&info, reinterpret_cast<MEMORY_BASIC_INFORMATION*>(page(2) - 8), sizeof info) != 0);
  EXPECT_ERROR(998, VirtualProtect(page(0), kPage, PAGE_READONLY, out));
  EXPECT_ERROR(998, CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, 4096, page(2)));
  EXPECT_FALSE(WriteFile(file, page(2), 100, &count, nullptr));
  EXPECT_FALSE(ReadFile(file, page(2), 100, &count, nullptr));

  EXPECT_EQ(recorder.count(), 0u);
  EXPECT_PICTURE(page(0), 4, "MC4rw");
  EXPECT_EQ(size_of(file), 2 * kPage);
}

TEST_F(CutFile, S45_locking_it_fails_and_ends_nothing) {
  Recorder recorder;

  EXPECT_FALSE(VirtualLock(page(2), kPage));
  EXPECT_OK(VirtualLock(page(1), kPage));
  EXPECT_OK(VirtualUnlock(page(1), kPage));

  EXPECT_EQ(recorder.count(), 0u);
}

// Cut while one thread touches it again and again: each touch is good, or an in-page error.
TEST_F(CutFile, E5_a_file_that_grows_and_shrinks_gives_pages_or_errors) {
  int other = 0;
  Watch watch([&other](EXCEPTION_POINTERS* exception) -> LONG {
    other += exception->ExceptionRecord->ExceptionCode != kInPageError ? 1 : 0;
    return_from_probe(exception->ContextRecord, ~std::uint64_t{0});
    return EXCEPTION_CONTINUE_EXECUTION;
  });
  for (int round = 0; round < 500; ++round) {
    EXPECT_EQ(truncate(name(), 4 * kPage), 0);
    EXPECT_EQ(exception_probe_read(page(3)), 0);
    EXPECT_EQ(truncate(name(), 2 * kPage), 0);
    EXPECT_EQ(exception_probe_read(page(3)), -1);
  }
  EXPECT_EQ(other, 0);
  EXPECT_EQ(watch.seen(), 500);
}

SCENARIO_TEST(InPageError, E5_nobody_who_handles_it_is_the_end_by_its_signal, "signal 7") {
  char name[] = "/tmp/winmem_test_XXXXXX";
  const int file = mkstemp(name);
  DEMAND(ftruncate(file, kPage) == 0);
  HANDLE handle = CreateFileA(name, kReadWrite, kShareAll, nullptr, OPEN_EXISTING, 0, nullptr);
  HANDLE section = CreateFileMappingA(handle, nullptr, PAGE_READWRITE, 0, 0, nullptr);
  auto* view = static_cast<char*>(MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0));
  unlink(name);
  AddVectoredExceptionHandler(1, [](EXCEPTION_POINTERS*) -> LONG { return EXCEPTION_CONTINUE_SEARCH; });
  DEMAND(view != nullptr && ftruncate(file, 0) == 0);
  exception_probe_read(view);
}

// A handler of the program's own that was there first gets what no view of winmem's is about.
SCENARIO_TEST(InPageError, E5_a_mapping_of_others_goes_to_the_handler_from_before, "exit 5") {
  struct sigaction action {};
  action.sa_handler = [](int) { _exit(5); };
  sigaction(SIGBUS, &action, nullptr);
  char name[] = "/tmp/winmem_test_XXXXXX";
  const int file = mkstemp(name);
  unlink(name);
  auto* memory = static_cast<char*>(mmap(nullptr, kPage, PROT_READ, MAP_SHARED, file, 0));
  AddVectoredExceptionHandler(1, [](EXCEPTION_POINTERS*) -> LONG { return EXCEPTION_CONTINUE_SEARCH; });
  exception_probe_read(memory);
}

} // namespace
} // namespace apitest
