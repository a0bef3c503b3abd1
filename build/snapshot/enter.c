/*
 * Where the program starts, after the sleeper: three ways.
 *
 * A process that builds a snapshot gets another stack, at a fixed place, on which we are the kernel: one argument, one
 * variable, no vDSO, a CPU of which nothing is known, no randomness. So nothing of the machine that builds reaches
 * libc, OpenSSL or Python: the snapshot cannot remember what it never saw.
 *
 * A woken process does not go through _start: what libc keeps of a process is made anew, then Python goes on.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "enter.h"
#include "snapshot.h"

int snapshot_state;

#define USED __attribute__((used, no_stack_protector))

#if defined(__x86_64__)
__asm__(".text\n.globl __wrap__start\n.type __wrap__start,@function\n__wrap__start:\n"
        "  xorl %ebp, %ebp\n  movq %rsp, %rdi\n  andq $-16, %rsp\n  call snapshot_enter\n"
        "  movq %rax, %rsp\n  xorl %edx, %edx\n  jmp __real__start\n");
#elif defined(__aarch64__)
__asm__(".text\n.globl __wrap__start\n.type __wrap__start,%function\n__wrap__start:\n"
        "  mov x29, #0\n  mov x30, #0\n  mov x0, sp\n  bl snapshot_enter\n"
        "  mov sp, x0\n  mov x0, #0\n  mov x30, #0\n  b __real__start\n");
#elif defined(__arm__)
__asm__(".text\n.syntax unified\n.arm\n.balign 4\n.globl __wrap__start\n.type __wrap__start,%function\n__wrap__start:\n"
        "  mov fp, #0\n  mov lr, #0\n  mov r0, sp\n  bic sp, sp, #7\n  bl snapshot_enter\n"
        "  mov sp, r0\n  mov r0, #0\n  b __real__start\n");
#else
#error "the snapshot has no entry for this architecture: say snapshot = false in its target"
#endif

/* --- the process that builds ---------------------------------------------------------------------------------------- */

#if __SIZEOF_POINTER__ == 8
typedef Elf64_Ehdr Ehdr;
#else
typedef Elf32_Ehdr Ehdr;
#endif
extern const Ehdr __ehdr_start;

/* What the kernel of a process that builds says of the CPU. An ARM before v7 must be told that its thread register works,
 * and that it is one: libc would take the barriers of v7. */
#if defined(__arm__)
enum { CPU = 1 << 15 };
#define PLATFORM "v6l"
#else
enum { CPU = 0 };
#define PLATFORM ""
#endif

struct told {
    long argc;
    const char *argv[2], *environment[3];
    size_t aux[18];
};

USED static long *other_stack(void)
{
    static const unsigned char none[16] = {0};
    char *low = mmap((void *)SNAPSHOT_STACK, SNAPSHOT_STACK_SIZE, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    struct told *told = (struct told *)(low + SNAPSHOT_STACK_SIZE - 4096);
    const size_t aux[] = {
        AT_PHDR, (size_t)&__ehdr_start + __ehdr_start.e_phoff, AT_PHNUM, __ehdr_start.e_phnum,
        AT_PHENT, __ehdr_start.e_phentsize, AT_PAGESZ, 4096, AT_RANDOM, (size_t)none, AT_HWCAP, CPU,
        AT_PLATFORM, (size_t)PLATFORM, AT_NULL, 0,
    };
    told->argc = 1;
    told->argv[0] = "ddns";
    told->environment[0] = "TZ=UTC0";
    told->environment[1] = "OPENSSL_ia32cap=0:0:0:0:0";
    memcpy(told->aux, aux, sizeof aux);
    return (long *)told;
}

static int is_asked_for(char **environment)
{
    static const char name[] = SNAPSHOT_VARIABLE;
    for (; *environment; environment++)
        if (strncmp(*environment, name, sizeof name - 1) == 0)
            return 1;
    return 0;
}

/* --- the woken process ---------------------------------------------------------------------------------------------- */

extern void __init_libc(char **environment, char *name) __attribute__((visibility("hidden")));
extern void *__tls_get_addr(const size_t *which);

char *snapshot_tls(void)
{
    const size_t first[2] = {1, 0};
    return __tls_get_addr(first);
}

int snapshot_argc;
char **snapshot_argv;
char snapshot_tls_content[256];
size_t snapshot_tls_size;

USED static void wake(long *stack)
{
    snapshot_argc = (int)stack[0];
    snapshot_argv = (char **)(stack + 1);
    __init_libc(snapshot_argv + snapshot_argc + 1, snapshot_argv[0]);
    memcpy(snapshot_tls(), snapshot_tls_content, snapshot_tls_size);
    snapshot_woken();
}

USED long *snapshot_enter(long *stack);
USED long *snapshot_enter(long *stack)
{
    if (snapshot_state == SNAPSHOT_WOKEN)
        wake(stack);
    if (!is_asked_for((char **)(stack + 1) + stack[0] + 1))
        return stack;
    snapshot_state = SNAPSHOT_BUILDING;
    return other_stack();
}

/* --- in both -------------------------------------------------------------------------------------------------------- */

/* musl remembers where the vDSO of a process lies, and a woken process is another one: plain system calls. */
int __clock_gettime(clockid_t clock, struct timespec *ts)
{
#if defined(SYS_clock_gettime64)
#ifndef SYS_clock_gettime
#define SYS_clock_gettime SYS_clock_gettime32 /* as musl names it */
#endif
    long done = syscall(SYS_clock_gettime64, clock, ts);
    long old[2];
    if (done == 0 || syscall(SYS_clock_gettime, clock, old) != 0)
        return (int)done;
    ts->tv_sec = old[0]; /* Linux before 5.1 */
    ts->tv_nsec = old[1];
    return 0;
#else
    return (int)syscall(SYS_clock_gettime, clock, ts);
#endif
}
int clock_gettime(clockid_t clock, struct timespec *ts)
{
    return __clock_gettime(clock, ts);
}
