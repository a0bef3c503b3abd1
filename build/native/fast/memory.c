/*
 * memcpy and memset of a 64-bit target: those of Zig's musl are loops over bytes here, and were 15 % of all instructions
 * of a round. 32-bit ARM has good ones in assembler.
 */
#include <stddef.h>
#include <stdint.h>

#if __SIZEOF_POINTER__ == 8

typedef uint64_t word __attribute__((aligned(1), may_alias));
typedef uint32_t half __attribute__((aligned(1), may_alias));
typedef uint16_t quarter __attribute__((aligned(1), may_alias));
typedef uint64_t pair __attribute__((vector_size(16), aligned(1), may_alias));

/* The last piece overlaps the one before it, so there is no loop over single bytes. */
void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    char *d = to;
    const char *s = from;
    if (size >= 16) {
        const pair last = *(const pair *)(s + size - 16);
        for (size_t i = 0; i + 16 < size; i += 16)
            *(pair *)(d + i) = *(const pair *)(s + i);
        *(pair *)(d + size - 16) = last;
    } else if (size >= 8) {
        const word last = *(const word *)(s + size - 8);
        *(word *)d = *(const word *)s;
        *(word *)(d + size - 8) = last;
    } else if (size >= 4) {
        const half last = *(const half *)(s + size - 4);
        *(half *)d = *(const half *)s;
        *(half *)(d + size - 4) = last;
    } else if (size > 0) {
        d[0] = s[0];
        d[size - 1] = s[size - 1];
        d[size / 2] = s[size / 2];
    }
    return to;
}

void *memset(void *to, int value, size_t size)
{
    char *d = to;
    const word all = 0x0101010101010101u * (unsigned char)value;
    const pair both = {all, all};
    if (size >= 16) {
        for (size_t i = 0; i + 16 < size; i += 16)
            *(pair *)(d + i) = both;
        *(pair *)(d + size - 16) = both;
    } else if (size >= 8) {
        *(word *)d = all;
        *(word *)(d + size - 8) = all;
    } else if (size >= 4) {
        *(half *)d = (half)all;
        *(half *)(d + size - 4) = (half)all;
    } else if (size >= 2) {
        *(quarter *)d = (quarter)all;
        *(quarter *)(d + size - 2) = (quarter)all;
    } else if (size == 1) {
        *d = (char)value;
    }
    return to;
}

#else
typedef int nothing;
#endif
