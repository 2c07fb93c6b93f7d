#include "working_set.h"

#include "../vm/working_set.h"
#include "process_handle.h"
#include "system_memory.h"

namespace winmem::nt {

namespace {

constexpr DWORD kMinimumFlags = QUOTA_LIMITS_HARDWS_MIN_ENABLE | QUOTA_LIMITS_HARDWS_MIN_DISABLE;
constexpr DWORD kMaximumFlags = QUOTA_LIMITS_HARDWS_MAX_ENABLE | QUOTA_LIMITS_HARDWS_MAX_DISABLE;

constexpr std::uint64_t kLeastMinimum = 20; // pages; less is raised to it
constexpr std::uint64_t kLeastMaximum = 13;
constexpr std::uint64_t kKeptForOthers = 512; // of the machine's available pages

bool is_legal(DWORD flags) {
  return (flags & ~(kMinimumFlags | kMaximumFlags)) == 0 && (flags & kMinimumFlags) != kMinimumFlags &&
         (flags & kMaximumFlags) != kMaximumFlags;
}

bool is_hard(bool was, DWORD flags, DWORD pair, DWORD enable) {
  return (flags & pair) == 0 ? was : (flags & enable) != 0;
}

} // namespace

Status working_set_size(HANDLE process, WorkingSetSize& out) {
  if (Status status = check_process_query(process); status != Status::ok) {
    return status;
  }
  vm::WorkingSetLimits limits = vm::working_set_limits();
  out = {.minimum = pages_to_bytes(limits.least),
         .maximum = pages_to_bytes(limits.most),
         .flags = static_cast<DWORD>(
             (limits.least_is_hard ? QUOTA_LIMITS_HARDWS_MIN_ENABLE : QUOTA_LIMITS_HARDWS_MIN_DISABLE) |
             (limits.most_is_hard ? QUOTA_LIMITS_HARDWS_MAX_ENABLE : QUOTA_LIMITS_HARDWS_MAX_DISABLE))};
  return Status::ok;
}

Status set_working_set_size(HANDLE process, const WorkingSetSize& wanted) {
  constexpr Bytes kEmpty = ~Bytes{0};
  if (!is_legal(wanted.flags)) {
    return Status::invalid_parameter; // Y53
  }
  if (Status status = check_process(process, PROCESS_SET_QUOTA); status != Status::ok) {
    return status;
  }
  if (wanted.minimum == kEmpty && wanted.maximum == kEmpty) {
    vm::empty_working_set();
    return Status::ok;
  }
  std::uint64_t least = bytes_to_pages(wanted.minimum);
  std::uint64_t most = bytes_to_pages(wanted.maximum);
  if (wanted.minimum == 0 || wanted.minimum > wanted.maximum || most < kLeastMaximum) {
    return Status::bad_working_set_limit; // Y51
  }
  least = least < kLeastMinimum ? kLeastMinimum : least;
  if (least > most) {
    return Status::bad_working_set_limit;
  }
  std::uint64_t available = bytes_to_pages(system_memory().available);
  std::uint64_t highest = available > kKeptForOthers ? available - kKeptForOthers : 0;
  if (most > vm::kMostWorkingSetPages || most > highest) {
    return Status::insufficient_resources;
  }
  vm::WorkingSetLimits before = vm::working_set_limits();
  vm::set_working_set_limits(
      {.least = least,
       .most = most,
       .least_is_hard = is_hard(before.least_is_hard, wanted.flags, kMinimumFlags, QUOTA_LIMITS_HARDWS_MIN_ENABLE),
       .most_is_hard = is_hard(before.most_is_hard, wanted.flags, kMaximumFlags, QUOTA_LIMITS_HARDWS_MAX_ENABLE)});
  return Status::ok;
}

Status empty_working_set(HANDLE process) {
  if (Status status = check_process_query(process, PROCESS_SET_QUOTA); status != Status::ok) {
    return status;
  }
  vm::empty_working_set();
  return Status::ok;
}

} // namespace winmem::nt
