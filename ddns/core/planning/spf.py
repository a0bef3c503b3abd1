"""SPF: the single-address mechanisms ``ip4:`` and ``ip6:`` of an existing record (RFC 7208). Pure.

Only tokens with ``+`` or no qualifier that hold one address are ours, without those in ``keep``; nothing else of the
text changes, not even a space. A family without such a token gets one only where that is asked for (``add``), because
the right to send mail is the owner's to give. The last address of a family is never taken away.

The API gives the content as quoted strings of at most 255 bytes or, in older records, as bare text; what we write is
quoted and split (Cloudflare documentation, 2026-03).
"""

from collections.abc import Iterable
from ipaddress import ip_network
from typing import NamedTuple

from ddns.core.addresses.families import FAMILIES, Address, Family
from ddns.core.places import Network
from ddns.core.planning.intents import SpfGoals
from ddns.core.planning.plan import Rewrite, Unplannable, Update
from ddns.core.records import Record
from ddns.errors import Problem

_LONGEST = 4096
"""Bytes of a TXT record on the wire (Cloudflare documentation, 2026-03)."""


class SpfPlan(NamedTuple):
    """What is done about one SPF record: nothing, a change, or why it is left alone."""

    step: Rewrite | None = None
    failed: Unplannable | None = None


def joined(content: str) -> str:
    """Return the text of a TXT record, its strings put together."""
    if not content.lstrip().startswith('"'):
        return content
    parts, inside, escaped = list[str](), False, False
    for mark in content:
        if escaped:
            parts.append(mark)
            escaped = False
        elif inside and mark == "\\":
            escaped = True
        elif mark == '"':
            inside = not inside
        elif inside:
            parts.append(mark)
    return "".join(parts)


def quoted(text: str) -> str:
    """Return a text as strings of at most 255 bytes in quotation marks (SPF is ASCII)."""
    cuts = [text[start : start + 255] for start in range(0, len(text), 255)]
    return " ".join('"' + cut.replace("\\", "\\\\").replace('"', '\\"') + '"' for cut in cuts)


def is_spf(record: Record) -> bool:
    """Whether a record is an SPF record."""
    return record.type == "TXT" and joined(record.content).lower().partition(" ")[0] == "v=spf1"


def held(goals: SpfGoals, records: Iterable[Record]) -> tuple[str, ...]:
    """Return our addresses in the one SPF record of a name, as texts, sorted; none where that is not clear."""
    found = _records(goals, records)
    return _addresses(goals, joined(found[0].content)) if len(found) == 1 else ()


def plan_spf(goals: SpfGoals, records: Iterable[Record]) -> SpfPlan:
    """Return what is to be done. ``records`` are all that were read of the zone."""
    found = _records(goals, records)
    name = goals.entry.domain.describe()
    if len(found) != 1:
        why = f"has {len(found)} SPF records, so none of them counts" if found else "has no SPF record"
        remedy = "Leave one of them" if found else "Create it once in the Cloudflare dashboard; it is not created"
        return SpfPlan(failed=_left(goals, f"The name {name} {why}", remedy))
    (record,) = found
    text = joined(record.content)
    changed = text
    for family, intent in zip(FAMILIES, goals.intents, strict=True):
        if isinstance(intent, Update):
            changed = _exchanged(goals, changed, family, intent.addresses)
    if changed == text:
        return SpfPlan()
    if record.read_only:
        return SpfPlan(failed=_left(goals, f"The SPF record of {name} is managed by Cloudflare", "Change it there"))
    if len(changed) + len(changed) // 255 + 1 > _LONGEST:
        return SpfPlan(failed=_left(goals, f"The SPF record of {name} would be too long", "Shorten it"))
    old, new = _addresses(goals, text), _addresses(goals, changed)
    return SpfPlan(Rewrite(goals.key, record, quoted(changed), old, new))


def _records(goals: SpfGoals, records: Iterable[Record]) -> list[Record]:
    return [record for record in records if record.name == goals.entry.domain.ascii and is_spf(record)]


def _left(goals: SpfGoals, what: str, remedy: str) -> Unplannable:
    return Unplannable(*goals.key, Problem(f"spf.{goals.key[0]}", what, "It stays as it is", remedy))


def _address(token: str) -> Network | None:
    """Return the address of a mechanism that holds exactly one and lets it pass; None for every other token."""
    kind, colon, rest = token.removeprefix("+").partition(":")
    version = {"ip4": 4, "ip6": 6}.get(kind.lower())
    try:
        net = ip_network(rest) if colon else None
    except ValueError:
        return None
    return net if net is not None and net.version == version and net.prefixlen == net.max_prefixlen else None


def _moved(token: str, address: str) -> str:
    """Return a mechanism with another address, spelled as it was: with its ``+``, its case and its ``/32``."""
    kind, _, rest = token.partition(":")
    _, slash, length = rest.partition("/")
    return f"{kind}:{address}{slash}{length}"


def _ours(goals: SpfGoals, token: str, family: Family) -> bool:
    net = _address(token)
    return net is not None and net.version == family and net not in goals.entry.keep


def _addresses(goals: SpfGoals, text: str) -> tuple[str, ...]:
    """Return our addresses in a text."""
    nets = [net for token in text.split(" ") if (net := _address(token)) is not None and net not in goals.entry.keep]
    return tuple(str(net.network_address) for net in sorted(set(nets), key=lambda net: (net.version, int(net[0]))))


def _exchanged(goals: SpfGoals, text: str, family: Family, addresses: tuple[Address, ...]) -> str:
    """Return the text with exactly these addresses of a family among our tokens."""
    tokens = text.split(" ")
    ours = [index for index, token in enumerate(tokens) if _ours(goals, token, family)]
    there = {net for token in tokens if (net := _address(token)) is not None}
    new = [str(address) for address in addresses if ip_network(address) not in there]
    wanted = {ip_network(address) for address in addresses}
    stale = [index for index in ours if _address(tokens[index]) not in wanted]
    if not ours:
        added = [f"ip{family}:{address}" for address in new]
        return " ".join((tokens[0], *added, *tokens[1:])) if goals.entry.add else text
    for index in stale:  # in place, so that nothing else moves; what is left over goes
        tokens[index] = _moved(tokens[index], new.pop(0)) if new else ""
    if new:
        tokens[ours[-1]] = " ".join((tokens[ours[-1]], *(f"ip{family}:{address}" for address in new)))
    gone = {index for index in stale if not tokens[index]}
    return " ".join(token for index, token in enumerate(tokens) if index not in gone)
