"""The records of one zone: one listing a round, and a transaction for what must change."""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from zlib import crc32

from ddns.core.memory import Memory, SeenRecords
from ddns.core.planning.intents import EntryGoals, SpfGoals, disputed, merged, wanted
from ddns.core.planning.plan import (
    CarrierPlan,
    Change,
    Clear,
    Create,
    Delete,
    Key,
    Patch,
    Rewrite,
    Update,
    Wanted,
    key_of,
)
from ddns.core.planning.recordplan import blocked, owned_records, plan_zone
from ddns.core.records import Record, Zone
from ddns.core.settings import UpdateSettings
from ddns.ports import DnsApi
from ddns.round.carrier import Batch, Carrier, Contents, Job, Unit
from ddns.round.locate import ZoneEntries

Records = tuple[Record, ...]
HINTED = frozenset({"HTTPS", "SVCB"})
"""Types of records that may hold addresses as hints."""


class Question(NamedTuple):
    """What is asked of a zone: records of these ASCII names and types."""

    names: frozenset[str]
    types: frozenset[str]

    def __str__(self) -> str:
        """Return the text kept beside a reading: the same for the same question."""
        names = ",".join(sorted(self.names))
        return f"{len(self.names)}-{crc32(names.encode()):08x}/{','.join(sorted(self.types))}"


def question(keys: Iterable[Key]) -> Question:
    """Return the smallest listing that shows all of these."""
    listed = tuple(keys)
    types = frozenset("TXT" if type_ == "SPF" else type_ for _, type_ in listed)
    with_hints = types | HINTED if len(types) > 1 else types  # a single type is asked for alone
    return Question(frozenset(name for name, _ in listed), with_hints)


class ZoneCarrier(Carrier[Records]):
    """See ``carrier.Carrier``. ``wanted`` has each name and type once; ``disputed`` is what two entries contradict.

    ``every``: records of every type are read, so that the plan shows what would be refused because of one.
    """

    kind = "zone"

    def __init__(
        self,
        dns: DnsApi,
        settings: UpdateSettings,
        zone: Zone,
        asked: Sequence[Wanted],
        spf: Sequence[SpfGoals] = (),
        *,
        every: bool = False,
    ) -> None:
        """Nothing is read yet."""
        self.zone: Zone = zone
        self.name = zone.name
        self.key = f"zone.{zone.name}"
        self.wanted = merged(asked)
        self.disputed = disputed(asked, self.wanted)
        active = [item for item in self.wanted if isinstance(item.intent, Clear | Update)]
        self.active: tuple[Key, ...] = (*(item.key for item in active), *(goals.key for goals in spf))
        self.question = question(self.active)
        if every:
            self.question = self.question._replace(types=frozenset())
        self._spf = spf
        self._dns = dns
        self._settings = settings

    def read(self) -> Records:
        """See ``carrier.Carrier``."""
        return self._dns.records(self.zone, self.question.names, self.question.types)

    def plan(self, observed: Records) -> CarrierPlan:
        """See ``carrier.Carrier``."""
        plan = plan_zone(self.zone, self.wanted, observed, self._settings.owned, self._settings.policy)
        if self._spf:
            from ddns.core.planning.spf import plan_spf  # noqa: PLC0415 -- most users have no such records

            found = [plan_spf(goals, observed) for goals in self._spf]
            rewrites = tuple(item.step for item in found if item.step is not None)
            failed = tuple(item.failed for item in found if item.failed is not None)
            plan = plan._replace(steps=(*rewrites, *plan.steps), failed=(*plan.failed, *failed))
        if hinted := [record for record in observed if record.type in HINTED]:
            from ddns.core.planning.hints import stale  # noqa: PLC0415 -- most users have no such records

            plan = plan._replace(warnings=(*plan.warnings, *stale(self.wanted, hinted)))
        return blocked(plan, observed)

    def batches(self, changes: Sequence[Change], observed: Records) -> deque[Batch]:
        """See ``carrier.Carrier``."""
        del observed  # a batch of records does not depend on what is there
        limit = self._dns.batch_limit
        return packed(units(changes, limit), limit)

    def write(self, observed: Records, steps: Sequence[Change]) -> Records:
        """See ``carrier.Carrier``."""
        changes = [step for step in steps if isinstance(step, Create | Patch | Delete | Rewrite)]
        made = self._dns.batch(self.zone, changes)
        records = {record.id: record for record in observed}
        for step in changes:
            if isinstance(step, Delete):
                records.pop(step.record.id, None)
            elif isinstance(step, Patch):
                records[step.record.id] = step.record._replace(content=step.content, meta=step.meta)
            elif isinstance(step, Rewrite):
                records[step.record.id] = step.record._replace(content=step.content)
        return (*records.values(), *made)

    def contents(self, observed: Records) -> Contents:
        """See ``carrier.Carrier``."""
        groups = owned_records(observed, self._settings.owned)
        alike: dict[tuple[str, ...], tuple[str, ...]] = {}  # one for all names that have the same contents
        found = {key: tuple(sorted({record.content for record in group})) for key, group in groups.items()}
        found = {key: alike.setdefault(contents, contents) for key, contents in found.items()}
        if self._spf:
            from ddns.core.planning.spf import held  # noqa: PLC0415 -- likewise

            found |= {goals.key: held(goals, observed) for goals in self._spf}
        return found


def _zone_carrier(job: Job, zone: ZoneEntries) -> ZoneCarrier:
    """Return the carrier of one zone. The cleaning leaves SPF records alone."""
    asked = [
        item
        for entry in zone.entries
        if isinstance(entry.goals, EntryGoals)
        for item in wanted(entry.goals, entry.name)
    ]
    spf = [entry.goals for entry in zone.entries if isinstance(entry.goals, SpfGoals)]
    return ZoneCarrier(job.tools.dns, job.settings, zone.zone, asked, spf, every=job.dry_run)


def ready(job: Job, one: Carrier[Any] | ZoneEntries) -> Carrier[Any]:
    """Return what is to be looked after as a carrier: that of a zone is made in its turn, and let go after it."""
    return _zone_carrier(job, one) if isinstance(one, ZoneEntries) else one


def units(changes: Iterable[Change], limit: int) -> list[Unit]:
    """Group steps by name and type. A group too large for one batch is cut, additions and changes before deletions."""
    groups: dict[Key, list[Change]] = {}
    for step in changes:
        groups.setdefault(key_of(step), []).append(step)
    found: list[Unit] = []
    for key, steps in groups.items():
        grow = [step for step in steps if not isinstance(step, Delete)]
        shrink = [step for step in steps if isinstance(step, Delete)]
        cuts: list[Sequence[Change]] = (
            [[*grow, *shrink]] if len(steps) <= limit else [*_cut(grow, limit), *_cut(shrink, limit)]
        )
        found += [Unit(key, tuple(cut)) for cut in cuts]
    return found


def _cut(steps: Sequence[Change], limit: int) -> list[Sequence[Change]]:
    return [steps[start : start + limit] for start in range(0, len(steps), limit)]


def packed(items: Iterable[Unit], limit: int) -> deque[Batch]:
    """Fill batches of at most ``limit`` steps with whole units, in order; a name is never in one batch twice."""
    batches: deque[Batch] = deque()
    room = 0
    for unit in items:
        if not batches or len(unit.steps) > room or batches[-1][-1].key == unit.key:
            batches.append([])
            room = limit
        batches[-1].append(unit)
        room -= len(unit.steps)
    return batches


def trusted(memory: Memory, carrier: ZoneCarrier, now: float, lasting: float) -> SeenRecords | None:
    """Return a kept reading that answers what the carrier would ask and is no older than ``lasting`` seconds.

    One from the future (``now`` is UNIX seconds) is of a clock that was set back, and as old as may be.
    """
    seen = dict(memory.records).get(carrier.zone.id)
    fits = seen is not None and 0.0 <= now - seen.seen < lasting and seen.asked == str(carrier.question)
    return seen if fits else None
