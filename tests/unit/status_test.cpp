// Rules: Y112, and section 1 of the virtual memory rules.
#include "nt/status.h"

#include <cstdint>
#include <gtest/gtest.h>

namespace {

using winmem::nt::win32_error;

struct Expected {
  std::uint32_t status;
  std::uint32_t error;
};

TEST(Status, Y112_statuses_of_memory_calls_have_their_errors) {
  constexpr Expected kRows[] = {
      {0xC0000005, 998},  {0xC0000008, 6},
      {0xC000000D, 87},   {0xC0000017, 8},
      {0xC0000018, 487},  {0xC0000019, 487},
      {0xC000001F, 5},    {0xC0000022, 5},
      {0xC0000023, 122},  {0xC0000040, 8},
      {0xC0000041, 5},    {0xC0000044, 1816},
      {0xC0000045, 87},   {0xC000004C, 87},
      {0xC000004E, 87},   {0xC0000061, 1314},
      {0xC000009A, 1450}, {0xC00000A0, 487},
      {0xC00000A1, 1453}, {0xC00000BB, 50},
      {0xC00000EF, 87},   {0xC00000F0, 87},
      {0xC000010A, 5},    {0xC000012D, 1455},
      {0xC0000194, 1131}, {0xC0000235, 6},
      {0xC0000004, 24},   {0xC0000003, 87},
      {0xC0000002, 1},    {0x80000005, 234},
      {0x8000000D, 299},  {0x8000001A, 259},
      {0xC000001A, 87},   {0xC000001B, 87},
      {0xC000002D, 487},  {0xC000009F, 487},
      {0xC0000021, 5},    {0xC0000024, 6},
      {0xC000002A, 158},  {0xC0000220, 1132},
      {0xC000011E, 1006}, {0xC0000243, 1224},
      {0xC0000034, 2},    {0xC0000035, 183},
      {0xC0000185, 1117}, {0, 0},
  };

  for (const Expected& row : kRows) {
    EXPECT_EQ(win32_error(row.status), row.error) << std::hex << row.status;
  }
}

TEST(Status, Y112_each_invalid_parameter_is_error_87) {
  for (std::uint32_t status = 0xC00000EF; status <= 0xC00000FA; ++status) {
    EXPECT_EQ(win32_error(status), 87U) << std::hex << status;
  }
}

TEST(Status, Y112_exceptions_pass_through) {
  for (std::uint32_t status : {0x80000001U, 0x80000003U, 0x80000004U, 0xC000001DU, 0xC0000094U}) {
    EXPECT_EQ(win32_error(status), status);
  }
}

TEST(Status, Y112_customer_codes_pass_through) {
  for (std::uint32_t status : {0x20000000U, 0xE06D7363U, 0xA0000001U, 0xFFFFFFFFU}) {
    EXPECT_EQ(win32_error(status), status);
  }
}

TEST(Status, Y112_codes_that_carry_an_error_give_it_back) {
  EXPECT_EQ(win32_error(0x80070005), 5U);
  EXPECT_EQ(win32_error(0x8007FFFF), 0xFFFFU);
  EXPECT_EQ(win32_error(0x80070000), 0U);
  EXPECT_EQ(win32_error(0xC0070057), 87U);
  EXPECT_EQ(win32_error(0xC0010005), 5U);
}

TEST(Status, Y112_an_error_status_as_hresult_is_the_status) {
  EXPECT_EQ(win32_error(0xD0000005), 998U);
  EXPECT_EQ(win32_error(0xD0000002), 1U);
  EXPECT_EQ(win32_error(0x90000005), 317U); // a warning is not
}

TEST(Status, Y112_the_rest_has_no_error_of_its_own) {
  for (std::uint32_t status :
       {0x57U, 0xFFFFU, 0x10000U, 0x00070005U, 0x40070005U, 0x80010005U, 0xC000FFFFU, 0xC0040001U, 0xC0000000U}) {
    EXPECT_EQ(win32_error(status), 317U) << std::hex << status;
  }
}

} // namespace
