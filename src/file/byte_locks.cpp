#include "byte_locks.h"

#include "../host/fork.h"
#include "../host/lock.h"
#include "sharing.h"

namespace winmem::file {

using host::RangeLock;

struct LockedRange {
  std::uint64_t unused; // of object::Cells
  LockedRange* next;
  std::uint64_t first;
  std::uint64_t last; // inclusive, as 2^64 is no number
  bool is_empty;      // of size 0: it meets nobody, and must be taken back all the same
  RangeLock kind;

  bool covers(std::uint64_t offset) const { return !is_empty && first <= offset && offset <= last; }
  bool overlaps(const LockedRange& other) const {
    return !is_empty && !other.is_empty && first <= other.last && other.first <= last;
  }
};

namespace {

constinit object::Cells cells(sizeof(LockedRange));
constinit host::Lock ranges_lock;
constinit std::atomic<std::uint32_t> unlocks{0}; // those who wait for this process's own locks look again

// ---- offsets -------------------------------------------------------------------------------------------------------

constexpr std::uint64_t kLockEnd = kDataEnd; // marks lie behind (sharing.h)
constexpr std::uint64_t kFoldBegin = std::uint64_t{1} << 62;
constexpr std::uint64_t kFoldSize = kLockEnd - kFoldBegin;

constexpr host::FileRange to_kernel(std::uint64_t first, std::uint64_t size) {
  return {static_cast<std::int64_t>(first), static_cast<std::int64_t>(size)};
}

// The kernel's ranges for one of Windows', at most three: what lies below 2^62 as it is; the rest modulo kFoldSize, so
// that offsets below kLockEnd stay what they are, and those that collide lie 2^62 - 2^52 apart.
struct KernelRanges {
  host::FileRange items[3];
  unsigned count = 0;
  void add(std::uint64_t first, std::uint64_t size) { items[count++] = to_kernel(first, size); }
};

KernelRanges kernel_ranges(std::uint64_t first, std::uint64_t last) {
  KernelRanges out;
  if (first < kFoldBegin) {
    out.add(first, (last < kFoldBegin ? last : kFoldBegin - 1) - first + 1);
    if (last < kFoldBegin) {
      return out;
    }
    first = kFoldBegin;
  }
  std::uint64_t size = last - first + 1;
  if (size >= kFoldSize) {
    out.add(kFoldBegin, kFoldSize);
    return out;
  }
  std::uint64_t begin = kFoldBegin + (first - kFoldBegin) % kFoldSize;
  std::uint64_t room = kLockEnd - begin;
  out.add(begin, size < room ? size : room);
  if (size > room) {
    out.add(kFoldBegin, size - room);
  }
  return out;
}

// ---- the kernel's locks --------------------------------------------------------------------------------------------

int descriptor_of(const File& file) {
  int other = file.lock_descriptor.load(std::memory_order_acquire);
  return other >= 0 ? other : file.descriptor;
}

Status set_kernel_lock(int descriptor, std::uint64_t first, std::uint64_t last, RangeLock kind) {
  KernelRanges ranges = kernel_ranges(first, last);
  for (unsigned i = 0; i < ranges.count; ++i) {
    if (Status status = host::lock_range(descriptor, ranges.items[i], kind); status != Status::ok) {
      return status;
    }
  }
  return Status::ok;
}

// Calls visit(first, last, strongest lock) for each stretch of [first, last] that the list treats alike.
template <class Visit> Status for_each_stretch(const File& file, std::uint64_t first, std::uint64_t last, Visit visit) {
  for (std::uint64_t at = first;;) {
    std::uint64_t end = last;
    RangeLock strongest = RangeLock::none;
    for (const LockedRange* each = file.locked.load(std::memory_order_relaxed); each != nullptr; each = each->next) {
      if (each->covers(at)) {
        end = each->last < end ? each->last : end;
        strongest = strongest == RangeLock::exclusive ? strongest : each->kind;
      } else if (!each->is_empty && each->first > at && each->first <= end) {
        end = each->first - 1;
      }
    }
    if (Status status = visit(at, end, strongest); status != Status::ok || end == last) {
      return status;
    }
    at = end + 1;
  }
}

// The kernel's locks of the range become what the list says (B1).
Status apply_locked(const File& file, int descriptor, const LockedRange& range) {
  return range.is_empty ? Status::ok
                        : for_each_stretch(file, range.first, range.last,
                                           [descriptor](std::uint64_t first, std::uint64_t last, RangeLock kind) {
                                             return set_kernel_lock(descriptor, first, last, kind);
                                           });
}

// The kernel wants a descriptor that may write for an exclusive lock, and one that may read for a shared one. A second
// descriptor of the file has all locks from then on.
Status widen_locked(File& file) {
  if (file.lock_descriptor.load(std::memory_order_relaxed) >= 0) {
    return Status::access_denied;
  }
  host::OpenedFile opened = host::reopen_file(file.descriptor, {.reads = true, .writes = true});
  if (opened.status != Status::ok) {
    return opened.status == Status::insufficient_resources ? opened.status : Status::access_denied;
  }
  for (const LockedRange* each = file.locked.load(std::memory_order_relaxed); each != nullptr; each = each->next) {
    if (Status status = apply_locked(file, opened.file, *each); status != Status::ok) {
      host::close_file(opened.file);
      return status;
    }
  }
  static_cast<void>(host::lock_range(file.descriptor, to_kernel(0, kLockEnd), RangeLock::none));
  file.lock_descriptor.store(opened.file, std::memory_order_release);
  return Status::ok;
}

// ---- the list ------------------------------------------------------------------------------------------------------

bool meets_own_locked(const File& file, const LockedRange& wanted) {
  for (const LockedRange* each = file.locked.load(std::memory_order_relaxed); each != nullptr; each = each->next) {
    // A shared lock may come to lie over any of the same file; an exclusive one over none.
    if (wanted.kind == RangeLock::exclusive && each->overlaps(wanted)) {
      return true;
    }
  }
  return false;
}

void push_locked(File& file, LockedRange& range) {
  range.next = file.locked.load(std::memory_order_relaxed);
  file.locked.store(&range, std::memory_order_relaxed);
}

void remove_locked(File& file, const LockedRange& range) {
  LockedRange* previous = nullptr;
  for (LockedRange* each = file.locked.load(std::memory_order_relaxed); each != &range; each = each->next) {
    previous = each;
  }
  if (previous != nullptr) {
    previous->next = range.next;
  } else {
    file.locked.store(range.next, std::memory_order_relaxed);
  }
}

LockedRange* find_locked(const File& file, const LockedRange& like) {
  LockedRange* found = nullptr;
  for (LockedRange* each = file.locked.load(std::memory_order_relaxed); each != nullptr; each = each->next) {
    bool is_same = each->first == like.first && each->last == like.last && each->is_empty == like.is_empty;
    if (is_same && (found == nullptr || found->kind == RangeLock::shared)) {
      found = each;
    }
  }
  return found;
}

LockedRange to_locked_range(ByteRange range, RangeLock kind) {
  return {0,   nullptr, range.begin, range.size == 0 ? range.begin : range.begin + (range.size - 1), range.size == 0,
          kind};
}

// Enters the range if all goes at once. Otherwise nothing has changed.
Status try_lock_locked(File& file, LockedRange& range) {
  if (meets_own_locked(file, range)) {
    return Status::file_lock_conflict;
  }
  push_locked(file, range);
  Status status = apply_locked(file, descriptor_of(file), range);
  if (status == Status::access_denied) {
    status = widen_locked(file); // with this range
  }
  if (status != Status::ok) {
    remove_locked(file, range);
    static_cast<void>(apply_locked(file, descriptor_of(file), range));
  }
  return status;
}

// Until other open files have let go of one of its parts, which this file has then. Which part is missing the kernel
// does not say, so each has its turn; there are three at most, and mostly one.
Status wait_for_others(const File& file, const LockedRange& range, unsigned turn) {
  KernelRanges ranges = kernel_ranges(range.first, range.last);
  return host::lock_range(descriptor_of(file), ranges.items[turn % ranges.count], range.kind, host::IfLocked::wait);
}

} // namespace

Status lock(File& file, ByteRange range, RangeLock kind, IfTaken if_taken) {
  void* cell = cells.take();
  if (cell == nullptr) {
    return Status::no_memory;
  }
  auto* wanted = new (cell) LockedRange(to_locked_range(range, kind));
  Status status = Status::ok;
  for (unsigned turn = 0;; ++turn) {
    std::uint32_t seen = unlocks.load(std::memory_order_acquire);
    bool meets_own = false;
    {
      host::LockHold hold(ranges_lock);
      status = try_lock_locked(file, *wanted);
      meets_own = status == Status::file_lock_conflict && meets_own_locked(file, *wanted);
    }
    if (status != Status::file_lock_conflict || if_taken == IfTaken::fail) {
      break;
    }
    if (meets_own) {
      host::wait_on(unlocks, seen);
    } else if (status = wait_for_others(file, *wanted, turn); status != Status::ok) {
      host::LockHold hold(ranges_lock);
      static_cast<void>(apply_locked(file, descriptor_of(file), *wanted));
      break;
    }
  }
  if (status != Status::ok) {
    cells.give(wanted);
  }
  return status;
}

Status unlock(File& file, ByteRange range) {
  LockedRange* found = nullptr;
  {
    host::LockHold hold(ranges_lock);
    found = find_locked(file, to_locked_range(range, RangeLock::none));
    if (found == nullptr) {
      return Status::range_not_locked;
    }
    remove_locked(file, *found);
    Status status = apply_locked(file, descriptor_of(file), *found);
    if (status != Status::ok) { // no memory to split a lock of the kernel's
      push_locked(file, *found);
      return status;
    }
  }
  cells.give(found);
  unlocks.fetch_add(1, std::memory_order_release);
  host::wake_all(unlocks);
  return Status::ok;
}

namespace {

bool is_shared_by_own(const File& file, std::uint64_t first, std::uint64_t last) {
  host::LockHold hold(ranges_lock);
  for (const LockedRange* each = file.locked.load(std::memory_order_relaxed); each != nullptr; each = each->next) {
    if (each->kind == RangeLock::shared && !each->is_empty && each->first <= last && first <= each->last) {
      return true;
    }
  }
  return false;
}

} // namespace

bool is_locked_against(File& file, Transfer transfer, std::int64_t offset, Bytes size) {
  RangeLock wanted = transfer == Transfer::read ? RangeLock::shared : RangeLock::exclusive;
  bool has_own = transfer == Transfer::write && file.locked.load(std::memory_order_relaxed) != nullptr;
  if (file.kind != host::FileKind::regular || size == 0) {
    return false;
  }
  // The kernel is asked about all of the file first: mostly nobody has locked anything.
  int descriptor = descriptor_of(file);
  bool has_others = host::is_range_taken(descriptor, to_kernel(0, kLockEnd), wanted);
  if (!has_own && !has_others) {
    return false;
  }
  std::int64_t begin = offset;
  if (offset == host::kAtPosition &&
      host::seek_file(file.descriptor, 0, host::SeekFrom::position, begin) != Status::ok) {
    return false;
  }
  auto first = static_cast<std::uint64_t>(begin);
  if (first >= kLockEnd) {
    return false;
  }
  std::uint64_t length = size < kLockEnd - first ? size : kLockEnd - first;
  return (has_own && is_shared_by_own(file, first, first + (length - 1))) ||
         (has_others && host::is_range_taken(descriptor, to_kernel(first, length), wanted));
}

void forget_locks(File& file) {
  for (LockedRange* each = file.locked.load(std::memory_order_relaxed); each != nullptr;) {
    LockedRange* next = each->next;
    cells.give(each);
    each = next;
  }
  if (int other = file.lock_descriptor.load(std::memory_order_relaxed); other >= 0) {
    host::close_file(other);
  }
}

namespace {

void before_fork() { ranges_lock.lock(); }
void after_fork() { ranges_lock.unlock(); }

[[gnu::constructor(102)]] void install_fork_handlers() { host::at_fork(before_fork, after_fork, after_fork); }

} // namespace

} // namespace winmem::file
