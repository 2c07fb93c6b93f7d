// The stack on which a thread receives a fault when its own is exhausted.
//
// Owns:      one alternate signal stack for each thread that came by after faults were caught for the first time; freed
//            when the thread ends. A stack that the program had installed on a thread stays, and is used.
// Cost:      while no faults are caught, prepare_thread() is a load and a test; afterwards the same on every call but a
//            thread's first.
// Surprise:  a thread that never calls winmem has none: its faults are caught all the same, on its own stack, but not
//            the overflow of that stack.
#pragma once

#include "../base/address.h"

#include <atomic>
#include <csignal>
#include <cstdint>

namespace winmem::host {

namespace detail {
extern constinit std::atomic<bool> threads_need_stacks;
extern thread_local constinit bool thread_has_stack __attribute__((tls_model("initial-exec")));
void make_alternate_stack();
} // namespace detail

// Gives the calling thread its stack if faults are being caught. Where memory lacks the thread goes without, and the
// next call tries again.
inline void prepare_thread() {
  if (detail::threads_need_stacks.load(std::memory_order_relaxed) && !detail::thread_has_stack) [[unlikely]] {
    detail::make_alternate_stack();
  }
}

// How often winmem changed the calling thread's stack, and what the kernel has now.
unsigned alternate_stack_changes();
stack_t installed_alternate_stack();

// Whether a stack pointer has left the calling thread's stack, as winmem made it, at the lower end.
bool is_below_own_alternate_stack(Address stack_pointer);

// From now on threads need one, the caller at once.
void start_alternate_stacks();

// Makes sure that a handler of a stack overflow can use `room` bytes on the calling thread. Nothing changes where
// memory lacks, where the stack is in use or the program's own, or where the thread's ordinary stack is not that large.
enum class RoomAnswer : std::uint8_t { ok, no_memory, in_use, too_large };
RoomAnswer grow_overflow_room(Bytes room);

} // namespace winmem::host
