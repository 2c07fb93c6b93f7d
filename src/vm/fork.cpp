#include "fork.h"

#include "../host/fork.h"
#include "chunks.h"
#include "epoch.h"
#include "fork_gate.h"
#include "page_bits.h"
#include "page_locks.h"
#include "page_runs.h"
#include "reserving_views.h"
#include "space.h"
#include "write_watch.h"

namespace winmem::vm {

namespace {

// Locks are taken in their order, so that nobody who holds one waits for another that we hold. Region and chunk locks
// need no visit: they are held only by those whom the gate has seen out, or under space_lock.
void before_fork() {
  close_gate();
  space_lock.lock();
  chunks::lock_for_fork();
  lock_runs_for_fork();
  page_bits::lock_for_fork();
}

void after_fork() {
  page_bits::unlock_after_fork();
  unlock_runs_after_fork();
  chunks::unlock_after_fork();
  space_lock.unlock();
  open_gate();
}

void after_fork_in_child() {
  epochs::reset_in_child();
  page_locks::forget_all_in_child();
  watch_views_in_child();
  write_watch::renew_in_child();
  after_fork();
}

} // namespace

void install_fork_handlers() { host::at_fork(before_fork, after_fork, after_fork_in_child); }

} // namespace winmem::vm
