/* memcpy and memset of native/fast, for every alignment of both sides and every size up to a few words and a bit beyond. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { MOST = 100, PAGE = 65536 };

int main(void)
{
    /* The source ends with the page, and nothing may be read behind it. */
    unsigned char *pages = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED || munmap(pages + PAGE, PAGE) != 0)
        return 2;
    static unsigned char to[MOST + 64] __attribute__((aligned(16)));
    int wrong = 0;
    for (int i = 0; i < PAGE; i++)
        pages[i] = (unsigned char)(i * 31 + (i >> 8));
    for (int size = 0; size <= MOST; size++)
        for (int ahead = 0; ahead < 16; ahead++)
            for (int behind = 0; behind < 16; behind++) {
                const unsigned char *from = pages + PAGE - size - behind;
                for (size_t i = 0; i < sizeof to; i++)
                    to[i] = 0xa5;
                wrong |= memcpy(to + 16 + ahead, from, (size_t)size) != to + 16 + ahead;
                for (int i = 0; i < (int)sizeof to; i++) {
                    const int at = i - 16 - ahead;
                    wrong |= to[i] != (at >= 0 && at < size ? from[at] : 0xa5);
                }
                wrong |= memset(to + 16 + ahead, 0x1c0 + behind, (size_t)size) != to + 16 + ahead;
                for (int i = 0; i < (int)sizeof to; i++) {
                    const int at = i - 16 - ahead;
                    wrong |= to[i] != (at >= 0 && at < size ? 0xc0 + behind : 0xa5);
                }
            }
    puts(wrong ? "wrong" : "right");
    return wrong;
}
