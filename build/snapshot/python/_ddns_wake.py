"""The Python side of the snapshot: what is imported before it, and what a woken process reads anew."""

import _ddns_snapshot
import io
import os
import signal
import sys
import threading
import time


def offer(run):
    """In the process that builds: import what a round needs and write the snapshot. Else: nothing."""
    names = _ddns_snapshot.wanted()
    if names is None:
        return
    for name in names.split():
        __import__(name)
    global _run
    _run = run
    threading.main_thread()._native_id = 0  # the number of this process
    os.environ._data.clear()
    del sys.argv[:], sys.orig_argv[:]
    sys.stdin = sys.stdout = sys.stderr = sys.__stdin__ = sys.__stdout__ = sys.__stderr__ = None
    _ddns_snapshot.take(woken)


def woken(argv, environment):
    """Go on where the snapshot was taken, as the process that we are now. Never returns."""
    sys.argv[:] = sys.orig_argv[:] = [os.fsdecode(word) for word in argv]
    known = os.environ._data
    for item in environment:
        name, mark, value = item.partition(b"=")
        if mark:
            known.setdefault(name, value)
    time.tzset()
    sys.stdin = sys.__stdin__ = _stream(0, "r")
    sys.stdout = sys.__stdout__ = _stream(1, "w")
    sys.stderr = sys.__stderr__ = _stream(2, "w")
    threading.main_thread()._set_native_id()
    if signal.getsignal(signal.SIGINT) == signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    code = 1
    try:
        _run()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException:
        sys.excepthook(*sys.exc_info())
    for stream in sys.stdout, sys.stderr:
        if stream is not None:
            stream.flush()
    os._exit(code)


def _stream(fd, mode):
    """Return a standard stream as Python opens it at its start; None where there is none."""
    try:
        raw = io.FileIO(fd, mode, closefd=False)
    except OSError:
        return None
    buffer = io.BufferedReader(raw) if mode == "r" else io.BufferedWriter(raw)
    encoding, _, errors = os.environ.get("PYTHONIOENCODING", "").partition(":")
    errors = "backslashreplace" if fd == 2 else errors or ("strict" if encoding else "surrogateescape")
    return io.TextIOWrapper(buffer, encoding or "utf-8", errors, "\n", line_buffering=fd == 2 or raw.isatty())
