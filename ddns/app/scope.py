"""What is remembered belongs to the API and the credential it was found out with.

They are told apart by half of a SHA-256 digest over a random salt and both, which is kept beside what is remembered. A
token has more than 140 random bits, so no search leads back from a digest to it; the salt keeps the same token on two
machines from showing; and a digest that is cut off does not even prove a guess.
"""

import os

from ddns.core.memory import Memory
from ddns.core.settings import Access

_DIGITS = 16


def belonging(memory: Memory, access: Access) -> Memory:
    """Return what of the memory holds for this API and credential; else none of it."""
    salt = memory.scope.partition(":")[0] or os.urandom(8).hex()
    scope = f"{salt}:{_digest(salt, access)}"
    if memory.scope == scope:
        return memory
    return memory._replace(scope=scope, zones=(), zones_for="", records=(), published=(), blocked_until=0.0)


def _digest(salt: str, access: Access) -> str:
    from hashlib import sha256  # noqa: PLC0415 -- once in the life of a process

    credentials = [("", access.credential), *access.zones]
    parts = [part for zone, each in credentials for part in (zone, each.email, each.secret)]
    text = "\0".join((salt, access.base_url.rstrip("/"), *parts))
    return sha256(text.encode(errors="surrogatepass")).hexdigest()[:_DIGITS]
