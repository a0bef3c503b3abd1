"""Tokens for single zones: CLOUDFLARE_ZONE_TOKENS, for zones that no one token can see together. None is ever shown.

An item is ``zone-id=token``, ``zone-id=/file`` or, for the legacy global key, ``zone-id=email:key`` (``email:/file``).
"""

import re
from typing import NamedTuple

from ddns.config.access.token import check_token
from ddns.config.notes import Notes
from ddns.config.raw import Reader
from ddns.core.settings import Credential

NAME = "CLOUDFLARE_ZONE_TOKENS"
_ITEM = re.compile(r"([0-9a-fA-F]{32})=(?:([^\s:@/]+@[^\s:/]+):)?(\S+)")


class ZoneToken(NamedTuple):
    """One item. ``secret`` is a token or a key; beginning with ``/`` it is the path of a file that holds it."""

    zone_id: str
    secret: str
    email: str = ""

    def __str__(self) -> str:
        """Return the item as it is written."""
        return f"{self.zone_id}={self.email}{':' if self.email else ''}{self.secret}"

    def hidden(self, word: str) -> str:
        """Return the item with a word in place of the secret; a file is no secret."""
        return str(self if self.secret.startswith("/") else self._replace(secret=word))

    def __repr__(self) -> str:
        """Return a text without the secret."""
        return "ZoneToken(redacted)"


def parse_items(text: str) -> tuple[ZoneToken | None, ...]:
    """Return the items of a text, which are separated by lines, blanks or commas; None for one that is none."""
    matches = (_ITEM.fullmatch(item) for item in text.replace(",", " ").split())
    return tuple(match and ZoneToken(match[1].lower(), match[3], match[2] or "") for match in matches)


def read_zone_tokens(notes: Notes, read: Reader) -> tuple[tuple[str, Credential], ...]:
    """Return who signs the requests about single zones, by zone ID; faults are noted, without any secret.

    A file is read again before each round, as that of CLOUDFLARE_API_TOKEN_FILE is.
    """
    found: dict[str, Credential] = {}
    for number, item in enumerate(parse_items(notes.text(NAME)), 1):
        if item is None:
            hint = "write zone-id=token, or zone-id=/file with the token in it; the zone ID has 32 characters"
            notes.problem(NAME, f"cannot be read at item {number}", hint)
            continue
        credential = _credential(notes, read, item)
        if credential is not None and found.setdefault(item.zone_id, credential) != credential:
            notes.problem(NAME, f"has two tokens for the zone {item.zone_id}", "keep one")
    return tuple(found.items())


def _credential(notes: Notes, read: Reader, item: ZoneToken) -> Credential | None:
    path = item.secret if item.secret.startswith("/") else ""
    secret = item.secret
    if path:
        try:
            secret = read(path).strip()
        except (OSError, ValueError):  # ValueError: no text, or a path that cannot be
            what = f"names a file that cannot be read ({path})"
            notes.problem(NAME, what, "check the path and its permissions")
            return None
    fault = check_token(secret) if secret else f"names an empty file ({path}); write the token into it"
    if fault:
        notes.problem(NAME, f"for the zone {item.zone_id} {fault}")
        return None
    return Credential(secret, item.email, path)
