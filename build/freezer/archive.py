"""Debian's archive: where this machine's own apt looks for it. No address of one is written in this repository."""

import os
from collections.abc import Iterator
from pathlib import Path

_APT = Path("/etc/apt")
VARIABLE = "DORMOUSE_DEBIAN"
"""Names another archive, such as one that keeps what a point release removed, to be asked first."""


def archives(apt: Path = _APT) -> tuple[str, ...]:
    """Return the addresses of Debian archives (http or https, without a slash at the end), in apt's order.

    Both forms of sources are read: one line each, and deb822 (sources.list(5)). Archives of others, which have no
    "debian" in their path, are passed over.
    """
    found: list[str] = []
    for path in (apt / "sources.list", *sorted((apt / "sources.list.d").glob("*"))):
        if path.suffix in {".list", ".sources"} and path.is_file():
            text = path.read_text(errors="replace")
            found += _deb822(text) if path.suffix == ".sources" else _one_line(text)
    debian = [uri for uri in found if "/debian" in uri]
    every = (os.environ.get(VARIABLE, ""), *debian)
    return tuple(dict.fromkeys(uri.rstrip("/") for uri in every if uri.startswith(("http://", "https://"))))


def archive() -> str:
    """Return the first of them; LookupError when this machine has none."""
    found = archives()
    if not found:
        raise LookupError(f"apt on this machine has no archive; name one in {VARIABLE}")
    return found[0]


def _one_line(text: str) -> Iterator[str]:
    for line in text.splitlines():
        kind, _, rest = line.partition("#")[0].strip().partition(" ")
        if kind == "deb":
            rest = rest.strip()
            yield (rest.partition("]")[2] if rest.startswith("[") else rest).strip().partition(" ")[0]


def _deb822(text: str) -> Iterator[str]:
    for stanza in text.split("\n\n"):
        fields = [line.partition(":") for line in stanza.splitlines() if line[:1].isalpha()]
        named = {name.lower(): value.strip() for name, _, value in fields}
        if "deb" in named.get("types", "").split() and named.get("enabled", "yes") != "no":
            yield from named.get("uris", "").split()
