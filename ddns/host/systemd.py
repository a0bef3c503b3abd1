"""Tells systemd (Type=notify) how far the program is: sd_notify(3), one datagram to the socket it names."""

import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Literal

SECONDS = 1.0


def notify(environ: Mapping[str, str], state: Literal["READY", "RELOADING", "STOPPING"], status: str = "") -> None:
    """Send ``READY=1`` (also the end of a reload), ``RELOADING=1`` or ``STOPPING=1``; nothing when nobody asked.

    ``status`` is a line for ``systemctl status``. A manager that does not listen is no error of ours.
    """
    path = environ.get("NOTIFY_SOCKET", "")
    if path[:1] not in {"/", "@"}:
        return
    lines = [f"{state}=1"]
    if state == "RELOADING":  # asked for by Type=notify-reload, ignored by others
        lines.append(f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")
    if status:
        lines.append("STATUS=" + " ".join(status.split()))
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as manager:
        manager.settimeout(SECONDS)
        manager.sendto("\n".join(lines).encode(), "\0" + path[1:] if path[0] == "@" else path)
