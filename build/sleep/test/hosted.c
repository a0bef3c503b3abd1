/* The sleeper's logic on a kernel of our own, for the sanitizers: build it with -fsanitize=address,undefined.
 *
 *   hosted         runs the checks below
 *   hosted health  answers as `ddns healthcheck`, or says that it is left to Python
 *   hosted list    reads cases (length as 4 bytes, then so many bytes of the kernel's answer), prints state and digest */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../parts/sleep.h"
#include "../parts/kernel.h"

const char dormouse_name[] = "DDNS_SLEEP=";
const uint32_t dormouse_ask[6] = {DORMOUSE_ASK_BYTES};

static int failures;
#define CHECK(what)                                                                                                    \
    do {                                                                                                               \
        if (!(what)) {                                                                                                 \
            failures++;                                                                                                \
            printf("%s:%d: %s\n", __FILE__, __LINE__, #what);                                                          \
        }                                                                                                              \
    } while (0)

/* ---- A kernel that answers as it is told ---- */

static struct {
    long refused;          /* this call fails ... */
    int refused_after;     /* ... after so many that worked */
    int error;             /* with this error */
    int polls[16];         /* what each ppoll does: bit n: descriptor n is ready; 0: time out; negative: fails with it */
    int poll;
    int drains[16];        /* what each read of events does: 0: nothing is there; negative: fails with it */
    int drain;
    unsigned char answer[512];
    long answer_length;
    int disturbed_lists;   /* so many lists are disturbed at first */
    int open;
    int timers;
    int lists;
    unsigned groups[64];
    int watching;          /* whether the last ppoll listened to events */
    char heap[70000];
    long brk;
    int pid;
    unsigned long blocked;
    char name[64];
} kernel;

static void reset(void)
{
    memset(&kernel, 0, sizeof kernel);
    kernel.refused = -1;
    kernel.error = EPERM;
    kernel.brk = (long)kernel.heap + 3;
    kernel.pid = 77;
    struct netlink_header end = {16, 3, 0, 1, 0};
    memcpy(kernel.answer, &end, sizeof end);
    kernel.answer_length = sizeof end;
}

static int is_timer(long number)
{
#ifdef __NR_timerfd_settime64
    if (number == __NR_timerfd_settime64)
        return 1;
#endif
    return number == __NR_timerfd_settime;
}

static long fake_read(long fd, char *into, long size)
{
    if (kernel.groups[fd]) {
        int now = kernel.drains[kernel.drain++];
        return now ? now < 0 ? now : 4 : -EAGAIN;
    }
    CHECK(size == 32768);
    memcpy(into, kernel.answer, (size_t)kernel.answer_length);
    if (kernel.disturbed_lists > 0) {
        kernel.disturbed_lists--;
        into[6] |= 0x10;
    }
    return kernel.answer_length;
}

static long fake_poll(struct poll_fd *fds, long count, int pauses)
{
    int now = kernel.polls[kernel.poll++];
    CHECK(kernel.poll < 16);
    CHECK((count == 3) == pauses);
    kernel.watching = count == 4 && fds[3].fd >= 0;
    if (now < 0)
        return now;
    for (int i = 0; i < count; i++)
        fds[i].revents = fds[i].fd >= 0 && now >> i & 1;
    return now != 0;
}

static int real; /* the calls go to the real kernel */

long dormouse_call(long number, long a, long b, long c, long d)
{
    if (real) {
        if (number == __NR_exit_group)
            exit((int)a);
        long result = syscall(number, a, b, c, d);
        return result < 0 ? -errno : result;
    }
    if (number == kernel.refused && kernel.refused_after-- <= 0)
        return -kernel.error;
    if (number == __NR_signalfd4 || number == __NR_timerfd_create || number == __NR_socket) {
        kernel.lists += number == __NR_socket;
        kernel.groups[10 + kernel.open] = 0;
        return 10 + kernel.open++;
    }
    if (number == __NR_bind)
        kernel.groups[a] = ((struct netlink_name *)b)->groups;
    if (is_timer(number))
        kernel.timers++;
    if (number == __NR_close)
        kernel.open--;
    if (number == __NR_read)
        return fake_read(a, (char *)b, c);
    if (number == __NR_ppoll)
        return fake_poll((struct poll_fd *)a, b, c != 0);
    if (number == __NR_brk) {
        if (a)
            kernel.brk = a;
        return kernel.brk;
    }
    if (number == __NR_rt_sigprocmask)
        kernel.blocked |= *(unsigned long *)b;
    if (number == __NR_getpid)
        return kernel.pid;
    if (number == __NR_prctl)
        strncpy(kernel.name, (char *)b, sizeof kernel.name - 1);
    return 0;
}

/* ---- Checks ---- */

#define VALUE "1?w:0000000000000102.00000003:0000000000000405.00000006:0000000000004203:00000000000000dd:0000004d:00000007"

static char *copy(const char *text, size_t length)
{
    char *made = malloc(length + 1); /* exactly so long: one byte too far is seen */
    memcpy(made, text, length);
    made[length] = 0;
    return made;
}

static int parses(const char *text, size_t length, struct request *into)
{
    char *made = copy(text, length);
    int ok = dormouse_parse(made, into);
    free(made);
    return ok;
}

static void check_parse(void)
{
    struct request got;
    char text[] = VALUE;
    size_t length = strlen(text);

    CHECK(length == REQUEST_LENGTH);
    CHECK(parses(text, length, &got));
    CHECK(got.boot.seconds == 0x102 && got.boot.nanos == 3 && got.real.seconds == 0x405 && got.real.nanos == 6);
    CHECK(got.signals == 0x4203 && got.digest == 0xdd && got.pid == 77 && got.watch == 1 && !got.forever);
    for (size_t short_ = 0; short_ < length; short_++)
        CHECK(!parses(text, short_, &got));
    CHECK(!parses(VALUE "0", length + 1, &got));
    for (size_t i = 0; i < length; i++) {
        for (int c = 1; c < 256; c++) { /* any other byte: refused, or another number */
            text[i] = (char)c;
            int digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
            if (parses(text, length, &got))
                CHECK(digit || text[i] == VALUE[i] || (i == 2 && c == '-'));
        }
        text[i] = VALUE[i];
    }
    memset(text + 4, 'f', 16);
    memset(text + 30, 'f', 16);
    CHECK(parses(text, length, &got) && got.forever);
    memset(text + 4, '0', 16);
    CHECK(!parses(text, length, &got)); /* a wall clock beyond all time */
    memcpy(text + 30, VALUE + 30, 16);
    memcpy(text + 21, "3b9aca00", 8);
    CHECK(!parses(text, length, &got)); /* a second has no 10^9 nanoseconds */
}

static struct request ask(int watch)
{
    struct request request = {{1, 0}, {2, 0}, 0x4203, 0, 77, watch, 0};
    return request;
}

static char wait_with(const struct request *request)
{
    char answer = dormouse_wait(request);
    CHECK(kernel.open == 0);
    CHECK(kernel.brk == (long)kernel.heap + 3);
    return answer;
}

static void check_wait(void)
{
    struct request quiet = ask(0), watching = ask(1), other = ask(1), forever = ask(0);
    other.digest = 5;
    forever.forever = 1;

    reset(), kernel.polls[0] = 1 << 1;
    CHECK(wait_with(&quiet) == WOKE_TIME && kernel.timers == 2 && kernel.lists == 0);
    reset(), kernel.polls[0] = 1 << 2;
    CHECK(wait_with(&quiet) == WOKE_TIME);
    reset(), kernel.polls[0] = 1 | 1 << 1;
    CHECK(wait_with(&quiet) == WOKE_SIGNAL);
    reset(), kernel.polls[0] = -EINTR, kernel.polls[1] = -EAGAIN, kernel.polls[2] = 1;
    CHECK(wait_with(&forever) == WOKE_SIGNAL && kernel.timers == 0);
    reset(), kernel.polls[0] = -EINVAL;
    CHECK(wait_with(&quiet) == NOT_SLEPT);

    /* An event, then the pause in which events are not listened to, then the same addresses: asleep again. */
    reset(), kernel.polls[0] = 1 << 3, kernel.drains[0] = 4, kernel.polls[2] = 1 << 1;
    CHECK(wait_with(&watching) == WOKE_TIME && kernel.watching);
    /* Other addresses, found at the start: they settle, are still others, and wake. */
    reset();
    CHECK(wait_with(&other) == WOKE_ADDRESS && kernel.poll == 1 && !kernel.watching);
    /* A signal in the pause wins. */
    reset(), kernel.polls[0] = 1;
    CHECK(wait_with(&other) == WOKE_SIGNAL);
    /* Lost events are events. */
    reset(), kernel.polls[0] = 1 << 3, kernel.drains[0] = -ENOBUFS, kernel.drains[1] = -EINTR, kernel.polls[2] = 1;
    CHECK(wait_with(&watching) == WOKE_SIGNAL && kernel.watching);
    /* A broken socket is not listened to any more. */
    reset(), kernel.polls[0] = 1 << 3, kernel.drains[0] = -EIO, kernel.polls[2] = 1 << 1;
    CHECK(wait_with(&watching) == WOKE_TIME && !kernel.watching);
    /* Lists that cannot be had, or change all the time, are no other addresses. */
    reset(), kernel.disturbed_lists = 99, kernel.polls[0] = 1;
    CHECK(wait_with(&other) == WOKE_SIGNAL && kernel.lists == 4);
    reset(), kernel.disturbed_lists = 2;
    CHECK(wait_with(&other) == WOKE_ADDRESS);
    reset(), kernel.answer[4] = 2, kernel.polls[0] = 1;
    CHECK(wait_with(&other) == WOKE_SIGNAL);
    reset(), kernel.answer_length = 0, kernel.polls[0] = 1;
    CHECK(wait_with(&other) == WOKE_SIGNAL);
}

static void check_refusals(void)
{
    struct request quiet = ask(0), other = ask(1);
    long hopeless[] = {__NR_signalfd4, __NR_timerfd_create, __NR_timerfd_settime};
    long harmless[] = {__NR_socket, __NR_bind, __NR_write, __NR_brk, __NR_rt_sigprocmask};
    other.digest = 5;

    for (unsigned i = 0; i < sizeof hopeless / sizeof *hopeless; i++)
        for (int after = 0; after < 2 - (i == 0); after++) {
            reset(), kernel.refused = hopeless[i], kernel.refused_after = after, kernel.polls[0] = 1 << 1;
            CHECK(wait_with(&quiet) == NOT_SLEPT);
        }
    for (unsigned i = 0; i < sizeof harmless / sizeof *harmless; i++) {
        reset(), kernel.refused = harmless[i], kernel.polls[0] = 1 << 1;
        CHECK(wait_with(&other) == WOKE_TIME);
    }
    reset(), kernel.refused = __NR_socket, kernel.refused_after = 1, kernel.polls[0] = 1;
    CHECK(wait_with(&other) == WOKE_SIGNAL);
}

static char start(const char *variable, const char *command)
{
    char *text = copy(variable, strlen(variable));
    char *name = command ? copy(command, strlen(command)) : 0;
    long stack[8] = {command != 0, 0};
    long *next = stack + 1;
    if (name)
        *next++ = (long)name;
    *next++ = 0;
    *next++ = (long)"PATH=/bin";
    *next++ = (long)text;
    *next = 0;
    dormouse_sleep(stack);
    char answer = strlen(text) > 12 ? text[12] : 0;
    CHECK(strlen(text) == strlen(variable));
    free(text);
    free(name);
    return answer;
}

static void check_start(void)
{
    reset(), kernel.polls[0] = 1 << 1, kernel.polls[1] = 1 << 1;
    kernel.polls[0] = 1;
    CHECK(start("DDNS_SLEEP=" VALUE, "/usr/local/bin/ddns") == WOKE_SIGNAL);
    CHECK(!strcmp(kernel.name, "ddns"));
    reset(), kernel.polls[0] = 1;
    CHECK(start("DDNS_SLEEP=" VALUE, "ddns/") == WOKE_SIGNAL && !strcmp(kernel.name, "ddns/"));
    reset(), kernel.polls[0] = 1;
    CHECK(start("DDNS_SLEEP=" VALUE, 0) == WOKE_SIGNAL && !kernel.name[0]);
    reset(), kernel.pid = 78;
    CHECK(start("DDNS_SLEEP=" VALUE, "ddns") == '?' && kernel.poll == 0);
    reset();
    CHECK(start("DDNS_SLEEP=garbage", "ddns") == 'a' && kernel.poll == 0);
    CHECK(start("DDNS_SLEEP=", "ddns") == 0 && start("DDNS_SLEE", "ddns") == 0 && start("", "ddns") == 0);
    CHECK(start("XDDNS_SLEEP=" VALUE, "ddns") == '1' && kernel.poll == 0);
    CHECK(kernel.blocked == 0);
    reset(), kernel.pid = 1;
    CHECK(start("OTHER=x", "ddns") == 0 && kernel.blocked == 0x4201);
    CHECK(start("DDNS_SLEEP=garbage", "ddns") == 'a');
}

static int list_cases(void)
{
    uint32_t length;
    while (fread(&length, sizeof length, 1, stdin) == 1) {
        unsigned char *data = malloc(length + 1);
        uint64_t digest = 0;
        int disturbed = 0;
        if (fread(data, 1, length, stdin) != length)
            return 1;
        unsigned char *exact = realloc(data, length ? length : 1);
        int state = dormouse_list(exact, (long)length, &digest, &disturbed);
        printf("%d %016llx\n", state, (unsigned long long)digest);
        free(exact);
    }
    return 0;
}

extern char **environ;

static int health(void)
{
    long stack[64] = {2, (long)"ddns", (long)"healthcheck", 0};
    for (int i = 0; environ[i] && i < 59; i++)
        stack[4 + i] = (long)environ[i];
    real = 1;
    dormouse_health(stack);
    puts("Python");
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && !strcmp(argv[1], "health"))
        return health();
    if (argc == 2 && !strcmp(argv[1], "list"))
        return list_cases();
    check_parse();
    check_wait();
    check_refusals();
    check_start();
    puts(failures ? "some checks failed" : "all checks passed");
    return failures != 0;
}
