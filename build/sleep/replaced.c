/* An upgrade may replace the file on disk while the program sleeps. It then wakes from a file without a name: the kernel
 * tells its path with " (deleted)" behind it, and Nuitka's start, which resolves that path, would abort.
 *
 * Linked with -Wl,--wrap=realpath, this gives the program the path it had. Every other path is resolved as ever. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char *__real_realpath(const char *restrict path, char *restrict resolved) __attribute__((weak));
char *__wrap_realpath(const char *restrict path, char *restrict resolved);

char *__wrap_realpath(const char *restrict path, char *restrict resolved)
{
    static const char gone[] = " (deleted)";
    char self[4096]; /* PATH_MAX of Linux; -ffreestanding hides its name */
    char *found = __real_realpath(path, resolved);
    if (found || !path || !resolved)
        return found;
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length <= 0)
        return 0;
    self[length] = 0;
    if (strcmp(path, self) != 0)
        return 0;
    size_t end = (size_t)length - (sizeof gone - 1);
    if ((size_t)length > sizeof gone - 1 && strcmp(self + end, gone) == 0)
        self[end] = 0;
    return strcpy(resolved, self);
}
