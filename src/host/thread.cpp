#include "thread.h"

#include "lock.h"
#include "syscall.h"

#include <ctime>
#include <pthread.h>
#include <sys/resource.h>

namespace winmem::host {

namespace {

constinit Lock key_lock; // guards the making of the key
constinit std::atomic<bool> made{false};
constinit bool failed = false;
pthread_key_t key;

// The value is the function.
void call(void* function) { reinterpret_cast<void (*)()>(function)(); }

// How often the thread gave the processor up, or lost it, to another one.
long switches() {
  rusage usage{};
  system_call(SYS_getrusage, RUSAGE_THREAD, as_argument(&usage)); // cannot fail
  return usage.ru_nvcsw + usage.ru_nivcsw;
}

bool make_key() {
  if (made.load(std::memory_order_acquire)) {
    return true;
  }
  LockHold hold(key_lock);
  if (!made.load(std::memory_order_relaxed) && !failed) {
    failed = pthread_key_create(&key, call) != 0;
    made.store(!failed, std::memory_order_release);
  }
  return !failed;
}

} // namespace

void yield() { system_call(SYS_sched_yield); }

bool yield_to_another() {
  long before = switches();
  yield();
  return switches() != before;
}

void sleep_a_millisecond() {
  constexpr long kNanoseconds = 1'000'000;
  timespec time{0, kNanoseconds};
  system_call(SYS_nanosleep, as_argument(&time));
}

void at_thread_end(void (*function)()) {
  if (make_key()) {
    static_cast<void>(pthread_setspecific(key, reinterpret_cast<void*>(function)));
  }
}

} // namespace winmem::host
