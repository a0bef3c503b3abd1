/*
 * The start from a snapshot of the heap: what its parts know of each other, and everything that they assume of others.
 * How it works: docs/design/snapshot.md.
 *
 * Assumed, and where it is checked (a build stops where one does not hold any more):
 *
 * CPython 3.13
 *   C1  the fields of PyThreadState, PyInterpreterState and _PyRuntime used here          compiled with its own headers; below
 *   C2  an object whose reference count is _Py_IMMORTAL_REFCNT is never freed or written  objects.c (version); verifier/clean.py
 *   C3  pymalloc hands what is not in its arenas on to free() and realloc()               every wake
 *   C4  without a chunk of stack for frames a thread gets a new one                       every wake
 *   C5  the secret of str's hash is set by _Py_HashRandomization_Init and nowhere else     the link (--wrap)
 * musl, as Zig links it
 *   M1  _start finds everything that it tells libc on the stack: argc, argv, environment, auxv    every wake; verifier/woken.py
 *   M2  __init_libc may be called again in a process of one thread                         every wake
 *   M3  the first thread and its thread-local block lie in .bss (they are small)           take.c
 *   M4  clock_gettime alone remembers an address of the vDSO                               enter.c replaces it; auxv names none
 * OpenSSL 3.5
 *   O1  OPENSSL_cpuid_setup finds out what the CPU can do unless its static "trigger" is set       freezer/snapshot.py finds it
 *   O2  importing _ssl asks for no randomness                                              random.c: it would stop the build
 * All
 *   A1  nothing that the program needs lies outside of .data, .bss and the region          take.c looks at the memory map
 *   A2  one thread                                                                         take.c
 */
#ifndef DORMOUSE_SNAPSHOT_H
#define DORMOUSE_SNAPSHOT_H

#include <stddef.h>
#include <stdint.h>

enum snapshot_state {
    SNAPSHOT_NONE,     /* a program without a snapshot, started as ever */
    SNAPSHOT_BUILDING, /* the process that makes one */
    SNAPSHOT_WOKEN     /* a process that starts from one: this is what the file says */
};
extern int snapshot_state;

/* The memory that everything comes from in the process that builds; the end of .bss. Afterwards it ends with what is used. */
extern char snapshot_region[];
extern const size_t snapshot_room;
extern char *snapshot_top;
extern char *snapshot_cold; /* what begins here a steady round hardly touches */
static inline int snapshot_has(const void *p)
{
    return (uintptr_t)p - (uintptr_t)snapshot_region < (uintptr_t)(snapshot_top - snapshot_region);
}

/* In the process that builds: its stack, at a fixed address so that pointers into it are always the same. */
#define SNAPSHOT_STACK 0x60000000ul
#define SNAPSHOT_STACK_SIZE 0x800000ul

/* The environment of the process that builds holds this; Python never sees it. Files are in the working directory. */
#define SNAPSHOT_VARIABLE "DORMOUSE_SNAPSHOT="

void snapshot_heap_python(void); /* Python's small objects come from malloc, too */
void snapshot_heap_module(void); /* the next module begins: its allocations are numbered anew */
void snapshot_heap_end(void);    /* clear what is free, give Python's allocators back, list the blocks */

void snapshot_objects_still(void); /* every object lives for ever, and nobody counts it */

void snapshot_woken(void) __attribute__((noreturn)); /* go on in the new process */
void snapshot_fail(const char *why, const char *what) __attribute__((noreturn));

/* Files of the process that builds. */
const char *snapshot_file(const char *name, size_t *size); /* NULL: there is none */
int snapshot_create(const char *name);
void snapshot_write(int fd, const void *from, size_t size);

#endif
