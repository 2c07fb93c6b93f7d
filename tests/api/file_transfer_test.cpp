// Moving data: reading and writing, position and size.
// Rules: W48, and what Microsoft documents for each function (fileapi.h)
#include "file_test_support.h"

namespace apitest {
namespace {

// ---- reading and writing --------------------------------------------------------------------------------------------

TEST_F(Files, reading_stops_at_the_end_and_is_a_success_of_nothing_there) {
  HANDLE file = with_text("hello");
  char buffer[16] = {};
  DWORD count = 99;

  EXPECT_OK(ReadFile(file, buffer, 4, &count, nullptr));
  EXPECT_EQ(count, 0u);
  EXPECT_EQ(SetFilePointer(file, 3, nullptr, FILE_BEGIN), 3u);
  EXPECT_OK(ReadFile(file, buffer, sizeof buffer, &count, nullptr));
  EXPECT_EQ(std::string(buffer, count), "lo");

  EXPECT_OK(CloseHandle(file));
}

TEST_F(Files, an_overlapped_says_where_and_moves_the_position) {
  HANDLE file = with_text("0123456789");
  OVERLAPPED where{};
  where.Offset = 4;
  char buffer[4] = {};
  DWORD count = 0;

  EXPECT_OK(ReadFile(file, buffer, 3, &count, &where));
  EXPECT_EQ(std::string(buffer, count), "456");
  EXPECT_EQ(where.InternalHigh, 3u);
  EXPECT_EQ(SetFilePointer(file, 0, nullptr, FILE_CURRENT), 7u);

  where.Offset = 1;
  EXPECT_OK(WriteFile(file, "xy", 2, &count, &where));
  EXPECT_EQ(text_at(file, 0), "0xy3456789");
  where.Offset = 10;
  EXPECT_ERROR(38, ReadFile(file, buffer, 1, &count, &where));

  EXPECT_OK(CloseHandle(file));
}

TEST_F(Files, W48_the_event_of_an_overlapped_is_set_when_the_transfer_has_ended) {
  HANDLE file = with_text("0123456789");
  HANDLE event = CreateEventA(nullptr, TRUE, FALSE, nullptr);
  OVERLAPPED where{};
  where.hEvent = event;
  char buffer[4] = {};
  DWORD count = 0;

  EXPECT_OK(ReadFile(file, buffer, 3, &count, &where));
  EXPECT_EQ(WaitForSingleObject(event, 0), 0u);
  EXPECT_OK(ResetEvent(event));
  EXPECT_OK(WriteFile(file, "xy", 2, &count, &where));
  EXPECT_EQ(WaitForSingleObject(event, 0), 0u);

  EXPECT_OK(CloseHandle(event));
  EXPECT_OK(CloseHandle(file));
}

TEST_F(Files, W48_a_read_at_the_end_has_ended_too) {
  HANDLE file = with_text("0123456789");
  HANDLE event = CreateEventA(nullptr, TRUE, FALSE, nullptr);
  OVERLAPPED where{};
  where.Offset = 10;
  where.hEvent = event;
  char byte = 0;
  DWORD count = 0;

  EXPECT_ERROR(38, ReadFile(file, &byte, 1, &count, &where));
  EXPECT_EQ(WaitForSingleObject(event, 0), 0u);

  EXPECT_OK(CloseHandle(event));
  EXPECT_OK(CloseHandle(file));
}

TEST_F(Files, W48_what_is_no_event_that_may_be_set_stops_the_transfer) {
  HANDLE file = with_text("0123456789");
  HANDLE waits_only = nullptr;
  HANDLE event = CreateEventA(nullptr, TRUE, TRUE, nullptr);
  ASSERT_TRUE(DuplicateHandle(GetCurrentProcess(), event, GetCurrentProcess(), &waits_only, SYNCHRONIZE, FALSE, 0));
  OVERLAPPED where{};
  char byte = 'a';
  DWORD count = 0;

  where.hEvent = file;
  EXPECT_ERROR(6, ReadFile(file, &byte, 1, &count, &where));
  where.hEvent = reinterpret_cast<HANDLE>(ULONG_PTR{0x7FFFFFF0});
  EXPECT_ERROR(6, WriteFile(file, "x", 1, &count, &where));
  where.hEvent = waits_only;
  EXPECT_ERROR(5, WriteFile(file, "x", 1, &count, &where));
  EXPECT_EQ(byte, 'a');
  EXPECT_EQ(text_at(file, 0), "0123456789");
  EXPECT_EQ(WaitForSingleObject(event, 0), 0u); // nobody has reset it

  EXPECT_OK(CloseHandle(waits_only));
  EXPECT_OK(CloseHandle(event));
  EXPECT_OK(CloseHandle(file));
}

TEST_F(Files, an_offset_of_all_ones_writes_at_the_end) {
  HANDLE file = with_text("abc");
  OVERLAPPED where{};
  where.Offset = 0xFFFFFFFF;
  where.OffsetHigh = 0xFFFFFFFF;
  DWORD count = 0;

  EXPECT_OK(WriteFile(file, "def", 3, &count, &where));

  EXPECT_EQ(text_at(file, 0), "abcdef");
  EXPECT_OK(CloseHandle(file));
}

TEST_F(Files, append_access_writes_at_the_end_wherever_the_position_is) {
  make("abc");
  HANDLE file = open(FILE_APPEND_DATA | SYNCHRONIZE, OPEN_EXISTING);
  DWORD count = 0;

  EXPECT_EQ(SetFilePointer(file, 0, nullptr, FILE_BEGIN), 0u);
  EXPECT_OK(WriteFile(file, "de", 2, &count, nullptr));
  EXPECT_OK(CloseHandle(file));

  HANDLE reader = open(GENERIC_READ, OPEN_EXISTING);
  EXPECT_EQ(text_at(reader, 0), "abcde");
  EXPECT_OK(CloseHandle(reader));
}

TEST_F(Files, a_buffer_that_cannot_be_written_is_no_access) {
  HANDLE file = with_text("abc");
  void* none = VirtualAlloc(nullptr, kPage, MEM_RESERVE, PAGE_NOACCESS);
  DWORD count = 0;
  EXPECT_EQ(SetFilePointer(file, 0, nullptr, FILE_BEGIN), 0u);

  EXPECT_ERROR(998, ReadFile(file, none, 3, &count, nullptr));

  EXPECT_EQ(text_at(file, 0), "abc");
  EXPECT_TRUE(VirtualFree(none, 0, MEM_RELEASE));
  EXPECT_OK(CloseHandle(file));
}

// ---- position and size ----------------------------------------------------------------------------------------------

TEST_F(Files, the_position_moves_from_the_beginning_where_it_is_and_the_end) {
  HANDLE file = with_text("0123456789");
  LARGE_INTEGER distance{};
  LARGE_INTEGER position{};

  distance.QuadPart = -4;
  EXPECT_OK(SetFilePointerEx(file, distance, &position, FILE_END));
  EXPECT_EQ(position.QuadPart, 6);
  distance.QuadPart = 3;
  EXPECT_OK(SetFilePointerEx(file, distance, &position, FILE_CURRENT));
  EXPECT_EQ(position.QuadPart, 9);
  distance.QuadPart = 0x123456789;
  EXPECT_OK(SetFilePointerEx(file, distance, &position, FILE_BEGIN));
  EXPECT_EQ(position.QuadPart, 0x123456789);
  LONG high = 0;
  EXPECT_EQ(SetFilePointer(file, 0, &high, FILE_CURRENT), 0x23456789u);
  EXPECT_EQ(high, 1);

  EXPECT_OK(CloseHandle(file));
}

TEST_F(Files, positions_before_the_beginning_and_bad_methods_are_refused) {
  HANDLE file = with_text("0123456789");
  LARGE_INTEGER distance{};
  distance.QuadPart = -11;

  EXPECT_ERROR(131, SetFilePointerEx(file, distance, nullptr, FILE_CURRENT));
  EXPECT_ERROR(87, SetFilePointerEx(file, distance, nullptr, 3));
  EXPECT_EQ(SetFilePointer(file, -11, nullptr, FILE_END), INVALID_SET_FILE_POINTER);
  EXPECT_EQ(GetLastError(), 131u);

  EXPECT_EQ(SetFilePointer(file, 0, nullptr, FILE_CURRENT), 10u);
  EXPECT_OK(CloseHandle(file));
}

TEST_F(Files, the_end_of_the_file_is_set_at_the_position) {
  HANDLE file = with_text("0123456789");
  LARGE_INTEGER size{};

  EXPECT_EQ(SetFilePointer(file, 4, nullptr, FILE_BEGIN), 4u);
  EXPECT_OK(SetEndOfFile(file));
  EXPECT_OK(GetFileSizeEx(file, &size));
  EXPECT_EQ(size.QuadPart, 4);

  EXPECT_EQ(SetFilePointer(file, 100000, nullptr, FILE_BEGIN), 100000u);
  EXPECT_OK(SetEndOfFile(file));
  DWORD high = 99;
  EXPECT_EQ(GetFileSize(file, &high), 100000u);
  EXPECT_EQ(high, 0u);
  EXPECT_EQ(text_at(file, 2, 4), std::string("23\0\0", 4));
  EXPECT_OK(FlushFileBuffers(file));

  EXPECT_OK(CloseHandle(file));
}

TEST_F(Files, a_file_on_a_disk_says_so) {
  HANDLE file = with_text("");

  EXPECT_EQ(GetFileType(file), 1u);

  EXPECT_OK(CloseHandle(file));
}

TEST_F(Files, nul_swallows_everything) {
  HANDLE file = CreateFileA("NUL", kReadWrite, kShareAll, nullptr, OPEN_EXISTING, 0, nullptr);
  char byte = 'x';
  DWORD count = 0;

  ASSERT_NE(file, INVALID_HANDLE_VALUE);
  EXPECT_OK(WriteFile(file, &byte, 1, &count, nullptr));
  EXPECT_EQ(count, 1u);
  EXPECT_EQ(GetFileType(file), 2u);
  EXPECT_OK(CloseHandle(file));
}

} // namespace
} // namespace apitest
