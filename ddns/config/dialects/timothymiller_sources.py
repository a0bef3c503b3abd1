"""What both forms of timothymiller/cloudflare-ddns (v2.2.0) share: sources, services, booleans and timeouts."""

from ipaddress import ip_network

from ddns.config.dialects.notebook import Notebook
from ddns.config.raw import RawValue
from ddns.config.values.parsers import short
from ddns.core.addresses.families import Family, family_name

_YES = frozenset({"true", "1", "yes"})
_NO = frozenset({"false", "0", "no"})
_SERVICES = (
    "a generic service got JSON: write its line with https:// (of generic+http:// with http://), one that has a "
    "messagekey= with generic:// (and disabletls=yes for http)"
)
_LOCAL = ("local", "local.iface", "local.iface.stable")
_NOT_GLOBAL: dict[Family, tuple[str, ...]] = {
    4: (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "192.0.0.0/24"),
        *("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"),
    ),
    6: ("fc00::/7",),
}
"""What its own check of an address refuses beside loopback, link-local and multicast, which no source of ours takes."""


def put_source(book: Notebook, name: str, source: RawValue, *, single: bool = False) -> None:
    """Set ``IP4_PROVIDER`` or ``IP6_PROVIDER`` from a source in its words.

    Its local sources published global addresses only, so a detection filter goes with them. A literal list is split at
    commas and blanks; an address of the other family was passed over, so it is left out, with a warning. ``single``: of
    several addresses only the first was published.
    """
    family: Family = 4 if name.startswith("IP4") else 6
    kind, _, argument = (part.strip() for part in source.value.partition(":"))
    if kind == "literal":
        kept = _literal(book, source, argument, family)
        book.put(name, f"literal:{','.join(kept[:1] if single else kept)}" if kept else "none", source)
        return
    book.put(name, _only_first(kind, argument, family) if single else source.value, source)
    if kind in _LOCAL:
        ranges = " && ".join(f"!addr-in({prefix})" for prefix in _NOT_GLOBAL[family])
        book.imply(f"IP{family}_DETECTION_FILTER", ranges, source)
        book.note(source.name, f"a filter keeps private addresses out, as before (IP{family}_DETECTION_FILTER)")


def _only_first(kind: str, argument: str, family: Family) -> str:
    """Return a source that names one address, where this one may name several."""
    if kind in _LOCAL[1:]:
        kind = "local.iface.first" if family == 4 else "local.iface.stable"
    return f"{kind}:{argument}" if argument else kind


def is_true(book: Notebook, value: RawValue) -> bool:
    """Read a boolean as that program did: whatever is no yes is a no, with a warning where it is not plainly one."""
    if value.value.lower() in _YES:
        return True
    if value.value.lower() not in _NO:
        book.warn(value, f"is {short(value.value)}, which counts as false", "write true or false")
    return False


def put_timeouts(book: Notebook) -> None:
    """Translate the timeouts: a bare number is seconds."""
    for name in ("DETECTION_TIMEOUT", "UPDATE_TIMEOUT"):
        if value := book.take(name):
            book.put(name, value.value + "s" if value.value.isdecimal() else value.value, value)


def put_services(book: Notebook) -> None:
    """Translate SHOUTRRR: a generic service took its message as JSON, which here is the plain URL."""
    if services := book.take("SHOUTRRR"):
        lines = [line.strip() for line in services.value.splitlines()]
        native = list(map(_service, lines))
        book.put("SHOUTRRR", services.value if native == lines else "\n".join(native), services)
        if native != lines:
            book.note("SHOUTRRR", _SERVICES)


def _service(url: str) -> str:
    scheme, _, rest = url.partition("://")
    if not scheme.startswith("generic"):
        return url
    if "messagekey=" in rest:
        return f"generic://{rest}{'&disabletls=yes' if scheme == 'generic+http' else ''}"
    return f"{'http' if scheme == 'generic+http' else 'https'}://{rest}"


def _literal(book: Notebook, source: RawValue, argument: str, family: Family) -> list[str]:
    kept: list[str] = []
    for text in argument.replace(",", " ").split(" "):
        if not text:
            continue
        if _family_of(text) in {0, family}:
            kept.append(text)
        else:
            book.warn(source, f"has {text}, which is not an {family_name(family)} address and is left out")
    return kept


def _family_of(text: str) -> int:
    """Return 4 or 6, or 0 for what is no address (the reader of sources says what is wrong with it)."""
    try:
        return ip_network(text, strict=False).version
    except ValueError:
        return 0
