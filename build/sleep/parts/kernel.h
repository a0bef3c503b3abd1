/* The kernel's side of the system calls used here: numbers and structures from its own headers. */
#ifndef DORMOUSE_KERNEL_H
#define DORMOUSE_KERNEL_H

#include <asm/errno.h>
#include <asm/unistd.h>

/* The numbers of <asm/signal.h>, which collides with the C library's own header in the tests. */
#ifndef SIGTERM
#define SIGHUP 1
#define SIGTERM 15
#if defined(__mips__)
#define SIGUSR1 16
#else
#define SIGUSR1 10
#endif
#endif

#if defined(__mips__)
#define SIGSET_BYTES 16  /* 128 signals */
#define MY_SIG_BLOCK 1
#define MY_NONBLOCK 0200
#else
#define SIGSET_BYTES 8
#define MY_SIG_BLOCK 0
#define MY_NONBLOCK 04000
#endif

#define MY_CLOEXEC 02000000
#define MY_AT_FDCWD (-100)
#define MY_SOCK_RAW 3
#define MY_AF_NETLINK 16
#define MY_CLOCK_REALTIME 0
#define MY_CLOCK_BOOTTIME 7
#define MY_TIMER_ABSTIME 1
#define MY_POLLIN 1
#define MY_PR_SET_NAME 15
#define MY_MADV_RANDOM 1
#define MY_MADV_DONTNEED 4

struct poll_fd {
    int fd;
    short events;
    short revents;
};

struct netlink_name {
    uint16_t family;
    uint16_t pad;
    uint32_t port;
    uint32_t groups;
};

struct netlink_header {
    uint32_t length;
    uint16_t type;
    uint16_t flags;
    uint32_t sequence;
    uint32_t port;
};

struct address_header {
    uint8_t family;
    uint8_t prefix;
    uint8_t flags;
    uint8_t scope;
    uint32_t index;
};

struct attribute {
    uint16_t length;
    uint16_t type;
};

/* struct timespec and itimerspec of the calls without and with 64-bit time. */
struct span {
    long seconds;
    long nanos;
};
struct timer {
    struct span interval;
    struct span at;
};
struct wide_timer {
    int64_t interval[2];
    int64_t at[2];
};

#endif
