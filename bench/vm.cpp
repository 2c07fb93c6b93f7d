// winmem's virtual memory calls beside the raw Linux calls that do the same, measured by Google Benchmark.
//
// Names:     winmem/<row>/<threads> and raw/<row>/<threads>, growth/<row>/<count>. script/bench runs both kinds
// randomly
//            interleaved in one process, so that a slow minute of the machine hits both, and pairs them by name.
// Time:      real time per step. Google Benchmark divides it by the number of threads; the report multiplies it back.
// Faults:    with --listen a vectored handler is registered before anything is measured, and the rows of faults are
//            there; without it no signal handler ever is installed, so both ways can be compared.
// Checks:    before anything is measured, a released page must really be out of reach, for the kernel as well.
#include "google_main.h"
#include "raw_fault_operations.h"
#include "raw_operations.h"
#include "vm_operations.h"

#include <benchmark/benchmark.h>
#include <sys/uio.h>

#include <string>

namespace {

using namespace bench;

template <class Operation> void measure(benchmark::State& state) {
  Operation step;
  for (auto _ : state)
    step();
}

// `count` is the number of regions or islands that live while the step is measured.
template <class Operation> void measure_growth(benchmark::State& state) {
  Operation step(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state)
    step();
}

template <class Operation> void add(const std::string& side, const std::string& row, int threads = 1) {
  benchmark::RegisterBenchmark((side + "/" + row + "/" + std::to_string(threads)).c_str(), measure<Operation>)
      ->Threads(threads)
      ->UseRealTime();
}

struct RegisterWinmem {
  template <class Operation> void row(const char* name, int threads) { add<Operation>("winmem", name, threads); }

  template <class Operation> void growth(const char* name) {
    auto* family = benchmark::RegisterBenchmark((std::string("growth/") + name).c_str(), measure_growth<Operation>);
    for (long count : {10L, 1000L, 100000L, 1000000L})
      family->Arg(count);
    family->UseRealTime();
  }
};

void register_raw() {
  add<raw::ReserveRelease>("raw", "reserve_release");
  add<raw::ReserveCommitTouchRelease>("raw", "reserve_commit_touch_release");
  add<raw::ReserveCommitTouchRelease>("raw", "reserve_commit_touch_release", 2);
  add<raw::ReserveThenCommitTouchRelease>("raw", "reserve_then_commit_touch_release");
  add<raw::ReserveThenCommitTouchRelease>("raw", "reserve_then_commit_touch_release", 2);
  add<raw::CommitTouchDecommit>("raw", "commit_touch_decommit");
  add<raw::CommitTouchDecommitAfterScatter>("raw", "commit_touch_decommit_after_scatter");
  add<raw::CommitTouchRemap>("raw", "commit_touch_remap");
  add<raw::TouchGiveBack>("raw", "touch_give_back");
  if (raw::procmap_query_exists()) {
    add<raw::QueryRegions<kQueriedRegions>>("raw", "query_regions");
    add<raw::WalkRegions<kQueriedRegions>>("raw", "walk_regions");
  }
  add<raw::ReadMaps<kQueriedRegions>>("raw", "read_maps");
  add<raw::ReadProcess>("raw", "read_process");
  add<raw::TestPointer>("raw", "test_pointer");
  add<raw::ProtectToggle>("raw", "protect_toggle");
  add<raw::ProtectUnchanged>("raw", "protect_unchanged");
  add<raw::ReadMeminfo>("raw", "memory_status");
}

template <class Operation> void expect_out_of_reach(const char* name) {
  Operation step;
  step();

  char byte = 0;
  iovec here{&byte, 1};
  iovec there{step.last, 1};
  if (process_vm_readv(getpid(), &here, 1, &there, 1, 0) != -1 || errno != EFAULT) {
    std::fprintf(stderr, "bench: %s left its page within reach after the release\n", name);
    std::exit(1);
  }
}

void register_raw_faults() {
  add<raw::FaultHandleContinue>("raw", "fault_handle_continue");
  add<raw::FaultHandleContinue>("raw", "fault_reserved_continue");
  add<raw::GuardHitContinue>("raw", "guard_hit_continue");
  add<raw::WriteWatch>("raw", "write_watch");
}

// Takes the argument away, which Google Benchmark does not know.
bool take_listen(int& argc, char** argv) {
  if (argc < 2 || std::strcmp(argv[1], "--listen") != 0)
    return false;
  for (int i = 1; i < argc; ++i)
    argv[i] = argv[i + 1];
  --argc;
  return true;
}

} // namespace

int main(int argc, char** argv) {
  expect_out_of_reach<ReserveCommitTouchRelease>("reserve_commit_touch_release");
  expect_out_of_reach<ReserveThenCommitTouchRelease>("reserve_then_commit_touch_release");

  RegisterWinmem winmem;
  visit_operations(winmem);
  visit_growth(winmem);
  register_raw();
  if (take_listen(argc, argv)) {
    must(AddVectoredExceptionHandler(0, [](EXCEPTION_POINTERS*) -> LONG { return EXCEPTION_CONTINUE_SEARCH; }) !=
             nullptr,
         "AddVectoredExceptionHandler");
    visit_faults(winmem);
    register_raw_faults();
  }

  return run_benchmarks(argc, argv);
}
