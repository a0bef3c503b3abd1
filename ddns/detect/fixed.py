"""``static`` and ``file``: what the user wrote down."""

import os

from ddns.core.addresses.accept import Rules, Undetected, accept, in_order
from ddns.core.addresses.families import Known
from ddns.detect.textlines import LIMIT, parse_lines


def static(argument: str, rules: Rules) -> Known:
    """Return the listed addresses (the configuration has checked them already)."""
    return Known(in_order((accept(text.strip(), rules) for text in argument.split(",") if text.strip()), rules))


def file(path: str, rules: Rules) -> Known:
    """Read a file anew. Undetected when it cannot be read or is not a list of addresses."""
    try:
        content = _read(path)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a path"
        raise Undetected(f"the file {path} cannot be read ({reason})", "check that it exists and its rights") from None
    if len(content) > LIMIT:
        raise Undetected(f"the file {path} is larger than {LIMIT} bytes")
    return Known(parse_lines(content, rules))


def _read(path: str) -> bytes:
    """Read up to a byte more than allowed, never waiting: a named pipe must not hold up the round."""
    number = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        content = b""
        while len(content) <= LIMIT and (piece := os.read(number, LIMIT + 1 - len(content))):
            content += piece
        return content
    finally:
        os.close(number)
