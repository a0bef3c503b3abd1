/* Resolves its own path as the kernel tells it, and one that is nowhere; removes itself first when asked to. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    char self[PATH_MAX] = "", resolved[PATH_MAX];
    if (argc > 1)
        unlink(argv[0]);
    if (readlink("/proc/self/exe", self, sizeof self - 1) < 0)
        return 1;
    char *found = realpath(self, resolved);
    char *nowhere = realpath("/nonexistent/x (deleted)", resolved + 2048);
    char *made = realpath("/", NULL);
    printf("%s %d %s\n", found ? found : "(none)", nowhere != NULL, made);
    free(made);
    return 0;
}
