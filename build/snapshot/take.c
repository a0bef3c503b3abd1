/* The process that builds: brings everything to rest, checks what is assumed, and writes .data, .bss and the region. */
#define _GNU_SOURCE
#define PY_SSIZE_T_CLEAN
#define Py_BUILD_CORE 1
#include <Python.h>
#include "internal/pycore_gc.h"
#include "internal/pycore_interp.h"
#include "internal/pycore_pystate.h"
#include <elf.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "enter.h"
#include "snapshot.h"
#include "take.h"

#if __SIZEOF_POINTER__ == 8
typedef Elf64_Ehdr Ehdr;
typedef Elf64_Phdr Phdr;
#else
typedef Elf32_Ehdr Ehdr;
typedef Elf32_Phdr Phdr;
#endif
extern const Ehdr __ehdr_start;
extern char **environ;

PyObject *snapshot_resume;

/* --- files ---------------------------------------------------------------------------------------------------------- */

void snapshot_fail(const char *why, const char *what)
{
    dprintf(2, "snapshot: %s: %s\n", why, what);
    _exit(70);
}

/* Mapped, so that nothing is allocated. */
const char *snapshot_file(const char *name, size_t *size)
{
    struct stat st;
    const int fd = open(name, O_RDONLY | O_CLOEXEC);
    *size = 0;
    if (fd < 0 || fstat(fd, &st) != 0 || st.st_size == 0)
        return NULL;
    const char *content = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (content == MAP_FAILED)
        snapshot_fail("cannot be read", name);
    *size = (size_t)st.st_size;
    return content;
}

int snapshot_create(const char *name)
{
    const int fd = open(name, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644);
    if (fd < 0)
        snapshot_fail("cannot be written", name);
    return fd;
}

void snapshot_write(int fd, const void *from, size_t size)
{
    for (const char *at = from; size;) {
        const ssize_t done = write(fd, at, size > 1 << 20 ? 1 << 20 : size);
        if (done <= 0)
            snapshot_fail("cannot be written", "a file of the snapshot");
        at += done, size -= (size_t)done;
    }
}

/* Where the process works is nothing to remember. */
char *__real_getcwd(char *into, size_t size);
char *__wrap_getcwd(char *into, size_t size);
char *__wrap_getcwd(char *into, size_t size)
{
    if (snapshot_state != SNAPSHOT_BUILDING || !into || size < 2)
        return __real_getcwd(into, size);
    return strcpy(into, "/");
}

/* Nor are the signals that its parent ignored. */
static void __attribute__((constructor)) forget_signals(void)
{
    for (int number = 1; snapshot_state == SNAPSHOT_BUILDING && number < _NSIG; number++)
        signal(number, SIG_DFL);
}

/* --- bytecode that has become objects ------------------------------------------------------------------------------- */

static struct { const char *at; size_t size; } code_read[1024];
static size_t code_count;

void snapshot_read(const char *data, size_t size);

/* Called by native/absent.c for each module. The file need not hold its bytecode any more. */
void snapshot_read(const char *data, size_t size)
{
    if (snapshot_state != SNAPSHOT_BUILDING)
        return;
    if (code_count == sizeof code_read / sizeof *code_read)
        snapshot_fail("more modules than expected", "code_read");
    code_read[code_count].at = data;
    code_read[code_count++].size = size;
    snapshot_heap_module();
}

/* --- what is assumed ------------------------------------------------------------------------------------------------ */

static struct { char *begin, *end; } written; /* the writable segments, up to what the region holds */
static size_t tls_size;

static void look_at_segments(void)
{
    const Phdr *each = (const Phdr *)((const char *)&__ehdr_start + __ehdr_start.e_phoff);
    for (int i = 0; i < __ehdr_start.e_phnum; i++, each++) {
        if (each->p_type == PT_TLS)
            tls_size = each->p_memsz;
        if (each->p_type != PT_LOAD || !(each->p_flags & PF_W))
            continue;
        if (!written.begin)
            written.begin = (char *)each->p_vaddr;
        written.end = (char *)(each->p_vaddr + each->p_memsz);
    }
    if (snapshot_region < written.begin || written.end != snapshot_region + snapshot_room)
        snapshot_fail("the region is not the end of .bss", "the link");
}

/* Whether a piece of memory holds nothing but stack for frames, which is not taken along. */
static int is_frames(unsigned long low, unsigned long high, const _PyStackChunk *chunk)
{
    for (; chunk; chunk = chunk->previous)
        if (low == (unsigned long)chunk && high == low + chunk->size)
            return 1;
    return 0;
}

/* A1: private memory that can be written must be known. (What only the process that builds needs is shared.) */
static void look_at_map(const _PyStackChunk *chunk)
{
    FILE *map = fopen("/proc/self/maps", "r"); /* its buffer comes from the region and is free again below */
    char line[512], flags[8];
    unsigned long low, high;
    while (map && fgets(line, sizeof line, map)) {
        if (sscanf(line, "%lx-%lx %7s", &low, &high, flags) != 3 || flags[1] != 'w' || flags[3] != 'p')
            continue;
        const int ours = low >= (unsigned long)written.begin - 65536 && high <= (unsigned long)written.end + 65536;
        const int stack = low == SNAPSHOT_STACK || strstr(line, "[stack]");
        if (!ours && !stack && !is_frames(low, high, chunk) && !strstr(line, "[v"))
            snapshot_fail("memory that would not be in the snapshot (A1)", line);
    }
    if (map)
        fclose(map);
}

static void check(PyThreadState *thread)
{
    const char *self = (const char *)pthread_self();
    if (thread->next || thread->prev)
        snapshot_fail("there is more than one thread", "A2");
    if (self < written.begin || self >= written.end || snapshot_tls() < written.begin || snapshot_tls() >= written.end)
        snapshot_fail("the first thread is not in .bss", "M3");
    if (tls_size > sizeof snapshot_tls_content)
        snapshot_fail("the thread-local block is larger than expected", "M3");
    if (thread->current_exception || thread->exc_info != &thread->exc_state)
        snapshot_fail("an exception is on its way", "C1");
}

/* --- taking it ------------------------------------------------------------------------------------------------------ */

/* Statics of others by their address, as freezer/snapshot.py found it: "address size" a line; they become zero. */
static void clear_statics(void)
{
    size_t size;
    const char *text = snapshot_file("statics", &size);
    for (const char *end = text + size; text && text < end;) {
        char *next;
        const unsigned long at = strtoul(text, &next, 16), count = strtoul(next, &next, 10);
        memset((void *)at, 0, count);
        text = next + 1;
    }
}

static void tell_code(void)
{
    const int fd = snapshot_create("code");
    for (size_t i = 0; i < code_count; i++)
        dprintf(fd, "%lx %zu\n", (unsigned long)code_read[i].at, code_read[i].size);
    memset(code_read, 0, sizeof code_read);
    code_count = 0;
}

/* The process's number is in the thread's descriptor, too: the next one gets its own. */
static void forget_number(void)
{
    int *words = (int *)pthread_self(), own = (int)getpid(), found = 0;
    for (size_t i = 0; i < 32; i++)
        if (words[i] == own)
            words[i] = 0, found++;
    if (found != 1)
        snapshot_fail("the thread's descriptor does not say its number once", "M3");
}

static PyObject *take(PyObject *module, PyObject *function)
{
    PyThreadState *thread = _PyThreadState_GET();
    (void)module;
    snapshot_resume = Py_NewRef(function);
    PyGC_Collect();
    _PyGC_ClearAllFreeLists(thread->interp);
    look_at_segments();
    look_at_map(thread->datastack_chunk);
    check(thread);
    snapshot_objects_still();
    thread->current_frame = NULL; /* nobody comes back to the frames of this process */
    thread->datastack_chunk = NULL;
    thread->datastack_top = thread->datastack_limit = NULL;
    thread->native_thread_id = 0;
    tell_code();
    snapshot_heap_end();
    clear_statics();
    snapshot_tls_size = tls_size;
    memcpy(snapshot_tls_content, snapshot_tls(), tls_size);
    forget_number();
    environ = NULL;
    const int fd = snapshot_create("memory"), facts = snapshot_create("facts");
    dprintf(facts, "begin %lx\nregion %lx\nend %lx\nstr %lx\n", (unsigned long)written.begin,
            (unsigned long)snapshot_region, (unsigned long)snapshot_top, (unsigned long)&PyUnicode_Type);
    const char *from = written.begin;
    const size_t size = (size_t)(snapshot_top - written.begin);
    memset(&written, 0, sizeof written);
    snapshot_state = SNAPSHOT_WOKEN;
    snapshot_write(fd, from, size);
    _exit(0);
}

/* Returns the names of the modules to import; None: no snapshot is to be made. */
static PyObject *wanted(PyObject *module, PyObject *none)
{
    (void)module, (void)none;
    size_t size;
    if (snapshot_state != SNAPSHOT_BUILDING)
        Py_RETURN_NONE;
    const char *names = snapshot_file("modules", &size);
    return PyUnicode_FromStringAndSize(names ? names : "", (Py_ssize_t)size);
}

static PyMethodDef methods[] = {
    {"wanted", wanted, METH_NOARGS, NULL},
    {"take", take, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};
static struct PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT, .m_name = "_ddns_snapshot", .m_methods = methods, .m_size = 0,
};
static PyObject *start(void)
{
    return PyModuleDef_Init(&definition);
}

__attribute__((constructor)) static void announce(void)
{
    if (snapshot_state == SNAPSHOT_BUILDING)
        snapshot_heap_python();
    PyImport_AppendInittab("_ddns_snapshot", start);
}
