/* Look for DDNS_SLEEP; when it is there and meant for this process, sleep and note in it why we woke. */
#include "sleep.h"
#include "kernel.h"

enum { PAGE = 4096 };
extern const char __executable_start[], etext[]; /* the linker's: the begin of the file in memory, the end of the code */

/* The process was started as /proc/self/exe and is called "exe" now: give it the name of its command again. */
static void take_name(const char *command)
{
    const char *name = command;
    if (!command)
        return;
    for (; *command; command++)
        if (*command == '/' && command[1])
            name = command + 1;
    dormouse_call(__NR_prctl, MY_PR_SET_NAME, (long)name, 0, 0);
}

/* The kernel drops signals that the first process of a container has no handler for yet. Kept pending, they reach Python
 * as soon as it has its handlers; a program that never asks for them loses nothing, as they would be dropped. */
static void keep_signals(void)
{
    uint64_t wanted = 1ull << (SIGTERM - 1) | 1ull << (SIGHUP - 1) | 1ull << (SIGUSR1 - 1);
    if (dormouse_call(__NR_getpid, 0, 0, 0, 0) == 1)
        dormouse_block(wanted);
}

/* The kernel maps the file around a page that is touched: 64 kB, or 2 MB where its page cache is made of large pieces.
 * A mapping of its own for the page of this code ends at its borders; what else came along is given back. Nothing before
 * the end of the code can have been written to. */
static void keep_one_page(void)
{
    const uintptr_t within = ~(uintptr_t)(PAGE - 1), own = (uintptr_t)&dormouse_sleep & within;
    const uintptr_t begin = (uintptr_t)__executable_start & within, last = (uintptr_t)etext & within;
    dormouse_call(__NR_madvise, (long)own, PAGE, MY_MADV_RANDOM, 0);
    dormouse_call(__NR_madvise, (long)begin, (long)((last > own ? last : own + PAGE) - begin), MY_MADV_DONTNEED, 0);
}

static void look(long *stack)
{
    char **arguments = (char **)(stack + 1);
    struct request request;

    for (char **variable = arguments + stack[0] + 1; *variable; variable++) {
        char *text = *variable;
        int i = 0;
        while (dormouse_name[i] && text[i] == dormouse_name[i])
            i++;
        if (dormouse_name[i])
            continue;
        if (!dormouse_parse(text + i, &request))
            return;
        if (dormouse_call(__NR_getpid, 0, 0, 0, 0) != (long)request.pid)
            return; /* inherited from a process that slept, not meant for us */
        take_name(arguments[0]);
        keep_one_page();
        text[i + 1] = dormouse_wait(&request);
        return;
    }
}

void dormouse_sleep(long *stack)
{
    if (stack[0] == 2 && ((char **)stack)[2][0] == 'h') /* healthcheck, or help */
        dormouse_health(stack);
    keep_signals();
    look(stack);
}
