"""The zones of every configured name: there, active, readable, writable, and what stands in the way."""

from collections.abc import Iterable, Iterator, Sequence

from ddns.cloudflare.probes import Probes
from ddns.core.memory import Memory
from ddns.core.planning.hints import hints
from ddns.core.planning.intents import EntryGoals, SpfGoals
from ddns.core.planning.plan import Clear
from ddns.core.planning.spf import held, is_spf
from ddns.core.records import Record, Zone
from ddns.core.reports.roundreport import few
from ddns.core.settings import Access, UpdateSettings
from ddns.doctor.finding import Finding
from ddns.errors import ApiError
from ddns.ports import DnsApi
from ddns.round.carrier import Job, Tools
from ddns.round.locate import LocatedEntry, locate
from ddns.round.zone import HINTED

_EDIT = 'Give the token the permission "Zone - DNS - Edit" for this zone'


def examine_zones(update: UpdateSettings, access: Access, tools: Tools, probes: Probes) -> Iterator[Finding]:
    """Return what is found of all names; every one of them is looked at."""
    both = (Clear(), Clear())
    wanted: list[EntryGoals | SpfGoals] = [EntryGoals(entry, both) for entry in update.entries]
    wanted += [SpfGoals(entry, both) for entry in update.spf]
    located = locate(Job(update, tools), tuple(wanted), Memory())
    for goals, cause in located.missing:
        what = f"The zone of {goals.entry.domain.describe()} could not be used: {cause.why}"
        yield Finding("bad", what, "Its records are not kept up to date", cause.remedy)
    if located.limited is not None:
        yield Finding("bad", located.limited.message, "Nothing can be read until then", located.limited.hint)
    groups: dict[str, list[LocatedEntry]] = {}
    for entry in located.entries:
        groups.setdefault(entry.zone.id, []).append(entry)
    for group in groups.values():
        yield from _zone(update, access, tools.dns, probes, group)
    yield from _too_wide(tools.dns, access, {entry.zone.id for entry in located.entries}, complete=not located.missing)


def _zone(
    update: UpdateSettings, access: Access, dns: DnsApi, probes: Probes, group: Sequence[LocatedEntry]
) -> Iterator[Finding]:
    """Return what is found of one zone."""
    zone = group[0].zone
    names = sorted({entry.name for entry in group})
    own = any(zone_id == zone.id for zone_id, _ in access.zones)
    signer = "its own token" if own else "the general token"
    try:
        details = probes.zone(zone)
        records = dns.records(zone, frozenset((*names, *_above(names, zone))), frozenset())
    except ApiError as error:
        yield Finding("bad", error.message, f"Nothing of {few(names)} can be kept up to date", error.hint or _EDIT)
        return
    yield from _state(zone, details.status, details.type, paused=details.paused)
    rights = probes.may_write_records(zone)
    if rights.right == "yes":
        what = f"The zone {zone.name} is found, and {signer} may read and write its records ({few(names)})"
        yield Finding("good", what)
    elif rights.right == "no":
        what = f"The records of the zone {zone.name} may be read but not written with {signer}"
        yield Finding("bad", what, f"Nothing of {few(names)} can be updated", _EDIT)
    else:
        why = rights.error.message if rights.error else "Cloudflare answered something unexpected"
        yield Finding("remark", f"Whether {signer} may write records of {zone.name} is unknown", why)
    for entry in group:
        found = [record for record in records if record.name == entry.name]
        if isinstance(entry.goals, SpfGoals):
            yield from _spf(entry.goals, entry.name, found)
        else:
            yield from _name(update, entry, found)
    yield from _delegations(zone, names, records)


def _above(names: Iterable[str], zone: Zone) -> set[str]:
    """Return the names between these names and their zone."""
    found = set()
    for name in names:
        parent = name.partition(".")[2]
        while len(parent) > len(zone.name):
            found.add(parent)
            parent = parent.partition(".")[2]
    return found


def _state(zone: Zone, status: str, type_: str, *, paused: bool) -> Iterator[Finding]:
    if status != "active":
        why = "Its records are kept up to date, but the world does not see them"
        remedy = "Set Cloudflare's name servers at the registrar, and wait until the dashboard says active"
        yield Finding("bad", f"The zone {zone.name} is {status}, not active", why, remedy)
    if paused:
        why = "Proxying and every other feature beside DNS is off"
        yield Finding("remark", f"Cloudflare is paused for the zone {zone.name}", why, "Resume it in the dashboard")
    if type_ == "partial":
        why = "Records that are not proxied have no effect: the name servers of another provider answer"
        remedy = "Set PROXIED=true for its names, or make it a full zone"
        yield Finding("remark", f"The zone {zone.name} is a partial (CNAME) zone", why, remedy)


def _name(update: UpdateSettings, entry: LocatedEntry, found: Sequence[Record]) -> Iterator[Finding]:
    """Return what stands in the way of one name."""
    sources = entry.goals.entry.sources
    types = {type_ for type_, source in zip(("A", "AAAA"), sources, strict=True) if source is not None}
    for record in found:
        if record.type in {"CNAME", "NS"} and entry.name != entry.zone.name:
            what = f"A {record.type} record of {entry.name} is in the way ({record.content})"
            remedy = "Remove it, or remove the name from the settings"
            yield Finding("bad", what, "Cloudflare refuses A and AAAA records beside it", remedy)
        elif record.type in HINTED and any(hints(record.content)):
            what = f"The {record.type} record of {entry.name} has address hints"
            yield Finding("remark", what, "They do not follow the address", "Remove ipv4hint and ipv6hint from it")
        elif record.type in types and record.read_only:
            what = f"The {record.type} record of {entry.name} ({record.content}) is managed by Cloudflare"
            yield Finding("remark", what, "It is neither read nor changed", "Remove the service that made it")
        elif record.type in types and not update.owned.matches(record.meta.comment):
            what = f"The {record.type} record of {entry.name} ({record.content}) is not ours"
            why = "Its comment does not match MANAGED_RECORDS_COMMENT_REGEX, so it is never changed or removed"
            yield Finding("remark", what, why, "Change its comment, or remove it, if it should be")


def _spf(goals: SpfGoals, name: str, found: Sequence[Record]) -> Iterator[Finding]:
    count = sum(map(is_spf, found))
    if count != 1:
        what = f"{name} has {count or 'no'} SPF record{'s' * (count != 1)}"
        remedy = "Leave one of them" if count else "Create it once in the dashboard; it is not created"
        yield Finding("bad", what, "Only a single existing SPF record is kept up to date", remedy)
    else:
        yield Finding("good", f"The SPF record of {name} is found")
        if not (goals.entry.add or held(goals, found)):
            what = f"The SPF record of {name} has no ip4: or ip6: with a single address of ours"
            why = "Nothing in it is kept up to date"
            yield Finding("remark", what, why, f"Write {name}{{add}} in SPF_DOMAINS to have them added")


def _delegations(zone: Zone, names: Iterable[str], records: Iterable[Record]) -> Iterator[Finding]:
    cut = {record.name for record in records if record.type == "NS" and record.name != zone.name}
    for name in names:
        above = sorted(parent for parent in cut if name.endswith(f".{parent}"))
        if above:
            what = f"{name} is below {above[0]}, which NS records hand to other name servers"
            remedy = f"Remove these NS records, or keep {name} up to date where {above[0]} is hosted"
            yield Finding("bad", what, "Cloudflare takes the records and never serves them", remedy)


def _too_wide(dns: DnsApi, access: Access, used: set[str], *, complete: bool) -> Iterator[Finding]:
    """Remark on a token that sees zones it is not used for."""
    try:
        seen = dns.list_zones() if complete and used and not access.credential.email else ()
    except ApiError:
        return
    spare = sorted(zone.name for zone in seen or () if zone.id not in used)
    if seen is None or spare:
        what = f"The token also sees {few(spare)}" if spare else "The token sees more than 200 zones"
        why = "Whoever gets hold of this machine could change them"
        yield Finding("remark", what, why, "Restrict it to the zones in use under Zone Resources")
