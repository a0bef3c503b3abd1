/* The sleeper as one piece, so that all of it lies in one page: the kernel maps a file around each page that is touched,
 * 64 kB at a time, and code that lay across such a border would weigh twice as much. The page behind it is that of health.c
 * (build/trim/order.txt), so both begin where two do not lie across the border. */
#if defined(__x86_64__) || defined(__i386__)
/* Without vector registers nothing is initialised from constants elsewhere in the file. */
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("general-regs-only"))), apply_to = function)
#else
#pragma GCC target("general-regs-only")
#endif
#endif

__asm__(".text\n.balign 8192\n");

#include "parts/entry.c"
#include "parts/sleep.c"
#include "parts/request.c"
#include "parts/addresses.c"
#include "parts/wait.c"

#if defined(__clang__) && (defined(__x86_64__) || defined(__i386__))
#pragma clang attribute pop
#endif
