/*
 * A root file system may lack what Nuitka's start takes for granted: without /proc it would abort, because it asks
 * there for its own name. The kernel has told it already. Nor need the file be there still: an upgrade replaces it
 * while the program sleeps, and the name then ends in " (deleted)", which no path leads to.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

ssize_t __real_readlink(const char *path, char *name, size_t size);
ssize_t __wrap_readlink(const char *path, char *name, size_t size);

ssize_t __wrap_readlink(const char *path, char *name, size_t size)
{
    const ssize_t length = __real_readlink(path, name, size);
    if (length >= 0 || strcmp(path, "/proc/self/exe") != 0)
        return length;
    const char *own = (const char *)getauxval(AT_EXECFN);
    const size_t known = own == NULL ? 0 : strlen(own);
    if (known == 0 || known > size)
        return length;
    memcpy(name, own, known);
    errno = 0;
    return (ssize_t)known;
}

char *__real_realpath(const char *path, char *resolved);
char *__wrap_realpath(const char *path, char *resolved);

char *__wrap_realpath(const char *path, char *resolved)
{
    static const char gone[] = " (deleted)";
    char *found = __real_realpath(path, resolved);
    if (found != NULL || path == NULL)
        return found;
    const size_t length = strlen(path), mark = sizeof gone - 1;
    if (path[0] != '/' || length < mark || length >= PATH_MAX || strcmp(path + length - mark, gone) != 0)
        return NULL;
    return resolved == NULL ? strdup(path) : strcpy(resolved, path);
}
