// Plays one set of sequences against winmem and the model, in a process of its own.
//
// Usage:     model_player [FILE]   reads the operations from FILE or from stdin, one per line, "thread" before each
// thread's Answers:   exit status 0 and one line "played OPERATIONS CALLS SUCCESSES", or 1 and a text that names the
// operation and what was
//            wrong. A crash is an answer too: model_test, which starts this program, reports it and shrinks it alike.
// Debugging: model_test leaves a failing sequence in a file; run this program with that file under a debugger.
#include "game.h"

#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iostream>

using namespace model;

int main(int argc, char** argv) {
  std::optional<Sequences> sequences;
  if (argc > 1) {
    std::ifstream file(argv[1]);
    sequences = sequences_from_text(file);
  } else {
    sequences = sequences_from_text(std::cin);
  }
  if (!sequences || sequences->empty()) {
    std::fprintf(stderr, "model_player: no operations\n");
    return 2;
  }
  try {
    Game game(*sequences, [] { _exit(1); });
    game.play();
    game.print_figures();
  } catch (const std::exception& wrong) {
    std::printf("%s\n", wrong.what());
    return 1;
  }
  return 0;
}
