/* A root file system may lack what Nuitka's start takes for granted. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

ssize_t __real_readlink(const char *path, char *name, size_t size);
ssize_t __wrap_readlink(const char *path, char *name, size_t size);

extern int snapshot_state __attribute__((weak)); /* build/snapshot, where it is linked in */
enum { BUILDING = 1 };

/* Without /proc it would abort, because it asks there for its own name. The kernel has told it already. */
ssize_t __wrap_readlink(const char *path, char *name, size_t size)
{
    if (&snapshot_state && snapshot_state == BUILDING && size >= sizeof "/ddns") { /* not where it lies while it is built */
        memcpy(name, "/ddns", sizeof "/ddns");
        return sizeof "/ddns" - 1;
    }
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

PyObject *__wrap_BUILTIN_OPEN_SIMPLE(PyThreadState *tstate, PyObject *name, const char *mode, bool buffering, PyObject *encoding);

/* For a standard stream that is closed it would open /dev/null, and crash where there is none. Nothing else calls this. The
 * stream is None, as Python itself has it; ddns/__main__.py does the rest. */
PyObject *__wrap_BUILTIN_OPEN_SIMPLE(PyThreadState *tstate, PyObject *name, const char *mode, bool buffering, PyObject *encoding)
{
    (void)tstate, (void)name, (void)mode, (void)buffering, (void)encoding;
    Py_RETURN_NONE;
}
