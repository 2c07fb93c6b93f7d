// Eight threads over every call of the interface, and forks in the midst of it.
//
// Usage:     stress threads [STEPS]   each thread makes that many steps: changes of lots of its own, queries of
//                                     everybody's lots, and any call at all
//            stress forks [FORKS]     the same goes on while two more threads fork, each half as often; every child
//                                     checks what it inherited, makes calls, forks again, and checks that
//            stress names FILE        whether every function in FILE (src/exports/names.tsv) is among the calls made
// Reads:     WINMEM_STRESS_STEPS, WINMEM_STRESS_FORKS  instead of the arguments, for long runs
//            WINMEM_STRESS_SEED                        the printed seed of a run, to see its choices again
// Answers:   exit status 0, or a message and SIGABRT at the moment of the first mistake. The threads' order differs
// from
//            run to run even with the same seed.
#include "calls.h"
#include "lot.h"
#include "winapi.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <thread>
#include <vector>

namespace {

using namespace stress;

constexpr std::size_t kWriters = 8;
constexpr std::size_t kForkers = 2;
constexpr std::uintptr_t kOutside = 0x40000000; // free in every build, the sanitizers' included

// Two lots for each thread: one in winmem's arena, one at a fixed address outside of it.
class Lots {
public:
  Lots() : all_(new Lot[2 * kWriters]) {
    // At the top, since what is allocated anywhere goes to the bottom; and not quite, so that small requests from the
    // top find room above.
    constexpr std::size_t kRoom = 64 << 20;
    constexpr std::size_t kBytes = kWriters * kLotBytes;
    void* whole = VirtualAlloc(nullptr, kBytes + kRoom, MEM_RESERVE | MEM_TOP_DOWN, PAGE_NOACCESS);
    MUST(whole != nullptr && VirtualFree(whole, 0, MEM_RELEASE));
    for (std::size_t i = 0; i < kWriters; ++i) {
      inner(i).begin = reinterpret_cast<std::uintptr_t>(whole) + i * kLotBytes;
      outer(i).begin = kOutside + i * kLotBytes;
    }
  }
  Lot& inner(std::size_t writer) const { return all_[2 * writer]; }
  Lot& outer(std::size_t writer) const { return all_[2 * writer + 1]; }
  Lot& any(Random& random) const { return all_[random.below(2 * kWriters)]; }
  Lot* begin() const { return all_.get(); }
  Lot* end() const { return all_.get() + 2 * kWriters; }

private:
  std::unique_ptr<Lot[]> all_;
};

class Worker {
public:
  Worker(const Lots& lots, std::size_t index, std::uint64_t seed)
      : lots_(lots), inner_(lots.inner(index)), outer_(lots.outer(index)), random_(seed),
        inner_writer_(inner_, random_.next()), outer_writer_(outer_, random_.next()) {}

  void step() {
    switch (random_.below(8)) {
    case 0:
    case 1:
    case 2:
      inner_writer_.step();
      return observe(inner_, random_, of_its_own);
    case 3:
      outer_writer_.step();
      return observe(outer_, random_, of_its_own);
    case 4:
    case 5:
    case 6:
      return observe(lots_.any(random_), random_, of_all);
    default:
      return make_any_call(random_);
    }
  }

  void end() {
    inner_writer_.release_all();
    outer_writer_.release_all();
  }

  Observations of_its_own; // nothing may be uncertain about these
  Observations of_all;

private:
  const Lots& lots_;
  Lot& inner_;
  Lot& outer_;
  Random random_;
  Writer inner_writer_;
  Writer outer_writer_;
};

// Runs the workers until `steps` are made, or, with 0, until stop() is called.
class Workers {
public:
  Workers(const Lots& lots, std::uint64_t steps, Random& random) : lots_(lots) {
    for (std::size_t i = 0; i < kWriters; ++i)
      workers_.push_back(std::make_unique<Worker>(lots, i, random.next()));
    for (auto& worker : workers_)
      threads_.emplace_back([this, &worker, steps] {
        for (std::uint64_t i = 0; steps != 0 ? i < steps : !stop_.load(std::memory_order_relaxed); ++i)
          worker->step();
      });
  }

  void stop() { stop_.store(true, std::memory_order_relaxed); }

  // Then everything rests, and is looked at as a whole; at the end nothing is left.
  void finish() {
    for (std::thread& thread : threads_)
      thread.join();
    for (const Lot& lot : lots_)
      check_at_rest(lot);
    check_walk();
    Observations all;
    for (auto& worker : workers_) {
      worker->end();
      MUST(worker->of_its_own.met_a_change == 0 && worker->of_its_own.lost == 0);
      all.queries += worker->of_all.queries;
      all.met_a_change += worker->of_all.met_a_change;
      all.lost += worker->of_all.lost;
    }
    for (const Lot& lot : lots_)
      MUST(check_at_rest(lot).all_free(0, kLotPages));
    std::printf("%llu queries of others' lots, %llu of them while the lot changed, %llu not judged\n",
                static_cast<unsigned long long>(all.queries), static_cast<unsigned long long>(all.met_a_change),
                static_cast<unsigned long long>(all.lost));
    MUST(all.queries == 0 || all.lost < all.queries / 2);
  }

private:
  const Lots& lots_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::thread> threads_;
  std::atomic<bool> stop_{false};
};

// The child of a fork, alone with what all threads left: everything must be as one of the versions says, and usable.
// Called again in its own child.
void check_child(const Lots& lots, std::uint64_t seed, int depth);

void fork_and_check(const Lots& lots, std::uint64_t seed, int depth) {
  pid_t child = fork();
  if (child == 0) {
    alarm(120); // a child that hangs is a finding, too
    check_child(lots, seed, depth);
    _exit(0);
  }
  if (child < 0)
    wrong("fork: %s", std::strerror(errno));
  int status = 0;
  while (waitpid(child, &status, 0) < 0)
    MUST(errno == EINTR);
  if (status != 0)
    wrong("the child of a fork ended with status %#x at depth %d", static_cast<unsigned>(status), depth);
}

void check_child(const Lots& lots, std::uint64_t seed, int depth) {
  Random random(seed);
  check_walk();
  for (Lot& lot : lots) {
    Writer heir(lot, random.next());
    heir.take_over(check_at_rest(lot));
    for (int i = 0; i < 4; ++i)
      heir.step();
    if (random.one_in(2))
      heir.release_all();
    check_at_rest(lot);
  }
  for (int i = 0; i < 4; ++i)
    make_any_call(random);
  if (depth < 2)
    fork_and_check(lots, random.next(), depth + 1);
}

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr || *text == '\0' ? otherwise : std::strtoull(text, nullptr, 0);
}

Random seeded() {
  std::uint64_t seed = number_from("WINMEM_STRESS_SEED", std::random_device{}());
  std::printf("seed %llu (WINMEM_STRESS_SEED repeats its choices)\n", static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  return Random(seed);
}

int run_threads(std::uint64_t steps) {
  Random random = seeded();
  Lots lots;
  Workers workers(lots, steps, random);
  workers.finish();
  std::printf("%zu threads, %llu steps each\n", kWriters, static_cast<unsigned long long>(steps));
  return 0;
}

int run_forks(std::uint64_t forks) {
  Random random = seeded();
  Lots lots;
  Workers workers(lots, 0, random);
  std::vector<std::thread> forkers;
  for (std::size_t i = 0; i < kForkers; ++i)
    forkers.emplace_back([&lots, seed = random.next(), count = forks / kForkers] {
      Random own(seed);
      for (std::uint64_t done = 0; done < count; ++done) {
        fork_and_check(lots, own.next(), 1);
        check_walk();
        usleep(static_cast<useconds_t>(own.below(200))); // the threads go on; the next fork meets them anywhere
      }
    });
  for (std::thread& forker : forkers)
    forker.join();
  workers.stop();
  workers.finish();
  std::printf("%llu forks, each of whose children forked again\n", static_cast<unsigned long long>(forks));
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  std::string_view what = argc > 1 ? argv[1] : "";
  std::uint64_t count = argc > 2 ? std::strtoull(argv[2], nullptr, 0) : 0;
  if (what == "threads")
    return run_threads(number_from("WINMEM_STRESS_STEPS", count != 0 ? count : 20000));
  if (what == "forks")
    return run_forks(number_from("WINMEM_STRESS_FORKS", count != 0 ? count : 1000));
  if (what == "names" && argc > 2)
    return compare_names(argv[2]) == 0 ? 0 : 1;
  std::fprintf(stderr, "usage: stress threads [STEPS] | forks [FORKS] | names FILE\n");
  return 2;
}
