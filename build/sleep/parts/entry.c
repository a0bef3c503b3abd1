/* Where the kernel starts the program, and how it is called: all that differs between architectures.
 *
 * dormouse_start calls dormouse_sleep and goes on to _start. The assembler saves what the C library's _start expects (the stack pointer, and the register that may hold a function
 * to call at exit), so it cannot tell that anybody was here. */
#include "sleep.h"

#if defined(__x86_64__)
__asm__(".text\n"
        ".globl dormouse_start\n.type dormouse_start, @function\n"
        "dormouse_start:\n"
        "  xorl %ebp, %ebp\n"
        "  movq %rsp, %rbx\n"
        "  movq %rdx, %r12\n"
        "  movq %rsp, %rdi\n"
        "  andq $-16, %rsp\n"
        "  call dormouse_sleep\n"
        "  movq %rbx, %rsp\n"
        "  movq %r12, %rdx\n"
        "  jmp _start\n");

long dormouse_call(long number, long a, long b, long c, long d)
{
    long result;
    register long r10 __asm__("r10") = d;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10)
                     : "rcx", "r11", "memory");
    return result;
}

#elif defined(__aarch64__)
__asm__(".text\n"
        ".globl dormouse_start\n.type dormouse_start, %function\n"
        "dormouse_start:\n"
        "  mov x29, #0\n"
        "  mov x30, #0\n"
        "  mov x19, x0\n"
        "  mov x0, sp\n"
        "  bl dormouse_sleep\n"
        "  mov x0, x19\n"
        "  mov x30, #0\n"
        "  b _start\n");

long dormouse_call(long number, long a, long b, long c, long d)
{
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = 0;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
    return x0;
}

#elif defined(__arm__)
__asm__(".text\n.syntax unified\n.arm\n.balign 4\n"
        ".globl dormouse_start\n.type dormouse_start, %function\n"
        "dormouse_start:\n"
        "  mov fp, #0\n"
        "  mov r4, r0\n"
        "  mov r5, sp\n"
        "  mov r0, sp\n"
        "  bic sp, sp, #7\n"
        "  bl dormouse_sleep\n"
        "  mov sp, r5\n"
        "  mov r0, r4\n"
        "  b _start\n");

long dormouse_call(long number, long a, long b, long c, long d)
{
    register long r7 __asm__("r7") = number;
    register long r0 __asm__("r0") = a;
    register long r1 __asm__("r1") = b;
    register long r2 __asm__("r2") = c;
    register long r3 __asm__("r3") = d;
    __asm__ volatile("svc 0" : "+r"(r0) : "r"(r7), "r"(r1), "r"(r2), "r"(r3) : "memory");
    return r0;
}

#elif defined(__i386__)
__asm__(".text\n"
        ".globl dormouse_start\n.type dormouse_start, @function\n"
        "dormouse_start:\n"
        "  xorl %ebp, %ebp\n"
        "  movl %esp, %ebx\n"
        "  movl %edx, %esi\n"
        "  movl %esp, %eax\n"
        "  andl $-16, %esp\n"
        "  subl $12, %esp\n"
        "  pushl %eax\n"
        "  call dormouse_sleep\n"
        "  movl %ebx, %esp\n"
        "  movl %esi, %edx\n"
        "  jmp _start\n");

long dormouse_call(long number, long a, long b, long c, long d)
{
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d) : "memory");
    return result;
}

#elif defined(__riscv) && __riscv_xlen == 64
__asm__(".text\n"
        ".globl dormouse_start\n.type dormouse_start, @function\n"
        "dormouse_start:\n"
        ".option push\n.option norelax\n"
        "  lla gp, __global_pointer$\n" /* the linker may have made accesses relative to it */
        ".option pop\n"
        "  mv s0, sp\n"
        "  mv s1, a0\n"
        "  mv a0, sp\n"
        "  call dormouse_sleep\n"
        "  mv sp, s0\n"
        "  mv a0, s1\n"
        "  tail _start\n");

long dormouse_call(long number, long a, long b, long c, long d)
{
    register long a7 __asm__("a7") = number;
    register long a0 __asm__("a0") = a;
    register long a1 __asm__("a1") = b;
    register long a2 __asm__("a2") = c;
    register long a3 __asm__("a3") = d;
    __asm__ volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2), "r"(a3) : "memory");
    return a0;
}

#elif defined(__mips__) && _MIPS_SIM == _ABIO32
__asm__(".text\n.set push\n.set noreorder\n.option pic0\n"
        ".globl dormouse_start\n.type dormouse_start, @function\n"
        "dormouse_start:\n"
        "  move $16, $29\n"
        "  move $17, $2\n"
        "  move $4, $29\n"
        "  li $8, -8\n"
        "  and $29, $29, $8\n"
        "  addiu $29, $29, -16\n"
        "  lui $25, %hi(dormouse_sleep)\n"
        "  addiu $25, $25, %lo(dormouse_sleep)\n"
        "  jalr $25\n"
        "  nop\n"
        "  move $29, $16\n"
        "  move $2, $17\n"
        "  lui $25, %hi(_start)\n"
        "  addiu $25, $25, %lo(_start)\n"
        "  jr $25\n"
        "  nop\n"
        ".set pop\n");

long dormouse_call(long number, long a, long b, long c, long d)
{
    register long v0 __asm__("$2") = number;
    register long a0 __asm__("$4") = a;
    register long a1 __asm__("$5") = b;
    register long a2 __asm__("$6") = c;
    register long a3 __asm__("$7") = d;
    __asm__ volatile("syscall"
                     : "+r"(v0), "+r"(a3)
                     : "r"(a0), "r"(a1), "r"(a2)
                     : "$1", "$3", "$8", "$9", "$10", "$11", "$12", "$13", "$14", "$15", "$24", "$25", "hi", "lo", "memory");
    return a3 ? -v0 : v0;
}

#else
#error "the sleeper has no entry for this architecture: leave build/sleep out, the program then sleeps in Python"
#endif

__asm__(".text\n.balign 4\n"
        ".globl dormouse_ask\n.hidden dormouse_ask\n"
        "dormouse_ask: .long 24\n.short 22, 0x301\n.long 1, 0, 0, 0\n" /* length, type, flags, sequence, port, any */
        ".globl dormouse_name\n.hidden dormouse_name\n"
        "dormouse_name: .asciz \"DDNS_SLEEP=\"\n.balign 4\n");
