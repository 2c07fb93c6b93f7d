#include "page_copies.h"

#include "features.h"
#include "syscall.h"

#include <atomic>
#include <fcntl.h>
#include <sys/ioctl.h>

namespace winmem::host {

namespace {

// linux/fs.h; Debian 12's headers are older than the call (Linux 6.7).
struct PageRegion {
  std::uint64_t begin;
  std::uint64_t end;
  std::uint64_t categories;
};
struct ScanArguments {
  std::uint64_t size;
  std::uint64_t flags;
  std::uint64_t begin;
  std::uint64_t end;
  std::uint64_t walk_end;
  std::uint64_t regions;
  std::uint64_t region_count;
  std::uint64_t most_pages;
  std::uint64_t category_inverted;
  std::uint64_t category_mask;
  std::uint64_t category_anyof_mask;
  std::uint64_t return_mask;
};
static_assert(sizeof(ScanArguments) == 96);

constexpr unsigned long kScan = _IOWR('f', 16, ScanArguments);
constexpr std::uint64_t kIsFile = 1 << 2;
constexpr std::uint64_t kIsPresent = 1 << 3;
constexpr std::uint64_t kIsSwapped = 1 << 4;

// Bits of an entry of pagemap.
constexpr std::uint64_t kEntryFile = std::uint64_t{1} << 61;
constexpr std::uint64_t kEntrySwapped = std::uint64_t{1} << 62;
constexpr std::uint64_t kEntryPresent = std::uint64_t{1} << 63;

constinit std::atomic<bool> no_scan{false}; // this kernel has no PAGEMAP_SCAN

// A page that was never touched has no entry, and is no copy.
bool is_copy(std::uint64_t entry) {
  return (entry & (kEntryPresent | kEntrySwapped)) != 0 && (entry & kEntryFile) == 0;
}

} // namespace

PageCopies::~PageCopies() {
  if (file_ >= 0) {
    system_call(SYS_close, file_);
  }
}

bool PageCopies::open() {
  if (!is_open_ && !disabled(Feature::proc)) {
    file_ =
        static_cast<int>(system_call(SYS_openat, AT_FDCWD, as_argument("/proc/self/pagemap"), O_RDONLY | O_CLOEXEC));
  }
  is_open_ = true;
  return file_ >= 0;
}

// The first copies in `range`, or an empty range where there is none; false where the kernel does not answer.
bool PageCopies::scan(AddressRange range, AddressRange& first) const {
  if (no_scan.load(std::memory_order_relaxed) || disabled(Feature::wpasync)) {
    return false;
  }
  PageRegion found{};
  ScanArguments arguments{};
  arguments.size = sizeof arguments;
  arguments.begin = range.begin;
  arguments.end = range.end;
  arguments.regions = reinterpret_cast<std::uint64_t>(&found);
  arguments.region_count = 1;
  arguments.category_inverted = kIsFile;
  arguments.category_mask = kIsFile;
  arguments.category_anyof_mask = kIsPresent | kIsSwapped;
  arguments.return_mask = kIsPresent;
  long result = system_call(SYS_ioctl, file_, static_cast<long>(kScan), as_argument(&arguments));
  if (result < 0) {
    no_scan.store(true, std::memory_order_relaxed);
    return false;
  }
  first = result == 0 ? AddressRange{range.end, range.end} : AddressRange{found.begin, found.end};
  return true;
}

PageCopies::Stretch PageCopies::read_entries(AddressRange range) const {
  constexpr std::size_t kMost = 256;
  std::uint64_t entries[kMost];
  Stretch stretch{Copied::unknown, range.begin};
  while (stretch.end < range.end) {
    std::uint64_t left = bytes_to_pages(range.end - stretch.end);
    long wanted = static_cast<long>((left < kMost ? left : kMost) * sizeof entries[0]);
    long bytes = system_call(SYS_pread64, file_, as_argument(entries), wanted,
                             static_cast<long>(bytes_to_pages(stretch.end) * sizeof entries[0]));
    long count = bytes > 0 ? bytes / static_cast<long>(sizeof entries[0]) : 0;
    if (count == 0) { // a stretch may end early, but not before it has begun
      return stretch.end == range.begin ? Stretch{Copied::unknown, range.end} : stretch;
    }
    for (long i = 0; i < count; ++i) {
      Copied here = is_copy(entries[i]) ? Copied::yes : Copied::no;
      if (stretch.copied != Copied::unknown && stretch.copied != here) {
        return stretch;
      }
      stretch = {here, stretch.end + kPage};
    }
  }
  return stretch;
}

PageCopies::Stretch PageCopies::stretch(AddressRange range) {
  if (!open()) {
    return {Copied::unknown, range.end};
  }
  AddressRange first;
  if (!scan(range, first)) {
    return read_entries(range);
  }
  return first.begin > range.begin ? Stretch{Copied::no, first.begin} : Stretch{Copied::yes, first.end};
}

} // namespace winmem::host
