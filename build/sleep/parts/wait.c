/* The wait itself: one ppoll over a signalfd, two timers and a routing socket.
 *
 * The stack stays small and no heap is left behind: what is touched here is what the sleeping process weighs. */
#include "sleep.h"
#include "kernel.h"

enum { SIGNAL, BOOT, REAL, EVENTS, COUNT };
enum { BUFFER = 32768, TRIES = 3, DEBOUNCE_NANOS = 400000000 }; /* the kernel fills at most 32 KiB in one read */
enum { GROUPS = 0x10 | 0x100 };

static int open_socket(uint32_t groups)
{
    struct netlink_name name = {MY_AF_NETLINK, 0, 0, groups};
    long fd = dormouse_call(__NR_socket, MY_AF_NETLINK, MY_SOCK_RAW | MY_CLOEXEC | MY_NONBLOCK, 0, 0);
    if (fd < 0)
        return -1;
    if (dormouse_call(__NR_bind, fd, (long)&name, sizeof name, 0) < 0) {
        dormouse_call(__NR_close, fd, 0, 0, 0);
        return -1;
    }
    return (int)fd;
}

/* Ask for all addresses; returns how the list ended. */
static int list(unsigned char *buffer, uint64_t *digest)
{
    int disturbed = 0, state = LIST_MORE;
    int fd = open_socket(0);
    *digest = 0;
    if (fd < 0)
        return LIST_BAD;
    if (dormouse_call(__NR_write, fd, (long)dormouse_ask, DORMOUSE_ASK_BYTES, 0) < 0)
        state = LIST_BAD;
    while (state == LIST_MORE) {
        long length = dormouse_call(__NR_read, fd, (long)buffer, BUFFER, 0);
        if (length == -EINTR)
            continue;
        state = length <= 0 ? LIST_BAD : dormouse_list(buffer, length, digest, &disturbed);
    }
    dormouse_call(__NR_close, fd, 0, 0, 0);
    return state;
}

/* Whether the addresses are known to be others than before. The buffer is borrowed at the end of the data segment,
 * where nothing is yet, and given back at once. */
static int changed(uint64_t before)
{
    uint64_t digest = 0;
    int state = LIST_DISTURBED;
    long end = dormouse_call(__NR_brk, 0, 0, 0, 0);
    long start = (end + 15) & ~15l;
    if (dormouse_call(__NR_brk, start + BUFFER, 0, 0, 0) != start + BUFFER)
        return 0;
    for (int i = 0; i < TRIES && state == LIST_DISTURBED; i++)
        state = list((unsigned char *)start, &digest);
    dormouse_call(__NR_brk, end, 0, 0, 0);
    return state == LIST_END && digest != before;
}

/* Throw the events away that have come; returns 0 when the socket is broken. */
static int drain(int fd)
{
    uint32_t some;
    for (;;) {
        long got = dormouse_call(__NR_read, fd, (long)&some, sizeof some, 0);
        if (got == -EAGAIN)
            return 1;
        if (got < 0 && got != -EINTR && got != -ENOBUFS)
            return 0;
    }
}

static int open_timer(long clock, const struct moment *at)
{
    long fd = dormouse_call(__NR_timerfd_create, clock, MY_CLOEXEC, 0, 0);
    long done = -ENOSYS;
    if (fd < 0)
        return -1;
#ifdef __NR_timerfd_settime64
    struct wide_timer wide = {{0, 0}, {(int64_t)at->seconds, at->nanos}};
    done = dormouse_call(__NR_timerfd_settime64, fd, MY_TIMER_ABSTIME, (long)&wide, 0);
#endif
#ifdef __NR_timerfd_settime
    if (done == -ENOSYS) { /* 64-bit machines, and 32-bit kernels before 5.1, which end in 2038 */
        uint64_t most = (unsigned long)~0ul >> 1;
        struct timer timer = {{0, 0}, {(long)(at->seconds > most ? most : at->seconds), (long)at->nanos}};
        done = dormouse_call(__NR_timerfd_settime, fd, MY_TIMER_ABSTIME, (long)&timer, 0);
    }
#endif
    if (done < 0) {
        dormouse_call(__NR_close, fd, 0, 0, 0);
        return -1;
    }
    return (int)fd;
}

static void set_of(uint64_t signals, uint32_t mask[4])
{
    uint32_t low = (uint32_t)signals, high = (uint32_t)(signals >> 32);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ && __SIZEOF_LONG__ == 8
    mask[0] = high;
    mask[1] = low;
#else
    mask[0] = low;
    mask[1] = high;
#endif
    mask[2] = mask[3] = 0;
}

void dormouse_block(uint64_t signals)
{
    uint32_t mask[4];
    set_of(signals, mask);
    dormouse_call(__NR_rt_sigprocmask, MY_SIG_BLOCK, (long)mask, 0, SIGSET_BYTES);
}

static int open_signals(uint64_t signals)
{
    uint32_t mask[4];
    set_of(signals, mask);
    dormouse_block(signals);
    return (int)dormouse_call(__NR_signalfd4, -1, (long)mask, SIGSET_BYTES, MY_CLOEXEC);
}

/* Poll until something is final. While a change is let settle, the routing socket is not listened to. */
static char poll_all(struct poll_fd *fds, uint64_t digest)
{
    int settling = fds[EVENTS].fd >= 0 && changed(digest);
    for (;;) {
        volatile struct span pause;
        pause.seconds = 0;
        pause.nanos = DEBOUNCE_NANOS;
        long count = dormouse_call(__NR_ppoll, (long)fds, settling ? EVENTS : COUNT, settling ? (long)&pause : 0, 0);
        if (count == -EINTR || count == -EAGAIN)
            continue;
        if (count < 0)
            return NOT_SLEPT;
        if (fds[SIGNAL].revents)
            return WOKE_SIGNAL;
        if (fds[BOOT].revents || fds[REAL].revents)
            return WOKE_TIME;
        if (!settling) {
            settling = 1;
            continue;
        }
        settling = 0;
        if (!drain(fds[EVENTS].fd)) {
            dormouse_call(__NR_close, fds[EVENTS].fd, 0, 0, 0);
            fds[EVENTS].fd = -1;
        } else if (changed(digest))
            return WOKE_ADDRESS;
    }
}

/* Volatile here and above: else compilers copy the values from constants, in pages of their own. */
static void nothing(volatile struct poll_fd *one)
{
    one->fd = -1;
    one->events = MY_POLLIN;
    one->revents = 0;
}

char dormouse_wait(const struct request *request)
{
    struct poll_fd fds[COUNT];
    char answer = NOT_SLEPT;
    int timers = 1;

    for (int i = 0; i < COUNT; i++)
        nothing(&fds[i]);
    fds[SIGNAL].fd = open_signals(request->signals);
    if (!request->forever) {
        fds[BOOT].fd = open_timer(MY_CLOCK_BOOTTIME, &request->boot);
        fds[REAL].fd = open_timer(MY_CLOCK_REALTIME, &request->real);
        timers = fds[BOOT].fd >= 0 && fds[REAL].fd >= 0;
    }
    if (request->watch)
        fds[EVENTS].fd = open_socket(GROUPS); /* refused: schedule and signals still wake */
    if (fds[SIGNAL].fd >= 0 && timers)
        answer = poll_all(fds, request->digest);
    for (int i = 0; i < COUNT; i++)
        if (fds[i].fd >= 0)
            dormouse_call(__NR_close, fds[i].fd, 0, 0, 0);
    return answer;
}
