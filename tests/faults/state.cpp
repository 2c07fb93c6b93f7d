#include "state.h"

#include "fail.h"
#include "heap/records.h"
#include "object/cells.h"
#include "object/state_page.h"
#include "sdk.h"
#include "sync/pool.h"
#include "twin.h"
#include "vm/commit_charge.h"
#include "vm/find_region.h"
#include "vm/guards.h"
#include "vm/mapping_budget.h"
#include "vm/page_span.h"
#include "vm/region_map.h"
#include "vm/vm.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace faults {

namespace {

constexpr std::uintptr_t kPage = 4096;
constexpr std::uint64_t kMarker = std::uint64_t{1} << 58;         // pagemap, Linux 6.14
constexpr std::uint64_t kWriteProtected = std::uint64_t{1} << 57; // by userfaultfd
constexpr std::uint64_t kPresent = std::uint64_t{1} << 63;        // pagemap
constexpr std::uint64_t kSwapped = std::uint64_t{1} << 62;

// Inaccessible stretches are terabytes long; winmem works at their lower and upper ends.
constexpr std::uintptr_t kLookedAt = 16 << 20;

char text[1 << 20];

std::string_view read_all(const char* path) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  FAULTS_REQUIRE(file >= 0);
  std::size_t length = 0;
  for (ssize_t got = 0; (got = read(file, text + length, sizeof text - 1 - length)) > 0;) {
    length += static_cast<std::size_t>(got);
  }
  FAULTS_REQUIRE(length < sizeof text - 1);
  close(file);
  text[length] = 0;
  return {text, length};
}

const Mapped* mapped_at(std::uintptr_t at) {
  for (unsigned i = 0; i < mapped_count(); ++i) {
    if (mapped(i).begin <= at && at < mapped(i).end) {
      return &mapped(i);
    }
  }
  return nullptr;
}

// Where the kind of memory may change above `at`: a mapping of winmem's begins or ends.
std::uintptr_t next_edge(std::uintptr_t at, std::uintptr_t end) {
  for (unsigned i = 0; i < mapped_count(); ++i) {
    for (std::uintptr_t edge : {mapped(i).begin, mapped(i).end}) {
      end = edge > at && edge < end ? edge : end;
    }
  }
  return end;
}

enum class Kind : std::uint8_t { table, stack, space };

// What a mapping of winmem's is for. An alternate signal stack lies above a guard page and in no region.
Kind kind_of(const Mapped& mapping) {
  namespace vm = winmem::vm;
  if (mapping.is_table) {
    return Kind::table;
  }
  return vm::is_arena(mapping.begin) || !mapping.was_opened || vm::region_map::find(mapping.begin) != nullptr
             ? Kind::space
             : Kind::stack;
}

void take_sums(KernelState& out) {
  out.tables = out.stacks = 0;
  for (unsigned i = 0; i < mapped_count(); ++i) {
    auto size = static_cast<std::int64_t>(mapped(i).end - mapped(i).begin);
    out.tables += mapped(i).is_table ? size : 0;
    out.stacks += kind_of(mapped(i)) == Kind::stack ? size : 0;
  }
  out.untold = out.tables - static_cast<std::int64_t>(winmem::vm::bookkeeping_bytes() +
                                                      winmem::heap::records_footprint() + winmem::object::footprint() +
                                                      winmem::object::state_footprint() + winmem::sync::footprint());
}

class Snapshot {
public:
  explicit Snapshot(KernelState& out)
      : out_(out), pagemap_(open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC)),
        memory_(open("/proc/self/mem", O_RDONLY | O_CLOEXEC)) {
    FAULTS_REQUIRE(pagemap_ >= 0 && memory_ >= 0);
  }
  ~Snapshot() {
    close(pagemap_);
    close(memory_);
  }

  void add_mapping(KernelRun run) {
    for (std::uintptr_t at = run.begin; at < run.end;) {
      KernelRun part = run;
      part.begin = at;
      part.end = at = next_edge(at, run.end);
      const Mapped* mapping = mapped_at(part.begin);
      if (mapping != nullptr && kind_of(*mapping) != Kind::space) {
        continue;
      }
      part.ours = mapping != nullptr;
      if (part.ours) {
        add_own(part);
      } else {
        add_run(part);
      }
    }
  }

private:
  void add_own(const KernelRun& part) {
    if ((part.read || part.write || part.execute) || part.end - part.begin <= 2 * kLookedAt) {
      add_pages(part);
      return;
    }
    KernelRun piece = part;
    piece.end = part.begin + kLookedAt;
    add_pages(piece);
    piece.begin = piece.end;
    piece.end = part.end - kLookedAt;
    add_run(piece);
    piece.begin = piece.end;
    piece.end = part.end;
    add_pages(piece);
  }

  void add_pages(const KernelRun& part) {
    std::uint64_t entries[512];
    bool is_view = mapped_at(part.begin)->is_view;
    KernelRun run = part;
    run.end = run.begin;
    for (std::uintptr_t at = part.begin; at < part.end;) {
      std::size_t count = std::min<std::size_t>(std::size(entries), (part.end - at) / kPage);
      ssize_t got = pread(pagemap_, entries, count * 8, static_cast<off_t>(at / kPage * 8));
      FAULTS_REQUIRE(got == static_cast<ssize_t>(count * 8));
      for (std::size_t i = 0; i < count; ++i, at += kPage) {
        bool marked = (entries[i] & kMarker) != 0 || (is_view && part.write && is_absent(at));
        Watched watched = watched_at(at, entries[i]);
        bool write = part.write || watched.is_closed;
        if (marked != run.marked || write != run.write || watched.is_written != run.written) {
          add_run(run);
          run.begin = at;
          run.marked = marked;
          run.write = write;
          run.written = watched.is_written;
        }
        run.end = at + kPage;
        if (!marked && (is_view || (entries[i] & (kPresent | kSwapped)) != 0)) {
          add_contents(at);
        }
      }
    }
    add_run(run);
  }

  struct Watched {
    bool is_written = false;
    bool is_closed = false; // until its first write, which is a fault that the program does not see
  };
  static Watched watched_at(std::uintptr_t at, std::uint64_t entry) {
    namespace vm = winmem::vm;
    vm::Reader reader;
    const vm::Region* region = vm::find_live_region(at);
    if (region == nullptr || region->watch == vm::Watch::none) {
      return {};
    }
    vm::PageState state = vm::find_seen_run(*region, region->root(), region->page_at(at)).state;
    if (region->watch == vm::Watch::by_kernel) {
      return {vm::is_committed(state) && (entry & kWriteProtected) == 0};
    }
    return {vm::page_bits::test(vm::PageBit::written, at), vm::access_of(state) != vm::told_access(*region, state)};
  }

  // Whether a touch of the page is a fault although its mapping allows it: the section has not committed it.
  bool is_absent(std::uintptr_t at) {
    char byte = 0;
    return pread(memory_, &byte, 1, static_cast<off_t>(at)) != 1;
  }

  // By /proc/self/mem, which reads inaccessible pages as well: PAGE_NOACCESS keeps its contents.
  void add_contents(std::uintptr_t at) {
    std::uint64_t words[kPage / 8];
    if (pread(memory_, words, sizeof words, static_cast<off_t>(at)) != static_cast<ssize_t>(sizeof words)) {
      return;
    }
    std::uint64_t hash = 0;
    for (std::uint64_t word : words) {
      hash = (hash ^ word) * 0x100000001B3u;
    }
    if (hash != 0) { // a page of zeros is as good as an absent one
      out_.pages.add({at, hash}, "pages");
    }
  }

  void add_run(const KernelRun& run) {
    if (run.begin == run.end) {
      return;
    }
    if (out_.runs.count != 0) {
      KernelRun& last = out_.runs.items[out_.runs.count - 1];
      if (last.end == run.begin && last.alike(run) && last.written == run.written) {
        last.end = run.end;
        return;
      }
    }
    out_.runs.add(run, "runs of pages");
  }

  KernelState& out_;
  int pagemap_;
  int memory_;
};

bool flag(std::string_view flags, const char* name) { return flags.find(name) != std::string_view::npos; }

void take_mappings(KernelState& out) {
  Snapshot snapshot(out);
  std::string_view all = read_all("/proc/self/smaps");
  KernelRun run{};
  bool skipped = false;
  for (std::size_t at = 0; at < all.size();) {
    std::string_view line = all.substr(at, all.find('\n', at) - at);
    at += line.size() + 1;
    if (line.starts_with("VmFlags:")) {
      run.undumped = flag(line, " dd");
      run.locked = flag(line, " lo");
      if (!skipped) {
        snapshot.add_mapping(run);
      }
    } else if (line[0] < 'A' || line[0] > 'Z') { // 7f0000000000-7f0000001000 rw-p ...
      char* after = nullptr;
      run = {};
      run.begin = std::strtoull(line.data(), &after, 16);
      run.end = std::strtoull(after + 1, &after, 16);
      run.read = after[1] == 'r';
      run.write = after[2] == 'w';
      run.execute = after[3] == 'x';
      // libc's heap and the stack are the test's own business; [vsyscall] lies in the kernel's half.
      skipped = line.ends_with("[heap]") || line.ends_with("[stack]") || line.ends_with("[vsyscall]");
    }
  }
}

bool entry_is_folder(int folder, const char* name) {
  struct stat status {};
  return fstatat(folder, name, &status, 0) == 0 && S_ISDIR(status.st_mode);
}

bool entry_is_empty(int folder, const char* name) {
  struct stat status {};
  return fstatat(folder, name, &status, 0) == 0 && status.st_size == 0;
}

void take_files(KernelState& out) {
  DIR* folder = opendir("/proc/self/fd");
  FAULTS_REQUIRE(folder != nullptr);
  while (const dirent* entry = readdir(folder)) {
    if (entry->d_name[0] == '.') {
      continue;
    }
    int file = std::atoi(entry->d_name);
    char target[64] = {};
    ssize_t length = readlinkat(dirfd(folder), entry->d_name, target, sizeof target - 1);
    bool is_map =
        length > 0 && std::string_view(target).starts_with("/proc/") && std::string_view(target).ends_with("/maps");
    out.map_files += is_map ? 1 : 0;
    bool is_names = length > 0 && std::string_view(target).find("/winmem-faults-names-") != std::string_view::npos &&
                    (std::string_view(target).find("/.lock") != std::string_view::npos ||
                     entry_is_folder(dirfd(folder), entry->d_name));
    bool is_watcher = std::string_view(target) == "anon_inode:[userfaultfd]"; // opened once, and kept
    bool is_spare = std::string_view(target).starts_with("/memfd:winmem-section") &&
                    entry_is_empty(dirfd(folder), entry->d_name); // kept for the next section
    if (!is_map && !is_names && !is_watcher && !is_spare && file != dirfd(folder)) {
      out.files.add(file, "files");
    }
  }
  closedir(folder);
  std::sort(out.files.items.begin(), out.files.items.begin() + out.files.count);
}

} // namespace

bool KernelRun::alike(const KernelRun& other) const {
  return read == other.read && write == other.write && execute == other.execute && marked == other.marked &&
         undumped == other.undumped && locked == other.locked && ours == other.ours;
}

template <typename T, unsigned kMost> void List<T, kMost>::add(const T& item, const char* what) {
  if (count == kMost) {
    fail("more than %u %s: make the scenario smaller", kMost, what);
  }
  items[count++] = item;
}

void take(KernelState& out) {
  out.runs.count = out.pages.count = out.files.count = out.map_files = 0;
  take_files(out);
  take_mappings(out);
  take_sums(out);
  out.borders = winmem::vm::mapping_budget::estimate();
}

void take_charge(KernelState& out) {
  winmem::vm::commit_charge::Figures charge = winmem::vm::commit_charge::figures();
  out.charged = charge.charged;
  out.limit = charge.limit;
}

void take(ApiState& out) {
  out.runs.count = 0;
  MEMORY_BASIC_INFORMATION info{};
  std::uintptr_t at = 0;
  while (VirtualQuery(reinterpret_cast<void*>(at), &info, sizeof info) == sizeof info) {
    auto base = reinterpret_cast<std::uintptr_t>(info.BaseAddress);
    FAULTS_REQUIRE(base == at && info.RegionSize != 0);
    const Mapped* mapping = mapped_at(base);
    if (mapping != nullptr && kind_of(*mapping) == Kind::space && info.State != MEM_FREE) {
      out.runs.add({base, info.RegionSize, reinterpret_cast<std::uintptr_t>(info.AllocationBase),
                    info.AllocationProtect, info.State, info.Protect, info.Type},
                   "runs of VirtualQuery");
    }
    at = base + info.RegionSize;
  }
}

} // namespace faults
