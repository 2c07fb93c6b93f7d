#include "record.h"

#include "instruction.h"

#include <initializer_list>
#include <ntstatus.h>

namespace winmem::exception {

namespace {

// The processor's numbers of its exceptions.
enum class Trap : std::uint64_t {
  divide = 0,
  debug = 1,
  breakpoint = 3,
  overflow = 4,
  bounds = 5,
  invalid_opcode = 6,
  stack_segment = 12,
  general_protection = 13,
  page_fault = 14,
  x87 = 16,
  alignment = 17,
  simd = 19,
};

constexpr std::uint64_t kErrorWrite = 2; // of a page fault
constexpr std::uint64_t kErrorFetch = 16;
constexpr ULONG_PTR kRead = EXCEPTION_READ_FAULT;
constexpr ULONG_PTR kNowhere = ~ULONG_PTR{0}; // E2: the processor does not say where

void set(EXCEPTION_RECORD& record, NTSTATUS code, std::initializer_list<ULONG_PTR> parameters = {}) {
  record.ExceptionCode = static_cast<DWORD>(code);
  record.NumberParameters = static_cast<DWORD>(parameters.size());
  ULONG_PTR* out = record.ExceptionInformation;
  for (ULONG_PTR parameter : parameters) {
    *out++ = parameter;
  }
}

// The end of the stack: an access near the stack pointer where there is no stack any more. Frames larger than a page
// are touched anywhere, so near is generous.
bool is_overflow(const host::Fault& fault) {
  constexpr Address kBelow = 0x10000;
  constexpr Address kAbove = 0x100000;
  return fault.stack_is_exhausted && fault.address() + kBelow - fault.stack() < kBelow + kAbove;
}

void describe_page_fault(const host::Fault& fault, EXCEPTION_RECORD& record) {
  ULONG_PTR access = access_of(fault);
  if (static_cast<PageFault>(fault.verdict) == PageFault::guard_page) {
    set(record, STATUS_GUARD_PAGE_VIOLATION, {access, fault.address()});
  } else if (is_overflow(fault)) {
    set(record, STATUS_STACK_OVERFLOW, {access, fault.address()});
  } else {
    set(record, STATUS_ACCESS_VIOLATION, {access, fault.address()});
  }
}

// A page of a file that cannot be had: behind its end, or the device failed, or is full.
void describe_bus_error(const host::Fault& fault, EXCEPTION_RECORD& record) {
  bool is_hardware = fault.info->si_code == BUS_MCEERR_AR || fault.info->si_code == BUS_MCEERR_AO;
  set(record, STATUS_IN_PAGE_ERROR,
      {access_of(fault), fault.address(), is_hardware ? static_cast<DWORD>(STATUS_DEVICE_DATA_ERROR) : fault.verdict});
}

NTSTATUS x87_code(int code) {
  switch (code) {
  case FPE_FLTDIV:
    return STATUS_FLOAT_DIVIDE_BY_ZERO;
  case FPE_FLTOVF:
    return STATUS_FLOAT_OVERFLOW;
  case FPE_FLTUND:
    return STATUS_FLOAT_UNDERFLOW;
  case FPE_FLTRES:
    return STATUS_FLOAT_INEXACT_RESULT;
  default:
    return STATUS_FLOAT_INVALID_OPERATION;
  }
}

// Windows tells SSE exceptions apart by the moment only: before the operation (invalid, denormal, division by zero) or
// after it (overflow, underflow, inexact); MXCSR is a parameter.
NTSTATUS simd_code(const CONTEXT& context) {
  constexpr DWORD kBefore = 7;
  DWORD unmasked = context.MxCsr & ~(context.MxCsr >> 7) & 0x3F;
  return (unmasked & kBefore) != 0 ? STATUS_FLOAT_MULTIPLE_TRAPS : STATUS_FLOAT_MULTIPLE_FAULTS;
}

void describe_trap(const host::Fault& fault, CONTEXT& context, EXCEPTION_RECORD& record) {
  switch (static_cast<Trap>(fault.trap())) {
  case Trap::divide:
    set(record, divides_by_zero(context) ? STATUS_INTEGER_DIVIDE_BY_ZERO : STATUS_INTEGER_OVERFLOW);
    break;
  case Trap::debug:
    context.EFlags &= ~DWORD{0x100}; // Windows steps once, unless a handler asks again
    set(record, STATUS_SINGLE_STEP);
    break;
  case Trap::breakpoint:
    context.Rip -= 1; // Linux is behind the instruction, Windows on it
    set(record, STATUS_BREAKPOINT, {0});
    break;
  case Trap::overflow:
    set(record, STATUS_INTEGER_OVERFLOW);
    break;
  case Trap::bounds:
    set(record, STATUS_ARRAY_BOUNDS_EXCEEDED);
    break;
  case Trap::invalid_opcode:
    set(record, STATUS_ILLEGAL_INSTRUCTION);
    break;
  case Trap::x87:
    set(record, x87_code(fault.info->si_code), {0});
    break;
  case Trap::simd:
    set(record, simd_code(context), {0, context.MxCsr});
    break;
  case Trap::alignment:
    set(record, STATUS_DATATYPE_MISALIGNMENT);
    break;
  case Trap::general_protection:
    if (is_privileged(reinterpret_cast<const void*>(context.Rip))) {
      set(record, STATUS_PRIVILEGED_INSTRUCTION);
      break;
    }
    [[fallthrough]];
  default: // a non-canonical address (E2)
    set(record, STATUS_ACCESS_VIOLATION, {kRead, kNowhere});
    break;
  }
}

} // namespace

bool is_page_fault(const host::Fault& fault) { return static_cast<Trap>(fault.trap()) == Trap::page_fault; }

ULONG_PTR access_of(const host::Fault& fault) {
  if ((fault.error() & kErrorFetch) != 0 || fault.address() == fault.instruction()) {
    return EXCEPTION_EXECUTE_FAULT;
  }
  return (fault.error() & kErrorWrite) != 0 ? EXCEPTION_WRITE_FAULT : EXCEPTION_READ_FAULT;
}

void describe(const host::Fault& fault, CONTEXT& context, EXCEPTION_RECORD& record) {
  record.ExceptionFlags = 0;
  record.ExceptionRecord = nullptr;
  if (!is_page_fault(fault)) {
    describe_trap(fault, context, record);
  } else if (fault.signal == SIGBUS && static_cast<PageFault>(fault.verdict) != PageFault::violation) {
    describe_bus_error(fault, record);
  } else {
    describe_page_fault(fault, record);
  }
  record.ExceptionAddress = reinterpret_cast<PVOID>(context.Rip);
}

} // namespace winmem::exception
