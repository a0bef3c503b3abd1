/*
 * Every object of the snapshot lives for ever: its reference count is the immortal one, which nobody changes, and no
 * garbage collector knows it. So a woken process writes to the pages of objects that change, and to no others.
 */
#define PY_SSIZE_T_CLEAN
#define Py_BUILD_CORE 1
#include <Python.h>
#include "internal/pycore_code.h"
#include "internal/pycore_dict.h"
#include "internal/pycore_gc.h"
#include "internal/pycore_global_objects.h"
#include "internal/pycore_interp.h"
#include "internal/pycore_pystate.h"
#include "internal/pycore_typeobject.h"
#include <sys/mman.h>
#include "snapshot.h"

_Static_assert(PY_VERSION_HEX >> 16 == 0x030d, "C2 and this file are about CPython 3.13");

/* The objects seen (a hash set of addresses) and those still to be looked into; not in what is written. */
enum { SLOTS = 1 << 20 };
static struct walk {
    PyObject **seen, **todo;
    size_t count, depth;
} walk;

static int push(PyObject *op, void *arg)
{
    (void)arg;
    if (!op)
        return 0;
    size_t i = (size_t)(((uint64_t)(uintptr_t)op >> 4) * 0x9E3779B97F4A7C15u >> 40) % SLOTS;
    while (walk.seen[i]) {
        if (walk.seen[i] == op)
            return 0;
        i = (i + 1) % SLOTS;
    }
    if (++walk.count > SLOTS / 2)
        snapshot_fail("more objects than expected", "SLOTS");
    walk.seen[i] = op;
    walk.todo[walk.depth++] = op;
    return 0;
}

static void keys_for_ever(PyDictKeysObject *keys)
{
    if (keys && keys->dk_refcnt != _Py_IMMORTAL_REFCNT)
        keys->dk_refcnt = _Py_IMMORTAL_REFCNT;
}

/* Code objects are not collected, so they do not tell what they hold. */
static void look_into_code(PyCodeObject *code)
{
    PyObject *held[] = {code->co_consts,          code->co_names, code->co_exceptiontable, code->co_localsplusnames,
                        code->co_localspluskinds, code->co_filename, code->co_name, code->co_qualname, code->co_linetable};
    for (size_t i = 0; i < sizeof held / sizeof *held; i++)
        push(held[i], NULL);
    if (code->_co_cached) {
        push(code->_co_cached->_co_code, NULL);
        push(code->_co_cached->_co_cellvars, NULL);
        push(code->_co_cached->_co_freevars, NULL);
        push(code->_co_cached->_co_varnames, NULL);
    }
}

static void look_into_dict(PyDictObject *dict)
{
    PyObject *key, *value;
    Py_ssize_t at = 0;
    while (PyDict_Next((PyObject *)dict, &at, &key, &value)) {
        push(key, NULL);
        push(value, NULL);
    }
    keys_for_ever(dict->ma_keys);
}

static void look_into_type(PyTypeObject *type)
{
    if (type->tp_flags & Py_TPFLAGS_HEAPTYPE) {
        PyHeapTypeObject *heap = (PyHeapTypeObject *)type;
        push(heap->ht_name, NULL);
        push(heap->ht_qualname, NULL);
        push(heap->ht_slots, NULL);
        keys_for_ever(heap->ht_cached_keys);
        push((PyObject *)type->tp_subclasses, NULL);
    }
    push(type->tp_dict, NULL);
    push(type->tp_mro, NULL);
    push(type->tp_bases, NULL);
}

static int is_descriptor(PyObject *op)
{
    PyTypeObject *type = Py_TYPE(op);
    return PyObject_TypeCheck(op, &PyMethodDescr_Type) || type == &PyWrapperDescr_Type || type == &PyGetSetDescr_Type ||
           type == &PyMemberDescr_Type || type == &PyClassMethodDescr_Type;
}

static void look_into(PyObject *op)
{
    PyTypeObject *type = Py_TYPE(op);
    push((PyObject *)type, NULL);
    if (!_Py_IsImmortal(op))
        op->ob_refcnt = _Py_IMMORTAL_REFCNT;
    if (PyDict_Check(op))
        look_into_dict((PyDictObject *)op);
    if (PyCode_Check(op)) {
        look_into_code((PyCodeObject *)op);
        return;
    }
    if (PyType_Check(op))
        look_into_type((PyTypeObject *)op);
    if (is_descriptor(op)) {
        push((PyObject *)((PyDescrObject *)op)->d_name, NULL);
        push(((PyDescrObject *)op)->d_qualname, NULL);
    }
    if (PyObject_IS_GC(op) && type->tp_traverse)
        type->tp_traverse(op, push, NULL);
}

static PyGC_Head *collected(PyInterpreterState *interp, int generation)
{
    return generation < NUM_GENERATIONS ? &interp->gc.generations[generation].head
                                        : &interp->gc.permanent_generation.head;
}

static void forget_list(PyGC_Head *head)
{
    for (PyGC_Head *each = _PyGCHead_NEXT(head), *next; each != head; each = next) {
        next = _PyGCHead_NEXT(each);
        each->_gc_next = each->_gc_prev = 0;
    }
    head->_gc_next = head->_gc_prev = (uintptr_t)head;
}

void snapshot_objects_still(void)
{
    PyInterpreterState *interp = _PyThreadState_GET()->interp;
    walk.seen = mmap(NULL, SLOTS * 2 * sizeof(void *), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (walk.seen == MAP_FAILED)
        snapshot_fail("no memory", "for the walk over all objects");
    walk.todo = walk.seen + SLOTS;
    for (int generation = 0; generation <= NUM_GENERATIONS; generation++) {
        PyGC_Head *head = collected(interp, generation);
        for (PyGC_Head *each = _PyGCHead_NEXT(head); each != head; each = _PyGCHead_NEXT(each))
            push((PyObject *)(each + 1), NULL);
    }
    push(_Py_INTERP_CACHED_OBJECT(interp, interned_strings), NULL);
    push(interp->sysdict, NULL);
    push(interp->builtins, NULL);
    while (walk.depth)
        look_into(walk.todo[--walk.depth]);
    for (int generation = 0; generation <= NUM_GENERATIONS; generation++)
        forget_list(collected(interp, generation));
    munmap(walk.seen, SLOTS * 2 * sizeof(void *));
    memset(&walk, 0, sizeof walk);
}
