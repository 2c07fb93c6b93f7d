// The Windows side of every measured operation, written once.
//
// Owns:      one small class per row of the table: its constructor makes what the operation works on, operator() is the
//            operation (one call of it is one measured step), its destructor gives everything back.
// Used by:   vm.cpp (winmem, Google Benchmark) and vm_wine.cpp (the same source by mingw-w64, run under Wine).
//            raw_operations.h has the Linux calls that do the same, under the same names.
// Threads:   each measuring thread makes its own object, so an object is never shared.
// Checks:    a call that fails stops the program (must.h).
#pragma once

#include "must.h"
#include "steps.h"

#include <windows.h>

#include <cstddef>
#include <cstdint>

namespace bench {

constexpr std::size_t kPage = 4096;
constexpr std::size_t kGranule = 65536;

inline unsigned char* reserve(std::size_t size, DWORD type = MEM_RESERVE) {
  void* base = VirtualAlloc(nullptr, size, type, PAGE_READWRITE);
  must(base != nullptr, "VirtualAlloc(NULL)");
  return static_cast<unsigned char*>(base);
}

inline void commit(void* address, std::size_t size) {
  must(VirtualAlloc(address, size, MEM_COMMIT, PAGE_READWRITE) != nullptr, "VirtualAlloc(MEM_COMMIT)");
}

inline void decommit(void* address, std::size_t size) {
  must(VirtualFree(address, size, MEM_DECOMMIT) != 0, "VirtualFree(MEM_DECOMMIT)");
}

inline void release(void* base) { must(VirtualFree(base, 0, MEM_RELEASE) != 0, "VirtualFree(MEM_RELEASE)"); }

// `count` reservations of 64 KiB, each its own region, side by side: their addresses are computed and not read from a
// list, which would cost as many cache misses as the query that is measured.
class ManyRegions {
public:
  explicit ManyRegions(std::size_t count) : count_(count), base_(reserve(count * kGranule)) {
    release(base_);
    for (std::size_t i = 0; i < count; ++i)
      must(VirtualAlloc((*this)[i], kGranule, MEM_RESERVE, PAGE_READWRITE) == (*this)[i], "VirtualAlloc(address)");
  }
  ManyRegions(const ManyRegions&) = delete;
  ManyRegions& operator=(const ManyRegions&) = delete;
  ~ManyRegions() {
    for (std::size_t i = 0; i < count_; ++i)
      release((*this)[i]);
  }

  std::size_t size() const { return count_; }
  unsigned char* operator[](std::size_t i) const { return base_ + i * kGranule; }

private:
  std::size_t count_;
  unsigned char* base_;
};

// One region whose every other page is committed: `count` islands, none of them touched.
class ManyIslands {
public:
  explicit ManyIslands(std::size_t count) : count_(count), base_(reserve((2 * count + 2) * kPage)) {
    for (std::size_t i = 0; i < count; ++i)
      commit((*this)[i], kPage);
  }
  ManyIslands(const ManyIslands&) = delete;
  ManyIslands& operator=(const ManyIslands&) = delete;
  ~ManyIslands() { release(base_); }

  std::size_t size() const { return count_; }
  unsigned char* operator[](std::size_t i) const { return base_ + 2 * i * kPage; }

private:
  std::size_t count_;
  unsigned char* base_;
};

// --- the rows ------------------------------------------------------------------------------------------------------

struct ReserveRelease {
  void operator()() { release(reserve(kGranule)); }
};

// One call reserves and commits, as most programs do.
struct ReserveCommitTouchRelease {
  void operator()() {
    last = reserve(kGranule, MEM_RESERVE | MEM_COMMIT);
    touch(last);
    release(last);
  }
  unsigned char* last = nullptr; // for the check that a released page is out of reach
};

// The same in two calls: address space first, memory when it is needed.
struct ReserveThenCommitTouchRelease {
  void operator()() {
    last = reserve(kGranule);
    commit(last, kGranule);
    touch(last);
    release(last);
  }
  unsigned char* last = nullptr;
};

// A page in the middle of a reserved region comes and goes.
struct CommitTouchDecommit {
  CommitTouchDecommit() : base(reserve(kGranule)), page(base + 4 * kPage) {}
  CommitTouchDecommit(const CommitTouchDecommit&) = delete;
  CommitTouchDecommit& operator=(const CommitTouchDecommit&) = delete;
  ~CommitTouchDecommit() { release(base); }

  void operator()() {
    commit(page, kPage);
    touch(page);
    decommit(page, kPage);
  }

  unsigned char* base;
  unsigned char* page;
};

// The same in a program that once used pages far apart and gave them back: winmem may have kept something for each of
// those places, and must not pay for that now.
struct CommitTouchDecommitAfterScatter {
  CommitTouchDecommitAfterScatter() : far_apart(reserve(kPlaces * kApart)) {
    for (std::size_t i = 0; i < kPlaces; ++i)
      commit(far_apart + i * kApart, kPage);
    for (std::size_t i = 0; i < kPlaces; ++i)
      decommit(far_apart + i * kApart, kPage);
  }
  CommitTouchDecommitAfterScatter(const CommitTouchDecommitAfterScatter&) = delete;
  CommitTouchDecommitAfterScatter& operator=(const CommitTouchDecommitAfterScatter&) = delete;
  ~CommitTouchDecommitAfterScatter() { release(far_apart); }

  void operator()() {
    unsigned char* page = far_apart + kPlaces / 2 * kApart + 2 * 1024 * 1024;
    commit(page, kPage);
    touch(page);
    decommit(page, kPage);
  }

  static constexpr std::size_t kPlaces = 200;
  static constexpr std::size_t kApart = 4 * 1024 * 1024;
  unsigned char* far_apart;
};

// A page in the middle of 16 touched pages becomes read-only and read-write again; one step is one call.
struct ProtectToggle {
  ProtectToggle() : base(reserve(kGranule, MEM_RESERVE | MEM_COMMIT)), page(base + 4 * kPage) {
    for (std::size_t at = 0; at < kGranule; at += kPage)
      touch(base + at);
  }
  ProtectToggle(const ProtectToggle&) = delete;
  ProtectToggle& operator=(const ProtectToggle&) = delete;
  ~ProtectToggle() { release(base); }

  void operator()() {
    DWORD old = 0;
    next = next == PAGE_READONLY ? PAGE_READWRITE : PAGE_READONLY;
    must(VirtualProtect(page, kPage, next, &old) != 0, "VirtualProtect");
  }

  unsigned char* base;
  unsigned char* page;
  DWORD next = PAGE_READWRITE;
};

// The protection a page has already is asked for again.
struct ProtectUnchanged {
  ProtectUnchanged() : base(reserve(kGranule, MEM_RESERVE | MEM_COMMIT)), page(base + 4 * kPage) { touch(page); }
  ProtectUnchanged(const ProtectUnchanged&) = delete;
  ProtectUnchanged& operator=(const ProtectUnchanged&) = delete;
  ~ProtectUnchanged() { release(base); }

  void operator()() {
    DWORD old = 0;
    must(VirtualProtect(page, kPage, PAGE_READWRITE, &old) != 0, "VirtualProtect");
  }

  unsigned char* base;
  unsigned char* page;
};

inline void query_region(unsigned char* address) {
  MEMORY_BASIC_INFORMATION info;
  must(VirtualQuery(address, &info, sizeof info) == sizeof info && info.State == MEM_RESERVE, "VirtualQuery");
}

// VirtualQuery of any of `Count` live regions, in an order without locality.
template <std::size_t Count> struct QueryRegions {
  void operator()() { query_region(regions[order.next()]); }

  ManyRegions regions{Count};
  AnyOrder order{Count};
};

// The same in the order of the addresses, as a walk over the address space goes.
template <std::size_t Count> struct WalkRegions {
  void operator()() {
    query_region(regions[next]);
    next = next + 1 < Count ? next + 1 : 0;
  }

  ManyRegions regions{Count};
  std::size_t next = 0;
};

// 1 MiB of the own process, touched and warm; reads are into a buffer of its own.
struct ReadProcess {
  ReadProcess() : source(reserve(kBytes, MEM_RESERVE | MEM_COMMIT)), target(reserve(kBytes, MEM_RESERVE | MEM_COMMIT)) {
    for (std::size_t at = 0; at < kBytes; at += kPage) {
      touch(source + at);
      touch(target + at);
    }
  }
  ReadProcess(const ReadProcess&) = delete;
  ReadProcess& operator=(const ReadProcess&) = delete;
  ~ReadProcess() {
    release(source);
    release(target);
  }

  void operator()() {
    SIZE_T count = 0;
    must(ReadProcessMemory(GetCurrentProcess(), source, target, kBytes, &count) != 0 && count == kBytes,
         "ReadProcessMemory");
  }

  static constexpr std::size_t kBytes = std::size_t{1} << 20;
  unsigned char* source;
  unsigned char* target;
};

// A page that can be read.
struct TestPointer {
  TestPointer() : base(reserve(kGranule, MEM_RESERVE | MEM_COMMIT)) { touch(base + 4 * kPage); }
  TestPointer(const TestPointer&) = delete;
  TestPointer& operator=(const TestPointer&) = delete;
  ~TestPointer() { release(base); }

  void operator()() { must(IsBadReadPtr(base + 4 * kPage, kPage) == 0, "IsBadReadPtr"); }

  unsigned char* base;
};

// --- growth: the same step while 10 ... a million regions or islands exist
// --------------------------------------------

struct GrowthQueryRegions {
  explicit GrowthQueryRegions(std::size_t count) : regions(count), order(count) {}
  void operator()() { query_region(regions[order.next()]); }

  ManyRegions regions;
  AnyOrder order;
};

// No call at all, one load from any of `count` records as large as one of winmem's: what the processor's caches and
// address translation alone make of the order.
struct GrowthLoadAnyRecord {
  struct Record {
    volatile std::uint64_t words[16];
  };

  explicit GrowthLoadAnyRecord(std::size_t count)
      : size(count * sizeof(Record)),
        records(static_cast<Record*>(static_cast<void*>(reserve(size, MEM_RESERVE | MEM_COMMIT)))), order(count) {
    for (std::size_t at = 0; at < size; at += kPage)
      touch(static_cast<unsigned char*>(static_cast<void*>(records)) + at);
  }
  GrowthLoadAnyRecord(const GrowthLoadAnyRecord&) = delete;
  GrowthLoadAnyRecord& operator=(const GrowthLoadAnyRecord&) = delete;
  ~GrowthLoadAnyRecord() { release(reinterpret_cast<unsigned char*>(records)); }

  // The next address depends on what was read, as a query's answer would be waited for.
  void operator()() { last = records[(order.next() + last) % order.count()].words[0] & 1; }

  std::size_t size;
  Record* records;
  AnyOrder order;
  std::uint64_t last = 0;
};

// The same region every time: what the search itself costs, without the cache misses of visiting a million records.
struct GrowthQueryOneRegion {
  explicit GrowthQueryOneRegion(std::size_t count) : regions(count) {}
  void operator()() { query_region(regions[regions.size() / 2]); }

  ManyRegions regions;
};

struct GrowthReserve {
  explicit GrowthReserve(std::size_t count) : regions(count) {}
  void operator()() { release(reserve(kGranule)); }

  ManyRegions regions;
};

// Commit and decommit, untouched, always in the same region.
struct GrowthCommitOneRegion {
  explicit GrowthCommitOneRegion(std::size_t count) : regions(count) {}
  void operator()() {
    unsigned char* page = regions[regions.size() / 2] + 4 * kPage;
    commit(page, kPage);
    decommit(page, kPage);
  }

  ManyRegions regions;
};

// The same in any of the regions: with many of them, each step comes to a part of memory where nothing is committed.
struct GrowthCommitRegions {
  explicit GrowthCommitRegions(std::size_t count) : regions(count), order(count) {}
  void operator()() {
    unsigned char* page = regions[order.next()] + 4 * kPage;
    commit(page, kPage);
    decommit(page, kPage);
  }

  ManyRegions regions;
  AnyOrder order;
};

inline void query_island(unsigned char* address) {
  MEMORY_BASIC_INFORMATION info;
  must(VirtualQuery(address, &info, sizeof info) == sizeof info && info.State == MEM_COMMIT && info.RegionSize == kPage,
       "VirtualQuery");
}

struct GrowthQueryIslands {
  explicit GrowthQueryIslands(std::size_t count) : islands(count), order(count) {}
  void operator()() { query_island(islands[order.next()]); }

  ManyIslands islands;
  AnyOrder order;
};

struct GrowthQueryOneIsland {
  explicit GrowthQueryOneIsland(std::size_t count) : islands(count) {}
  void operator()() { query_island(islands[islands.size() / 2]); }

  ManyIslands islands;
};

// An island goes and comes back: the number of islands stays `count` between the steps.
struct GrowthCommitIslands {
  explicit GrowthCommitIslands(std::size_t count) : islands(count), order(count) {}
  void operator()() {
    unsigned char* page = islands[order.next()];
    decommit(page, kPage);
    commit(page, kPage);
  }

  ManyIslands islands;
  AnyOrder order;
};

// ---- asking about the machine ----

struct MemoryStatus {
  void operator()() {
    MEMORYSTATUSEX status;
    status.dwLength = sizeof status;
    must(GlobalMemoryStatusEx(&status) != 0, "GlobalMemoryStatusEx");
  }
};

// Names every row for both drivers: visitor.row<Operation>(name, threads) and visitor.growth<Operation>(name).
constexpr std::size_t kQueriedRegions = 60000;

template <class Visitor> void visit_operations(Visitor& visitor) {
  visitor.template row<ReadProcess>("read_process", 1);
  visitor.template row<TestPointer>("test_pointer", 1);
  visitor.template row<ReserveRelease>("reserve_release", 1);
  visitor.template row<ReserveCommitTouchRelease>("reserve_commit_touch_release", 1);
  visitor.template row<ReserveCommitTouchRelease>("reserve_commit_touch_release", 2);
  visitor.template row<ReserveThenCommitTouchRelease>("reserve_then_commit_touch_release", 1);
  visitor.template row<ReserveThenCommitTouchRelease>("reserve_then_commit_touch_release", 2);
  visitor.template row<CommitTouchDecommit>("commit_touch_decommit", 1);
  visitor.template row<CommitTouchDecommitAfterScatter>("commit_touch_decommit_after_scatter", 1);
  visitor.template row<QueryRegions<kQueriedRegions>>("query_regions", 1);
  visitor.template row<WalkRegions<kQueriedRegions>>("walk_regions", 1);
  visitor.template row<ProtectToggle>("protect_toggle", 1);
  visitor.template row<ProtectUnchanged>("protect_unchanged", 1);
  visitor.template row<MemoryStatus>("memory_status", 1);
}

template <class Visitor> void visit_growth(Visitor& visitor) {
  visitor.template growth<GrowthQueryRegions>("query_any_region");
  visitor.template growth<GrowthLoadAnyRecord>("load_any_record");
  visitor.template growth<GrowthQueryOneRegion>("query_one_region");
  visitor.template growth<GrowthReserve>("reserve_release_beside_regions");
  visitor.template growth<GrowthCommitOneRegion>("commit_decommit_in_one_region");
  visitor.template growth<GrowthCommitRegions>("commit_decommit_in_any_region");
  visitor.template growth<GrowthQueryIslands>("query_any_island");
  visitor.template growth<GrowthQueryOneIsland>("query_one_island");
  visitor.template growth<GrowthCommitIslands>("decommit_commit_any_island");
}

} // namespace bench
