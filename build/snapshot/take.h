/* What take.c tells the rest. */
#ifndef DORMOUSE_SNAPSHOT_TAKE_H
#define DORMOUSE_SNAPSHOT_TAKE_H

#include <Python.h>

extern PyObject *snapshot_resume; /* the Python function that goes on in a woken process */

#endif
