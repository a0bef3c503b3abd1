"""``cmd``: a command of the user's whose output is the address."""

import os
import select
from collections.abc import Mapping
from typing import Final

from ddns.core.addresses.accept import Rules, Undetected
from ddns.core.addresses.families import Known
from ddns.detect.textlines import LIMIT, parse_lines
from ddns.ports import Clock
from ddns.shell import SHELL, ended, kill, spawn

_STEP: Final = 50
"""Milliseconds between looks at a command that does not write."""


def ask(command: str, environ: Mapping[str, str], clock: Clock, rules: Rules, seconds: float) -> Known:
    """Run the command in a shell and read its output as lines of addresses. Undetected: it failed or took too long."""
    return Known(parse_lines(_output(command, environ, clock, seconds), rules))


def _output(command: str, environ: Mapping[str, str], clock: Clock, seconds: float) -> bytes:
    end = clock.monotonic() + seconds
    reader, writer = os.pipe()
    try:
        child = spawn(command, environ, writer)
    except (OSError, ValueError) as error:
        os.close(reader)
        raise Undetected(f"{SHELL} cannot be started ({error})", "the cmd source needs a shell") from None
    finally:
        os.close(writer)
    status: int | None = None
    try:
        output, status = _collect(reader, child, clock, end)
    finally:
        os.close(reader)
        if status is None:
            kill(child)
    if status:
        raise Undetected(f"the command ended with {_words(status)}", "run it by hand and see what it says")
    return output


def _collect(reader: int, child: int, clock: Clock, end: float) -> tuple[bytes, int]:
    """Read until the command has ended. What it left running in the background is not waited for."""
    output, open_, status = b"", True, None
    poller = select.poll()
    poller.register(reader, select.POLLIN)
    while True:
        clock.sleep(0)  # Interrupted at a stop: the command ends with the program
        if poller.poll(_STEP):
            chunk = os.read(reader, 65536)
            output += chunk
            if not chunk:
                poller.unregister(reader)
                open_ = False
        elif status is not None:
            return output, status
        if not open_ and status is not None:
            return output, status
        if len(output) > LIMIT:
            raise Undetected(f"the command wrote more than {LIMIT} bytes")
        if clock.monotonic() > end:
            raise Undetected("the command took too long", "DETECTION_TIMEOUT says how long it may take")
        status = ended(child) if status is None else status


def _words(status: int) -> str:
    return f"exit code {status}" if status > 0 else f"signal {-status}"
