/* Threads that change the same values at once, by every operation and size: each sum must be whole. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>

enum { THREADS = 4, TIMES = 50000 };

static uint64_t added, compared;
static uint32_t word, word_compared, guarded;
static uint16_t halves[2];
static uint8_t bytes[4], taken;

static void *count(void *own)
{
    for (int i = 0; i < TIMES; i++) {
        __atomic_fetch_add(&added, 0x100000001, __ATOMIC_SEQ_CST);
        __atomic_fetch_add(&word, 1, __ATOMIC_SEQ_CST);
        __atomic_fetch_sub(&halves[1], 1, __ATOMIC_SEQ_CST);
        __atomic_fetch_add(&bytes[(uintptr_t)own], 1, __ATOMIC_SEQ_CST);
        uint32_t old = __atomic_load_n(&word_compared, __ATOMIC_RELAXED);
        while (!__atomic_compare_exchange_n(&word_compared, &old, old + 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
            ;
        uint64_t seen = __atomic_load_n(&compared, __ATOMIC_RELAXED);
        while (!__atomic_compare_exchange_n(&compared, &seen, seen + 0x100000001, 0, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
            ;
        while (__atomic_exchange_n(&taken, 1, __ATOMIC_ACQUIRE))
            ;
        guarded++;
        __atomic_store_n(&taken, 0, __ATOMIC_RELEASE);
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    for (uintptr_t i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, count, (void *)i);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    const uint64_t total = THREADS * TIMES, both = total << 32 | total;
    int wrong = added != both || compared != both || word != total || word_compared != total || guarded != total;
    wrong |= halves[0] != 0 || halves[1] != (uint16_t)-total;
    for (int i = 0; i < THREADS; i++)
        wrong |= bytes[i] != (uint8_t)TIMES;
    int8_t small = -1, from = -1; /* a negative one, which the caller may extend */
    wrong |= !__atomic_compare_exchange_n(&small, &from, -128, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST) || small != -128;
    wrong |= __atomic_compare_exchange_n(&small, &from, 0, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST) || from != -128;
    wrong |= __atomic_fetch_and(&word, 0xff, __ATOMIC_SEQ_CST) != total || word != (total & 0xff);
    wrong |= __atomic_fetch_or(&halves[0], 0x8001, __ATOMIC_SEQ_CST) != 0 || halves[0] != 0x8001;
    wrong |= __atomic_fetch_xor(&added, ~(uint64_t)0, __ATOMIC_SEQ_CST) != both || added != ~both;
    wrong |= __atomic_exchange_n(&compared, 1, __ATOMIC_SEQ_CST) != both || compared != 1;
    puts(wrong ? "wrong" : "right");
    return wrong;
}
