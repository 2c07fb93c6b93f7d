// The Windows side of what faults cost; raw_fault_operations.h has what Linux programs write for the same.
//
// Owns:      one class per row, of the form that vm_operations.h explains. They register a vectored handler, so vm.cpp
//            measures them in a process of their own: signal handlers stay once they are there.
#pragma once

#include "vm_operations.h"

namespace bench {

// A read of one byte into al, two bytes of code long.
inline void read_byte(const void* address) {
  __asm__ volatile("movb (%%rcx), %%al" : : "c"(address) : "rax", "memory");
}
constexpr unsigned kReadLength = 2;

class Handler {
public:
  explicit Handler(PVECTORED_EXCEPTION_HANDLER function) : handle_(AddVectoredExceptionHandler(1, function)) {
    must(handle_ != nullptr, "AddVectoredExceptionHandler");
  }
  Handler(const Handler&) = delete;
  Handler& operator=(const Handler&) = delete;
  ~Handler() { must(RemoveVectoredExceptionHandler(handle_) != 0, "RemoveVectoredExceptionHandler"); }

private:
  PVOID handle_;
};

// A read of a page that may not be read; the handler steps over it.
struct FaultHandleContinue {
  FaultHandleContinue() : FaultHandleContinue(MEM_RESERVE | MEM_COMMIT, PAGE_NOACCESS) {}
  FaultHandleContinue(const FaultHandleContinue&) = delete;
  FaultHandleContinue& operator=(const FaultHandleContinue&) = delete;
  ~FaultHandleContinue() { release(base); }

  static LONG CALLBACK step_over(EXCEPTION_POINTERS* exception) {
    if (exception->ExceptionRecord->ExceptionCode != static_cast<DWORD>(EXCEPTION_ACCESS_VIOLATION))
      return EXCEPTION_CONTINUE_SEARCH;
    exception->ContextRecord->Rip += kReadLength;
    return EXCEPTION_CONTINUE_EXECUTION;
  }

  void operator()() { read_byte(base); }

  unsigned char* base;
  Handler handler{step_over};

protected:
  FaultHandleContinue(DWORD type, DWORD protection)
      : base(static_cast<unsigned char*>(VirtualAlloc(nullptr, kGranule, type, protection))) {
    must(base != nullptr, "VirtualAlloc");
  }
};

// The same of a reserved page. For the kernel it lies under a guard marker, which it finds later than a protection.
struct FaultReservedContinue : FaultHandleContinue {
  FaultReservedContinue() : FaultHandleContinue(MEM_RESERVE, PAGE_READWRITE) {}
};

// A page in the middle of 16 touched ones becomes a guard page, is touched, and is an ordinary page again.
struct GuardHitContinue {
  GuardHitContinue() : base(reserve(kGranule, MEM_RESERVE | MEM_COMMIT)), page(base + 4 * kPage) {
    for (std::size_t at = 0; at < kGranule; at += kPage)
      touch(base + at);
  }
  GuardHitContinue(const GuardHitContinue&) = delete;
  GuardHitContinue& operator=(const GuardHitContinue&) = delete;
  ~GuardHitContinue() { release(base); }

  static LONG CALLBACK go_on(EXCEPTION_POINTERS* exception) {
    return exception->ExceptionRecord->ExceptionCode == static_cast<DWORD>(EXCEPTION_GUARD_PAGE)
               ? EXCEPTION_CONTINUE_EXECUTION
               : EXCEPTION_CONTINUE_SEARCH;
  }

  void operator()() {
    DWORD old = 0;
    must(VirtualProtect(page, kPage, PAGE_READWRITE | PAGE_GUARD, &old) != 0, "VirtualProtect(PAGE_GUARD)");
    touch(page);
  }

  unsigned char* base;
  unsigned char* page;
  Handler handler{go_on};
};

// Memory in which few of many pages are written between two questions, as collectors ask them.
struct SparseWrites {
  static constexpr std::size_t kBytes = std::size_t{64} << 20;
  static constexpr std::size_t kWritten = 1000;

  static void write(unsigned char* base) {
    for (std::size_t i = 0; i < kWritten; ++i)
      touch(base + (i * 16 + i % 7) * kPage);
  }
};

struct WriteWatch {
  WriteWatch() : base(reserve(SparseWrites::kBytes, MEM_RESERVE | MEM_COMMIT | MEM_WRITE_WATCH)) {
    for (std::size_t at = 0; at < SparseWrites::kBytes; at += kPage)
      touch(base + at);
    must(ResetWriteWatch(base, SparseWrites::kBytes) == 0, "ResetWriteWatch");
  }
  WriteWatch(const WriteWatch&) = delete;
  WriteWatch& operator=(const WriteWatch&) = delete;
  ~WriteWatch() { release(base); }

  void operator()() {
    SparseWrites::write(base);
    ULONG_PTR count = std::size(pages);
    DWORD granularity = 0;
    must(GetWriteWatch(WRITE_WATCH_FLAG_RESET, base, SparseWrites::kBytes, pages, &count, &granularity) == 0 &&
             count == SparseWrites::kWritten,
         "GetWriteWatch");
  }

  unsigned char* base;
  PVOID pages[4096];
};

template <class Visitor> void visit_faults(Visitor& visitor) {
  visitor.template row<FaultHandleContinue>("fault_handle_continue", 1);
  visitor.template row<FaultReservedContinue>("fault_reserved_continue", 1);
  visitor.template row<GuardHitContinue>("guard_hit_continue", 1);
  visitor.template row<WriteWatch>("write_watch", 1);
}

} // namespace bench
