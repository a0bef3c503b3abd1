/*
 * Atomic operations that Zig's libraries lack on 32-bit machines; libatomic and libgcc would have them.
 */
#include <stddef.h>
#include <stdint.h>

/* Asked by OpenSSL for 64 bits; where the answer is no it takes a lock. */
_Bool lock_free(size_t size, const volatile void *at) __asm__("__atomic_is_lock_free");
_Bool lock_free(size_t size, const volatile void *at)
{
    (void)at;
    return size <= sizeof(long);
}

#if defined(__arm__) && __ARM_ARCH < 6

/*
 * Before version 6, ARM has no instructions for them, and clang calls these functions. On version 6 and later, where the
 * same program runs too, the kernel may not offer its helper for them; musl has found out at its start, and this uses what
 * musl found (src/thread/arm/__set_thread_area.c, arch/arm/atomic_arch.h, read 2026-11-27).
 *
 * 64 bits are changed under a lock: all operations on them come here.
 */
#include <sched.h>

extern __attribute__((visibility("hidden"))) uintptr_t __a_cas_ptr, __a_barrier_ptr;

/* Exchange *at for "to" if it is "from"; returns 0 when that was done. */
static int exchanged(uint32_t from, uint32_t to, volatile uint32_t *at)
{
    register uint32_t r0 __asm__("r0") = from;
    register uint32_t r1 __asm__("r1") = to;
    register volatile uint32_t *r2 __asm__("r2") = at;
    register uintptr_t r3 __asm__("r3") = __a_cas_ptr;
    __asm__ volatile("blx r3" : "+r"(r0), "+r"(r3) : "r"(r1), "r"(r2) : "memory", "lr", "ip", "cc");
    return r0;
}

void barrier(void) __asm__("__sync_synchronize");
void barrier(void)
{
    register uintptr_t ip __asm__("ip") = __a_barrier_ptr;
    __asm__ volatile("blx ip" : "+r"(ip) : : "memory", "cc", "lr");
}

static volatile uint32_t taken;

static void lock(void)
{
    while (exchanged(0, 1, &taken) != 0)
        sched_yield(); /* on one core its owner must run */
}

static void unlock(void)
{
    barrier();
    taken = 0;
}

/* One function for each operation and size. "make" is the new value out of "old" and "value". Narrow values come in whole
 * registers, of which only the lower bits count. */
#define NARROW(name, size, type, make)                                                                  \
    type name##size(volatile type *at, uint32_t given) __asm__("__sync_" #name "_" #size);             \
    type name##size(volatile type *at, uint32_t given)                                                  \
    {                                                                                                   \
        volatile uint32_t *word = (volatile uint32_t *)((uintptr_t)at & ~(uintptr_t)3);                 \
        const unsigned shift = ((uintptr_t)at & 3) * 8; /* little-endian */                             \
        const uint32_t mask = (uint32_t)(type)~(type)0 << shift;                                        \
        const type value = (type)given;                                                                 \
        for (;;) {                                                                                      \
            const uint32_t whole = *word;                                                               \
            const type old = (type)((whole & mask) >> shift);                                           \
            const type new = (type)(make);                                                              \
            if (exchanged(whole, (whole & ~mask) | (uint32_t)new << shift, word) == 0)                  \
                return old;                                                                             \
        }                                                                                               \
    }

#define WIDE(name, make)                                                                   \
    uint64_t name##8(volatile uint64_t *at, uint64_t value) __asm__("__sync_" #name "_8"); \
    uint64_t name##8(volatile uint64_t *at, uint64_t value)                                \
    {                                                                                      \
        lock();                                                                            \
        const uint64_t old = *at;                                                          \
        *at = (make);                                                                      \
        unlock();                                                                          \
        return old;                                                                        \
    }

#define EACH(name, make)            \
    NARROW(name, 1, uint8_t, make)  \
    NARROW(name, 2, uint16_t, make) \
    NARROW(name, 4, uint32_t, make) \
    WIDE(name, make)

EACH(fetch_and_add, old + value)
EACH(fetch_and_sub, old - value)
EACH(fetch_and_and, old & value)
EACH(fetch_and_or, old | value)
EACH(fetch_and_xor, old ^ value)
EACH(lock_test_and_set, value)

#define COMPARE(size, type)                                                                                          \
    type compare##size(volatile type *at, uint32_t from, uint32_t to) __asm__("__sync_val_compare_and_swap_" #size); \
    type compare##size(volatile type *at, uint32_t from, uint32_t to)                                                \
    {                                                                                                                \
        volatile uint32_t *word = (volatile uint32_t *)((uintptr_t)at & ~(uintptr_t)3);                              \
        const unsigned shift = ((uintptr_t)at & 3) * 8;                                                              \
        const uint32_t mask = (uint32_t)(type)~(type)0 << shift;                                                     \
        const uint32_t new = (uint32_t)(type)to << shift;                                                            \
        for (;;) {                                                                                                   \
            const uint32_t whole = *word;                                                                            \
            const type old = (type)((whole & mask) >> shift);                                                        \
            if (old != (type)from || exchanged(whole, (whole & ~mask) | new, word) == 0)                             \
                return old;                                                                                          \
        }                                                                                                            \
    }

COMPARE(1, uint8_t)
COMPARE(2, uint16_t)
COMPARE(4, uint32_t)

uint64_t compare8(volatile uint64_t *at, uint64_t from, uint64_t to) __asm__("__sync_val_compare_and_swap_8");
uint64_t compare8(volatile uint64_t *at, uint64_t from, uint64_t to)
{
    lock();
    const uint64_t old = *at;
    if (old == from)
        *at = to;
    unlock();
    return old;
}

#endif
