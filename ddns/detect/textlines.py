"""The answer of web pages, files and commands: one address or CIDR a line, ``#`` begins a comment. Pure.

A line ends at a newline and nowhere else: other signs at which Python would split one may stand in a comment.
"""

from ddns.core.addresses.accept import Rules, Undetected, accept, in_order
from ddns.core.addresses.families import Found

LIMIT = 102_400
"""The most bytes such an answer may have (100 KiB, as favonia/cloudflare-ddns 1.17.0 has it)."""


def parse_lines(answer: bytes, rules: Rules) -> tuple[Found, ...]:
    """Read every line, or Undetected: one bad line spoils all. Its text is not repeated, it may be secret."""
    found: list[Found] = []
    for number, line in enumerate(answer.decode("utf-8-sig", "replace").split("\n"), 1):
        entry = line.partition("#")[0].strip()
        if entry.startswith("<") and not found:
            raise Undetected("the answer is a web page, not plain text", "name a page that shows the address alone")
        if entry:
            found.append(_entry(entry, number, rules))
    return in_order(found, rules)


def _entry(entry: str, number: int, rules: Rules) -> Found:
    try:
        return accept(entry, rules)
    except Undetected as error:
        raise Undetected(f"line {number}: {error.message}", error.hint) from None
