/*
 * Only in the program that is traced for freezer/layout.py, never in a file that is released: notes what it used.
 *
 * A mapping of its own for every page keeps the kernel from mapping a page's neighbours along with it; so the pages that
 * are there when the program goes to sleep (it executes itself) or ends are those that were touched since its start, read
 * or written, by us or by the kernel. Each time adds a record to the files "touched" (a byte for each page of the region:
 * 1 read, 3 written) and "imported" (a line).
 */
#define _GNU_SOURCE
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "../snapshot.h"

enum { PAGE = 4096, PIECE = 512 };

extern void _PyEval_SetSwitchInterval(unsigned long microseconds);
void snapshot_trace(void);
void snapshot_trace(void)
{
    _PyEval_SetSwitchInterval(3600000000); /* threads take turns where they wait, not after 5 ms: a busy machine is none less */
    for (char *page = snapshot_region; page < snapshot_top; page += 2 * PAGE)
        if (madvise(page, PAGE, MADV_RANDOM) != 0)
            snapshot_fail("too many mappings", "trace");
}

static int added(const char *name)
{
    return open(name, O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0644);
}

/* Bit 63 of an entry: the page is there; bit 61: it is the file's, so it was never written. */
static char kind(uint64_t entry)
{
    return !(entry >> 63) ? 0 : entry >> 61 & 1 ? 1 : 3;
}

static void note_pages(void)
{
    static uint64_t entries[PIECE];
    static char kinds[PIECE];
    const int map = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC), out = added("touched");
    for (char *page = snapshot_region; page < snapshot_top; page += PIECE * PAGE) {
        size_t count = (size_t)(snapshot_top - page) / PAGE;
        count = count < PIECE ? count : PIECE;
        if (pread(map, entries, count * 8, (off_t)((uintptr_t)page / PAGE * 8)) != (ssize_t)(count * 8))
            snapshot_fail("cannot be read", "/proc/self/pagemap");
        for (size_t i = 0; i < count; i++)
            kinds[i] = kind(entries[i]);
        snapshot_write(out, kinds, count);
    }
    close(out);
    close(map);
}

static void note_modules(void)
{
    PyObject *key, *value;
    Py_ssize_t at = 0;
    const int out = added("imported");
    while (PyDict_Next(PyImport_GetModuleDict(), &at, &key, &value)) {
        const char *name = PyUnicode_AsUTF8(key);
        if (name && value != Py_None && strcmp(name, "__main__") != 0)
            dprintf(out, "%s ", name);
    }
    dprintf(out, "\n");
    close(out);
}

static void note(void)
{
    if (snapshot_state != SNAPSHOT_WOKEN)
        return;
    note_pages();
    note_modules();
}

int __real_execve(const char *file, char *const argv[], char *const envp[]);
int __wrap_execve(const char *file, char *const argv[], char *const envp[]);
int __wrap_execve(const char *file, char *const argv[], char *const envp[])
{
    note();
    return __real_execve(file, argv, envp);
}

void __real__exit(int code) __attribute__((noreturn));
void __wrap__exit(int code) __attribute__((noreturn));
void __wrap__exit(int code)
{
    note();
    __real__exit(code);
}
