// libFuzzer's target: bytes become operations, the model judges them.
//
// Usage:     fuzz_model [options of libFuzzer] corpus...       as script/fuzz and ctest do
//            fuzz_model FILE                                   one input again
// Fails:     by abort, after it printed the operation, what was wrong, and the whole sequence as text: model_player in
//            any build plays that.
#include "decode.h"
#include "game.h"

#include <cstdio>
#include <cstdlib>

namespace {

model::Sequences current(1);

void end_badly() {
  std::printf("the sequence, for model_player:\n%s", model::to_text(current).c_str());
  std::fflush(stdout);
  std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  current[0] = fuzz::decode(data, size);
  try {
    model::Game game(current, end_badly);
    game.play();
  } catch (const std::exception& wrong) {
    std::printf("%s\n", wrong.what());
    end_badly();
  }
  return 0;
}
