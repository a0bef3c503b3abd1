"""Sources of addresses as users write them, checked and made canonical.

``kind``, ``kind:argument``, ``first(a, b, …)``, ``agree(n, a, b, …)``, ``all(a, b, …)`` or ``all(a, b, …)?``. Inside
the brackets a comma outside quotes separates sources, so one that holds a comma is written in quotes:
``first(local, "static:10.0.0.1,10.0.0.2")``.
What follows the colon of a URL or a command may be a secret and is never repeated in a message.
"""

import re
from typing import NamedTuple

from ddns.config.values.parsers import short
from ddns.config.values.scan import split_outside, unquote
from ddns.config.values.suggest import did_you_mean
from ddns.config.values.urlvalues import parse_url
from ddns.core.addresses.accept import Rules, Undetected, accept
from ddns.core.addresses.families import Family
from ddns.core.entries import Source

_BARE = ("cloudflare.trace", "cloudflare.doh", "dns.whoami", "dns.opendns", "ipify", "local", "static.empty")
_URLS = ("cloudflare.trace", "url", "url.via4", "url.via6")
_LINKS = ("local.iface", "local.iface.first", "local.iface.stable")
_ARGUED = (*_URLS, "dns.whoami", *_LINKS, "static", "literal", "file", "cmd")
_THROUGH = re.compile(r"(url|url\.via4|url\.via6|cloudflare\.trace)\.iface\(([^()/\s:]{1,15})\)")
"""A network source that is asked through an interface, whose name has at most 15 bytes (IFNAMSIZ of linux/if.h)."""
_SEVERAL = ("first", "agree", "all")
_HIDDEN = "debug.unavailable"
_WORDS = tuple(dict.fromkeys((*_BARE, *_ARGUED, "none", *_SEVERAL)))
_SPECIAL = {
    "": "names no source; write cloudflare.trace, or none",
    "cloudflare": "has the old source cloudflare; write cloudflare.trace or cloudflare.doh",
    "http": "has a URL; write url: before it (url:http://…)",
    "https": "has a URL; write url: before it (url:https://…)",
}
_DEEPEST = 5
_SHORTEST = {4: 32, 6: 128}
_ORDINALS = {1: "st", 2: "nd", 3: "rd"}


class ParsedSource(NamedTuple):
    """A source (None: ``none``, the family is out of scope) and what the reader has to say about it."""

    source: Source | None
    warnings: tuple[str, ...] = ()


def parse_source(text: str, family: Family) -> ParsedSource:
    """Read a source for one family. ValueError says what is wrong, without any secret, for people.

    ``literal`` becomes ``static``; the addresses of ``static`` become canonical, in the order given.
    """
    if text.strip() == "none":
        return ParsedSource(None)
    warnings: list[str] = []
    return ParsedSource(_parse(text, family, warnings, 0), tuple(warnings))


def _parse(text: str, family: Family, warnings: list[str], depth: int) -> Source:
    kind, colon, argument = (part.strip() for part in text.strip().partition(":"))
    name, bracket, _ = text.strip().partition("(")
    name = name.strip()
    if bracket and name in _SEVERAL:
        return _several(name, text.strip(), family, warnings, depth)
    through = _THROUGH.match(text.strip())
    if through:
        source = _parse(through[1] + text.strip()[through.end() :], family, warnings, depth)
        return source._replace(device=through[2])
    if bracket and ":" not in name:
        hint = did_you_mean(name, (*_SEVERAL, *_WORDS)) or f"those with brackets are {', '.join(_SEVERAL)}"
        raise ValueError(f"has the unknown source {short(name + '(…)')}; {hint}")
    if not colon:
        return _bare(kind, warnings)
    if kind not in _ARGUED:
        raise ValueError(_unknown(kind, argued=True))
    if not argument:
        raise ValueError(f"needs something after {kind}:{_example(kind)}")
    return _argued(kind, argument, family, warnings)


def _bare(kind: str, warnings: list[str]) -> Source:
    """Read a source that takes no argument, or has none."""
    if kind == _HIDDEN:
        warnings.append("debug.unavailable never finds an address; it is for testing only")
    elif kind == "ipify":
        warnings.append("ipify is deprecated; use cloudflare.trace or url:https://api64.ipify.org")
    elif kind not in _BARE:
        raise ValueError(_unknown(kind, argued=False))
    return Source(kind)


def _unknown(kind: str, *, argued: bool) -> str:
    """Return the sentence about a word that is no source, or not in this form."""
    if argued and kind in {*_BARE, "none", _HIDDEN}:
        return f"has a colon after {kind}, which takes nothing more"
    if not argued and kind in _ARGUED:
        return f"has {kind} without what it needs{_example(kind)}"
    if not argued and "." in kind and kind.replace(".", "").isdigit():
        return f"has an address; write static:{kind}"
    if kind in _SPECIAL:
        return _SPECIAL[kind]
    hint = did_you_mean(kind, _WORDS) or f"the sources are {', '.join(_WORDS)}"
    return f"has the unknown source {short(kind)}; {hint}"


def _example(kind: str) -> str:
    examples = {
        "url": "url:https://api64.ipify.org",
        "local.iface": "local.iface:eth0",
        "static": "static:203.0.113.7, or static.empty to clear",
        "literal": "literal:203.0.113.7",
        "file": "file:/run/address",
        "cmd": "cmd:/usr/bin/my-address",
    }
    return f", such as {examples[kind]}" if kind in examples else ""


def _argued(kind: str, argument: str, family: Family, warnings: list[str]) -> Source:
    """Read a source with its argument."""
    if kind in _URLS:
        if parse_url(argument).scheme == "http":
            warnings.append(f"{kind} uses http, where anybody on the way can change the answer; use https")
    elif kind in {"static", "literal"}:
        return Source("static", _addresses(argument, family))
    elif kind == "file" and not argument.startswith("/"):
        raise ValueError(f"needs an absolute path; did you mean file:/{argument.removeprefix('./')}?")
    return Source(kind, argument)


def _addresses(text: str, family: Family) -> str:
    """Check the addresses of a fixed list and return them in canonical spelling."""
    items = [item.strip() for item in text.split(",")]
    if len(items) > 1 and not items[-1]:
        items.pop()
    found: list[str] = []
    for number, item in enumerate(items, 1):
        which = f"the {number}{_ordinal(number)} address"
        if not item:
            raise ValueError(f"has nothing where {which} should be (check for extra commas)")
        try:
            interface = accept(item, Rules(family, _SHORTEST[family]))
        except Undetected as error:
            raise ValueError(f"cannot use {which} {short(item)}: {error.message}") from None
        found.append(str(interface) if "/" in item else str(interface.ip))
    return ",".join(dict.fromkeys(found))


def _ordinal(number: int) -> str:
    return "th" if number % 100 in {11, 12, 13} else _ORDINALS.get(number % 10, "th")


def _several(name: str, text: str, family: Family, warnings: list[str], depth: int) -> Source:
    """Read ``first(…)``, ``agree(n, …)``, ``all(…)`` or ``all(…)?``."""
    if depth >= _DEEPEST:
        raise ValueError(f"nests {name}() too deep")
    lenient = name == "all" and text.endswith(")?")
    text = text.removesuffix("?") if lenient else text
    if not text.endswith(")"):
        raise ValueError(f"has {name}( without its closing bracket at the end")
    try:
        items = split_outside(text[text.index("(") + 1 : -1], ",")
    except ValueError as error:
        raise ValueError(f"has a fault inside {name}(): {error}") from None
    quorum = _quorum(items) if name == "agree" else int(lenient)
    parts = tuple(_part(item, family, warnings, depth + 1) for item in items)
    if len(set(parts)) < len(parts):
        raise ValueError(f"has the same source twice inside {name}()")
    if name == "agree" and quorum > len(parts):
        raise ValueError(f"asks {quorum} sources to agree, but lists {len(parts)}")
    return Source(name, parts=parts, quorum=quorum)


def _quorum(items: list[str]) -> int:
    """Take the number off the items of ``agree``."""
    first = items.pop(0)
    if not (first.isascii() and first.isdigit() and len(first) <= 3 and int(first)):
        raise ValueError("needs a number first: agree(2, cloudflare.trace, cloudflare.doh, …)")
    if not items:
        raise ValueError("lists no source in agree()")
    return int(first)


def _part(item: str, family: Family, warnings: list[str], depth: int) -> Source:
    """Read one source inside brackets, where none and static.empty have no meaning."""
    inside = unquote(item)
    if not inside:
        raise ValueError("has an empty source inside brackets (check for extra commas)")
    if inside in {"none", "static.empty"}:
        raise ValueError(f"has {inside} inside brackets, where a source must be able to name an address")
    return _parse(inside, family, warnings, depth)
