// The Linux side of every measured operation: what a careful programmer writes who needs no Windows semantics.
//
// Owns:      classes of the same form and names as vm_operations.h, in namespace raw. No bookkeeping, no checks beyond
//            "did it work": each is the cheapest sequence of system calls that has the effect of its Windows row.
// Differs:   mmap gives page-aligned addresses, Windows 64 KiB ones. Aligning would cost raw Linux more, so it is left
// out. Surprise:  linux/fs.h of Debian 12 is older than PROCMAP_QUERY (Linux 6.11), so its structure is declared here.
#pragma once

#include "vm_operations.h"

#include <fcntl.h>
#include <linux/ioctl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

namespace bench::raw {

inline void expect(bool ok, const char* what) {
  if (__builtin_expect(ok, 1))
    return;
  std::fprintf(stderr, "bench: %s: %s\n", what, std::strerror(errno));
  std::exit(1);
}

inline unsigned char* map(std::size_t size, int protection) {
  void* at = mmap(nullptr, size, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  expect(at != MAP_FAILED, "mmap");
  return static_cast<unsigned char*>(at);
}

inline void unmap(void* at, std::size_t size) { expect(munmap(at, size) == 0, "munmap"); }

inline void protect(void* at, std::size_t size, int protection) {
  expect(mprotect(at, size, protection) == 0, "mprotect");
}

struct ReserveRelease {
  void operator()() { unmap(map(kGranule, PROT_NONE), kGranule); }
};

// Reserving and committing at once is one mmap.
struct ReserveCommitTouchRelease {
  void operator()() {
    unsigned char* at = map(kGranule, PROT_READ | PROT_WRITE);
    touch(at);
    unmap(at, kGranule);
  }
};

struct ReserveThenCommitTouchRelease {
  void operator()() {
    unsigned char* at = map(kGranule, PROT_NONE);
    protect(at, kGranule, PROT_READ | PROT_WRITE);
    touch(at);
    unmap(at, kGranule);
  }
};

struct ReadProcess {
  ReadProcess() : source(map(kBytes, PROT_READ | PROT_WRITE)), target(map(kBytes, PROT_READ | PROT_WRITE)) {
    for (std::size_t at = 0; at < kBytes; at += kPage) {
      touch(source + at);
      touch(target + at);
    }
  }
  ReadProcess(const ReadProcess&) = delete;
  ReadProcess& operator=(const ReadProcess&) = delete;
  ~ReadProcess() {
    unmap(source, kBytes);
    unmap(target, kBytes);
  }

  void operator()() {
    iovec here{target, kBytes};
    iovec there{source, kBytes};
    expect(process_vm_readv(process, &here, 1, &there, 1, 0) == static_cast<ssize_t>(kBytes), "process_vm_readv");
  }

  static constexpr std::size_t kBytes = std::size_t{1} << 20;
  pid_t process = getpid();
  unsigned char* source;
  unsigned char* target;
};

// What a careful programmer does: one byte of the page by process_vm_readv.
struct TestPointer {
  TestPointer() : page(map(kPage, PROT_READ | PROT_WRITE)) { touch(page); }
  TestPointer(const TestPointer&) = delete;
  TestPointer& operator=(const TestPointer&) = delete;
  ~TestPointer() { unmap(page, kPage); }

  void operator()() {
    char byte = 0;
    iovec here{&byte, 1};
    iovec there{page, 1};
    expect(process_vm_readv(process, &here, 1, &there, 1, 0) == 1, "process_vm_readv");
  }

  pid_t process = getpid();
  unsigned char* page;
};

struct CommitTouchDecommit {
  CommitTouchDecommit() : base(map(kGranule, PROT_NONE)), page(base + 4 * kPage) {}
  CommitTouchDecommit(const CommitTouchDecommit&) = delete;
  CommitTouchDecommit& operator=(const CommitTouchDecommit&) = delete;
  ~CommitTouchDecommit() { unmap(base, kGranule); }

  void operator()() {
    protect(page, kPage, PROT_READ | PROT_WRITE);
    touch(page);
    expect(madvise(page, kPage, MADV_DONTNEED) == 0, "madvise");
    protect(page, kPage, PROT_NONE);
  }

  unsigned char* base;
  unsigned char* page;
};

struct CommitTouchDecommitAfterScatter {
  using Windows = bench::CommitTouchDecommitAfterScatter;

  CommitTouchDecommitAfterScatter() : far_apart(map(kSize, PROT_NONE)) {
    for (std::size_t i = 0; i < Windows::kPlaces; ++i)
      protect(far_apart + i * Windows::kApart, kPage, PROT_READ | PROT_WRITE);
    for (std::size_t i = 0; i < Windows::kPlaces; ++i)
      protect(far_apart + i * Windows::kApart, kPage, PROT_NONE);
  }
  CommitTouchDecommitAfterScatter(const CommitTouchDecommitAfterScatter&) = delete;
  CommitTouchDecommitAfterScatter& operator=(const CommitTouchDecommitAfterScatter&) = delete;
  ~CommitTouchDecommitAfterScatter() { unmap(far_apart, kSize); }

  void operator()() {
    unsigned char* page = far_apart + kSize / 2 + 2 * 1024 * 1024;
    protect(page, kPage, PROT_READ | PROT_WRITE);
    touch(page);
    expect(madvise(page, kPage, MADV_DONTNEED) == 0, "madvise");
    protect(page, kPage, PROT_NONE);
  }

  static constexpr std::size_t kSize = Windows::kPlaces * Windows::kApart;
  unsigned char* far_apart;
};

// Decommit in one call, by a fresh mapping over the page. Shown beside the row above: it is not always the dearer one.
struct CommitTouchRemap {
  CommitTouchRemap() : base(map(kGranule, PROT_NONE)), page(base + 4 * kPage) {}
  CommitTouchRemap(const CommitTouchRemap&) = delete;
  CommitTouchRemap& operator=(const CommitTouchRemap&) = delete;
  ~CommitTouchRemap() { unmap(base, kGranule); }

  void operator()() {
    protect(page, kPage, PROT_READ | PROT_WRITE);
    touch(page);
    void* at = mmap(page, kPage, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
    expect(at == page, "mmap");
  }

  unsigned char* base;
  unsigned char* page;
};

// The floor of the row: the page fault and giving the page back, without any change of protection.
struct TouchGiveBack {
  TouchGiveBack() : base(map(kGranule, PROT_READ | PROT_WRITE)), page(base + 4 * kPage) {}
  TouchGiveBack(const TouchGiveBack&) = delete;
  TouchGiveBack& operator=(const TouchGiveBack&) = delete;
  ~TouchGiveBack() { unmap(base, kGranule); }

  void operator()() {
    touch(page);
    expect(madvise(page, kPage, MADV_DONTNEED) == 0, "madvise");
  }

  unsigned char* base;
  unsigned char* page;
};

struct ProtectToggle {
  ProtectToggle() : base(map(kGranule, PROT_READ | PROT_WRITE)), page(base + 4 * kPage) {
    for (std::size_t at = 0; at < kGranule; at += kPage)
      touch(base + at);
  }
  ProtectToggle(const ProtectToggle&) = delete;
  ProtectToggle& operator=(const ProtectToggle&) = delete;
  ~ProtectToggle() { unmap(base, kGranule); }

  void operator()() {
    next ^= PROT_WRITE;
    protect(page, kPage, next);
  }

  unsigned char* base;
  unsigned char* page;
  int next = PROT_READ | PROT_WRITE;
};

struct ProtectUnchanged {
  ProtectUnchanged() : base(map(kGranule, PROT_READ | PROT_WRITE)), page(base + 4 * kPage) { touch(page); }
  ProtectUnchanged(const ProtectUnchanged&) = delete;
  ProtectUnchanged& operator=(const ProtectUnchanged&) = delete;
  ~ProtectUnchanged() { unmap(base, kGranule); }

  void operator()() { protect(page, kPage, PROT_READ | PROT_WRITE); }

  unsigned char* base;
  unsigned char* page;
};

// `Count` VMAs side by side: neighbours differ in protection, so the kernel cannot merge them.
template <std::size_t Count> class ManyVmas {
public:
  ManyVmas() : base_(map(Count * kGranule, PROT_NONE)) {
    for (std::size_t i = 0; i < Count; i += 2)
      protect(base_ + i * kGranule, kGranule, PROT_READ);
  }
  ManyVmas(const ManyVmas&) = delete;
  ManyVmas& operator=(const ManyVmas&) = delete;
  ~ManyVmas() { unmap(base_, Count * kGranule); }

  unsigned char* operator[](std::size_t i) const { return base_ + i * kGranule; }

private:
  unsigned char* base_;
};

class MapsFile {
public:
  MapsFile() : descriptor(open("/proc/self/maps", O_RDONLY | O_CLOEXEC)) { expect(descriptor >= 0, "/proc/self/maps"); }
  MapsFile(const MapsFile&) = delete;
  MapsFile& operator=(const MapsFile&) = delete;
  ~MapsFile() { close(descriptor); }

  int descriptor;
};

struct ProcmapQuery { // struct procmap_query of linux/fs.h, Linux 6.11
  std::uint64_t size, query_flags, query_addr;
  std::uint64_t vma_start, vma_end, vma_flags, vma_page_size, vma_offset, inode;
  std::uint32_t dev_major, dev_minor, vma_name_size, build_id_size;
  std::uint64_t vma_name_addr, build_id_addr;
};
static_assert(sizeof(ProcmapQuery) == 104);
constexpr unsigned long kProcmapQuery = _IOWR('f', 17, ProcmapQuery);

inline bool procmap_query_exists() {
  MapsFile maps;
  ProcmapQuery query{};
  query.size = sizeof query;
  query.query_addr = reinterpret_cast<std::uintptr_t>(&maps);
  return ioctl(maps.descriptor, kProcmapQuery, &query) == 0;
}

inline void query_vma(const MapsFile& maps, const unsigned char* address) {
  ProcmapQuery query{};
  query.size = sizeof query;
  query.query_addr = reinterpret_cast<std::uintptr_t>(address);
  expect(ioctl(maps.descriptor, kProcmapQuery, &query) == 0 && query.vma_end - query.vma_start == kGranule,
         "PROCMAP_QUERY");
}

// The ioctl that answers for one address, without names: the quickest question about memory that Linux knows.
template <std::size_t Count> struct QueryRegions {
  void operator()() { query_vma(maps, vmas[order.next()]); }

  ManyVmas<Count> vmas;
  MapsFile maps;
  AnyOrder order{Count};
};

template <std::size_t Count> struct WalkRegions {
  void operator()() {
    query_vma(maps, vmas[next]);
    next = next + 1 < Count ? next + 1 : 0;
  }

  ManyVmas<Count> vmas;
  MapsFile maps;
  std::size_t next = 0;
};

// What programs did before that: read all of /proc/self/maps.
template <std::size_t Count> struct ReadMaps {
  void operator()() {
    expect(lseek(maps.descriptor, 0, SEEK_SET) == 0, "lseek");
    std::size_t total = 0;
    ssize_t got = 0;
    while ((got = read(maps.descriptor, buffer.data(), buffer.size())) > 0)
      total += static_cast<std::size_t>(got);
    expect(got == 0 && total > Count * 20, "read of /proc/self/maps");
  }

  ManyVmas<Count> vmas;
  MapsFile maps;
  std::vector<char> buffer = std::vector<char>(1 << 20);
};

// What the kernel has to say of the machine's memory, in one read.
struct ReadMeminfo {
  void operator()() {
    int file = open("/proc/meminfo", O_RDONLY | O_CLOEXEC);
    expect(file >= 0 && read(file, buffer, sizeof buffer) > 0, "read of /proc/meminfo");
    close(file);
  }

  char buffer[8192];
};

} // namespace bench::raw
