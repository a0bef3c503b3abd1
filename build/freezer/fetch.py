"""Sources from the network: the first place that has the right bytes wins, wrong bytes are never kept."""

import hashlib
import http.client
import tomllib
import urllib.error
import urllib.request
from pathlib import Path
from typing import NamedTuple

from freezer.archive import VARIABLE, archives
from freezer.cache import Cache
from freezer.errors import FreezeError

_SECONDS = 60


class Pin(NamedTuple):
    """One file and the only content it may have. ``pool``: its path in a Debian archive; ``url``: upstream, or ""."""

    name: str
    version: str
    sha256: str
    pool: str
    url: str

    def places(self) -> tuple[str, ...]:
        """Return every address to look at, in order."""
        found = tuple(f"{each}/{self.pool}" for each in archives())
        return (*found, self.url) if self.url else found


def read_pins(path: Path) -> dict[str, Pin]:
    """Read pins.toml; ``{version}`` in an address is filled in."""
    table = tomllib.loads(path.read_text())
    return {
        name: Pin(
            name,
            entry["version"],
            entry["sha256"],
            *(entry.get(key, "").replace("{version}", entry["version"]) for key in ("pool", "url")),
        )
        for name, entry in table.items()
    }


def fetch(cache: Cache, pin: Pin) -> Path:
    """Return the pinned file from the cache or the network. FreezeError: no place has it, or only other bytes."""
    kept = cache.root / "downloads" / f"{pin.sha256[:16]}-{pin.pool.rsplit('/', 1)[1]}"
    if kept.exists() and _hash(kept.read_bytes()) == pin.sha256:
        return kept
    reasons = []
    for url in pin.places():
        try:
            content = _download(url)
        except (OSError, http.client.HTTPException) as error:
            reasons.append(f"{url}: {_why(error)}")
            continue
        got = _hash(content)
        if got == pin.sha256:
            part = kept.with_suffix(".part")
            part.write_bytes(content)
            part.rename(kept)
            return kept
        reasons.append(f"{url}: wrong hash, sha256 {got[:16]}… instead of {pin.sha256[:16]}…")
    nowhere = f"apt has no archive here; name one in {VARIABLE}"
    raise FreezeError(f"cannot fetch {pin.name} {pin.version} ({'; '.join(reasons) or nowhere})")


def _download(url: str) -> bytes:
    if not url.startswith(("https://", "http://")):
        raise FreezeError(f"{url} is neither http nor https")
    with urllib.request.urlopen(url, timeout=_SECONDS) as answer:  # noqa: S310 -- checked on the line above
        content: bytes = answer.read()
    return content


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _why(error: Exception) -> str:
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    return str(reason) or type(error).__name__
