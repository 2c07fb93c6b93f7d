#include "process_map.h"

#include "features.h"
#include "high_file.h"
#include "map_reader.h"
#include "mapping_probe.h"
#include "own_process.h"
#include "syscall.h"

#include <atomic>
#include <climits>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

namespace winmem::host {

namespace {

// struct procmap_query of linux/fs.h; Debian 12's headers are older than the call.
struct ProcmapQuery {
  std::uint64_t size;
  std::uint64_t query_flags;
  std::uint64_t query_address;
  std::uint64_t begin;
  std::uint64_t end;
  std::uint64_t flags;
  std::uint64_t page_size;
  std::uint64_t offset;
  std::uint64_t inode;
  std::uint32_t device_major;
  std::uint32_t device_minor;
  std::uint32_t name_size;
  std::uint32_t build_id_size;
  std::uint64_t name_address;
  std::uint64_t build_id_address;
};
static_assert(sizeof(ProcmapQuery) == 104);

constexpr unsigned long kProcmapQuery = _IOWR('f', 17, ProcmapQuery);
constexpr std::uint64_t kReadable = 1;
constexpr std::uint64_t kWritable = 2;
constexpr std::uint64_t kExecutable = 4;
constexpr std::uint64_t kShared = 8;
constexpr std::uint64_t kCoveringOrNext = 0x10;

enum class Answer : std::uint8_t {
  found,
  nothing, // no mapping there or above
  lost,    // the number is no longer an open file
  refused, // not our file any more, or a kernel without the call
};

// ---- the descriptor ------------------------------------------------------------------------------------------------

struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  bool operator==(const FileIdentity&) const = default;
};

FileIdentity identity_of(int file) {
  struct stat status {};
  if (system_call(SYS_fstat, file, as_argument(&status)) != 0) {
    return {};
  }
  return {status.st_dev, status.st_ino};
}

// What was opened last, in ordinary memory: a fork's child finds there which number it inherited. Read and written by
// those who open or close, rarely, so torn values are possible in a race and harmless: they compare unequal to any
// file.
struct LastOpened {
  std::atomic<std::int32_t> file{-1};
  std::atomic<std::uint64_t> device{0};
  std::atomic<std::uint64_t> inode{0};
};
constinit LastOpened last_opened;

constinit std::atomic<bool> no_procmap{false}; // this kernel has no PROCMAP_QUERY

void close_file(int file) { system_call(SYS_close, file); }

// Closes what a fork's child inherited or a program took from us, if that number still is our file.
void close_last_opened() {
  int file = last_opened.file.exchange(-1, std::memory_order_relaxed);
  FileIdentity ours{last_opened.device.load(std::memory_order_relaxed),
                    last_opened.inode.load(std::memory_order_relaxed)};
  if (file >= 0 && ours.inode != 0 && identity_of(file) == ours) {
    close_file(file);
  }
}

void remember(int file) {
  FileIdentity identity = identity_of(file);
  last_opened.device.store(identity.device, std::memory_order_relaxed);
  last_opened.inode.store(identity.inode, std::memory_order_relaxed);
  last_opened.file.store(file, std::memory_order_relaxed);
}

// The descriptor of this process, opened if need be; -1 without /proc.
int map_file() {
  auto& slot = detail::own_process.map_file;
  std::int32_t kept = slot.load(std::memory_order_acquire);
  if (kept > 0) {
    return kept - 1;
  }
  if (!own_process_page_ready()) {
    return -1; // a child would go on asking about its parent
  }
  int file = open_map_text();
  if (file < 0) {
    return -1;
  }
  file = move_high(file);
  std::int32_t expected = 0;
  if (!slot.compare_exchange_strong(expected, file + 1, std::memory_order_acq_rel)) {
    close_file(file);
    return expected - 1;
  }
  close_last_opened();
  remember(file);
  return file;
}

// The kernel did not answer as it does for our file: forget the number, so that the next call opens anew.
void forget(int file) {
  std::int32_t expected = file + 1;
  if (detail::own_process.map_file.compare_exchange_strong(expected, 0, std::memory_order_acq_rel)) {
    close_last_opened();
  }
}

// ---- the first way -------------------------------------------------------------------------------------------------

MapName name_of(const ProcmapQuery& query, const char* text) {
  return query.name_size == 0 ? MapName::none : classify_map_name(text);
}

enum class Names : std::uint8_t { skip, find };

Answer ask(int file, Address at, Names names, Mapping& out) {
  char text[PATH_MAX];
  ProcmapQuery query{};
  query.size = sizeof query;
  query.query_flags = kCoveringOrNext;
  query.query_address = at;
  if (names == Names::find) {
    query.name_size = sizeof text;
    query.name_address = reinterpret_cast<std::uint64_t>(text);
  }
  long result = system_call(SYS_ioctl, file, static_cast<long>(kProcmapQuery), as_argument(&query));
  if (result == -ENOENT) {
    return Answer::nothing;
  }
  bool too_long = result == -ENAMETOOLONG; // a path longer than PATH_MAX: certainly a file
  if (too_long) {
    query.name_size = 0;
    query.name_address = 0;
    result = system_call(SYS_ioctl, file, static_cast<long>(kProcmapQuery), as_argument(&query));
  }
  if (result != 0) {
    return result == -EBADF ? Answer::lost : Answer::refused;
  }
  out = {.range = {query.begin, query.end},
         .read = (query.flags & kReadable) != 0,
         .write = (query.flags & kWritable) != 0,
         .execute = (query.flags & kExecutable) != 0,
         .shared = (query.flags & kShared) != 0,
         .offset = query.offset,
         .inode = query.inode,
         .device_major = query.device_major,
         .device_minor = query.device_minor};
  if (names == Names::find) {
    out.name = too_long ? MapName::other : name_of(query, text);
  }
  return Answer::found;
}

Answer ask_kernel(Address at, Names names, Mapping& out) {
  if (no_procmap.load(std::memory_order_relaxed) || disabled(Feature::procmap)) {
    return Answer::refused;
  }
  Answer answer = Answer::lost;
  // Twice: the first time the number may no longer be our file.
  for (int attempt = 0; attempt < 2; ++attempt) {
    int file = map_file();
    if (file < 0) {
      return Answer::lost;
    }
    answer = ask(file, at, names, out);
    if (answer == Answer::found || answer == Answer::nothing) {
      return answer;
    }
    forget(file);
  }
  if (answer == Answer::refused) {
    // By a fresh descriptor too: the kernel is older than the call, or a sandbox forbids it.
    no_procmap.store(true, std::memory_order_relaxed);
  }
  return answer;
}

bool find(Address at, Names names, Mapping& out) {
  switch (ask_kernel(at, names, out)) {
  case Answer::found:
    return true;
  case Answer::nothing:
    return false;
  case Answer::lost:
  case Answer::refused:
    break;
  }
  switch (read_map_text(at, out)) {
  case MapText::found:
    return true;
  case MapText::nothing:
    return false;
  case MapText::unreadable:
    break;
  }
  return probe_mapping(at, out);
}

} // namespace

bool next_mapping(Address at, Mapping& out) { return find(at, Names::skip, out); }

bool next_named_mapping(Address at, Mapping& out) { return find(at, Names::find, out); }

} // namespace winmem::host
