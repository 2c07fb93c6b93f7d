// One game: sequences played against winmem and the model, compared at rests, and nothing left at its end.
//
// Owns:      the windows in which operations happen, the obstacle in them, one player for each sequence.
// Fails:     by printing the operation and what was wrong, and then calling what the caller gave for that, which does
// not
//            return. A crash is an answer too.
// Again:     after a game that ended well another can be played in the same process.
#pragma once

#include "player.h"

#include <memory>
#include <mutex>

namespace model {

class Game {
public:
  using End = void (*)(); // does not return

  Game(const Sequences& sequences, End end_badly);
  ~Game();
  Game(const Game&) = delete;
  Game& operator=(const Game&) = delete;

  void play();
  void print_figures() const;

private:
  void compare(bool everything);
  [[noreturn]] void report(std::size_t thread, std::size_t index, const Operation* operation, const char* what);
  void play_alone();
  void play_together();
  void finish();

  const Sequences& sequences_;
  End end_badly_;
  Windows windows_;
  Range obstacle_;
  std::vector<std::unique_ptr<Player>> owned_;
  std::vector<Player*> players_;
  std::size_t mappings_before_ = 0;
  std::mutex reporting_;
};

} // namespace model
