#include "exception_probes.h"

// The arguments, wherever the calling convention has them, go to rcx and rdx.
__asm__(".macro enter_probe name\n"
        "  .globl exception_probe_\\name, exception_probe_\\name\\()_at\n"
        "exception_probe_\\name:\n"
#ifdef WINMEM_TESTS_NATIVE
        "  movq %rdi, %rcx\n"
        "  movq %rsi, %rdx\n"
#endif
        ".endm\n"
        ".macro probe name\n"
        "  enter_probe \\name\n"
        "exception_probe_\\name\\()_at:\n"
        ".endm\n");

// Every register that either convention preserves is saved by the probes that change it. The reader has an unwind
// table, since handlers throw through it.
__asm__(R"(
    .text
    .cfi_startproc
    probe read
    movzbl (%rcx), %eax
    ret
    .cfi_endproc

    probe write
    movb %dl, (%rcx)
    movl $1, %eax
    ret

    probe read_16
    movups (%rcx), %xmm0
    movl $1, %eax
    ret

    probe write_8
    movq %rax, (%rcx)
    movl $1, %eax
    ret

    probe increment
    incb (%rcx)
    movl $1, %eax
    ret

    probe locked_increment
    lock incb (%rcx)
    movl $1, %eax
    ret

    probe illegal
    ud2
    movl $1, %eax
    ret

    probe breakpoint
    int3
    movl $1, %eax
    ret

    probe privileged
    hlt
    movl $1, %eax
    ret

    enter_probe divide
    movl %edx, %r8d
    movl %ecx, %eax
    cltd
exception_probe_divide_at:
    idivl %r8d
    ret

    probe endless
1:
    subq $504, %rsp
    movl %ecx, (%rsp)
    incl %ecx
    call 1b
    addq $504, %rsp
    ret

    enter_probe registers
    pushq %rbx
    pushq %rsi
    pushq %rdi
    pushq %rbp
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    pushq %rcx
    movq (%rcx), %rax
    movq 8(%rcx), %rbx
    movq 24(%rcx), %rdx
    movq 32(%rcx), %rsi
    movq 40(%rcx), %rdi
    movq 48(%rcx), %rbp
    movq 56(%rcx), %r8
    movq 64(%rcx), %r9
    movq 72(%rcx), %r10
    movq 80(%rcx), %r11
    movq 88(%rcx), %r12
    movq 96(%rcx), %r13
    movq 104(%rcx), %r14
    movq 112(%rcx), %r15
    movq 16(%rcx), %rcx
exception_probe_registers_at:
    movb (%rcx), %al
    xchgq (%rsp), %rcx
    movq %rax, (%rcx)
    movq %rbx, 8(%rcx)
    movq %rdx, 24(%rcx)
    movq %rsi, 32(%rcx)
    movq %rdi, 40(%rcx)
    movq %rbp, 48(%rcx)
    movq %r8, 56(%rcx)
    movq %r9, 64(%rcx)
    movq %r10, 72(%rcx)
    movq %r11, 80(%rcx)
    movq %r12, 88(%rcx)
    movq %r13, 96(%rcx)
    movq %r14, 104(%rcx)
    movq %r15, 112(%rcx)
    popq %rax
    movq %rax, 16(%rcx)
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbp
    popq %rdi
    popq %rsi
    popq %rbx
    ret

    .irp kind, xmm, ymm
    enter_probe \kind
    subq $168, %rsp
    movups %xmm6, (%rsp)
    movups %xmm7, 16(%rsp)
    movups %xmm8, 32(%rsp)
    movups %xmm9, 48(%rsp)
    movups %xmm10, 64(%rsp)
    movups %xmm11, 80(%rsp)
    movups %xmm12, 96(%rsp)
    movups %xmm13, 112(%rsp)
    movups %xmm14, 128(%rsp)
    movups %xmm15, 144(%rsp)
    .ifc \kind, xmm
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
    movups 32*\n(%rcx), %xmm\n
    .endr
    .else
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
    vmovups 32*\n(%rcx), %ymm\n
    .endr
    .endif
exception_probe_\kind\()_at:
    movb (%rdx), %al
    .ifc \kind, xmm
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
    movups %xmm\n, 32*\n(%rcx)
    .endr
    .else
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
    vmovups %ymm\n, 32*\n(%rcx)
    .endr
    vzeroupper
    .endif
    movups (%rsp), %xmm6
    movups 16(%rsp), %xmm7
    movups 32(%rsp), %xmm8
    movups 48(%rsp), %xmm9
    movups 64(%rsp), %xmm10
    movups 80(%rsp), %xmm11
    movups 96(%rsp), %xmm12
    movups 112(%rsp), %xmm13
    movups 128(%rsp), %xmm14
    movups 144(%rsp), %xmm15
    addq $168, %rsp
    ret
    .endr
)");

namespace apitest {

bool processor_has_avx() { return __builtin_cpu_supports("avx"); }

} // namespace apitest
