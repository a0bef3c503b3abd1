"""What the user asks for: sources of addresses, names, lists, and the fields a record should have."""

from typing import Literal, NamedTuple

from ddns.core.addresses.families import Family
from ddns.core.addresses.hostids import HostId
from ddns.core.domains import Domain

Field = Literal["proxied", "ttl", "comment", "tags"]
FIELDS: tuple[Field, ...] = ("proxied", "ttl", "comment", "tags")
NO_FIELDS: frozenset[Field] = frozenset()
"""The one empty set that all names share: each has 216 bytes."""


class Source(NamedTuple):
    """A source of addresses as a value; equal sources are asked once a round.

    ``kind`` is one of: cloudflare.trace, cloudflare.doh, dns.whoami, dns.opendns, ipify, url, url.via4, url.via6,
    local, local.iface, local.iface.first, local.iface.stable, static, static.empty, file, cmd, first, agree,
    all, debug.unavailable.
    ``argument`` is what follows the colon ("" where there is none); ``parts`` are the sources inside ``first``,
    ``agree`` and ``all``; ``quorum`` is the n of ``agree(n, …)``, and 1 for ``all(…)?``, of which one is enough;
    ``device`` is the interface a network source is asked through ("": any), as in ``url.iface(wan2):…``.
    The source ``none`` has no value here: it is ``None`` in an Entry.
    """

    kind: str
    argument: str = ""
    parts: tuple["Source", ...] = ()
    quorum: int = 0
    device: str = ""

    def __str__(self) -> str:
        """Return what the user may type back."""
        if self.parts:
            return self._several(", ".join(map(_inside, self.parts)))
        return f"{self._head}:{self.argument}" if self.argument else self._head

    @property
    def _head(self) -> str:
        return f"{self.kind}.iface({self.device})" if self.device else self.kind

    def describe(self) -> str:
        """Return the source for people: of a URL only scheme, host and port, of a command nothing."""
        if self.parts:
            return self._several(", ".join(part.describe() for part in self.parts))
        if self.argument and self.kind == "cmd":
            return f"{self.kind}:(redacted)"
        if self.argument and (self.kind.startswith("url") or self.kind == "cloudflare.trace"):
            return f"{self._head}:{_public(self.argument)}"
        return str(self)

    def _several(self, inside: str) -> str:
        """Return the text of several sources as one."""
        number = f"{self.quorum}, " if self.kind == "agree" else ""
        return f"{self.kind}({number}{inside}){'?' if self.kind == 'all' and self.quorum else ''}"


def _public(url: str) -> str:
    """Return the part of a URL that is no secret, ``https://example.net/…``: neither login nor path nor query."""
    scheme, found, rest = url.partition("://")
    ends = [at for mark in "/?#\\" if (at := rest.find(mark)) >= 0]
    authority = rest[: min(ends, default=len(rest))]
    path = rest[len(authority) :]
    if not found or "@" in path:  # where a login holds such a mark, it is not certain what the host is
        return "(redacted)"
    login, _, host = authority.rpartition("@")
    return f"{scheme}://{host}{'/…' if login or path.strip('/') else ''}"


def _inside(part: Source) -> str:
    """Return a source as it stands inside brackets: in quotation marks when its argument has signs that separate."""
    text = str(part)
    if part.parts or not any(mark in text for mark in ',()[]{}"'):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class Metadata(NamedTuple):
    """The fields of a record beside its content. ``ttl`` is 1 (automatic) or seconds; tags are ``name:value`` texts."""

    ttl: int = 1
    proxied: bool = False
    comment: str = ""
    tags: tuple[str, ...] = ()


class Entry(NamedTuple):
    """One name the user wants published.

    ``domain`` is absolute; with a ``zone_id`` it is relative to that zone (whose name is only known online), its
    ascii being ``@`` for the zone's own name. ``sources`` holds the source for A and for AAAA; None is out of scope.
    ``fallback`` fills new records; the fields named in ``enforce`` are declared state, repaired on existing ones.
    ``hostids`` derive AAAA addresses from each detected one (empty: the address itself).
    """

    domain: Domain
    sources: tuple[Source | None, Source | None]
    fallback: Metadata = Metadata()
    enforce: frozenset[Field] = frozenset()
    hostids: tuple[HostId, ...] = ()
    zone_id: str = ""

    def source(self, family: Family) -> Source | None:
        """Return the source of one family, or None when that family is out of scope."""
        return self.sources[0 if family == 4 else 1]


class ListRef(NamedTuple):
    """A WAF list: ``account-id/list-name``. ``sources`` are its own for IPv4 and IPv6; None: those of all lists."""

    account: str
    name: str
    sources: tuple[Source | None, Source | None] | None = None

    def __str__(self) -> str:
        """Return ``account/name``."""
        return f"{self.account}/{self.name}"
