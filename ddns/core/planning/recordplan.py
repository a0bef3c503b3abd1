"""The planner: what is wanted and what a zone has → the steps between. Pure, deterministic, order-independent.

Only owned records count: those of a wanted name and type, not read-only, whose comment matches the ownership
expression. Nothing else is touched; a record of another owner that has a wanted address already counts as covering it,
because Cloudflare refuses an identical one (code 81058). For each name and type, with *matched* (an owned record that
has a wanted address) and *outdated* (any other owned record):

===========  ======================  ==================  =====================================================
intent       wanted address          owned records       steps
===========  ======================  ==================  =====================================================
Preserve     -                       any                 none
Abort        unknown                 any                 none
any          -                       one is no address   none, and a problem for this name and type
Update       all matched             no outdated         Keep (Patch where a declared field differs)
Update       matched twice           -                   Keep both
Update       has another owner       -                   Keep that one, as it is; ours are outdated or matched
Update       unmatched               an outdated one     Patch it: new content, fields it shares with the others
Update       unmatched               no outdated left    Create with the fields the outdated ones agreed on, or
                                                         the fallback where there were none or they disagree
Update       all matched             outdated left       Delete them
Clear        none                    any                 Delete them
upsert-only  -                       to be deleted       Keep, and a warning that names them
===========  ======================  ==================  =====================================================
"""

from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from typing import Literal, NamedTuple

from ddns.core.addresses.families import Address
from ddns.core.entries import FIELDS, Field, Metadata
from ddns.core.expressions.regexes import CommentRegex
from ddns.core.planning.intents import merged
from ddns.core.planning.metadata import TITLES, differing, inherited, overlay, shown
from ddns.core.planning.plan import (
    CarrierPlan,
    Clear,
    Create,
    Delete,
    Keep,
    Key,
    Patch,
    Step,
    Unplannable,
    Update,
    Wanted,
    key_of,
)
from ddns.core.planning.resolve import inside
from ddns.core.records import Record, Zone
from ddns.errors import Problem

Policy = Literal["sync", "upsert-only"]


class _Part(NamedTuple):
    """The steps of one name and type: ``grow`` first, ``shrink`` after everybody's ``grow``."""

    grow: tuple[Step, ...] = ()
    shrink: tuple[Step, ...] = ()
    warnings: tuple[Problem, ...] = ()
    failed: tuple[Unplannable, ...] = ()


def plan_zone(
    zone: Zone, wanted: Iterable[Wanted], records: Iterable[Record], owned: CommentRegex, policy: Policy = "sync"
) -> CarrierPlan:
    """Return the steps that lead one zone from its records to what is wanted. ``records`` must be a whole reading."""
    found = _grouped(records)
    parts = [
        _part(zone, item, found.get(item.key, ()), owned, policy)
        for item in merged(wanted)
        if isinstance(item.intent, Clear | Update)
    ]
    return CarrierPlan(
        "zone",
        zone.name,
        (*(step for part in parts for step in part.grow), *(step for part in parts for step in part.shrink)),
        tuple(warning for part in parts for warning in part.warnings),
        tuple(item for part in parts for item in part.failed),
    )


def blocked(plan: CarrierPlan, records: Iterable[Record]) -> CarrierPlan:
    """Take out of a plan the names at which a record of another type stands in the way, as problems.

    ``records`` are only those that were read; a round reads no other types and learns of it from the refusal.
    """
    ways = {record.name: record for record in records if record.type == "CNAME"}
    stuck = {key_of(step): ways[step.name] for step in plan.steps if isinstance(step, Create) and step.name in ways}
    if not stuck:
        return plan
    failed = tuple(_refused(key, record) for key, record in stuck.items())
    steps = tuple(step for step in plan.steps if key_of(step) not in stuck)
    return plan._replace(steps=steps, failed=(*plan.failed, *failed))


def _refused(key: Key, record: Record) -> Unplannable:
    name, type_ = key
    what = f"The {type_} records of {name} would be refused: a {record.type} record ({record.content}) is in the way"
    remedy = "Remove it, or remove the name from the settings"
    return Unplannable(name, type_, Problem(f"record.{type_}.{name}", what, "It stays as it is", remedy))


def owned_records(records: Iterable[Record], owned: CommentRegex) -> Mapping[Key, tuple[Record, ...]]:
    """Return the records we may touch by name (lower case) and type, each group sorted by record ID."""
    return _grouped(record for record in records if _is_ours(record, owned))


def _grouped(records: Iterable[Record]) -> Mapping[Key, tuple[Record, ...]]:
    found: dict[Key, list[Record]] = {}
    for record in records:
        found.setdefault((record.name.lower(), record.type), []).append(record)
    return {key: tuple(sorted(group, key=lambda record: record.id)) for key, group in found.items()}


def _is_ours(record: Record, owned: CommentRegex) -> bool:
    return not record.read_only and owned.matches(record.meta.comment)


def _part(zone: Zone, item: Wanted, records: tuple[Record, ...], owned: CommentRegex, policy: Policy) -> _Part:
    """Plan one name and type from all its records, sorted by record ID."""
    if not inside(item.name, zone):
        return _unplannable(
            item, f"The name {item.name} is not in the zone {zone.name}", "Correct the zone or the name"
        )
    mine = [record for record in records if _is_ours(record, owned)]
    odd = next((record for record in mine if _address(record) is None), None)
    if odd is not None:
        what = f"The {item.type} record for {item.name} (ID: {odd.id}) holds no IP address"
        return _unplannable(item, what, "Correct or delete that record in the Cloudflare dashboard")
    targets = item.intent.addresses if isinstance(item.intent, Update) else ()
    matched = [record for record in mine if _address(record) in targets]
    outdated = [record for record in mine if _address(record) not in targets]
    have = {_address(record) for record in matched}
    foreign = {_address(record): record for record in records if record not in mine}
    missing = [target for target in targets if target not in have and target not in foreign]
    covered = tuple(Keep(foreign[one], "has another owner") for one in targets if one not in have and one in foreign)
    kept = _kept(item, matched)
    changed, rest, warnings = _replace(item, missing, outdated)
    if not all(owned.matches(comment) for comment in _written_comments((*kept, *changed))):
        what = (
            f"The comment for the {item.type} records of {item.name} does not match the expression of our own records"
        )
        return _unplannable(item, what, "Make RECORD_COMMENT and MANAGED_RECORDS_COMMENT_REGEX agree")
    part = _Part((*kept, *covered, *changed), _deletes(item, rest), (*_drift(item, (*kept, *changed)), *warnings))
    return part if policy == "sync" else _without_deletes(item, part)


def _unplannable(item: Wanted, what: str, remedy: str) -> _Part:
    problem = Problem(
        f"record.{item.type}.{item.name}", what, f"No {item.type} record of this name was changed", remedy
    )
    return _Part(failed=(Unplannable(item.name, item.type, problem),))


def _address(record: Record) -> Address | None:
    try:
        return ip_address(record.content)
    except ValueError:
        return None


def _kept(item: Wanted, matched: list[Record]) -> tuple[Step, ...]:
    """Keep the records that have a wanted address, repairing declared fields only."""
    steps: list[Step] = []
    seen: set[Address | None] = set()
    for record in matched:
        meta = overlay(record.meta, item.fallback, item.enforce)
        fields = differing(record.meta, meta)
        address = _address(record)
        if fields:
            steps.append(Patch(record, record.content, meta, fields, f"{_titles(fields)} not as declared"))
        else:
            steps.append(Keep(record, "a duplicate, left alone" if address in seen else "up to date"))
        seen.add(address)
    return tuple(steps)


def _titles(fields: Iterable[Field]) -> str:
    names = frozenset(fields)
    return ", ".join(TITLES[field] for field in FIELDS if field in names)


def _replace(
    item: Wanted, missing: list[Address], outdated: list[Record]
) -> tuple[tuple[Step, ...], list[Record], tuple[Problem, ...]]:
    """Cover the missing addresses; return the steps, the outdated records left over, and what was disputed."""
    if not missing:
        return (), outdated, ()
    base = inherited(outdated, item.fallback)
    meta = overlay(base.meta, item.fallback, item.enforce)
    spare = sorted(outdated, key=lambda record: (bool(differing(record.meta, meta)), record.id))
    steps: list[Step] = [
        Patch(record, str(target), meta, differing(record.meta, meta), "an outdated record is reused")
        for target, record in zip(missing, spare, strict=False)
    ]
    reason = "no record has this address" if not outdated else "no outdated record is left to reuse"
    steps += [Create(item.name, item.type, str(target), meta, reason) for target in missing[len(spare) :]]
    disputed = [(field, used) for field, used in base.disputed if field not in item.enforce]
    warnings = tuple(_disagreement(item, outdated, field, used) for field, used in disputed)
    return tuple(steps), spare[len(missing) :], warnings


def _disagreement(item: Wanted, outdated: list[Record], field: Field, used: str) -> Problem:
    ids = ",".join(sorted(record.id for record in outdated))
    what = f"The {len(outdated)} outdated {item.type} records for {item.name} disagree on their {TITLES[field]}; "
    what += f"{'keeping' if field == 'tags' else 'using'} {used}"
    return Problem(f"disagree.{field}.{ids}", what)


def _written_comments(steps: Iterable[Step]) -> tuple[str, ...]:
    return tuple(
        step.meta.comment
        for step in steps
        if isinstance(step, Create) or (isinstance(step, Patch) and "comment" in step.fields)
    )


def _deletes(item: Wanted, rest: Iterable[Record]) -> tuple[Delete, ...]:
    reason = "no address is wanted" if isinstance(item.intent, Clear) else "outdated"
    return tuple(Delete(record, reason) for record in rest)


def _without_deletes(item: Wanted, part: _Part) -> _Part:
    """Apply POLICY=upsert-only: what would be deleted stays, and is named."""
    doomed = [step.record for step in part.shrink if isinstance(step, Delete)]
    if not doomed:
        return part
    kept = tuple(Keep(record, "outdated, kept by POLICY=upsert-only") for record in doomed)
    named = ", ".join(f"{record.content} (ID: {record.id})" for record in doomed)
    warning = Problem(
        f"outdated.{','.join(record.id for record in doomed)}",
        f"Outdated {item.type} records for {item.name} remain: {named}",
        "POLICY=upsert-only never deletes",
        "Delete them in the Cloudflare dashboard, or use POLICY=sync",
    )
    return part._replace(grow=(*part.grow, *kept), shrink=(), warnings=(*part.warnings, warning))


def _drift(item: Wanted, steps: Iterable[Step]) -> tuple[Problem, ...]:
    """Remark on records that stay different from the fallback fields (declared fields are repaired instead)."""
    found: list[Problem] = []
    for step in steps:
        if not isinstance(step, Keep | Patch):
            continue
        meta = step.meta if isinstance(step, Patch) else step.record.meta
        fields = _drifted(meta, item.fallback) - item.enforce
        if fields:
            found.append(_drift_warning(item, step.record, meta, [field for field in FIELDS if field in fields]))
    return tuple(found)


def _drifted(meta: Metadata, fallback: Metadata) -> frozenset[Field]:
    """Return the fields that differ; tags never count, and a TTL only where it means something."""
    fields = differing(meta, fallback._replace(proxied=meta.proxied)) - {"tags"}
    return fields if meta.proxied == fallback.proxied else fields | {"proxied"}


def _drift_warning(item: Wanted, record: Record, meta: Metadata, fields: list[Field]) -> Problem:
    has = ", ".join(shown(meta, field) for field in fields)
    expected = ", ".join(shown(item.fallback, field) for field in fields)
    return Problem(
        f"drift.{record.id}.{','.join(fields)}",
        f"The {item.type} record for {item.name} (ID: {record.id}) differs from the settings: "
        f"{has} instead of {expected}",
        "It keeps its own",
        f"To have it changed, set ENFORCE={','.join(fields)}",
    )
