"""The work on one zone: read, plan, write, remember, tell."""

from ddns.core.memory import SeenRecords
from ddns.core.plan import Clear, Update, Wanted, ZonePlan
from ddns.core.planner import plan_zone
from ddns.core.records import Record, Zone
from ddns.core.report import few
from ddns.errors import ApiError, Gone, Interrupted, Problem
from ddns.runtime.applier import Applied, apply_zone
from ddns.runtime.names import Told, contents, planned
from ddns.runtime.observe import Question, kept, question, read, trusted
from ddns.runtime.work import Work, because


class ZoneWork:
    """Looks after the names of one zone."""

    __slots__ = ("_items", "_seen", "_work", "_zone")

    def __init__(self, work: Work, zone: Zone, items: tuple[Wanted, ...]) -> None:
        """Take the names wanted in this zone, each type once."""
        self._work = work
        self._zone = zone
        self._items = items
        self._seen = work.tools.clock.time()

    def do(self) -> ZonePlan | None:
        """Bring the zone to what is wanted; return the plan, or None when there was nothing to read or no reading."""
        asked = question(self._items)
        if asked is None:
            return None
        records = self._records(asked)
        if records is None:
            return None
        plan = self._plan(records)
        self._work.warnings += plan.warnings
        before = contents(records, self._work.settings.owned)
        if self._work.dry_run:
            planned(self._work, plan, self._items, before)
            return plan
        applied = apply_zone(self._work.tools.dns, plan, records, lambda: self._again(asked), self._work.tools.stopping)
        self._remember(asked, applied)
        Told(self._work, plan, before, applied).tell(self._items)
        if applied.interrupted:
            raise Interrupted
        return plan

    def _plan(self, records: tuple[Record, ...]) -> ZonePlan:
        settings = self._work.settings
        return plan_zone(self._zone, self._items, records, settings.owned, settings.policy)

    def _again(self, asked: Question) -> tuple[tuple[Record, ...], ZonePlan]:
        records = read(self._work.tools.dns, self._zone, asked)
        return records, self._plan(records)

    def _records(self, asked: Question) -> tuple[Record, ...] | None:
        """Return the records, from the last reading while that is trusted; None (and a problem) without a reading."""
        work = self._work
        lasting = 0.0 if work.cleanup else work.settings.cache_expiration  # a broken-off round may have written more
        found = trusted(work.memory, self._zone, asked, self._seen - lasting) if lasting else None
        if found is not None:
            self._seen = found.seen
            return found.records
        try:
            return read(work.tools.dns, self._zone, asked)
        except ApiError as error:
            self._unread(error)
        return None

    def _unread(self, error: ApiError) -> None:
        """Without a reading nothing may be written: the names of this zone fail, others go on."""
        work = self._work
        work.note(error)
        self._forget(error)
        active = [item for item in self._items if isinstance(item.intent, Clear | Update)]
        work.fail(active, error.message)
        if work.blocked_until:
            work.hold(item.name for item in active)
            return
        what = f"Could not read the records of {few(item.name for item in active)} in the zone {self._zone.name}: "
        kept_ = "They stay as they are; a failed reading is never taken for no records"
        work.problems.append(Problem(f"zone.{self._zone.name}", what + because(error), kept_, work.advice(error)))

    def _forget(self, error: ApiError) -> None:
        """Drop what we believed of this zone; when it is gone, look all zones up again."""
        self._work.memory = kept(self._work.memory, self._zone, None)
        if isinstance(error, Gone):
            self._work.memory = self._work.memory._replace(zones=(), zones_for="")

    def _remember(self, asked: Question, applied: Applied) -> None:
        """Keep the reading, changed as we changed the zone, where it is certain and wanted."""
        if applied.ended is not None:
            self._forget(applied.ended)
        elif applied.certain and self._work.settings.cache_expiration:
            seen = SeenRecords(applied.records, self._seen, str(asked))
            self._work.memory = kept(self._work.memory, self._zone, seen)
        else:
            self._work.memory = kept(self._work.memory, self._zone, None)
