// The last error, and how a status becomes one.
// Rules: Y110 Y111 Y112 N1 and the table of numbers of virtual memory
#include "expect.h"
#include "memory_map.h"

#include <atomic>
#include <thread>

namespace apitest {
namespace {

TEST(LastError, Y110_it_has_32_bits_and_comes_back_as_set) {
  for (DWORD value : {0u, 1u, 87u, 0x20000000u, 0x80000001u, 0xFFFFFFFFu}) {
    SetLastError(value);
    EXPECT_EQ(GetLastError(), value);
  }
}

TEST(LastError, Y110_it_starts_at_0_in_each_new_thread) {
  SetLastError(1234);
  DWORD seen = 99;

  std::thread([&] { seen = GetLastError(); }).join();

  EXPECT_EQ(seen, 0u);
}

TEST(LastError, Y110_each_thread_has_its_own) {
  // Read in a thread that does nothing else meanwhile: making and joining threads may set the last error on Windows.
  std::atomic<int> step{0};
  DWORD seen = 0;
  std::thread reader([&] {
    SetLastError(5678);
    step = 1;
    while (step != 2) {
      std::this_thread::yield();
    }
    seen = GetLastError();
  });
  while (step != 1) {
    std::this_thread::yield();
  }

  SetLastError(1234);
  EXPECT_EQ(VirtualAlloc(nullptr, 0, MEM_RESERVE, PAGE_READWRITE), nullptr);
  EXPECT_EQ(GetLastError(), 87u);
  step = 2;
  reader.join();

  EXPECT_EQ(seen, 5678u);
}

TEST(LastError, Y111_it_survives_calls_that_succeed) {
  Region region = reserve(4);
  SetLastError(1234);

  VirtualAlloc(region.base(), kPage, MEM_COMMIT, PAGE_READWRITE);
  MEMORY_BASIC_INFORMATION info;
  VirtualQuery(nullptr, &info, sizeof info);
  VirtualQuery(&info, &info, sizeof info);
  GetModuleHandleA("kernel32");

  EXPECT_EQ(GetLastError(), 1234u);
}

struct StatusRow {
  unsigned status;
  ULONG error;
};

// From the tables of the rules, not from the code under test.
constexpr StatusRow kStatusRows[] = {
    {0x00000000, 0},    {0xC000000D, 87},   {0xC00000EF, 87},         {0xC00000F0, 87},   {0xC00000F1, 87},
    {0xC00000F2, 87},   {0xC00000F3, 87},   {0xC00000F4, 87},         {0xC00000F5, 87},   {0xC00000F6, 87},
    {0xC00000F7, 87},   {0xC00000F8, 87},   {0xC00000F9, 87},         {0xC00000FA, 87},   {0xC0000045, 87},
    {0xC000001A, 87},   {0xC000001B, 87},   {0xC0000018, 487},        {0xC0000019, 487},  {0xC000002D, 487},
    {0xC000009F, 487},  {0xC00000A0, 487},  {0xC000001F, 5},          {0xC0000021, 5},    {0xC0000022, 5},
    {0xC000004E, 87},   {0xC0000008, 6},    {0xC0000024, 6},          {0xC0000017, 8},    {0xC0000040, 8},
    {0xC000012D, 1455}, {0xC000009A, 1450}, {0xC0000004, 24},         {0xC0000005, 998},  {0x8000000D, 299},
    {0xC000002A, 158},  {0xC0000061, 1314}, {0x80000001, 0x80000001}, {0xC0000220, 1132}, {0xC000011E, 1006},
    {0xC0000243, 1224}, {0xC0000034, 2},    {0xC0000035, 183},        {0xC0000023, 122},  {0xC0000041, 5},
    {0xC0000044, 1816}, {0xC000004C, 87},   {0xC00000BB, 50},         {0xC000010A, 5},    {0xC0000194, 1131},
    {0xC0000235, 6},    {0xC0000003, 87},   {0xC0000002, 1},          {0x80000005, 234},  {0x8000001A, 259},
    {0xC00000A1, 1453},
};

TEST(LastError, Y112_each_status_of_memory_code_has_its_error) {
  for (const StatusRow& row : kStatusRows) {
    EXPECT_EQ(RtlNtStatusToDosError(static_cast<NTSTATUS>(row.status)), row.error) << std::hex << row.status;
  }
}

TEST(LastError, Y112_an_unknown_status_is_317) {
  EXPECT_EQ(RtlNtStatusToDosError(static_cast<NTSTATUS>(0xC0FE1234)), 317u);
}

TEST(LastError, Y112_a_customer_code_comes_back_unchanged) {
  EXPECT_EQ(RtlNtStatusToDosError(static_cast<NTSTATUS>(0x20001234)), 0x20001234u);
  EXPECT_EQ(RtlNtStatusToDosError(static_cast<NTSTATUS>(0xE0001234)), 0xE0001234u);
}

TEST(LastError, Y112_codes_that_wrap_an_error_give_their_low_word) {
  EXPECT_EQ(RtlNtStatusToDosError(static_cast<NTSTATUS>(0x80070057)), 0x57u);
  EXPECT_EQ(RtlNtStatusToDosError(static_cast<NTSTATUS>(0xC0010057)), 0x57u);
  EXPECT_EQ(RtlNtStatusToDosError(static_cast<NTSTATUS>(0xC0070057)), 0x57u);
}

} // namespace
} // namespace apitest
