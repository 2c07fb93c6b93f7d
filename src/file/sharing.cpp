#include "sharing.h"

#include "../host/thread.h"

namespace winmem::file {

namespace {

constexpr std::int64_t kExtents = kDataEnd; // plus the number of the last page that a section shows
constexpr std::int64_t kExtentsEnd = kExtents + (std::int64_t{1} << 51);
constexpr std::int64_t kMarks = 0x7FFFFFFFFFFFFF00;
constexpr unsigned kMarkCount = 6;

// Bits of a set of marks; neighbours that are often set together make one lock.
constexpr unsigned kReads = 1 << 0;
constexpr unsigned kWrites = 1 << 1;
constexpr unsigned kDeletes = 1 << 2;
constexpr unsigned kDeniesDelete = 1 << 3;
constexpr unsigned kDeniesWrite = 1 << 4;
constexpr unsigned kDeniesRead = 1 << 5;

struct Pair {
  unsigned has;
  unsigned denies;
};
constexpr Pair kPairs[] = {{kReads, kDeniesRead}, {kWrites, kDeniesWrite}, {kDeletes, kDeniesDelete}};

unsigned marks_of(object::AccessMask access, std::uint32_t share) {
  unsigned marks = 0;
  marks |= (access & (kReadData | kExecute)) != 0 ? kReads : 0;
  marks |= (access & (kWriteData | kAppendData)) != 0 ? kWrites : 0;
  marks |= (access & kDelete) != 0 ? kDeletes : 0;
  if (marks == 0) {
    return 0; // who only asks about the file disturbs nobody
  }
  marks |= (share & kShareRead) == 0 ? kDeniesRead : 0;
  marks |= (share & kShareWrite) == 0 ? kDeniesWrite : 0;
  marks |= (share & kShareDelete) == 0 ? kDeniesDelete : 0;
  return marks;
}

unsigned against(unsigned marks) {
  unsigned others = 0;
  for (const Pair& pair : kPairs) {
    others |= (marks & pair.has) != 0 ? pair.denies : 0;
    others |= (marks & pair.denies) != 0 ? pair.has : 0;
  }
  return others;
}

// Calls visit(range) for each run of marks, until one answers false.
template <class Visit> bool for_each_run(unsigned marks, Visit visit) {
  for (unsigned begin = 0; begin < kMarkCount;) {
    unsigned end = begin;
    while (end < kMarkCount && (marks & (1U << end)) != 0) {
      ++end;
    }
    if (end > begin && !visit(host::FileRange{kMarks + begin, end - begin})) {
      return false;
    }
    begin = end + 1;
  }
  return true;
}

bool meets_others(int descriptor, unsigned marks) {
  return !for_each_run(against(marks), [descriptor](host::FileRange range) {
    return !host::is_range_taken(descriptor, range, host::RangeLock::exclusive);
  });
}

} // namespace

Status mark_sharing(int descriptor, object::AccessMask access, std::uint32_t share) {
  constexpr int kTries = 4;
  unsigned marks = marks_of(access, share);
  for (int tried = 0; tried < kTries; ++tried) {
    bool marked = for_each_run(marks, [descriptor](host::FileRange range) {
      return host::lock_range(descriptor, range, host::RangeLock::shared) == Status::ok;
    });
    if (!marked || !meets_others(descriptor, marks)) {
      return Status::ok; // without marks there is nothing to meet
    }
    static_cast<void>(host::lock_range(descriptor, {kMarks, kMarkCount}, host::RangeLock::none));
    host::yield();
  }
  return Status::sharing_violation;
}

bool is_deletion_denied(int descriptor) { return meets_others(descriptor, kDeletes); }

void mark_mapped(int descriptor, Bytes size) {
  auto last = static_cast<std::int64_t>((size - 1) / kPage);
  static_cast<void>(host::lock_range(descriptor, {kExtents + last, 1}, host::RangeLock::shared));
}

bool is_mapped_beyond(int descriptor, Bytes size) {
  std::int64_t begin = kExtents + static_cast<std::int64_t>(size / kPage);
  return begin < kExtentsEnd &&
         host::is_range_taken(descriptor, {begin, kExtentsEnd - begin}, host::RangeLock::exclusive);
}

} // namespace winmem::file
