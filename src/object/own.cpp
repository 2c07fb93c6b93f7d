#include "own.h"

#include "../host/lock.h"
#include "../host/own_process.h"

namespace winmem::object {

namespace {

constinit Cells process_cells(sizeof(Process));
constinit Cells thread_cells(sizeof(Thread));

void end_process(Object& object) { process_cells.give(&object); }
void end_thread(Object& object) { thread_cells.give(&object); }

constinit host::Lock own_lock;                // guards the making of the next
constinit std::atomic<Process*> own{nullptr}; // with one reference for ever
thread_local constinit Thread* own_thread __attribute__((tls_model("initial-exec"))) = nullptr;

Process* find_own() {
  Process* process = own.load(std::memory_order_acquire);
  return process != nullptr && is_this_process(*process) ? process : nullptr;
}

} // namespace

// All rights and the generic ones' meaning, as documented for processes and threads.
constexpr Type kProcessType = {
    .name = "Process",
    .rights = {.read = 0x00020410, .write = 0x00020BEA, .execute = 0x00121001, .all = 0x001FFFFF},
    .end = end_process,
};
constexpr Type kThreadType = {
    .name = "Thread",
    .rights = {.read = 0x00020048, .write = 0x00020437, .execute = 0x00121800, .all = 0x001FFFFF},
    .end = end_thread,
};

Process::Process(std::uint32_t process_id) : Object(kProcessType), id(process_id) {}

Thread::Thread(std::uint32_t process_id, std::uint32_t thread_id)
    : Object(kThreadType), process(process_id), id(thread_id) {}

bool is_this_process(const Process& process) { return process.id == host::process_id(); }

Ref<Object> this_process() {
  Process* process = find_own();
  if (process == nullptr) {
    host::LockHold hold(own_lock);
    process = find_own();
    if (process == nullptr) {
      process = make<Process>(process_cells, host::process_id()).release();
      if (process == nullptr) {
        return {};
      }
      own.store(process, std::memory_order_release);
    }
  }
  process->add_reference();
  return Ref<Object>(process);
}

// The thread keeps no reference, so nothing need happen at its end: it looks whether the object that it remembers is
// still its own (O3).
Ref<Object> this_thread() {
  std::uint32_t process = host::process_id();
  std::uint32_t id = host::thread_id();
  if (Thread* known = own_thread; known != nullptr && known->try_reference()) {
    Ref<Object> thread(known);
    if (known->id == id && known->process == process) {
      return thread;
    }
  }
  Thread* thread = make<Thread>(thread_cells, process, id).release();
  own_thread = thread;
  return Ref<Object>(thread);
}

void lock_own_for_fork() { own_lock.lock(); }
void unlock_own_after_fork() { own_lock.unlock(); }

} // namespace winmem::object
