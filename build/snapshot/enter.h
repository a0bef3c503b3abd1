/* What enter.c tells the rest. */
#ifndef DORMOUSE_SNAPSHOT_ENTER_H
#define DORMOUSE_SNAPSHOT_ENTER_H

#include <stddef.h>

/* The first thread's thread-local block: where it is, and what it holds at the snapshot. */
char *snapshot_tls(void);
extern char snapshot_tls_content[256];
extern size_t snapshot_tls_size;

/* The arguments of a woken process. */
extern int snapshot_argc;
extern char **snapshot_argv;

#endif
