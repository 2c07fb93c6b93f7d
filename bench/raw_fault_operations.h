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

// Written pages by hand: no page may be written, and the handler lists the page and opens it.
struct WriteWatch {
  WriteWatch() : base(map(SparseWrites::kBytes, PROT_READ | PROT_WRITE)) {
    for (std::size_t at = 0; at < SparseWrites::kBytes; at += kPage)
      touch(base + at);
    protect(base, SparseWrites::kBytes, PROT_READ);
  }
  WriteWatch(const WriteWatch&) = delete;
  WriteWatch& operator=(const WriteWatch&) = delete;
  ~WriteWatch() { unmap(base, SparseWrites::kBytes); }

  static void note(int, siginfo_t* fault, void*) {
    auto* page = reinterpret_cast<unsigned char*>(reinterpret_cast<std::uintptr_t>(fault->si_addr) & ~(kPage - 1));
    pages[count++] = page;
    protect(page, kPage, PROT_READ | PROT_WRITE);
  }

  void operator()() {
    count = 0;
    SparseWrites::write(base);
    expect(count == SparseWrites::kWritten, "every first write is a fault");
    protect(base, SparseWrites::kBytes, PROT_READ);
  }

  static inline unsigned char* pages[SparseWrites::kWritten + 1] = {};
  static inline std::size_t count = 0;
  unsigned char* base;
  SignalHandler handler{note};
};

} // namespace bench::raw
