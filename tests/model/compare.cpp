#include "compare.h"

#include "kernel_view.h"
#include "winapi.h"

#include <algorithm>
#include <cstring>
#include <set>

namespace model {
namespace {

// Mappings beyond those the runs account for: thread stacks and arenas of malloc, winmem's own records. And the chunks
// it keeps open although nothing is committed there any more, since the next commit may come soon: each at most one
// accessible mapping, and an inaccessible one beside it.
constexpr std::size_t kSpareMappings = 64;
constexpr std::size_t kMostIdleChunks = 4096;

// Of the committed pages never written, one in so many has its contents looked at by a usual comparison: looking maps
// the page, and pages never touched must stay part of the test.
constexpr std::size_t kSampleStep = 13;

// Counts where the kernel's protection must change between neighbouring pages, given upwards; what is left out has
// none.
class Borders {
public:
  void next(std::uintptr_t address, const char* permissions) {
    if (address != expected_)
      change_to(kNone);
    change_to(permissions);
    expected_ = address + kPage;
  }
  std::size_t count() {
    change_to(kNone);
    return count_;
  }

private:
  void change_to(const char* permissions) {
    if (permissions == last_)
      return;
    count_ += std::strcmp(permissions, last_) != 0;
    last_ = permissions;
  }

  static constexpr const char* kNone = "---";
  const char* last_ = kNone;
  std::uintptr_t expected_ = 0;
  std::size_t count_ = 0;
};

class Comparison {
public:
  Comparison(const std::vector<Player*>& players, const Windows& windows, Depth depth)
      : players_(players), windows_(windows), depth_(depth) {}

  void run(std::size_t mappings_before) {
    std::set<std::uintptr_t> chunks;
    for (const Player* player : players_)
      for (const auto& [base, chunk] : player->model.pages.chunks())
        chunks.insert(base);
    compare_allocations();
    for (std::uintptr_t base : chunks)
      compare_chunk(base);
    for (const Player* player : players_)
      compare_runs(player->model);
    compare_walk();

    std::size_t idle =
        kernel_.mappings_with_idle_chunks([this](std::uintptr_t base) { return has_committed_pages(base); });
    std::size_t needed = borders_.count() + 2 * outside_allocations_ + 2 * std::min(idle, kMostIdleChunks);
    if (windows_.small_arena) // which allocations fit into it is not known; a chunk of the arena has borders of its own
      needed += 2 * chunks_in_use_;
    if (kernel_.mappings() > mappings_before + needed + kSpareMappings)
      throw Mismatch(std::to_string(kernel_.mappings()) + " mappings, where " + std::to_string(mappings_before) +
                     " at the start and " + std::to_string(needed) + " for what is committed account for less");
  }

private:
  // The model that has an allocation here, or nullptr.
  const Model* holder_of(std::uintptr_t page) const {
    for (const Player* player : players_)
      if (player->model.pages.at(page).state != State::free)
        return &player->model;
    return nullptr;
  }

  void compare_allocations() const {
    std::vector<Range> all;
    for (const Player* player : players_)
      for (const auto& [key, allocation] : player->model.pages.allocations)
        all.push_back(allocation.range);
    std::sort(all.begin(), all.end(), [](Range left, Range right) { return left.begin < right.begin; });
    for (std::size_t i = 1; i < all.size(); ++i)
      if (all[i].overlaps(all[i - 1]))
        throw Mismatch("two threads were given " + hex(all[i].begin));
  }

  // The same for all pages of one chunk, which is looked up once.
  class Holders {
  public:
    Holders(const std::vector<Player*>& players, std::uintptr_t base) {
      for (const Player* player : players) {
        auto found = player->model.pages.chunks().find(base);
        if (found != player->model.pages.chunks().end() && !found->second->is_free())
          all_.push_back({&player->model, found->second.get()});
      }
    }
    const Model* of(std::size_t i) const {
      for (const auto& [model, chunk] : all_)
        if ((*chunk)[i].state != State::free)
          return model;
      return nullptr;
    }
    bool have_committed() const {
      return std::any_of(all_.begin(), all_.end(), [](const auto& each) { return each.second->has(State::committed); });
    }

  private:
    std::vector<std::pair<const Model*, const Pages::Chunk*>> all_;
  };

  bool certainly_free(std::uintptr_t page) const {
    return windows_.arena.contains(page) ||
           std::any_of(players_.begin(), players_.end(), [&](const Player* each) { return each->model.knows(page); });
  }

  bool has_committed_pages(std::uintptr_t chunk) const { return Holders(players_, chunk).have_committed(); }

  void compare_chunk(std::uintptr_t base) {
    Holders holders(players_, base);
    if (!holders.have_committed() && kernel_.is_out_of_reach(base))
      return;
    KernelView::ChunkAccess access = kernel_.access_of_chunk(base);
    for (std::size_t i = 0; i < access.size(); ++i) {
      std::uintptr_t address = base + i * kPage;
      const Model* holder = holders.of(i);
      if (holder == nullptr ? !certainly_free(address) : holder->pages.at(address).state == State::foreign)
        continue;
      bool committed = holder != nullptr && holder->pages.at(address).state == State::committed;
      const char* wanted = committed ? kernel_permissions(holder->pages.at(address).protect) : "---";
      if (access[i] != wanted && std::strcmp(access[i], wanted) != 0)
        throw Mismatch("the kernel has " + hex(address) + " as " + access[i] + ", expected " + wanted +
                       ": the page is " +
                       (holder == nullptr ? "free"
                        : committed       ? "committed"
                                          : "reserved"));
      if (!committed)
        continue;
      const Page& page = holder->pages.at(address);
      if (readable(page.protect) && (depth_ == Depth::full || page.tag != 0 || i % kSampleStep == 0))
        check_contents(*holder, address);
    }
    if (holders.have_committed()) {
      ++chunks_in_use_;
      count_borders(base, holders);
    }
  }

  bool lies_outside(std::uintptr_t address) const { return windows_.small_arena || windows_.outside.contains(address); }

  // In the arena a reserved page of a chunk in use is read-write below its guard marker, so that it needs no mapping of
  // its own beside read-write pages. Committed pages go into core dumps, which tells those without access from reserved
  // ones.
  void count_borders(std::uintptr_t base, const Holders& holders) {
    const char* hidden = windows_.markers && !lies_outside(base) ? "rw-" : "---";
    for (std::size_t i = 0; i < Pages::kPerChunk; ++i) {
      std::uintptr_t address = base + i * kPage;
      const Model* holder = holders.of(i);
      bool committed = holder != nullptr && holder->pages.at(address).state == State::committed;
      const char* kept = committed ? kernel_permissions(holder->pages.at(address).protect) : hidden;
      if (committed && holder->pages.allocation_of(address)->is_view())
        kept = kept[1] == 'w' ? "rw- view" : kept[0] == 'r' ? "r-- view" : "--- view";
      borders_.next(address, committed && std::strcmp(kept, "---") == 0 ? "--- dumped" : kept);
    }
  }

  void compare_runs(const Model& model) {
    for (const auto& [key, allocation] : model.pages.allocations) {
      if (lies_outside(allocation.range.begin) || allocation.is_view())
        ++outside_allocations_;
      for (std::uintptr_t at = allocation.range.begin; at < allocation.range.end;) {
        std::uintptr_t end = model.pages.run_end(at);
        check_query(model, at);
        // From inside, the answer starts there (V53).
        if (end - at > kPage)
          check_query(model, at + (end - at) / kPage / 2 * kPage + 5);
        ++runs_;
        at = end;
      }
    }
  }

  // V56.
  void compare_walk() const {
    std::size_t ours = 0;
    bool after_free = false;
    std::uintptr_t at = 0;
    MEMORY_BASIC_INFORMATION info;
    while (VirtualQuery(reinterpret_cast<void*>(at), &info, sizeof info) != 0) {
      Range region{at, at + info.RegionSize};
      if (reinterpret_cast<std::uintptr_t>(info.BaseAddress) != at || region.end <= at || region.end > kUserEnd)
        throw Mismatch("V56: the walk reached " + hex(at) + " and was told of " +
                       hex(reinterpret_cast<std::uintptr_t>(info.BaseAddress)) + " to " + hex(region.end));
      bool is_free = info.State == MEM_FREE;
      if (is_free && after_free)
        throw Mismatch("V53: two free runs meet at " + hex(at));
      after_free = is_free;
      const Model* holder = holder_of(at);
      if (holder != nullptr && holder->pages.at(at).state != State::foreign)
        ++ours; // compare_runs has looked at the rest
      else
        compare_other_region(region, is_free, info.AllocationBase);
      at = region.end;
    }
    if (at != kUserEnd)
      throw Mismatch("V56: the walk ended at " + hex(at));
    if (ours != runs_)
      throw Mismatch("the walk shows " + std::to_string(ours) + " of our " + std::to_string(runs_) + " runs");
  }

  void compare_other_region(Range region, bool is_free, const void* allocation_base) const {
    if (!is_free && allocation_base == nullptr)
      throw Mismatch("V56: " + hex(region.begin) + " is not free and has no AllocationBase");
    for (const Player* player : players_) {
      const Pages& pages = player->model.pages;
      std::uintptr_t next = pages.next_occupied(region.begin);
      while (next < region.end && pages.at(next).state == State::foreign && !is_free)
        next = pages.next_occupied(next + kPage);
      if (next < region.end)
        throw Mismatch("the walk shows " + hex(region.begin) + " to " + hex(region.end) + " as " +
                       (is_free ? "free" : "foreign") + ", but " + hex(next) + " is allocated");
    }
  }

  const std::vector<Player*>& players_;
  const Windows& windows_;
  Depth depth_;
  KernelView kernel_;
  std::size_t runs_ = 0;
  std::size_t outside_allocations_ = 0;
  std::size_t chunks_in_use_ = 0;
  Borders borders_;
};

} // namespace

void compare_everything(const std::vector<Player*>& players, const Windows& windows, std::size_t mappings_before,
                        Depth depth) {
  Comparison(players, windows, depth).run(mappings_before);
}

std::size_t count_mappings() { return KernelView().mappings(); }

} // namespace model
