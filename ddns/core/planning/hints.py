"""Address hints in HTTPS and SVCB records (RFC 9460 §7.3), which browsers may use in place of A and AAAA. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import ip_address

from ddns.core.planning.plan import Update, Wanted
from ddns.core.records import Record
from ddns.errors import Problem

_KEYS = {"ipv4hint": "A", "ipv6hint": "AAAA"}


def hints(content: str) -> Iterator[tuple[str, str]]:
    """Yield the type (A, AAAA) and the text of every address hint; what is not an address is passed over."""
    for word in content.split():
        key, _, value = word.partition("=")
        for part in value.strip('"').split(",") if key in _KEYS else ():
            try:
                yield _KEYS[key], str(ip_address(part))
            except ValueError:
                continue


def stale(wanted: Sequence[Wanted], records: Iterable[Record]) -> Iterator[Problem]:
    """Return a remark for each HTTPS or SVCB record at one of our names whose hints are not among those wanted."""
    intents = {item.key: item.intent for item in wanted}
    for record in records:
        named = [(address, intents.get((record.name, type_))) for type_, address in hints(record.content)]
        old = [
            address
            for address, intent in named
            if isinstance(intent, Update) and address not in map(str, intent.addresses)
        ]
        if old:
            what = f"An address hint in the {record.type} record of {record.name} is out of date ({', '.join(old)})"
            remedy = "Remove ipv4hint and ipv6hint from it: browsers may use them, and they do not follow the address"
            yield Problem(f"hint.{record.type}.{record.name}", what, "It is not changed", remedy)
