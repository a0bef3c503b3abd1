/*
 * In the process that builds, all memory comes from one region at the end of .bss, so that .data and .bss are everything.
 * In a woken process new memory comes from libc as ever, and what lies in the region is never freed: its pages stay clean.
 *
 * Blocks are multiples of 16 bytes and have no head. Those that a steady round touches lie close together: the allocations
 * are numbered (the module that is being imported, then the order within it), the file "hot" tells the numbers of those
 * that a round touched, and they come from areas of their own. The same program allocates in the same order again.
 * freezer/layout.py makes that file.
 */
#define _GNU_SOURCE
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "snapshot.h"

#ifndef SNAPSHOT_REGION
#define SNAPSHOT_REGION 33554432
#endif

#define TEXT2(x) #x
#define TEXT(x) TEXT2(x)
#ifdef __arm__
#define NOBITS "%nobits"
#else
#define NOBITS "@nobits"
#endif
__asm__(".section .snapheap,\"aw\"," NOBITS "\n.balign 65536\n.globl snapshot_region\nsnapshot_region:\n"
        ".skip " TEXT(SNAPSHOT_REGION) "\n.text\n");

enum { UNITS = SNAPSHOT_REGION / 16, EXTENT = 65536, EXACT = 64, CLASSES = EXACT + 8 * 24, MODULE = 1 << 16 };

char *snapshot_top = snapshot_region, *snapshot_cold = snapshot_region;
const size_t snapshot_room = SNAPSHOT_REGION;

static struct area {
    char *at, *end;
    void **loose[CLASSES]; /* free blocks by size; the first word of each names the next */
    size_t step;           /* between blocks; a page where it is traced who touches them */
    const unsigned char *numbers;
    size_t count; /* how many numbers it speaks of: a bit for each */
} areas[3]; /* 0: cold; the others: hot, in the order of the file */

/* Known in the process that builds only, and not in .bss: */
static struct { uint32_t number, size, area; } *blocks; /* by place, in units of 16 bytes */
static uint32_t number;
static PyMemAllocatorEx python[3];

static size_t unit_of(const void *p) { return (size_t)((const char *)p - snapshot_region) / 16; }

/* Sizes are multiples of a unit; above 1 kB there are eight steps for each doubling. Returns the class. */
static unsigned class_of(size_t wanted, size_t *size)
{
    size_t units = (wanted + 15) / 16;
    units = units ? units : 1;
    if (units <= EXACT) {
        *size = units * 16;
        return (unsigned)units - 1;
    }
    unsigned log = 63 - (unsigned)__builtin_clzll((unsigned long long)units - 1);
    size_t step = (size_t)1 << (log - 3);
    units = (units + step - 1) & ~(step - 1);
    *size = units * 16;
    return EXACT + (log - 6) * 8 + (unsigned)((units >> (log - 3)) - 9);
}

static char *extent(size_t size)
{
    char *p = snapshot_top;
    size = (size + EXTENT - 1) & ~(size_t)(EXTENT - 1);
    if (size > (size_t)(snapshot_region + SNAPSHOT_REGION - p))
        snapshot_fail("the region is too small", "SNAPSHOT_REGION");
    snapshot_top += size;
    return p;
}

static void *cut(struct area *area, size_t size)
{
    const size_t step = (size + area->step - 1) & ~(area->step - 1);
    if ((size_t)(area->end - area->at) < step) {
        char *more = extent(step);
        if (more != area->end)
            area->at = more;
        area->end = snapshot_top;
    }
    char *p = area->at;
    area->at += step;
    return p;
}

/* The head of an area in the file "hot"; its bits follow. */
struct told {
    uint32_t room, step, bytes;
};

/* Before anything is allocated: which numbers belong side by side. */
static void begin(void)
{
    size_t size;
    const char *text = snapshot_file("hot", &size), *end = text + size;
    blocks = mmap(NULL, UNITS * sizeof *blocks, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (blocks == MAP_FAILED)
        snapshot_fail("no memory", "for the list of blocks");
    number = 1;
    areas[0].step = 16;
    for (struct area *area = &areas[1]; text && text < end; area++) {
        const struct told *told = (const struct told *)text;
        if (area == &areas[sizeof areas / sizeof *areas])
            snapshot_fail("more areas than expected", "hot");
        area->step = told->step;
        area->numbers = (const unsigned char *)(told + 1);
        area->count = (size_t)told->bytes * 8;
        area->at = extent(told->room);
        area->end = snapshot_top;
        text += sizeof *told + told->bytes;
    }
    snapshot_cold = snapshot_top;
}

static struct area *area_of(uint32_t own)
{
    for (struct area *area = &areas[1]; area < &areas[sizeof areas / sizeof *areas]; area++)
        if (own < area->count && area->numbers[own / 8] >> own % 8 & 1)
            return area;
    return &areas[0];
}

static void *block_new(size_t wanted)
{
    size_t size;
    unsigned class = class_of(wanted, &size);
    if (!blocks)
        begin();
    struct area *area = area_of(number);
    void **p = area->loose[class];
    if (p)
        area->loose[class] = *p;
    else
        p = cut(area, size);
    blocks[unit_of(p)].number = number++;
    blocks[unit_of(p)].size = (uint32_t)size;
    blocks[unit_of(p)].area = (uint32_t)(area - areas);
    return p;
}

static void block_free(void *p)
{
    size_t size;
    unsigned class = class_of(blocks[unit_of(p)].size, &size);
    struct area *area = &areas[blocks[unit_of(p)].area];
    blocks[unit_of(p)].number = 0;
    *(void **)p = area->loose[class];
    area->loose[class] = p;
}

/* --- in the place of libc's (--wrap) ------------------------------------------------------------------------------- */

#define WRAPPED(type, name, ...)       \
    type __real_##name(__VA_ARGS__);   \
    type __wrap_##name(__VA_ARGS__);   \
    type __wrap_##name(__VA_ARGS__)

static int building(void) { return snapshot_state == SNAPSHOT_BUILDING; }

WRAPPED(void *, malloc, size_t size) { return building() ? block_new(size) : __real_malloc(size); }

WRAPPED(void, free, void *p)
{
    if (!snapshot_has(p))
        __real_free(p);
    else if (building())
        block_free(p);
}

WRAPPED(void *, calloc, size_t count, size_t each)
{
    size_t size;
    if (!building())
        return __real_calloc(count, each);
    if (__builtin_mul_overflow(count, each, &size))
        return NULL;
    return memset(block_new(size), 0, size);
}

WRAPPED(void *, realloc, void *p, size_t size)
{
    if (!p)
        return __wrap_malloc(size);
    if (!snapshot_has(p))
        return __real_realloc(p, size);
    /* A woken process does not know how long the block is. What a larger one holds behind it is nobody's business. */
    const size_t have = building() ? blocks[unit_of(p)].size : (size_t)(snapshot_top - (char *)p);
    if (building() && size <= have && (size >= have / 2 || have <= 64))
        return p;
    void *other = __wrap_malloc(size);
    if (!other)
        return NULL;
    memcpy(other, p, size < have ? size : have);
    __wrap_free(p);
    return other;
}

WRAPPED(void *, reallocarray, void *p, size_t count, size_t each)
{
    size_t size;
    if (__builtin_mul_overflow(count, each, &size)) {
        errno = ENOMEM;
        return NULL;
    }
    return __wrap_realloc(p, size);
}

#define UNUSED(name) /* nobody calls it before a snapshot; if that changes, the build stops */ \
    WRAPPED(void *, name, size_t alignment, size_t size)                                       \
    {                                                                                          \
        if (building())                                                                        \
            snapshot_fail("not thought of", #name);                                            \
        return __real_##name(alignment, size);                                                 \
    }
UNUSED(aligned_alloc)
UNUSED(memalign)

WRAPPED(int, posix_memalign, void **p, size_t alignment, size_t size)
{
    if (building())
        snapshot_fail("not thought of", "posix_memalign");
    return __real_posix_memalign(p, alignment, size);
}

/* --- begin and end -------------------------------------------------------------------------------------------------- */

/* Python's small objects come from malloc, too, until the snapshot is made. */
void snapshot_heap_python(void)
{
    PyMemAllocatorEx raw;
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &raw);
    for (int domain = PYMEM_DOMAIN_MEM; domain <= PYMEM_DOMAIN_OBJ; domain++) {
        PyMem_GetAllocator(domain, &python[domain]);
        PyMem_SetAllocator(domain, &raw);
    }
}

void snapshot_heap_module(void)
{
    if (building())
        number = (number / MODULE + 1) * MODULE;
}

/* A line for each block in use: its number, its place, its size. For freezer/layout.py. */
static void list(void)
{
    const int fd = snapshot_create("blocks");
    for (size_t unit = 0; unit < unit_of(snapshot_top); unit++)
        if (blocks[unit].number) {
            const uint32_t line[3] = {blocks[unit].number, (uint32_t)(unit * 16), blocks[unit].size};
            snapshot_write(fd, line, sizeof line);
        }
}

void snapshot_heap_end(void)
{
    for (int domain = PYMEM_DOMAIN_MEM; domain <= PYMEM_DOMAIN_OBJ; domain++)
        PyMem_SetAllocator(domain, &python[domain]);
    list();
    for (size_t i = 0; i < sizeof areas / sizeof *areas; i++)
        for (int class = 0; class < CLASSES; class++)
            for (void **p = areas[i].loose[class], **next; p; p = next) {
                next = (void **)*p;
                memset(p, 0, blocks[unit_of(p)].size);
            }
    memset(areas, 0, sizeof areas);
    blocks = NULL, number = 0;
}
