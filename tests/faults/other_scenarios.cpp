// Locked memory; many mappings; other threads; fork.
#include "fail.h"
#include "scenario.h"
#include "vm/mapping_budget.h"

#include <atomic>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace faults {
namespace {

// ---- locked ---------------------------------------------------------------------------------------------------------

SCENARIO(decommit_of_locked_pages, kOutOfMemory) {
  char* region = filled(16);
  FAULTS_REQUIRE(mlock(region + 4 * kPage, 4 * kPage) == 0);
  trial.call([=] { return VirtualFree(region + 2 * kPage, 8 * kPage, MEM_DECOMMIT) != 0; });
}

SCENARIO(decommit_of_a_region_that_is_locked_in_two_places, kOutOfMemory) {
  char* region = filled(2 * kChunkPages);
  FAULTS_REQUIRE(mlock(region + 4 * kPage, 4 * kPage) == 0);
  FAULTS_REQUIRE(mlock(region + 700 * kPage, 4 * kPage) == 0);
  trial.call([=] { return VirtualFree(region, 0, MEM_DECOMMIT) != 0; });
}

SCENARIO(release_of_locked_pages_outside, kOutOfMemory) {
  char* region = filled(16, outside());
  FAULTS_REQUIRE(mlock(region + 4 * kPage, 4 * kPage) == 0);
  trial.call([=] { return VirtualFree(region, 0, MEM_RELEASE) != 0; });
}

SCENARIO(decommit_of_locked_pages_outside, kOutOfMemory) {
  char* region = filled(16, outside());
  FAULTS_REQUIRE(mlock(region + 4 * kPage, 4 * kPage) == 0);
  trial.call([=] { return VirtualFree(region + 2 * kPage, 8 * kPage, MEM_DECOMMIT) != 0; });
}

// ---- many mappings --------------------------------------------------------------------------------------------------

// As after as many changes of protection; winmem then opens the chunks between two to join them.
void pretend_mappings(std::int64_t count) { winmem::vm::mapping_budget::add(count); }

SCENARIO(commit_that_bridges_a_gap_when_mappings_are_short, kOutOfMemory) {
  char* region = reserve(8 * kChunkPages);
  fill(commit(region, 1), 1);
  pretend_mappings(40000);
  trial.call([=] {
    char* page = region + 5 * kChunkPages * kPage;
    return VirtualAlloc(page, kPage, MEM_COMMIT, PAGE_READWRITE) == page;
  });
}

// ---- other threads --------------------------------------------------------------------------------------------------

// A thread that resets a region over and over when told to. It stops inside the system call for that, so inside a
// change and with the region's lock held, until this thread comes to the system call `until`, which is made when the
// thread is outside again: so each run makes the same calls in the same order.
class Holder {
public:
  Holder(char* region, std::size_t pages, long until) : region_(region), pages_(pages), until_(until) {
    the_holder = this;
    waiting_ = pthread_self();
    pthread_t thread;
    FAULTS_REQUIRE(pthread_create(&thread, nullptr, &run, this) == 0);
    observe(&on_call);
  }

  // Returns when the thread is inside.
  void hold() {
    let_go_ = false;
    wanted_ = true;
    wait_for(inside_);
  }

  // Returns when it is outside again.
  void end() {
    let_go_ = true;
    while (wanted_) {
      usleep(10);
    }
  }

private:
  static void wait_for(const std::atomic<bool>& flag) {
    while (!flag) {
      usleep(10);
    }
  }

  static void* run(void* argument) {
    auto* self = static_cast<Holder*>(argument);
    for (;;) {
      wait_for(self->wanted_);
      VirtualAlloc(self->region_, self->pages_ * kPage, MEM_RESET, PAGE_READWRITE);
      self->inside_ = false;
      self->wanted_ = false;
    }
  }

  static void on_call(const Call& call) {
    if (call.number == SYS_madvise && call.operation == MADV_FREE) {
      the_holder->inside_ = true;
      wait_for(the_holder->let_go_);
    } else if (call.number == the_holder->until_ && pthread_self() == the_holder->waiting_) {
      the_holder->let_go_ = true;
      while (the_holder->inside_) {
        usleep(10);
      }
    }
  }

  static inline Holder* the_holder = nullptr;
  char* region_;
  std::size_t pages_;
  long until_;
  pthread_t waiting_;
  std::atomic<bool> wanted_{false};
  std::atomic<bool> inside_{false};
  std::atomic<bool> let_go_{false};
};

SCENARIO(commit_while_another_thread_holds_the_region, kOutOfMemory) {
  char* region = commit(reserve(64), 16);
  static Holder holder(region, 16, SYS_futex);
  trial.call([=] {
    holder.hold();
    bool committed = VirtualAlloc(region + 32 * kPage, 4 * kPage, MEM_COMMIT, PAGE_READONLY) != nullptr;
    DWORD error = GetLastError();
    holder.end();
    SetLastError(error);
    return committed;
  });
}

SCENARIO(fork_while_another_thread_is_inside_a_change, kNever) {
  char* region = commit(reserve(64), 16);
  static Holder holder(region, 16, SYS_sched_yield);
  trial.call([=] {
    holder.hold();
    pid_t child = fork();
    if (child == 0) {
      stop_watching();
      _exit(VirtualAlloc(region, 64 * kPage, MEM_COMMIT, PAGE_READWRITE) != nullptr ? 0 : 1);
    }
    holder.end();
    int status = 0;
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
  });
}

SCENARIO(yield_and_tell, kNever) {
  trial.call([] { return NtYieldExecution() >= 0; });
}

SCENARIO(delay_by_units, kNever) {
  trial.call([] {
    LARGE_INTEGER units;
    units.QuadPart = -10'000;
    return NtDelayExecution(FALSE, &units) == 0;
  });
}

} // namespace
} // namespace faults
