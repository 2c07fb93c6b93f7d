#include "context.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

// void RtlCaptureContext(CONTEXT*): see exception::capture(). The offsets are Windows' and asserted below.
__asm__(".text\n"
        ".balign 16\n"
        ".globl winmem_RtlCaptureContext\n"
        ".type winmem_RtlCaptureContext, @function\n"
        "winmem_RtlCaptureContext:\n"
        ".cfi_startproc\n"
        "  pushfq\n"
        ".cfi_adjust_cfa_offset 8\n"
        "  mov %rax, 0x78(%rdi)\n"
        "  mov %rcx, 0x80(%rdi)\n"
        "  mov %rdx, 0x88(%rdi)\n"
        "  mov %rbx, 0x90(%rdi)\n"
        "  mov %rbp, 0xA0(%rdi)\n"
        "  mov %rsi, 0xA8(%rdi)\n"
        "  mov %rdi, 0xB0(%rdi)\n"
        "  mov %r8,  0xB8(%rdi)\n"
        "  mov %r9,  0xC0(%rdi)\n"
        "  mov %r10, 0xC8(%rdi)\n"
        "  mov %r11, 0xD0(%rdi)\n"
        "  mov %r12, 0xD8(%rdi)\n"
        "  mov %r13, 0xE0(%rdi)\n"
        "  mov %r14, 0xE8(%rdi)\n"
        "  mov %r15, 0xF0(%rdi)\n"
        "  lea 0x10(%rsp), %rax\n" // behind the flags and the return address
        "  mov %rax, 0x98(%rdi)\n"
        "  mov 0x08(%rsp), %rax\n"
        "  mov %rax, 0xF8(%rdi)\n"
        "  mov (%rsp), %eax\n"
        "  mov %eax, 0x44(%rdi)\n"
        "  movw %cs, 0x38(%rdi)\n"
        "  movw $0x2B, 0x3A(%rdi)\n" // ds, es, fs, gs and ss as every Windows x64 thread has them
        "  movw $0x2B, 0x3C(%rdi)\n"
        "  movw $0x53, 0x3E(%rdi)\n"
        "  movw $0x2B, 0x40(%rdi)\n"
        "  movw %ss, 0x42(%rdi)\n"
        "  fxsave64 0x100(%rdi)\n"
        "  stmxcsr 0x34(%rdi)\n"
        "  movl $0x10000F, 0x30(%rdi)\n" // CONTEXT_FULL | CONTEXT_SEGMENTS
        "  mov 0x78(%rdi), %rax\n"
        "  popfq\n"
        ".cfi_adjust_cfa_offset -8\n"
        "  ret\n"
        ".cfi_endproc\n"
        ".size winmem_RtlCaptureContext, . - winmem_RtlCaptureContext\n");

// [[noreturn]] void winmem_load_registers(const CONTEXT*, const XMM_SAVE_AREA32*): all general registers, the flags and
// the way on; before that the vector registers, if given. The last steps go over the stack to go on with, below its red
// zone. The context is not read any more once that stack is in use: it may lie below, where the frame of a signal that
// arrives then would be written over it. When the program is to be stepped the trap flag must come with the jump
// itself, which iretq alone can do.
__asm__(".text\n"
        ".balign 16\n"
        ".hidden winmem_load_registers\n"
        ".globl winmem_load_registers\n"
        ".type winmem_load_registers, @function\n"
        "winmem_load_registers:\n"
        ".cfi_startproc\n"
        "  test %rsi, %rsi\n"
        "  jz 4f\n"
        "  fxrstor64 (%rsi)\n"
        "4:\n"
        "  mov 0x90(%rdi), %rbx\n"
        "  mov 0xA0(%rdi), %rbp\n"
        "  mov 0xB8(%rdi), %r8\n"
        "  mov 0xC0(%rdi), %r9\n"
        "  mov 0xC8(%rdi), %r10\n"
        "  mov 0xD0(%rdi), %r11\n"
        "  mov 0xD8(%rdi), %r12\n"
        "  mov 0xE0(%rdi), %r13\n"
        "  mov 0xE8(%rdi), %r14\n"
        "  mov 0xF0(%rdi), %r15\n"
        "  mov 0x98(%rdi), %rax\n" // its stack
        "  testl $0x100, 0x44(%rdi)\n"
        "  jnz 1f\n"
        "  mov 0xF8(%rdi), %rcx\n" // its next instruction
        "  mov %rcx, -136(%rax)\n"
        "  mov 0x44(%rdi), %ecx\n" // its flags
        "  mov %rcx, -144(%rax)\n"
        "  mov 0xB0(%rdi), %rcx\n"
        "  mov %rcx, -152(%rax)\n"
        "  mov 0x78(%rdi), %rcx\n"
        "  mov %rcx, -160(%rax)\n"
        "  mov 0x88(%rdi), %rdx\n"
        "  mov 0xA8(%rdi), %rsi\n"
        "  mov 0x80(%rdi), %rcx\n"
        "  lea -160(%rax), %rsp\n"
        "  popq %rax\n"
        "  popq %rdi\n"
        "  popfq\n"
        "  ret $128\n"
        "1:\n"
        "  lea -128(%rax), %rdx\n"
        "  and $-16, %rdx\n"
        "  mov %ss, %esi\n"
        "  mov %rsi, -8(%rdx)\n"
        "  mov %rax, -16(%rdx)\n"
        "  mov 0x44(%rdi), %esi\n"
        "  mov %rsi, -24(%rdx)\n"
        "  mov %cs, %esi\n"
        "  mov %rsi, -32(%rdx)\n"
        "  mov 0xF8(%rdi), %rsi\n"
        "  mov %rsi, -40(%rdx)\n"
        "  mov 0xB0(%rdi), %rsi\n"
        "  mov %rsi, -48(%rdx)\n"
        "  mov 0x88(%rdi), %rsi\n"
        "  mov %rsi, -56(%rdx)\n"
        "  mov 0x78(%rdi), %rax\n"
        "  mov 0x80(%rdi), %rcx\n"
        "  mov 0xA8(%rdi), %rsi\n"
        "  lea -56(%rdx), %rsp\n"
        "  popq %rdx\n"
        "  popq %rdi\n"
        "  iretq\n"
        ".cfi_endproc\n"
        ".size winmem_load_registers, . - winmem_load_registers\n");

extern "C" {
void winmem_RtlCaptureContext(CONTEXT*);
[[noreturn]] void winmem_load_registers(const CONTEXT*, const XMM_SAVE_AREA32*);
}

namespace winmem::exception {

namespace {

static_assert(offsetof(CONTEXT, ContextFlags) == 0x30 && offsetof(CONTEXT, MxCsr) == 0x34 &&
              offsetof(CONTEXT, SegCs) == 0x38 && offsetof(CONTEXT, EFlags) == 0x44 && offsetof(CONTEXT, Rax) == 0x78 &&
              offsetof(CONTEXT, Rsp) == 0x98 && offsetof(CONTEXT, Rdi) == 0xB0 && offsetof(CONTEXT, Rip) == 0xF8 &&
              offsetof(CONTEXT, FltSave) == 0x100);

// Bytes of the image of the x87 and SSE registers that mean the same to both systems; behind them Linux keeps a note.
constexpr std::size_t kImage = 464;
static_assert(sizeof(XMM_SAVE_AREA32) == 512 && offsetof(XMM_SAVE_AREA32, Reserved4) == 416);

// What a program may set in MXCSR. Another bit would be a fault of the instruction that loads it.
constexpr std::uint32_t kMxCsrBits = 0xFFFF;

// The interrupted code's segments: `cs` and `ss` from the kernel, the others as every Windows x64 thread has them.
struct Segments {
  std::uint16_t cs;
  std::uint16_t gs;
  std::uint16_t fs;
  std::uint16_t ss;
};
constexpr WORD kDataSegment = 0x2B;
constexpr WORD kThreadSegment = 0x53;

struct Pair {
  DWORD64 CONTEXT::*windows;
  int linux_number;
};
constexpr Pair kIntegers[] = {
    {&CONTEXT::Rax, REG_RAX}, {&CONTEXT::Rcx, REG_RCX}, {&CONTEXT::Rdx, REG_RDX}, {&CONTEXT::Rbx, REG_RBX},
    {&CONTEXT::Rbp, REG_RBP}, {&CONTEXT::Rsi, REG_RSI}, {&CONTEXT::Rdi, REG_RDI}, {&CONTEXT::R8, REG_R8},
    {&CONTEXT::R9, REG_R9},   {&CONTEXT::R10, REG_R10}, {&CONTEXT::R11, REG_R11}, {&CONTEXT::R12, REG_R12},
    {&CONTEXT::R13, REG_R13}, {&CONTEXT::R14, REG_R14}, {&CONTEXT::R15, REG_R15},
};

// Says in the extended image that its x87 and SSE parts are to be loaded, though they were in their initial state.
void mark_loaded(ucontext_t& context) {
  constexpr std::size_t kMagic = 464;
  constexpr std::size_t kHeader = 512;
  constexpr std::uint32_t kHasHeader = 0x46505853;
  auto* image = reinterpret_cast<char*>(context.uc_mcontext.fpregs);
  std::uint32_t magic;
  std::memcpy(&magic, image + kMagic, sizeof magic);
  if (magic == kHasHeader) {
    std::uint64_t present;
    std::memcpy(&present, image + kHeader, sizeof present);
    present |= 3;
    std::memcpy(image + kHeader, &present, sizeof present);
  }
}

bool has(const CONTEXT& context, DWORD part) { return (context.ContextFlags & part) == part; }

} // namespace

void from_signal(const ucontext_t& from, CONTEXT& to) {
  const greg_t* registers = from.uc_mcontext.gregs;
  // Only what is not written below: this runs at every fault.
  std::memset(&to, 0, offsetof(CONTEXT, Rax));
  std::memset(to.VectorRegister, 0, sizeof(CONTEXT) - offsetof(CONTEXT, VectorRegister));
  to.ContextFlags = CONTEXT_ALL;
  for (const Pair& pair : kIntegers) {
    to.*pair.windows = static_cast<DWORD64>(registers[pair.linux_number]);
  }
  to.Rsp = static_cast<DWORD64>(registers[REG_RSP]);
  to.Rip = static_cast<DWORD64>(registers[REG_RIP]);
  to.EFlags = static_cast<DWORD>(registers[REG_EFL]);
  Segments segments;
  std::memcpy(&segments, &registers[REG_CSGSFS], sizeof segments);
  to.SegCs = segments.cs;
  to.SegSs = segments.ss != 0 ? segments.ss : kDataSegment;
  to.SegDs = kDataSegment;
  to.SegEs = kDataSegment;
  to.SegGs = kDataSegment;
  to.SegFs = kThreadSegment;
  if (from.uc_mcontext.fpregs != nullptr) {
    std::memcpy(&to.FltSave, from.uc_mcontext.fpregs, kImage);
    std::memset(reinterpret_cast<char*>(&to.FltSave) + kImage, 0, sizeof to.FltSave - kImage);
    to.MxCsr = to.FltSave.MxCsr;
  } else {
    std::memset(&to.FltSave, 0, sizeof to.FltSave);
    to.ContextFlags = CONTEXT_CONTROL | CONTEXT_INTEGER | CONTEXT_SEGMENTS;
  }
}

void to_signal(const CONTEXT& from, ucontext_t& to) {
  greg_t* registers = to.uc_mcontext.gregs;
  if (has(from, CONTEXT_INTEGER)) {
    for (const Pair& pair : kIntegers) {
      registers[pair.linux_number] = static_cast<greg_t>(from.*pair.windows);
    }
  }
  if (has(from, CONTEXT_CONTROL)) {
    registers[REG_RSP] = static_cast<greg_t>(from.Rsp);
    registers[REG_RIP] = static_cast<greg_t>(from.Rip);
    registers[REG_EFL] = static_cast<greg_t>(from.EFlags);
  }
  if (has(from, CONTEXT_FLOATING_POINT) && to.uc_mcontext.fpregs != nullptr) {
    std::memcpy(to.uc_mcontext.fpregs, &from.FltSave, kImage);
    to.uc_mcontext.fpregs->mxcsr = from.MxCsr & kMxCsrBits;
    mark_loaded(to);
  }
}

void capture(CONTEXT& to) { winmem_RtlCaptureContext(&to); }

void restore(const CONTEXT& context) {
  // A copy, since the original may lie on the stack that is left; and at a distance from the frames above, below which
  // winmem_load_registers() writes.
  struct {
    alignas(16) CONTEXT registers;
    XMM_SAVE_AREA32 image;
    char distance[256];
  } copy;
  if (has(context, CONTEXT_CONTROL | CONTEXT_INTEGER)) {
    copy.registers = context;
  } else {
    winmem_RtlCaptureContext(&copy.registers);
    if (has(context, CONTEXT_INTEGER)) {
      for (const Pair& pair : kIntegers) {
        copy.registers.*pair.windows = context.*pair.windows;
      }
    }
    copy.registers.Rsp = context.Rsp;
    copy.registers.Rip = context.Rip;
    copy.registers.EFlags = context.EFlags;
  }
  constexpr DWORD kUserFlags = 0x250DD5; // carry to overflow, trap, alignment check, id: the rest is the kernel's
  copy.registers.EFlags = (copy.registers.EFlags & kUserFlags) | 0x202;
  bool has_image = has(context, CONTEXT_FLOATING_POINT);
  copy.image = context.FltSave;
  copy.image.MxCsr = context.MxCsr & kMxCsrBits;
  copy.distance[0] = 0;
  winmem_load_registers(&copy.registers, has_image ? &copy.image : nullptr);
}

} // namespace winmem::exception
