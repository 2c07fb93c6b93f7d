#include "alternate_stack.h"

#include "memory.h"
#include "safe_copy.h"
#include "syscall.h"

#include <algorithm>
#include <pthread.h>
#include <sys/auxv.h>
#include <sys/resource.h>

namespace winmem::host {

namespace detail {
constinit std::atomic<bool> threads_need_stacks{false};
thread_local constinit bool thread_has_stack = false;
} // namespace detail

namespace {

constexpr Bytes kDefaultRoom = 0x10000; // what winmem offers a handler of an overflow before it is asked for more

// The calling thread's stack as winmem made it; empty when it has none or one of the program's.
thread_local constinit AddressRange own __attribute__((tls_model("initial-exec"))){};

// What a signal's frame needs above the handler's frames, twice: a fault in a handler gets another one. The kernel says
// how large it is with this processor's registers (K71); kernels before 5.14 do not, and then the most is taken.
Bytes frame_size() {
  constexpr unsigned long kAtMinSigStackSize = 51;
  constexpr Bytes kMost = 0x3000;
  Bytes said = getauxval(kAtMinSigStackSize);
  return 2 * round_up(said != 0 ? said : kMost, kPage);
}

thread_local constinit unsigned changes __attribute__((tls_model("initial-exec"))) = 0;

bool install(AddressRange stack) {
  stack_t wanted{};
  wanted.ss_sp = reinterpret_cast<void*>(stack.begin);
  wanted.ss_size = stack.size();
  if (system_call(SYS_sigaltstack, as_argument(&wanted)) != 0) {
    return false;
  }
  ++changes;
  return true;
}

void free_own(AddressRange stack) {
  if (!stack.empty()) {
    static_cast<void>(unmap({stack.begin - kPage, stack.end})); // with the guard page below
  }
}

// At a thread's end. A fault in what still runs on the thread is received on its own stack.
void leave(void*) {
  if (!own.empty() && reinterpret_cast<Address>(installed_alternate_stack().ss_sp) == own.begin) {
    stack_t none{};
    none.ss_flags = SS_DISABLE;
    system_call(SYS_sigaltstack, as_argument(&none));
  }
  free_own(own);
  own = {};
  detail::thread_has_stack = true; // no new one
}

// Zero until it was made; keys are small numbers, kept plus one.
constinit std::atomic<std::uint32_t> leave_key{0};

// True when leave() will be called at the end of this thread.
bool will_leave() {
  std::uint32_t key = leave_key.load(std::memory_order_acquire);
  if (key == 0) {
    pthread_key_t fresh;
    if (pthread_key_create(&fresh, leave) != 0) {
      return false;
    }
    if (leave_key.compare_exchange_strong(key, fresh + 1, std::memory_order_acq_rel)) {
      key = fresh + 1;
    } else {
      pthread_key_delete(fresh);
    }
  }
  return pthread_setspecific(key - 1, &own) == 0;
}

// How large the thread's ordinary stack may become: what is mapped, or what the first thread's may grow to.
Bytes ordinary_stack_size() {
  rlimit limit{};
  if (system_call(SYS_prlimit64, 0, RLIMIT_STACK, 0, as_argument(&limit)) != 0) {
    return ~Bytes{0};
  }
  return std::max<Bytes>(limit.rlim_cur, own_stack_pages().size());
}

// A stack of `size` bytes above a page that nothing may touch; empty when there is no memory.
AddressRange map_stack(Bytes size) {
  Address at = map_reserved(size + kPage);
  if (at == 0) {
    return {};
  }
  AddressRange stack{at + kPage, at + kPage + size};
  if (protect(stack, Access::read_write) != Kernel::ok) {
    static_cast<void>(unmap({at, stack.end}));
    return {};
  }
  return stack;
}

} // namespace

namespace detail {

void make_alternate_stack() {
  thread_has_stack = true; // what follows may come back here: setting a key may allocate
  if ((installed_alternate_stack().ss_flags & SS_DISABLE) == 0) {
    return; // the program's own
  }
  AddressRange stack = map_stack(kDefaultRoom + frame_size());
  if (stack.empty() || !install(stack)) {
    free_own(stack);
    thread_has_stack = false;
    return;
  }
  own = stack;
  // Where the end of the thread can't be noticed its stack stays mapped; that is the lesser evil.
  static_cast<void>(will_leave());
}

} // namespace detail

unsigned alternate_stack_changes() { return changes; }

stack_t installed_alternate_stack() {
  stack_t now{};
  system_call(SYS_sigaltstack, 0, as_argument(&now));
  return now;
}

bool is_below_own_alternate_stack(Address stack_pointer) {
  // At its very end counts: the kernel too takes a stack pointer there for one of another stack.
  return !own.empty() && stack_pointer <= own.begin && stack_pointer > own.begin - kPage;
}

void start_alternate_stacks() {
  detail::threads_need_stacks.store(true, std::memory_order_relaxed);
  prepare_thread();
}

RoomAnswer grow_overflow_room(Bytes room) {
  if (room > ordinary_stack_size()) {
    return RoomAnswer::too_large;
  }
  stack_t now = installed_alternate_stack();
  bool has_one = (now.ss_flags & SS_DISABLE) == 0;
  if (has_one && now.ss_size >= frame_size() + room) {
    return RoomAnswer::ok;
  }
  bool is_own = !own.empty() && reinterpret_cast<Address>(now.ss_sp) == own.begin;
  if (has_one && (!is_own || (now.ss_flags & SS_ONSTACK) != 0)) {
    return RoomAnswer::in_use;
  }
  AddressRange larger = map_stack(round_up(room, kPage) + frame_size());
  if (larger.empty()) {
    return RoomAnswer::no_memory;
  }
  if (!install(larger)) { // and the old one stays in use
    free_own(larger);
    return RoomAnswer::no_memory;
  }
  free_own(own);
  own = larger;
  detail::thread_has_stack = true;
  static_cast<void>(will_leave());
  return RoomAnswer::ok;
}

} // namespace winmem::host
