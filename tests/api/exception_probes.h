// Functions that cause one exception each, at an instruction whose address the test knows.
//
// Written in assembly, so that registers and lengths of instructions are the same on either system: the arguments are
// moved to rcx and rdx first. exception_probe_read_at is where exception_probe_read accesses memory, and so for each. A
// handler gets a thread out of a probe in one of two ways:
//
//   return_from_probe(context, value)   as if the probe had returned `value` instead of doing what it does
//   skip_instruction(context, bytes)    as if the instruction had done nothing
//
// Surprise: __attribute__((ms_abi)) would do without the moving, but g++ 12 at -O2 loses track of the stack pointer in
// functions that call such a function.
#pragma once

#include "windows_api.h"

#ifdef _MSC_VER
#error "these probes are written for g++ and clang"
#endif
namespace apitest {

// What exception_probe_registers loads before it faults, and what it leaves behind; rsp is not among them.
struct GeneralRegisters {
  std::uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15;
};

struct alignas(32) VectorRegisters {
  unsigned char bytes[16][32];
};

} // namespace apitest

extern "C" {
int exception_probe_read(const void* byte);            // movzbl (%rcx), %eax            3 bytes
int exception_probe_write(void* byte, char value);     // movb %dl, (%rcx)               2 bytes
int exception_probe_read_16(const void* place);        // movups (%rcx), %xmm0           3 bytes
int exception_probe_write_8(void* place);              // movq %rax, (%rcx)              3 bytes
int exception_probe_increment(void* byte);             // incb (%rcx)                    2 bytes
int exception_probe_locked_increment(void* byte);      // lock incb (%rcx)               3 bytes
int exception_probe_illegal(void);                     // ud2                            2 bytes
int exception_probe_breakpoint(void);                  // int3                           1 byte
int exception_probe_privileged(void);                  // hlt                            1 byte
int exception_probe_divide(int dividend, int divisor); // the division is at ..._divide_at, 2 bytes

// Calls itself until the stack ends.
int exception_probe_endless(int depth);

extern const char exception_probe_read_at[];
extern const char exception_probe_write_at[];
extern const char exception_probe_read_16_at[];
extern const char exception_probe_write_8_at[];
extern const char exception_probe_increment_at[];
extern const char exception_probe_locked_increment_at[];
extern const char exception_probe_illegal_at[];
extern const char exception_probe_breakpoint_at[];
extern const char exception_probe_privileged_at[];
extern const char exception_probe_divide_at[];
extern const char exception_probe_endless_at[];

// Loads all general registers from `values` (rcx too: the byte read is at values->rcx), reads the byte, and stores them
// all in `values` again; the read is at ..._registers_at and is 2 bytes long, into al.
void exception_probe_registers(apitest::GeneralRegisters* values);
extern const char exception_probe_registers_at[];

// Loads the vector registers from `values`, reads `byte` into al (2 bytes of code), stores them in `values` again.
// xmm: the lower 16 bytes of each, by instructions that every processor has. ymm: all 32, where there is AVX.
void exception_probe_xmm(apitest::VectorRegisters* values, const void* byte);
void exception_probe_ymm(apitest::VectorRegisters* values, const void* byte);
extern const char exception_probe_xmm_at[];
extern const char exception_probe_ymm_at[];
}

namespace apitest {

template <typename Function> std::uintptr_t code_address(Function* function) {
  return reinterpret_cast<std::uintptr_t>(function);
}

inline void return_from_probe(CONTEXT* context, std::uint64_t value = 0) {
  context->Rip = *reinterpret_cast<DWORD64*>(static_cast<std::uintptr_t>(context->Rsp)); // what `ret` does
  context->Rsp += 8;
  context->Rax = value;
}

inline void skip_instruction(CONTEXT* context, unsigned bytes) { context->Rip += bytes; }

bool processor_has_avx();

} // namespace apitest
