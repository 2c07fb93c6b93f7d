// The model test: random sequences of calls, each played by model_player in a fresh process, shrunk when one fails.
//
// Usage:     model_test PLAYER [--threads N] [--operations N] [--length N]
// Reads:     WINMEM_MODEL_OPERATIONS  operations in all, for long runs (default: --operations)
//            WINMEM_MODEL_SEED        the seed printed by a failing run, to see it again
//            WINMEM_MODEL_SHRINK      seconds that may go into shrinking (default 60)
// Why a process for each sequence: a crash or a hang is a finding like any other, a sequence starts from a known state,
//            and the same sequence fails again, which is what shrinking lives on.
#include "generate.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <random>

namespace {

using namespace model;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kLongestGame{120};
constexpr std::chrono::seconds kLongestGameWhileShrinking{10};

struct Options {
  std::string name; // of this program
  std::string player;
  std::size_t threads = 1;
  std::uint64_t operations = 100000;
  std::size_t length = 1000; // operations per sequence and thread
  std::uint64_t seed = 0;
  std::chrono::seconds shrink{60};
};

// What a run plays, still shrinkable: the operations of all threads in one list, each with its thread.
struct Script {
  struct Step {
    std::size_t thread;
    ShrinkableOperation operation;
  };
  std::size_t threads = 1;
  std::vector<Step> steps;

  Sequences sequences() const {
    Sequences all(threads);
    for (const Step& step : steps)
      all[step.thread].push_back(step.operation.value());
    return all;
  }
};

struct Outcome {
  bool good = false;
  std::string text;                 // what the player printed, or how it died
  unsigned long long performed = 0; // operations that were not left out as meaningless where they stood
  unsigned long long calls = 0;     // more, since an operation may repeat its call
  unsigned long long successes = 0;
};

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr || *text == '\0' ? otherwise : std::strtoull(text, nullptr, 0);
}

int memory_file(const std::string& contents) {
  int descriptor = memfd_create("model", MFD_CLOEXEC);
  if (descriptor < 0 || write(descriptor, contents.data(), contents.size()) != static_cast<ssize_t>(contents.size()) ||
      lseek(descriptor, 0, SEEK_SET) != 0) {
    std::perror("model_test: memfd_create");
    std::exit(2);
  }
  return descriptor;
}

std::string contents_of(int descriptor) {
  std::string text(static_cast<std::size_t>(std::max<off_t>(lseek(descriptor, 0, SEEK_END), 0)), '\0');
  ssize_t got = pread(descriptor, text.data(), text.size(), 0);
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  return text;
}

// Waits for the player with a limit; a hanging one is killed and counts as failed.
int wait_for(pid_t player, std::chrono::seconds limit, bool& hung) {
  int process = static_cast<int>(syscall(SYS_pidfd_open, player, 0));
  pollfd ready{process, POLLIN, 0};
  hung = process >= 0 && poll(&ready, 1, static_cast<int>(limit.count() * 1000)) == 0;
  if (hung)
    kill(player, SIGKILL);
  int status = 0;
  waitpid(player, &status, 0);
  if (process >= 0)
    close(process);
  return status;
}

Outcome play(const Options& options, const Sequences& sequences, std::chrono::seconds limit) {
  int input = memory_file(to_text(sequences));
  int output = memory_file("");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, 0);
  posix_spawn_file_actions_adddup2(&actions, output, 1);
  posix_spawn_file_actions_adddup2(&actions, output, 2);
  std::string name = options.player;
  char* arguments[] = {name.data(), nullptr};
  pid_t player = 0;
  if (posix_spawn(&player, name.c_str(), &actions, nullptr, arguments, environ) != 0) {
    std::perror("model_test: cannot start the player");
    std::exit(2);
  }
  posix_spawn_file_actions_destroy(&actions);

  bool hung = false;
  int status = wait_for(player, limit, hung);
  Outcome outcome;
  outcome.text = contents_of(output);
  close(input);
  close(output);
  outcome.good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  if (hung)
    outcome.text += "the player hung\n";
  else if (WIFSIGNALED(status))
    outcome.text += std::string("the player died of ") + strsignal(WTERMSIG(status)) + "\n";
  if (outcome.good && std::sscanf(outcome.text.c_str(), "played %llu %llu %llu", &outcome.performed, &outcome.calls,
                                  &outcome.successes) != 3)
    outcome.good = false;
  return outcome;
}

Script any_script(const rc::Random& random, const Options& options) {
  rc::Random source(random);
  Script script{options.threads, {}};
  script.steps.reserve(options.threads * options.length);
  for (std::size_t i = 0; i < options.length; ++i)
    for (std::size_t thread = 0; thread < options.threads; ++thread)
      script.steps.push_back({thread, any_operation(source.split())});
  return script;
}

// Leaves out operations in ever smaller pieces, then makes the remaining ones simpler, as long as the script still
// fails and there is time.
class Shrinking {
public:
  Shrinking(const Options& options, Script failing, Outcome outcome)
      : options_(options), deadline_(Clock::now() + options.shrink), script_(std::move(failing)),
        outcome_(std::move(outcome)) {}

  std::pair<Script, Outcome> run() {
    std::size_t before = 0;
    do {
      before = script_.steps.size();
      for (std::size_t piece = before / 2; piece > 0; piece /= 2)
        leave_out(piece);
      simplify();
    } while (script_.steps.size() < before && Clock::now() < deadline_);
    return {script_, outcome_};
  }

private:
  // Races do not show every time: a script of several threads gets a few tries.
  bool still_fails(const Script& candidate) {
    int tries = options_.threads > 1 ? 4 : 1;
    for (int i = 0; i < tries && Clock::now() < deadline_; ++i) {
      Outcome outcome = play(options_, candidate.sequences(), kLongestGameWhileShrinking);
      if (!outcome.good) {
        outcome_ = outcome;
        return true;
      }
    }
    return false;
  }

  // From the end: operations after the failing one go first, and all at once.
  void leave_out(std::size_t piece) {
    for (std::size_t end = script_.steps.size(); end > 0 && Clock::now() < deadline_;) {
      std::size_t begin = end > piece ? end - piece : 0;
      Script candidate = script_;
      candidate.steps.erase(candidate.steps.begin() + static_cast<std::ptrdiff_t>(begin),
                            candidate.steps.begin() + static_cast<std::ptrdiff_t>(end));
      if (still_fails(candidate))
        script_ = std::move(candidate);
      end = begin;
    }
  }

  void simplify() {
    for (std::size_t i = 0; i < script_.steps.size() && Clock::now() < deadline_; ++i) {
      rc::Seq<ShrinkableOperation> simpler = script_.steps[i].operation.shrinks();
      while (auto next = simpler.next()) {
        Script candidate = script_;
        candidate.steps[i].operation = *next;
        if (!still_fails(candidate))
          continue;
        script_ = std::move(candidate);
        simpler = script_.steps[i].operation.shrinks();
      }
    }
  }

  const Options& options_;
  Clock::time_point deadline_;
  Script script_;
  Outcome outcome_;
};

void report(const Options& options, const std::pair<Script, Outcome>& smallest) {
  std::string text = to_text(smallest.first.sequences());
  std::string file = "model-failure-" + std::to_string(options.seed) + ".txt";
  std::ofstream(file) << text;
  std::printf("\nthe smallest failing sequence found, also in %s:\n%s%s\n", file.c_str(), text.c_str(),
              smallest.second.text.c_str());
  std::string setting;
  for (const char* variable : {"WINMEM_DISABLE", "WINMEM_ARENA"})
    if (const char* value = std::getenv(variable))
      setting += std::string(variable) + "=" + value + " ";
  std::printf("again: %s%s %s\nthe whole run: %sWINMEM_MODEL_SEED=%llu %s %s --threads %zu --length %zu\n",
              setting.c_str(), options.player.c_str(), file.c_str(), setting.c_str(),
              static_cast<unsigned long long>(options.seed), options.name.c_str(), options.player.c_str(),
              options.threads, options.length);
}

int run(const Options& options) {
  std::printf("seed %llu: %llu operations, %zu threads, sequences of %zu\n",
              static_cast<unsigned long long>(options.seed), static_cast<unsigned long long>(options.operations),
              options.threads, options.length);
  std::fflush(stdout);

  rc::Random source(options.seed);
  Outcome all;
  unsigned long long generated = 0;
  while (all.performed < options.operations) {
    Script script = any_script(source.split(), options);
    Outcome outcome = play(options, script.sequences(), kLongestGame);
    if (!outcome.good) {
      std::printf("\nFAILED\n%s\nshrinking, for at most %lld s ...\n", outcome.text.c_str(),
                  static_cast<long long>(options.shrink.count()));
      std::fflush(stdout);
      report(options, Shrinking(options, script, outcome).run());
      return 1;
    }
    all.performed += outcome.performed;
    all.calls += outcome.calls;
    all.successes += outcome.successes;
    generated += options.threads * options.length;

    // A test whose operations are mostly left out or refused would prove little.
    if (generated >= 10 * options.length && (all.performed < generated / 2 || all.successes < all.calls / 4)) {
      std::printf("FAILED: %llu of %llu operations made sense, %llu of %llu calls succeeded: the generator is off\n",
                  all.performed, generated, all.successes, all.calls);
      return 1;
    }
  }
  std::printf("%llu operations, %llu calls as the model says, %llu of them successes\n", all.performed, all.calls,
              all.successes);
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  Options options;
  if (argc < 2 || argc % 2 != 0)
    return std::fprintf(stderr, "usage: model_test PLAYER [--threads N] [--operations N] [--length N]\n"), 2;
  options.name = argv[0];
  options.player = argv[1];
  for (int i = 2; i + 1 < argc; i += 2) {
    std::uint64_t value = std::strtoull(argv[i + 1], nullptr, 0);
    if (std::strcmp(argv[i], "--threads") == 0)
      options.threads = value;
    else if (std::strcmp(argv[i], "--operations") == 0)
      options.operations = value;
    else if (std::strcmp(argv[i], "--length") == 0)
      options.length = value;
    else
      return std::fprintf(stderr, "model_test: unknown option %s\n", argv[i]), 2;
  }
  options.operations = number_from("WINMEM_MODEL_OPERATIONS", options.operations);
  options.seed = number_from("WINMEM_MODEL_SEED", std::random_device{}());
  options.shrink = std::chrono::seconds(number_from("WINMEM_MODEL_SHRINK", 60));
  return run(options);
}
