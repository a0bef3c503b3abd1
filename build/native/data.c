/*
 * The module _ddns_data: CA roots and time zones inside the program. Nothing of them is copied or parsed before it is
 * asked for: a root is read when a chain names it as its issuer, as OpenSSL does with a hashed folder of certificates.
 *
 * The archive is made by freezer/embed.py: u32 count, then per entry u32 key, key length, data, data length (offsets
 * from the start, in the byte order of the target, sorted by key), then the bytes.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

static const unsigned char archive[] __attribute__((aligned(4))) = {
#embed "archive.bin"
};

struct entry {
    uint32_t key, key_length, data, data_length;
};

/* The start of CPython 3.13's PySSLContext; _ssl has no function that gives the SSL_CTX away. */
struct context {
    PyObject_HEAD
    SSL_CTX *ctx;
};

/* Returns the index of the first entry with this key, or -1. */
static long find(const char *key, size_t length)
{
    const uint32_t count = *(const uint32_t *)archive;
    const struct entry *entries = (const struct entry *)(archive + 4);
    for (uint32_t i = 0; i < count; i++)
        if (entries[i].key_length == length && memcmp(archive + entries[i].key, key, length) == 0)
            return i;
    return -1;
}

static int add_roots(X509_STORE *store, const X509_NAME *name)
{
    char key[16];
    int known = 0, added = 0;
    unsigned long hash = X509_NAME_hash_ex(name, NULL, NULL, &known);
    const int length = snprintf(key, sizeof key, "root/%08lx", hash & 0xffffffffUL);
    const uint32_t count = *(const uint32_t *)archive;
    const struct entry *entries = (const struct entry *)(archive + 4);
    long i = known ? find(key, (size_t)length) : -1;
    for (; i >= 0 && (uint32_t)i < count; i++) {
        const unsigned char *der = archive + entries[i].data;
        if (entries[i].key_length != (uint32_t)length || memcmp(archive + entries[i].key, key, (size_t)length) != 0)
            break;
        X509 *root = d2i_X509(NULL, &der, (long)entries[i].data_length);
        if (root != NULL)
            added += X509_STORE_add_cert(store, root);
        X509_free(root);
    }
    return added;
}

/* OpenSSL asks here when the store does not have a name yet; the store keeps what is added, so it asks once. */
static int by_subject(X509_LOOKUP *lookup, X509_LOOKUP_TYPE type, const X509_NAME *name, X509_OBJECT *found)
{
    X509_STORE *store = X509_LOOKUP_get_store(lookup);
    int done = 0;
    if (type != X509_LU_X509 || !add_roots(store, name))
        return 0;
    X509_STORE_lock(store);
    STACK_OF(X509_OBJECT) *objects = X509_STORE_get0_objects(store);
    X509_OBJECT *object = X509_OBJECT_retrieve_by_subject(objects, type, name);
    if (object != NULL)
        done = X509_OBJECT_set1_X509(found, X509_OBJECT_get0_X509(object));
    X509_STORE_unlock(store);
    return done;
}

static PyObject *load_roots(PyObject *module, PyObject *context)
{
    static X509_LOOKUP_METHOD *method;
    (void)module;
    if (method == NULL) {
        method = X509_LOOKUP_meth_new("roots inside the program");
        if (method == NULL || !X509_LOOKUP_meth_set_get_by_subject(method, by_subject))
            return PyErr_NoMemory();
    }
    X509_STORE *store = SSL_CTX_get_cert_store(((struct context *)context)->ctx);
    if (X509_STORE_add_lookup(store, method) == NULL)
        return PyErr_NoMemory();
    Py_RETURN_TRUE;
}

static PyObject *zone(PyObject *module, PyObject *name)
{
    char key[80];
    const char *text = PyUnicode_AsUTF8(name);
    (void)module;
    if (text == NULL)
        return NULL;
    const int length = snprintf(key, sizeof key, "zone/%s", text);
    const long i = length < (int)sizeof key ? find(key, (size_t)length) : -1;
    if (i < 0)
        Py_RETURN_NONE;
    const struct entry *entry = (const struct entry *)(archive + 4) + i;
    return PyBytes_FromStringAndSize((const char *)archive + entry->data, entry->data_length);
}

static PyMethodDef methods[] = {
    {"load_roots", load_roots, METH_O, NULL},
    {"zone", zone, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT, .m_name = "_ddns_data", .m_methods = methods, .m_size = 0,
};

static PyObject *start(void)
{
    return PyModuleDef_Init(&definition);
}

/* Before main: the interpreter's own table of built-in modules stays as it is. */
__attribute__((constructor)) static void announce(void)
{
    PyImport_AppendInittab("_ddns_data", start);
}
