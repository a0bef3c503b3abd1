/* Stands in for Python behind the sleeper: says what it finds when it is started, one fact a line. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    char name[17] = "";
    char memory[64] = "";
    const char *value = getenv("DDNS_SLEEP");
    sigset_t pending;

    prctl(PR_SET_NAME + 1, name); /* PR_GET_NAME */
    printf("answer=%c\n", value && strlen(value) > 1 ? value[1] : '-');
    printf("pid=%d\nname=%s\narguments=%d %s\nhome=%s\n", getpid(), name, argc, argv[argc - 1], getenv("STUB_MARK"));
    if (value && strlen(value) == 107) {
        ssize_t got = pread((int)strtol(value + 99, 0, 16), memory, sizeof memory - 1, 0);
        printf("state=%s\n", got > 0 ? memory : "");
    }
    if (getenv("STUB_WAIT"))
        sleep(1);
    sigpending(&pending);
    for (int number = 1; number < 32; number++)
        if (sigismember(&pending, number))
            printf("pending=%d\n", number);
    free(malloc(1 << 20)); /* libc works */
    return 0;
}
