// Runs every scenario once for each system call that its call makes and each answer that the kernel may give instead.
//
//     faults SOURCES [--list] [--scenario NAME] [--run N] [--long] [--verbose]
//
// SOURCES is src/, for the list of places that make system calls: one that no scenario reaches fails the run.
// --scenario takes one scenario only, --run its n-th run only, in this very process, for a debugger.
#include "plausible.h"
#include "sites.h"
#include "start.h"
#include "trial.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <malloc.h>
#include <set>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace faults {
namespace {

struct Options {
  std::string sources;
  std::string scenario;
  long run = -1;
  bool list = false;
  bool verbose = false;
  bool is_long = false;
};

std::string name_of(const Call& call) {
  const Plausible* row = plausible(call);
  return (row != nullptr ? row->name : "system call " + std::to_string(call.number)) + std::string(" at ") +
         site_of(call);
}

std::string describe(const Fault& fault, const Call& call) {
  static constexpr const char* kHow[] = {"", ", half done", ", done all the same", "one byte", "elsewhere"};
  std::string text = "call " + std::to_string(fault.nth) + ", " + name_of(call) + ": ";
  text += fault.answer.error != 0 || fault.answer.how == How::refused ? error_name(fault.answer.error) : "";
  text += kHow[static_cast<unsigned>(fault.answer.how)];
  return text + (fault.from_then_on ? ", from then on" : ", once");
}

class Run {
public:
  explicit Run(const Options& options) : options_(options) {}

  void scenario(const Scenario& scenario) {
    current_ = &scenario;
    number_ = 0;
    if (!child(Role::picture, {}) || !child(Role::reference, {})) {
      return;
    }
    const std::vector<Call> calls = noted();
    unsigned before = injections_;
    std::vector<Call> seen = calls;
    for (unsigned nth = 0; nth < calls.size(); ++nth) {
      if (is_one_of_many(calls, nth)) {
        continue;
      }
      for_each_fault(calls[nth], nth, [&](const Fault& fault) {
        inject({fault}, {calls[nth]});
        new_calls_after(fault, calls[nth], seen);
        if (scenario.in_pairs) {
          other_calls_after(fault, calls[nth]);
        }
      });
    }
    if (options_.verbose) {
      std::printf("%-60s %3zu calls, %4u injections\n", scenario.name, calls.size(), injections_ - before);
    }
  }

  void start() {
    current_ = nullptr;
    for (const Call& call : start_calls()) {
      reached_.insert(site_of(call));
    }
    for (unsigned nth = 0; nth < start_calls().size(); ++nth) {
      const Call& call = start_calls()[nth];
      for_each_fault(call, nth, [&](const Fault& fault) {
        ++injections_;
        if (std::string found = start_with(fault); !found.empty()) {
          problem("start: " + describe(fault, call) + "\n    " + found);
        }
      });
    }
  }

  int finish(bool everything) {
    if (everything) {
      check_sites();
    }
    if (missed_ > injections_ / 50) {
      problem(std::to_string(missed_) + " faults were missed, since the run went another way");
    }
    std::printf("faults: %u scenarios, %u injections (%u missed), %u of them refused calls, %zu places", scenarios_,
                injections_, missed_, failures_, reached_.size());
    for (unsigned i = 0; i < kRemainders; ++i) {
      std::printf("%s %s %u", i == 0 ? "; left behind:" : ",", faults::name_of(static_cast<Remainder>(i)), met_[i]);
    }
    std::printf("\nfaults: %zu problems\n", problems_);
    return problems_ == 0 ? 0 : 1;
  }

  void count_scenario() { ++scenarios_; }

private:
  template <typename Visit> void for_each_fault(const Call& call, unsigned nth, Visit visit) {
    reached_.insert(site_of(call));
    const Plausible* row = plausible(call);
    if (row == nullptr) {
      problem(name_of(call) + " has no row in plausible.cpp");
      return;
    }
    for (const Answer& answer : row->answers) {
      visit(Fault{nth, answer, false, call.number});
      if (answer.repeats) {
        visit(Fault{nth, answer, true, call.number});
      }
    }
  }

  // The same call over and over, as where pages are tried one by one: three of them stand for all.
  bool is_one_of_many(const std::vector<Call>& calls, unsigned nth) const {
    auto at = calls.begin() + nth;
    return !options_.is_long && std::count(calls.begin(), at, calls[nth]) >= 2 &&
           std::find(at + 1, calls.end(), calls[nth]) != calls.end();
  }

  // Calls that are only made when another has failed must be able to fail as well.
  void new_calls_after(const Fault& first, const Call& first_call, std::vector<Call>& seen) {
    if (first.answer.alone) {
      return;
    }
    const std::vector<Call> now = noted();
    for (unsigned nth = first.nth + 1; nth < now.size(); ++nth) {
      if (std::find(seen.begin(), seen.end(), now[nth]) != seen.end()) {
        continue;
      }
      seen.push_back(now[nth]);
      for_each_fault(now[nth], nth, [&](const Fault& second) {
        if (!second.answer.alone) {
          inject({first, second}, {first_call, now[nth]});
        }
      });
    }
  }

  // Two kinds of calls refused in turn, each from some call on.
  void other_calls_after(const Fault& first, const Call& first_call) {
    auto lasts = [](const Fault& fault) {
      return fault.from_then_on && !fault.answer.alone && fault.answer.how == How::refused;
    };
    if (!lasts(first) || !child(Role::injection, {first})) {
      return;
    }
    const std::vector<Call> now = noted();
    for (unsigned nth = first.nth + 1; nth < now.size(); ++nth) {
      if (now[nth].number == first_call.number && now[nth].operation == first_call.operation) {
        continue;
      }
      for_each_fault(now[nth], nth, [&](const Fault& second) {
        if (lasts(second)) {
          inject({first, second}, {first_call, now[nth]});
        }
      });
    }
  }

  void inject(const std::vector<Fault>& faults, const std::vector<Call>& calls) {
    ++injections_;
    std::string what;
    for (unsigned i = 0; i < faults.size(); ++i) {
      what += (i == 0 ? "" : " and ") + describe(faults[i], calls[i]);
    }
    constexpr int kMostTries = 3;
    bool right = child(Role::injection, faults, what);
    for (int tries = 1; right && shared->log.refused == 0 && tries < kMostTries; ++tries) {
      right = child(Role::injection, faults, what); // it went another way, as it may where the time of day matters
    }
    if (right) {
      failures_ += shared->succeeded ? 0 : 1;
      if (shared->log.refused == 0) {
        ++missed_;
        std::printf("%s: missed, since the run went another way: %s\n", current_->name, what.c_str());
      }
      for (unsigned i = 0; i < kRemainders; ++i) {
        met_[i] += shared->met[i];
      }
    }
  }

  static std::vector<Call> noted() {
    return {shared->log.calls, shared->log.calls + std::min(shared->log.count, kMostCalls)};
  }

  bool child(Role role, const std::vector<Fault>& faults, const std::string& what = "without faults") {
    long number = number_++;
    shared->role = role;
    shared->fault_count = static_cast<unsigned>(faults.size());
    std::copy(faults.begin(), faults.end(), shared->faults);
    shared->message[0] = 0;
    shared->came_to_call = shared->succeeded = false;
    shared->met = {};
    if (number == options_.run) {
      std::printf("run %ld: %s\n", number, what.c_str());
      std::fflush(stdout);
      run_trial(*current_);
    }
    std::fflush(stdout);
    // Not fork(): winmem's fork handlers would be at work here, and the trial would find done what they do first.
    pid_t process = _Fork();
    if (process == 0) {
      run_trial(*current_);
    }
    int status = 0;
    waitpid(process, &status, 0);
    std::string found = shared->message;
    if (WIFSIGNALED(status)) {
      found = WTERMSIG(status) == SIGALRM ? "hangs" : std::string("ends by ") + strsignal(WTERMSIG(status));
    } else if (WEXITSTATUS(status) != 0 && found.empty()) {
      found = "ends with status " + std::to_string(WEXITSTATUS(status));
    }
    if (found.empty()) {
      return true;
    }
    problem(std::string(current_->name) + " --run " + std::to_string(number) + ": " + what + "\n    " + found);
    return false;
  }

  void check_sites() {
    for (const std::string& site : sites_in_source(options_.sources)) {
      if (!reached_.contains(site) && why_unreached(options_.sources, site) == nullptr) {
        problem(site + ": no scenario comes to this system call");
      }
    }
  }

  void problem(const std::string& text) {
    constexpr std::size_t kMostShown = 60;
    if (++problems_ <= kMostShown || options_.verbose) {
      std::printf("%s\n", text.c_str());
    }
  }

  const Options& options_;
  const Scenario* current_ = nullptr;
  long number_ = 0;
  unsigned scenarios_ = 0;
  unsigned injections_ = 0;
  unsigned failures_ = 0;
  unsigned missed_ = 0; // the run went another way, and so past the fault
  std::size_t problems_ = 0;
  std::set<std::string> reached_;
  Remainders met_{};
};

bool parse(int count, char** arguments, Options& out) {
  for (int i = 1; i < count; ++i) {
    std::string_view word = arguments[i];
    if (word == "--list") {
      out.list = true;
    } else if (word == "--verbose") {
      out.verbose = true;
    } else if (word == "--long") {
      out.is_long = true;
    } else if (word == "--scenario" && i + 1 < count) {
      out.scenario = arguments[++i];
    } else if (word == "--run" && i + 1 < count) {
      out.run = std::atol(arguments[++i]);
    } else if (out.sources.empty() && word[0] != '-') {
      out.sources = word;
    } else {
      return false;
    }
  }
  return !out.sources.empty();
}

} // namespace
} // namespace faults

int main(int count, char** arguments) {
  using namespace faults;
  if (is_started_with_fault()) {
    return check_start();
  }
  Options options;
  if (!parse(count, arguments, options)) {
    std::fprintf(stderr, "usage: faults SOURCES [--list] [--scenario NAME] [--run N] [--long] [--verbose]\n");
    return 2;
  }
  mallopt(M_MMAP_THRESHOLD, 1 << 30); // all of our own allocations in libc's heap, which is not compared
  void* memory = mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    std::perror("faults: mmap");
    return 2;
  }
  shared = static_cast<Shared*>(memory);

  auto began = std::chrono::steady_clock::now();
  Run run(options);
  for (Scenario* each = first_scenario(); each != nullptr; each = each->next) {
    if (options.list) {
      std::printf("%s\n", each->name);
    } else if (options.scenario.empty() || options.scenario == each->name) {
      run.count_scenario();
      run.scenario(*each);
    }
  }
  if (options.list) {
    return 0;
  }
  // With WINMEM_DISABLE some places are out of reach on purpose.
  bool everything = options.scenario.empty() && std::getenv("WINMEM_DISABLE") == nullptr;
  if (options.scenario.empty() || options.scenario == "start") {
    run.start();
  }
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::printf("faults: %.1f s\n", took.count());
  return run.finish(everything);
}
