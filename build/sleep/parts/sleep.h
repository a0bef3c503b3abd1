/* What the sleeper's parts know of each other, and of the kernel. Nothing here needs libc. */
#ifndef DORMOUSE_SLEEP_H
#define DORMOUSE_SLEEP_H

#include <stdint.h>

/* The answers written into DDNS_SLEEP; hibernate.py reads them. */
enum { WOKE_TIME = 't', WOKE_SIGNAL = 's', WOKE_ADDRESS = 'a', NOT_SLEPT = 'x' };

struct moment {
    uint64_t seconds;
    uint32_t nanos;
};

/* DDNS_SLEEP, read. */
struct request {
    struct moment boot;  /* when to wake, on CLOCK_BOOTTIME */
    struct moment real;  /* when to wake, on CLOCK_REALTIME */
    uint64_t signals;    /* bit n-1: signal n wakes */
    uint64_t digest;     /* of the addresses that are known */
    uint32_t pid;        /* for which process it was made */
    int watch;           /* whether changed addresses wake */
    int forever;         /* no time wakes */
};

#define REQUEST_LENGTH 107

/* One system call; at most four arguments, so that no architecture needs the stack for them. */
long dormouse_call(long number, long a, long b, long c, long d);

/* Read so many hexadecimal digits; clears *ok when there are others. */
uint64_t dormouse_number(const char *text, int digits, int *ok);

/* Read the value of DDNS_SLEEP. Returns 1 when it is whole and well formed, 0 for anything else. */
int dormouse_parse(const char *value, struct request *into);

/* Add the members of the address set that a piece of the kernel's answer holds. Returns LIST_MORE, or how it ended. */
enum { LIST_MORE, LIST_END, LIST_DISTURBED, LIST_BAD };
int dormouse_list(const unsigned char *data, long length, uint64_t *digest, int *disturbed);

/* Keep these signals (bit n-1: signal n) pending. */
void dormouse_block(uint64_t signals);

/* Wait as asked; returns one of the answers above. */
char dormouse_wait(const struct request *request);

/* Answer `ddns healthcheck` and end the process where a running instance is sure to be well; else return. */
void dormouse_health(long *stack);

/* Called by the ELF entry with the stack as the kernel made it: argc, argv, 0, environment, 0. */
void dormouse_sleep(long *stack);

/* "DDNS_SLEEP=", and the message that asks for all addresses (RTM_GETADDR, a request for a dump). Kept beside the code:
 * in .rodata they would bring a second run of pages into memory. */
#define DORMOUSE_ASK_BYTES 24
extern const char dormouse_name[] __attribute__((visibility("hidden")));
extern const uint32_t dormouse_ask[] __attribute__((visibility("hidden")));

#endif
