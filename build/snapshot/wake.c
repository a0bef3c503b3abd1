/* The woken process, once libc knows it: what OpenSSL and Python remember of a process is made anew, then the program runs. */
#define _GNU_SOURCE
#define PY_SSIZE_T_CLEAN
#define Py_BUILD_CORE 1
#include <Python.h>
#include "internal/pycore_pystate.h"
#include "internal/pycore_runtime.h"
#include "internal/pycore_signal.h"
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "enter.h"
#include "snapshot.h"
#include "take.h"

extern char **environ;
extern void OPENSSL_cpuid_setup(void);

/* What this process inherited, instead of what the one that built was given. */
static void renew_signals(void)
{
    struct _signals_runtime_state *signals = &_PyRuntime.signals;
    signal(SIGPIPE, SIG_IGN); /* as Python does at its start */
    signal(SIGXFSZ, SIG_IGN);
    for (int number = 1; number < Py_NSIG; number++) {
        struct sigaction now;
        PyObject *function = Py_None;
        if (sigaction(number, NULL, &now) == 0 && now.sa_handler == SIG_DFL)
            function = signals->default_handler;
        else if (now.sa_handler == SIG_IGN)
            function = signals->ignore_handler;
        signals->handlers[number].func = function;
        signals->handlers[number].tripped = 0;
    }
}

static PyObject *list_of(char **words)
{
    PyObject *list = PyList_New(0);
    for (; list && *words; words++) {
        PyObject *word = PyBytes_FromString(*words);
        if (!word || PyList_Append(list, word) < 0)
            return NULL;
        Py_DECREF(word);
    }
    return list;
}

extern void snapshot_trace(void) __attribute__((weak)); /* trace/trace.c, where it is linked in */

enum { PIECE = 16384 };

/* The kernel maps the 64 kB around a page that is touched, as far as one mapping goes. What a round touches here and there
 * is cut into small mappings, so that little comes along: every other piece gets a flag that says nothing else of it. */
static void cut_apart(char *begin, const char *end)
{
    for (char *at = begin; at < end; at += 2 * PIECE)
        madvise(at, PIECE, MADV_DONTDUMP);
}

void snapshot_woken(void)
{
    if (snapshot_trace)
        snapshot_trace();
    else
        cut_apart(snapshot_cold, snapshot_top);
    PyThreadState *thread = _PyThreadState_GET();
    thread->native_thread_id = (unsigned long)syscall(SYS_gettid);
    thread->py_recursion_remaining = thread->py_recursion_limit;
    thread->c_recursion_remaining = Py_C_RECURSION_LIMIT;
    OPENSSL_cpuid_setup();
    renew_signals();
    PyObject *argv = list_of(snapshot_argv), *environment = list_of(environ);
    if (argv && environment)
        PyObject_CallFunctionObjArgs(snapshot_resume, argv, environment, NULL); /* it ends the process itself */
    PyErr_Print();
    _exit(1);
}
