// Faults of the processor: SIGSEGV, SIGBUS, SIGILL, SIGFPE and SIGTRAP, as far as an instruction of the program caused
// them and not another process or raise().
//
// Owns:      the signal handlers, what was installed before them, and the way from the alternate stack to the thread's
//            own: there the signal's frame is built once more, so handlers of the program run as deep in the thread's
//            stack as on Windows, may unwind it, and debuggers see an ordinary signal frame.
// Used:      by exception, which says what a fault means.
// Lock:      none held while a hook runs. catch_faults() may be called at any time, in handlers too.
// Surprise:  a program that installs a handler of its own after us gets the faults first. The next call of
//            catch_faults() puts ours in front again, and the program's becomes the one that gets what nobody wants.
#pragma once

#include "../base/address.h"

#include <csignal>
#include <cstdint>
#include <ucontext.h>

namespace winmem::host {

struct Fault {
  int signal;
  siginfo_t* info;
  ucontext_t* context; // as the kernel laid it out: without glibc's tail. Changes take effect when the fault resumes
  std::uint32_t verdict = 0;       // what the first hook wants the second to know
  bool stack_is_exhausted = false; // the handlers run on the alternate stack, since the thread's own has no room

  std::uint64_t trap() const { return static_cast<std::uint64_t>(context->uc_mcontext.gregs[REG_TRAPNO]); }
  std::uint64_t error() const { return static_cast<std::uint64_t>(context->uc_mcontext.gregs[REG_ERR]); }
  Address address() const { return reinterpret_cast<Address>(info->si_addr); }
  Address instruction() const { return static_cast<Address>(context->uc_mcontext.gregs[REG_RIP]); }
  Address stack() const { return static_cast<Address>(context->uc_mcontext.gregs[REG_RSP]); }
};

enum class FaultAnswer : std::uint8_t {
  resume,   // run on with the context, changed or not
  pass_on,  // nobody's: to the handler that was there before, else the process ends as if there were none
  dispatch, // first hook only: the second decides, on the thread's own stack
};

struct FaultHooks {
  FaultAnswer (*screen)(Fault&);   // where the signal arrived: no callbacks from here
  FaultAnswer (*dispatch)(Fault&); // may call the program, may never return
};

// Catches faults from now on, if it does not do so already, and comes before handlers that the program installed in the
// meantime. `wanted` are the same in every call and live for ever.
void catch_faults(const FaultHooks& wanted);

// The same for SIGSEGV alone once all are caught: what must not be missed when a guard page is armed.
void catch_access_faults(const FaultHooks& wanted);

// Whether the calling thread's stack has `room` bytes below the caller. Touches them; true without a look while no
// faults are caught.
bool has_stack_room(Bytes room);

// What ends a process by an exception that nobody handled and that no signal caused: SIGABRT, whatever its handler.
[[noreturn]] void end_process();

} // namespace winmem::host
