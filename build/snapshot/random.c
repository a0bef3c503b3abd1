/*
 * Whoever draws randomness before the snapshot would have the same in every process. Nobody may: the build stops.
 * os.urandom, random and the hash's secret come from getrandom.
 */
#define PY_SSIZE_T_CLEAN
#define Py_BUILD_CORE 1
#include <Python.h>
#include <string.h>
#include <sys/random.h>
#include "internal/pycore_pyhash.h"
#include "snapshot.h"

ssize_t __real_getrandom(void *into, size_t size, unsigned flags);
ssize_t __wrap_getrandom(void *into, size_t size, unsigned flags);
ssize_t __wrap_getrandom(void *into, size_t size, unsigned flags)
{
    if (snapshot_state == SNAPSHOT_BUILDING)
        snapshot_fail("randomness was asked for", "getrandom");
    return __real_getrandom(into, size, flags);
}

/* OpenSSL asks the kernel without libc; this is the one place where it fills a pool (assumption O2). */
size_t __real_ossl_pool_acquire_entropy(void *pool);
size_t __wrap_ossl_pool_acquire_entropy(void *pool);
size_t __wrap_ossl_pool_acquire_entropy(void *pool)
{
    if (snapshot_state == SNAPSHOT_BUILDING)
        snapshot_fail("randomness was asked for", "OpenSSL");
    return __real_ossl_pool_acquire_entropy(pool);
}

/* The hashes of strings are in the snapshot, so their secret is, too: it is public. What that means is in
 * docs/design/snapshot.md. */
PyStatus __real__Py_HashRandomization_Init(const PyConfig *config);
PyStatus __wrap__Py_HashRandomization_Init(const PyConfig *config);
PyStatus __wrap__Py_HashRandomization_Init(const PyConfig *config)
{
    if (snapshot_state != SNAPSHOT_BUILDING)
        return __real__Py_HashRandomization_Init(config);
    memset(&_Py_HashSecret, 0x5a, sizeof _Py_HashSecret);
    return PyStatus_Ok();
}
