#include "status.h"

#include <winternl.h>

#include <iterator>

namespace winmem::nt {

namespace {

struct StatusRow {
  std::uint32_t status;
  std::uint32_t error;
};

constexpr StatusRow kRows[] = {
#include "status_table.inc"
};

constexpr bool is_ascending() {
  for (std::size_t i = 1; i < std::size(kRows); ++i) {
    if (kRows[i - 1].status >= kRows[i].status) {
      return false;
    }
  }
  return true;
}
static_assert(is_ascending());

constexpr std::uint32_t kCustomer = 0x20000000;         // the program's own codes
constexpr std::uint32_t kSeverityAndFlags = 0xF0000000; // severity, customer bit, "is an NTSTATUS" bit
constexpr std::uint32_t kErrorAsHresult = 0xD0000000;   // HRESULT_FROM_NT of an error
constexpr std::uint32_t kHresultFlag = 0x10000000;
constexpr std::uint32_t kLowWord = 0xFFFF;

constexpr const StatusRow* row_for(std::uint32_t status) {
  std::size_t begin = 0;
  std::size_t end = std::size(kRows);
  while (begin < end) {
    std::size_t middle = begin + (end - begin) / 2;
    if (kRows[middle].status < status) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  return begin < std::size(kRows) && kRows[begin].status == status ? &kRows[begin] : nullptr;
}

// Codes that carry a Win32 error in their low word: HRESULT_FROM_WIN32, NTSTATUS_FROM_WIN32 and an older form of it.
constexpr bool carries_win32_error(std::uint32_t status) {
  std::uint32_t high = status >> 16;
  return high == 0x8007 || high == 0xC007 || high == 0xC001;
}

constexpr std::uint32_t translate(std::uint32_t status) {
  if ((status & kCustomer) != 0) {
    return status;
  }
  if ((status & kSeverityAndFlags) == kErrorAsHresult) {
    status &= ~kHresultFlag;
  }
  if (const StatusRow* row = row_for(status)) {
    return row->error;
  }
  return carries_win32_error(status) ? status & kLowWord : kNoError;
}

static_assert(translate(0) == 0);
static_assert(translate(0xC0000005) == 998);
static_assert(translate(0xD0000005) == 998);
static_assert(translate(0x80000001) == 0x80000001); // a guard page hit passes through
static_assert(translate(0xE06D7363) == 0xE06D7363); // a C++ exception: customer bit
static_assert(translate(0x80070005) == 5);
static_assert(translate(0xC00EFFFF) == kNoError);

} // namespace

namespace detail {
thread_local constinit std::uint32_t last_status = 0;
} // namespace detail

std::uint32_t win32_error(std::uint32_t status) { return translate(status); }

} // namespace winmem::nt

ULONG NTAPI RtlNtStatusToDosError(NTSTATUS Status) {
  winmem::nt::note_status(static_cast<ULONG>(Status));
  return winmem::nt::win32_error(static_cast<ULONG>(Status));
}

ULONG NTAPI RtlNtStatusToDosErrorNoTeb(NTSTATUS Status) { return winmem::nt::win32_error(static_cast<ULONG>(Status)); }

NTSTATUS NTAPI RtlGetLastNtStatus() { return static_cast<NTSTATUS>(winmem::nt::detail::last_status); }
