#include "fail.h"
#include "sdk.h"
#include "state.h"
#include "twin.h"
#include "vm/allocation.h"
#include "vm/arena.h"
#include "vm/chunks.h"
#include "vm/vm.h"

#include <algorithm>
#include <cstdio>

namespace faults {

std::uint64_t section_bytes = 0;
std::uintptr_t opened_first = 0;
std::uintptr_t opened_last = 0;

namespace {

constexpr std::uintptr_t kPage = 4096;
constexpr std::uintptr_t kChunk = 2 << 20;

struct Piece {
  std::uintptr_t begin;
  std::uintptr_t end;
  const KernelRun* a; // nullptr: nothing is mapped
  const KernelRun* b;
};

// Goes through two lists of runs side by side, in pieces in which neither changes.
template <typename Visit> void side_by_side(const KernelState& a, const KernelState& b, Visit visit) {
  const KernelRun* left = a.runs.begin();
  const KernelRun* right = b.runs.begin();
  std::uintptr_t at = 0;
  while (left != a.runs.end() || right != b.runs.end()) {
    auto begin_of = [&](const KernelRun* run, const KernelRun* end) { return run == end ? UINTPTR_MAX : run->begin; };
    at = std::max(at, std::min(begin_of(left, a.runs.end()), begin_of(right, b.runs.end())));
    Piece piece{at, UINTPTR_MAX, nullptr, nullptr};
    auto meet = [&](const KernelRun* run, const KernelRun* end) -> const KernelRun* {
      if (run == end) {
        return nullptr;
      }
      piece.end = std::min(piece.end, run->begin > at ? run->begin : run->end);
      return run->begin <= at ? run : nullptr;
    };
    piece.a = meet(left, a.runs.end());
    piece.b = meet(right, b.runs.end());
    visit(piece);
    at = piece.end;
    left += left != a.runs.end() && left->end <= at ? 1 : 0;
    right += right != b.runs.end() && right->end <= at ? 1 : 0;
  }
}

struct RunText {
  char text[32];
};

RunText text_of(const KernelRun* run) {
  RunText out{"nothing"};
  if (run != nullptr) {
    std::snprintf(out.text, sizeof out.text, "%c%c%c%s%s%s%s", run->read ? 'r' : '-', run->write ? 'w' : '-',
                  run->execute ? 'x' : '-', run->marked ? " marked" : "", run->undumped ? " dd" : "",
                  run->locked ? " locked" : "", run->ours ? "" : " foreign");
  }
  return out;
}

[[noreturn]] void report(const char* what, const Piece& piece) {
  fail("%s %lx..%lx (%lu pages): was or should be [%s], is [%s]", what, piece.begin, piece.end,
       (piece.end - piece.begin) / kPage, text_of(piece.a).text, text_of(piece.b).text);
}

// More pages may count as written than before, none less.
void note_must_remain(const Piece& piece) {
  if (piece.a != nullptr && piece.b != nullptr && piece.a->written && !piece.b->written) {
    report("a note of a write was lost:", piece);
  }
}

// Why the difference may be; false: it may not.
bool may_remain(const Piece& piece, Remainder& why) {
  if (piece.a == nullptr || piece.b == nullptr) {
    return false;
  }
  const KernelRun& a = *piece.a;
  const KernelRun& b = *piece.b;
  if (!a.ours || !b.ours || a.accessible() || b.accessible() || a.locked != b.locked) {
    return false;
  }
  bool same_protection = a.read == b.read && a.write == b.write && a.execute == b.execute;
  if (a.marked && b.marked) {
    why = Remainder::under_marker;
    return true;
  }
  bool is_bare = !b.marked && !b.read && !b.write && !b.execute;
  // Outside the arena it is a page that a section has not committed, and that the kernel does not watch any more.
  if (a.marked && is_bare &&
      (!winmem::vm::is_arena(piece.begin) || winmem::vm::chunks::at(piece.begin).odd_protection)) {
    why = Remainder::under_marker;
    return true;
  }
  if (a.marked == b.marked && same_protection) {
    why = Remainder::dump_advice;
    return true;
  }
  why = Remainder::open_chunk;
  bool was_closed = !a.marked && !a.read && !a.write && !a.execute;
  // Part of a chunk only where winmem could not undo what it began and knows it.
  return was_closed && b.marked &&
         ((piece.begin % kChunk == 0 && piece.end % kChunk == 0) || winmem::vm::chunks::at(piece.begin).is_open);
}

bool is_stuck(std::uintptr_t page) {
  if (!winmem::vm::chunks::prepare({page, page + kPage})) {
    return false;
  }
  const winmem::vm::chunks::Chunk& chunk = winmem::vm::chunks::at(page);
  return chunk.is_open && chunk.odd_protection;
}

// Whether all has one effect for the program.
bool same_effect(const KernelRun* a, const KernelRun* b) {
  if (a == nullptr || b == nullptr) {
    return a == b;
  }
  if (a->ours != b->ours || a->accessible() != b->accessible()) {
    return false;
  }
  return !a->accessible() || (a->read == b->read && a->write == b->write && a->execute == b->execute);
}

void contents_must_be_equal(const KernelState& before, const KernelState& after) {
  const PageContents* a = before.pages.begin();
  const PageContents* b = after.pages.begin();
  for (; a != before.pages.end() || b != after.pages.end(); ++a, ++b) {
    if (a == before.pages.end() || (b != after.pages.end() && b->page < a->page)) {
      fail("contents: page %lx was or should be zero, is not", b->page);
    }
    if (b == after.pages.end() || a->page < b->page) {
      fail("contents: page %lx is zero, was or should not be", a->page);
    }
    if (*a != *b) {
      fail("contents: page %lx is different", a->page);
    }
  }
}

void files_must_be_equal(const KernelState& before, const KernelState& after) {
  if (!std::equal(before.files.begin(), before.files.end(), after.files.begin(), after.files.end())) {
    fail("descriptors: %u were open, %u are", before.files.count, after.files.count);
  }
  constexpr unsigned kMostMapFiles = 2; // state.h says why
  if (after.map_files > std::max(before.map_files, kMostMapFiles)) {
    fail("descriptors of /proc/self/maps: %u were open, %u are", before.map_files, after.map_files);
  }
}

struct Access {
  bool read, write, execute;
};

Access access_of(const ApiRun& run) {
  if (run.state != MEM_COMMIT || (run.protect & PAGE_GUARD) != 0) {
    return {};
  }
  switch (run.protect & 0xFF) {
  case PAGE_READONLY:
    return {true, false, false};
  case PAGE_WRITECOPY:
  case PAGE_READWRITE:
    return {true, true, false};
  case PAGE_EXECUTE: // readable on x64
  case PAGE_EXECUTE_READ:
    return {true, false, true};
  case PAGE_EXECUTE_WRITECOPY:
  case PAGE_EXECUTE_READWRITE:
    return {true, true, true};
  default:
    return {};
  }
}

unsigned committed_pages(const ApiState& api, std::uintptr_t begin, std::uintptr_t end) {
  std::uintptr_t sum = 0;
  for (const ApiRun& run : api.runs) {
    std::uintptr_t low = std::max(begin, run.base);
    std::uintptr_t high = std::min(end, run.base + run.size);
    sum += run.state == MEM_COMMIT && low < high ? (high - low) / kPage : 0;
  }
  return static_cast<unsigned>(sum);
}

// What is charged for: committed pages of regions, what views may copy, and the sections of the scenario.
std::uint64_t charge_of(const ApiState& api) {
  std::uint64_t sum = section_bytes;
  std::uintptr_t last_view = 0;
  for (const ApiRun& run : api.runs) {
    if (run.type != MEM_MAPPED) {
      sum += run.state == MEM_COMMIT ? run.size : 0;
    } else if (run.allocation_base != last_view) {
      last_view = run.allocation_base;
      sum += winmem::vm::describe_allocation(last_view).committed;
    }
  }
  return sum;
}

// Rule C1 of vm/chunks.h, for every chunk that is open.
void chunks_must_count_right(const ApiState& api, const KernelState& kernel) {
  namespace vm = winmem::vm;
  if (!vm::arena::has_guards()) {
    return;
  }
  for (const KernelRun& run : kernel.runs) {
    if (!run.ours || !vm::is_arena(run.begin) || !(run.read || run.write || run.execute)) {
      continue;
    }
    for (std::uintptr_t at = run.begin / kChunk * kChunk; at < run.end; at += kChunk) {
      unsigned expected = committed_pages(api, at, at + kChunk);
      unsigned actual = vm::chunks::at(at).committed;
      if (expected != actual) {
        fail("chunk %lx counts %u committed pages, VirtualQuery %u", at, actual, expected);
      }
    }
  }
}

} // namespace

const char* name_of(Remainder remainder) {
  static constexpr const char* kNames[kRemainders] = {"tables", "open_chunk", "under_marker", "stack", "dump_advice"};
  return kNames[static_cast<unsigned>(remainder)];
}

void must_be_unchanged(const KernelState& before, const KernelState& after, Remainders& met) {
  met[static_cast<unsigned>(Remainder::tables)] += after.tables > before.tables ? 1 : 0;
  bool opened = false;
  side_by_side(before, after, [&](const Piece& piece) {
    note_must_remain(piece);
    if (piece.a == piece.b || (piece.a != nullptr && piece.b != nullptr && piece.a->alike(*piece.b))) {
      return;
    }
    Remainder why{};
    if (!may_remain(piece, why)) {
      report("kernel:", piece);
    }
    opened = opened || why == Remainder::open_chunk;
    ++met[static_cast<unsigned>(why)];
  });
  contents_must_be_equal(before, after);
  files_must_be_equal(before, after);
  if (before.untold != after.untold) {
    fail("tables: %ld bytes are mapped that winmem does not tell of, %ld were", after.untold, before.untold);
  }
  met[static_cast<unsigned>(Remainder::stack)] += after.stacks > before.stacks ? 1 : 0;
  if (before.stacks != after.stacks && before.stacks != 0) {
    fail("alternate stacks: %ld bytes are mapped, %ld were", after.stacks, before.stacks);
  }
  for (std::uintptr_t page : {opened_first, opened_last}) {
    opened = opened || (page != 0 && is_stuck(page));
  }
  if (!opened && before.borders != after.borders) {
    fail("mapping_budget counted %ld borders, now %ld", before.borders, after.borders);
  }
}

void must_agree(const KernelState& expected, const KernelState& actual) {
  side_by_side(expected, actual, [](const Piece& piece) {
    note_must_remain(piece);
    if (!same_effect(piece.a, piece.b)) {
      report("effect:", piece);
    }
  });
  contents_must_be_equal(expected, actual);
  files_must_be_equal(expected, actual);
  // One that could not be asked for is no limit; half of a number would be a low one.
  if (actual.limit < expected.limit) {
    fail("commit limit: is %lu bytes, should be %lu", actual.limit, expected.limit);
  }
  if (expected.untold != actual.untold) {
    fail("tables: %ld bytes are mapped that winmem does not tell of, should be %ld", actual.untold, expected.untold);
  }
  // A thread without an alternate stack gets it later, when there is memory.
  if (actual.stacks > expected.stacks) {
    fail("alternate stacks: %ld bytes are mapped, should be %ld", actual.stacks, expected.stacks);
  }
}

void must_be_unchanged(const ApiState& before, const ApiState& after) {
  for (unsigned i = 0; i < std::max(before.runs.count, after.runs.count); ++i) {
    const ApiRun none{};
    const ApiRun& a = i < before.runs.count ? before.runs.items[i] : none;
    const ApiRun& b = i < after.runs.count ? after.runs.items[i] : none;
    if (a != b) {
      fail("VirtualQuery: was or should be %lx +%lx of %lx state %x protect %x, is %lx +%lx of %lx state %x protect %x",
           a.base, a.size, a.allocation_base, a.state, a.protect, b.base, b.size, b.allocation_base, b.state,
           b.protect);
    }
  }
}

void must_agree(const ApiState& api, const KernelState& kernel) {
  const ApiRun* told = api.runs.begin();
  for (const KernelRun& run : kernel.runs) {
    if (!run.ours) {
      continue;
    }
    for (std::uintptr_t at = run.begin; at < run.end;) {
      while (told != api.runs.end() && told->base + told->size <= at) {
        ++told;
      }
      bool covered = told != api.runs.end() && told->base <= at;
      Access access = covered ? access_of(*told) : Access{};
      bool any = access.read || access.write || access.execute;
      if (any != run.accessible() ||
          (any && (access.read != run.read || access.write != run.write || access.execute != run.execute))) {
        fail("page %lx: VirtualQuery says %s%s%s, the kernel has [%s]", at, access.read ? "r" : "-",
             access.write ? "w" : "-", access.execute ? "x" : "-", text_of(&run).text);
      }
      std::uintptr_t next = told == api.runs.end() ? run.end : covered ? told->base + told->size : told->base;
      at = std::min(next, run.end);
    }
  }
  chunks_must_count_right(api, kernel);
  std::uint64_t committed = charge_of(api);
  if (committed != kernel.charged) {
    fail("commit charge: %lu bytes, but VirtualQuery says that %lu are committed", kernel.charged, committed);
  }
}

void must_be_empty(const ApiState& api, const KernelState& kernel) {
  if (api.runs.count != 0) {
    fail("after releasing everything VirtualQuery still finds %lx", api.runs.items[0].base);
  }
  for (const KernelRun& run : kernel.runs) {
    if (run.ours && (run.accessible() || !winmem::vm::is_arena(run.begin))) {
      fail("after releasing everything %lx..%lx is still there: [%s]", run.begin, run.end, text_of(&run).text);
    }
  }
}

} // namespace faults
