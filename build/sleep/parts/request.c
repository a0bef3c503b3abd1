/* Reads DDNS_SLEEP: fixed columns, hexadecimal, so that nothing has to be guessed.
 *
 *   1?w:SSSSSSSSSSSSSSSS.NNNNNNNN:SSSSSSSSSSSSSSSS.NNNNNNNN:MMMMMMMMMMMMMMMM:DDDDDDDDDDDDDDDD:PPPPPPPP:FFFFFFFF
 *   0   4                         30                        56               73               90       99
 */
#include "sleep.h"

/* Never put into its callers: on MIPS all of it would no longer fit into one page. */
__attribute__((noinline)) uint64_t dormouse_number(const char *text, int digits, int *ok)
{
    uint64_t value = 0;
    for (int i = 0; i < digits; i++) {
        char c = text[i];
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0) {
            *ok = 0;
            return 0;
        }
        value = value << 4 | (uint64_t)digit;
    }
    return value;
}

static struct moment moment(const char *text, int *ok)
{
    struct moment found;
    found.seconds = dormouse_number(text, 16, ok);
    found.nanos = (uint32_t)dormouse_number(text + 17, 8, ok);
    return found;
}

int dormouse_parse(const char *value, struct request *into)
{
    for (int i = 0; i < REQUEST_LENGTH; i++)
        if (!value[i])
            return 0;
    if (value[REQUEST_LENGTH])
        return 0;
    int ok = value[0] == '1' && value[1] == '?' && (value[2] == 'w' || value[2] == '-');
    ok = ok && value[3] == ':' && value[20] == '.' && value[29] == ':' && value[46] == '.' && value[55] == ':';
    ok = ok && value[72] == ':' && value[89] == ':' && value[98] == ':';
    into->watch = value[2] == 'w';
    into->boot = moment(value + 4, &ok);
    into->real = moment(value + 30, &ok);
    into->signals = dormouse_number(value + 56, 16, &ok);
    into->digest = dormouse_number(value + 73, 16, &ok);
    into->pid = (uint32_t)dormouse_number(value + 90, 8, &ok);
    dormouse_number(value + 99, 8, &ok); /* the memory with the state: only Python needs it */
    into->forever = into->boot.seconds == ~(uint64_t)0;
    if (!into->forever && (into->boot.seconds >> 62 || into->real.seconds >> 62))
        ok = 0; /* no time the kernel takes */
    if (into->boot.nanos > 999999999 || into->real.nanos > 999999999)
        ok = 0;
    return ok;
}
