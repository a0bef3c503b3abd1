/*
 * What the program does without. The linker puts each of these in the place of the function of that name (--wrap, see
 * nuitka.toml); the originals, and all that only they need, then fall out of the file.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <marshal.h>
#include <string.h>
#include <sys/mman.h>

extern const char __executable_start[], etext[]; /* the linker's: the first byte of the file, the end of its code */

/* --- Nuitka ------------------------------------------------------------------------------------------------------- */

/*
 * Nuitka imports inspect, types and typing at every start, to teach them its compiled functions and coroutines. The few
 * compiled modules here have neither coroutines nor readers of signatures; the import costs 4 MB and 15 ms.
 */
void __wrap_patchInspectModule(PyThreadState *tstate);
void __wrap_patchInspectModule(PyThreadState *tstate)
{
    (void)tstate;
}

/* --- the parser and the compiler ---------------------------------------------------------------------------------- */

static const char compiled[] = {
#embed "empty.bin"
};

static PyObject *no_compiler(void)
{
    PyErr_SetString(PyExc_SyntaxError, "there is no compiler in this program");
    return NULL;
}

/* Everything is bytecode already. Nuitka's start compiles one line of its own, which freezer/embed.py has done. */
PyObject *__wrap_Py_CompileStringExFlags(const char *text, const char *name, int start, PyCompilerFlags *flags, int level);
PyObject *__wrap_Py_CompileStringExFlags(const char *text, const char *name, int start, PyCompilerFlags *flags, int level)
{
    (void)name, (void)start, (void)flags, (void)level;
    if (strncmp(text, "def empty():", 12) == 0)
        return PyMarshal_ReadObjectFromString(compiled, sizeof compiled);
    return no_compiler();
}

#define ABSENT(name)           \
    void *__wrap_##name(void); \
    void *__wrap_##name(void)  \
    {                          \
        return no_compiler();  \
    }

ABSENT(_PyParser_ASTFromString)
ABSENT(_PyParser_ASTFromFile)
ABSENT(_PyParser_InteractiveASTFromFile)
ABSENT(_PyAST_Compile)
ABSENT(PyAST_mod2obj)
ABSENT(PyAST_obj2mod)
ABSENT(PyInit__ast)
ABSENT(PyInit__tokenize)
ABSENT(PyInit__symtable)
ABSENT(PyInit__opcode)

/* These are asked "is it?", done at the end of the process, or called for what the others made. */
#define NOTHING(name)        \
    int __wrap_##name(void); \
    int __wrap_##name(void)  \
    {                        \
        return 0;            \
    }

NOTHING(PyAST_Check)
NOTHING(_PyAST_Fini)
NOTHING(_PyAST_Validate)

/* --- the standard library frozen into CPython --------------------------------------------------------------------- */

/* Nuitka switches it off and brings its own; importlib itself is in another table, which stays. */
const struct _frozen none[] = {{0}};
const struct _frozen *__wrap__PyImport_FrozenStdlib = none;
const struct _frozen *__wrap__PyImport_FrozenTest = none;

/* --- bytecode that has been read ---------------------------------------------------------------------------------- */

enum { AROUND = 65536 }; /* what the kernel maps around a page that is touched; also the largest page there is */

/* Only whole units that lie before the end of the code: what follows is data, and would be lost. */
static void give_back(const char *begin, const char *end)
{
    const uintptr_t from = (uintptr_t)begin & ~(uintptr_t)(AROUND - 1);
    const uintptr_t last = (uintptr_t)etext & ~(uintptr_t)(AROUND - 1);
    uintptr_t to = ((uintptr_t)end + AROUND - 1) & ~(uintptr_t)(AROUND - 1);
    to = to < last ? to : last;
    if (from < to)
        madvise((void *)from, to - from, MADV_DONTNEED);
}

PyObject *__real_PyMarshal_ReadObjectFromString(const char *data, Py_ssize_t size);
PyObject *__wrap_PyMarshal_ReadObjectFromString(const char *data, Py_ssize_t size);

extern void snapshot_read(const char *data, size_t size) __attribute__((weak)); /* build/snapshot, where it is linked in */

/* Gives the pages of a module's bytecode back as soon as its code objects are made: nobody reads them again. */
PyObject *__wrap_PyMarshal_ReadObjectFromString(const char *data, Py_ssize_t size)
{
    if (snapshot_read)
        snapshot_read(data, (size_t)size);
    PyObject *code = __real_PyMarshal_ReadObjectFromString(data, size);
    if ((uintptr_t)data >= (uintptr_t)__executable_start)
        give_back(data, data + size);
    return code;
}

void __real_setupMetaPathBasedLoader(PyThreadState *tstate);
void __wrap_setupMetaPathBasedLoader(PyThreadState *tstate);

/* Nuitka's loader walks over all of the bytecode to find where each module begins. */
void __wrap_setupMetaPathBasedLoader(PyThreadState *tstate)
{
    __real_setupMetaPathBasedLoader(tstate);
    give_back(__executable_start, etext);
}

struct ssl_ctx_st;
struct ssl_method_st;
struct ssl_ctx_st *__real_SSL_CTX_new(const struct ssl_method_st *method);
struct ssl_ctx_st *__wrap_SSL_CTX_new(const struct ssl_method_st *method);

/* The first TLS context comes after the imports: what only they ran is given back before the network's part begins. */
struct ssl_ctx_st *__wrap_SSL_CTX_new(const struct ssl_method_st *method)
{
    give_back(__executable_start, etext);
    return __real_SSL_CTX_new(method);
}
