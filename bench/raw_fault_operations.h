// The Linux side of what faults cost: a bare handler of SIGSEGV, installed for as long as its row is measured.
#pragma once

#include "fault_operations.h"
#include "raw_operations.h"

#include <csignal>
#include <ucontext.h>

namespace bench::raw {

// Takes the signal over from winmem, whose handler is there as well, and gives it back.
class SignalHandler {
public:
  explicit SignalHandler(void (*function)(int, siginfo_t*, void*)) {
    struct sigaction ours = {};
    ours.sa_sigaction = function;
    ours.sa_flags = SA_SIGINFO;
    expect(sigaction(SIGSEGV, &ours, &before_) == 0, "sigaction");
  }
  SignalHandler(const SignalHandler&) = delete;
  SignalHandler& operator=(const SignalHandler&) = delete;
  ~SignalHandler() { expect(sigaction(SIGSEGV, &before_, nullptr) == 0, "sigaction"); }

private:
  struct sigaction before_ = {};
};

struct FaultHandleContinue {
  FaultHandleContinue() : base(map(kGranule, PROT_NONE)) {}
  FaultHandleContinue(const FaultHandleContinue&) = delete;
  FaultHandleContinue& operator=(const FaultHandleContinue&) = delete;
  ~FaultHandleContinue() { unmap(base, kGranule); }

  static void step_over(int, siginfo_t*, void* context) {
    static_cast<ucontext_t*>(context)->uc_mcontext.gregs[REG_RIP] += kReadLength;
  }

  void operator()() { read_byte(base); }

  unsigned char* base;
  SignalHandler handler{step_over};
};

// A guard page by hand: no access, and the handler gives it back.
struct GuardHitContinue {
  GuardHitContinue() : base(map(kGranule, PROT_READ | PROT_WRITE)), page(base + 4 * kPage) {
    for (std::size_t at = 0; at < kGranule; at += kPage)
      touch(base + at);
    armed = page;
  }
  GuardHitContinue(const GuardHitContinue&) = delete;
  GuardHitContinue& operator=(const GuardHitContinue&) = delete;
  ~GuardHitContinue() { unmap(base, kGranule); }

  static void disarm(int, siginfo_t*, void*) { protect(armed, kPage, PROT_READ | PROT_WRITE); }

  void operator()() {
    protect(page, kPage, PROT_NONE);
    touch(page);
  }

  static inline unsigned char* armed = nullptr;
  unsigned char* base;
  unsigned char* page;
  SignalHandler handler{disarm};
};

} // namespace bench::raw
