/* The set of usable global addresses as one number, from the kernel's answer to RTM_GETADDR.
 * The same rules as ddns/rtnetlink.py and the same number as ddns/host/netlink.py: both are tested against each other. */
#include "sleep.h"
#include "kernel.h"

enum { KIND_ERROR = 2, KIND_DONE = 3, FLAG_DISTURBED = 0x10 };
enum { ATTRIBUTE_ADDRESS = 1, ATTRIBUTE_LOCAL = 2 };
enum { DEPRECATED_TENTATIVE_DUPLICATE = 0x20 | 0x40 | 0x08 };

/* A wide number in two halves: compilers for RISC-V would keep it in memory, which brings a page of its own. */
static uint64_t wide(uint32_t high, uint32_t low)
{
#if defined(__riscv)
    __asm__("" : "+r"(high));
#endif
    return (uint64_t)high << 32 | low;
}

/* FNV-1a (RFC 9923). */
static uint64_t hash(uint64_t value, const unsigned char *bytes, long count)
{
    for (long i = 0; i < count; i++)
        value = (value ^ bytes[i]) * wide(0x100, 0x1b3);
    return value;
}

/* One address message: add its member to the sum, if it is one. */
static void add(const unsigned char *body, long length, uint64_t *digest)
{
    const struct address_header *header = (const void *)body;
    const unsigned char *local = 0, *address = 0;
    long local_length = 0, address_length = 0;

    if (length < (long)sizeof *header || header->scope || header->flags & DEPRECATED_TENTATIVE_DUPLICATE)
        return;
    for (long at = sizeof *header; at + (long)sizeof(struct attribute) <= length;) {
        const struct attribute *one = (const void *)(body + at);
        long end = at + one->length;
        if (one->length < sizeof *one || end > length)
            break;
        if (one->type == ATTRIBUTE_LOCAL) {
            local = body + at + sizeof *one;
            local_length = one->length - (long)sizeof *one;
        } else if (one->type == ATTRIBUTE_ADDRESS) {
            address = body + at + sizeof *one;
            address_length = one->length - (long)sizeof *one;
        }
        at += (one->length + 3l) & ~3l;
    }
    if (local_length) { /* on a point-to-point link the other attribute is the other end */
        address = local;
        address_length = local_length;
    }
    if (!address_length)
        return;
    uint32_t index = header->index;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    index = __builtin_bswap32(index); /* the number is the same on every machine */
#endif
    uint64_t value = hash(wide(0xcbf29ce4, 0x84222325), (const unsigned char *)&index, sizeof index);
    value = hash(value, address, address_length);
    value = (value ^ value >> 33) * wide(0xff51afd7, 0xed558ccd);
    *digest += value ^ value >> 33;
}

int dormouse_list(const unsigned char *data, long length, uint64_t *digest, int *disturbed)
{
    for (long at = 0; at + (long)sizeof(struct netlink_header) <= length;) {
        const struct netlink_header *header = (const void *)(data + at);
        long size = header->length;
        if (header->length < sizeof *header || size > length - at)
            return LIST_BAD;
        *disturbed |= header->flags & FLAG_DISTURBED;
        if (header->type == KIND_DONE)
            return *disturbed ? LIST_DISTURBED : LIST_END;
        if (header->type == KIND_ERROR)
            return LIST_BAD;
        add(data + at + sizeof *header, size - (long)sizeof *header, digest);
        at += (size + 3) & ~3l;
    }
    return LIST_MORE;
}
