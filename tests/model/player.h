// Plays a sequence of operations against winmem and against the model at once.
//
// Owns:      Player: resolves places to addresses, asks the model for the verdict, makes the call, compares result and
// last
//            error (also that a success leaves the last error alone, N1), then lets the model follow.
// Fails:     by a Mismatch with a text for people; the first one ends the sequence.
// Threads:   one Player per thread, nothing shared.
#pragma once

#include "observe.h"

#include <array>
#include <optional>

namespace model {

struct Windows {
  Range arena; // inside winmem's arena; empty where the arena is too small for one
  std::uintptr_t arena_end = kUserEnd;
  Range outside;            // at a fixed address outside
  bool shared = false;      // several threads play
  bool small_arena = false; // WINMEM_ARENA is set: some allocations lie outside of it
  bool markers = false;     // winmem may use guard markers
};

class Player {
public:
  Player(const Windows& windows, Territory territory) : model(std::move(territory)), windows_(windows) {}

  void play(const Operation& operation);

  // Makes everything readable that is committed, so that the last comparison sees no-access and guarded pages too.
  void open_all_pages();
  // Releases everything, by rules that have been checked on the way.
  void release_all();

  Model model;
  std::uint64_t performed = 0; // operations that made a call
  std::uint64_t calls = 0;     // calls made
  std::uint64_t successes = 0; // calls that succeeded

private:
  struct Slot {
    std::uintptr_t base = 0;
    std::uintptr_t size = 0;
  };

  std::optional<std::uintptr_t> resolve(const Place& place) const;
  bool lands_elsewhere(const AllocCall& call) const;

  void play_once(const Operation& operation, std::uintptr_t address);
  void alloc(const Operation& operation, std::uintptr_t address);
  void churn(const Operation& operation, std::uintptr_t address);
  void alloc2(const Operation& operation, std::uintptr_t lowest);
  void place(const Operation& operation, std::uintptr_t address);
  void view(const Operation& operation, std::uintptr_t address);
  void unmap(const Operation& operation, std::uintptr_t address);
  void finish_alloc(const AllocCall& call, const Verdict& verdict, void* result, std::uint32_t error, int slot);
  void free(const Operation& operation, std::uintptr_t address);
  void nt_free(const Operation& operation, std::uintptr_t address);
  void protect(const Operation& operation, std::uintptr_t address);
  void query(const Operation& operation, std::uintptr_t address);
  void write(const Operation& operation, std::uintptr_t address);
  void probe(std::uintptr_t address);
  void check_highest(const AllocCall& call, std::uintptr_t base) const;
  void check_answer(const Verdict& verdict, bool ok, std::uint32_t error);

  Windows windows_;
  std::array<Slot, kSlots> slots_{};
  std::array<Slot, kSlots> recent_{}; // ranges committed last
  std::size_t next_recent_ = 0;
  std::uint64_t next_tag_ = 1;
};

} // namespace model
