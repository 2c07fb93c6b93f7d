#include "game.h"

#include "compare.h"
#include "kernel_view.h"
#include "winapi.h"

#include <sys/mman.h>

#include <barrier>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>

namespace model {
namespace {

constexpr std::uintptr_t kOutside = 0x40000000; // free in every build, the sanitizers' included
constexpr std::uintptr_t kOutsideSize = 0x4000000;
constexpr std::size_t kComparedEvery = 128; // operations between two comparisons of everything

// The smallest number of bytes in use at which a small arena may say no; without WINMEM_ARENA it never may.
std::uintptr_t capacity() {
  const char* text = std::getenv("WINMEM_ARENA");
  if (text == nullptr)
    return ~std::uintptr_t{0};
  char* unit = nullptr;
  std::uintptr_t size = std::strtoull(text, &unit, 0);
  for (const char* each : {"K", "M", "G", "T"}) {
    size <<= 10;
    if (*unit == *each)
      return size / 8;
  }
  return std::strtoull(text, nullptr, 0) / 8;
}

bool is_disabled(const char* mechanism) {
  const char* disabled = std::getenv("WINMEM_DISABLE");
  return disabled != nullptr && std::strstr(disabled, mechanism) != nullptr;
}

// A range in the arena that is free: reserve it once, then let it go.
Range find_arena_window() {
  for (std::uintptr_t size = std::uintptr_t{1} << 31; size >= 8 * kChunk; size /= 2) {
    void* base = VirtualAlloc(nullptr, size, MEM_RESERVE, PAGE_NOACCESS);
    if (base == nullptr)
      continue;
    if (VirtualFree(base, 0, MEM_RELEASE) == 0)
      throw Mismatch("releasing the first reservation failed");
    auto begin = reinterpret_cast<std::uintptr_t>(base);
    return {round_up(begin, kChunk), round_down(begin + size, kChunk)};
  }
  return {};
}

// Before anything is reserved the highest granule is the arena's last one.
std::uintptr_t find_arena_end() {
  void* top = VirtualAlloc(nullptr, kGranule, MEM_RESERVE | MEM_TOP_DOWN, PAGE_NOACCESS);
  if (top == nullptr)
    return kUserEnd;
  if (VirtualFree(top, 0, MEM_RELEASE) == 0)
    throw Mismatch("releasing the highest reservation failed");
  return reinterpret_cast<std::uintptr_t>(top) + kGranule;
}

// Foreign memory in the middle of the outer window: reservations must go round it, and nothing may touch it.
Range put_obstacle() {
  constexpr std::uintptr_t kAt = kOutside + 3 * kChunk + 0x30000;
  constexpr std::uintptr_t kSize = 0x22000;
  void* got = mmap(reinterpret_cast<void*>(kAt), kSize, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  if (got != reinterpret_cast<void*>(kAt))
    throw Mismatch("the outer window is not free");
  for (std::uintptr_t at = kAt; at < kAt + kSize; at += kPage)
    *reinterpret_cast<std::uintptr_t*>(at) = at;
  return {kAt, kAt + kSize};
}

void check_obstacle(Range obstacle) {
  for (std::uintptr_t at = obstacle.begin; at < obstacle.end; at += kPage)
    if (*reinterpret_cast<std::uintptr_t*>(at) != at)
      throw Mismatch("foreign memory at " + hex(at) + " was changed");
}

} // namespace

Game::Game(const Sequences& sequences, End end_badly) : sequences_(sequences), end_badly_(end_badly) {
  windows_.arena = find_arena_window();
  windows_.arena_end = find_arena_end();
  windows_.outside = {kOutside, kOutside + kOutsideSize};
  windows_.shared = sequences.size() > 1;
  windows_.markers = kernel_has_markers() && !is_disabled("guard") && !is_disabled("old");
  windows_.small_arena = capacity() != ~std::uintptr_t{0};
  obstacle_ = put_obstacle();
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    Territory territory;
    territory.capacity = capacity();
    // Several threads in a small arena know nothing for certain: what does not fit inside goes anywhere outside.
    if (!windows_.shared || !windows_.small_arena)
      territory.windows = {windows_.outside};
    territory.stripes = sequences.size();
    territory.stripe = i;
    if (!windows_.shared && windows_.arena.size() != 0)
      territory.windows.push_back(windows_.arena);
    owned_.push_back(std::make_unique<Player>(windows_, territory));
    owned_.back()->model.obstruct(obstacle_);
    players_.push_back(owned_.back().get());
  }
  mappings_before_ = count_mappings();
}

Game::~Game() { munmap(reinterpret_cast<void*>(obstacle_.begin), obstacle_.size()); }

void Game::play() {
  if (windows_.shared)
    play_together();
  else
    play_alone();
  finish();
}

void Game::print_figures() const {
  unsigned long long performed = 0;
  unsigned long long calls = 0;
  unsigned long long successes = 0;
  for (const Player* player : players_) {
    performed += player->performed;
    calls += player->calls;
    successes += player->successes;
  }
  std::printf("played %llu %llu %llu\n", performed, calls, successes);
}

void Game::compare(bool everything) {
  compare_everything(players_, windows_, mappings_before_, everything ? Depth::full : Depth::usual);
  for (Player* player : players_)
    player->model.pages.forget_unused_chunks();
}

void Game::report(std::size_t thread, std::size_t index, const Operation* operation, const char* what) {
  std::lock_guard hold(reporting_);
  std::printf("thread %zu, operation %zu: %s\n  %s\n", thread, index,
              operation != nullptr ? to_text(*operation).c_str() : "comparison of everything", what);
  std::fflush(stdout);
  end_badly_();
  std::abort();
}

void Game::play_alone() {
  const Sequence& sequence = sequences_[0];
  for (std::size_t i = 0; i < sequence.size(); ++i) {
    try {
      players_[0]->play(sequence[i]);
      if (sequence[i].call == Call::check || i % kComparedEvery == kComparedEvery - 1)
        compare(false);
    } catch (const std::exception& wrong) {
      report(0, i, &sequence[i], wrong.what());
    }
  }
}

// All threads rest at the same points of their sequences, and the last to arrive compares everything.
void Game::play_together() {
  std::size_t round = 0;
  auto compare_at_rest = [this, &round]() noexcept {
    ++round;
    try {
      compare(false);
    } catch (const std::exception& wrong) {
      report(0, round * kComparedEvery, nullptr, wrong.what());
    }
  };
  std::barrier rest(static_cast<std::ptrdiff_t>(players_.size()), compare_at_rest);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < players_.size(); ++t)
    threads.emplace_back([this, t, &rest] {
      const Sequence& sequence = sequences_[t];
      for (std::size_t i = 0; i < sequence.size(); ++i) {
        try {
          players_[t]->play(sequence[i]);
        } catch (const std::exception& wrong) {
          report(t, i, &sequence[i], wrong.what());
        }
        if (i % kComparedEvery == kComparedEvery - 1)
          rest.arrive_and_wait();
      }
      rest.arrive_and_drop();
    });
  for (std::thread& thread : threads)
    thread.join();
}

// The contents of pages without access show when they are opened again (V45); after the last release nothing is left.
void Game::finish() {
  try {
    compare(true);
    for (Player* player : players_)
      player->open_all_pages();
    compare(true);
    for (Player* player : players_)
      player->release_all();
    compare_everything(players_, windows_, mappings_before_, Depth::full);
    check_obstacle(obstacle_);
  } catch (const std::exception& wrong) {
    report(0, sequences_[0].size(), nullptr, wrong.what());
  }
}

} // namespace model
