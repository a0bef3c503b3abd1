"""What went wrong in a round, in the words of the person who must act: folded from the findings. Pure."""

from collections.abc import Iterable, Iterator, Sequence

from ddns.core.addresses.families import FAMILIES, Family, Known, family_name, record_type
from ddns.core.entries import Source
from ddns.core.places import NOUNS
from ddns.core.planning.intents import EntryGoals, PlaceGoals, places, questions
from ddns.core.planning.plan import Abort
from ddns.core.planning.resolve import NotLocated
from ddns.core.reports.roundreport import Detection, Result, few, is_record
from ddns.core.settings import UpdateSettings
from ddns.errors import ApiError, Busy, Problem
from ddns.round.carrier import Job
from ddns.round.findings import Done, Findings
from ddns.round.locate import Zoned
from ddns.round.results import moved
from ddns.round.trouble import advice, as_sentence, reason
from ddns.round.zone import ZoneCarrier


def problems(job: Job, found: Findings, left: Iterable[Result], wait: float) -> Iterator[Problem]:
    """Return what fails the round. ``wait``: for so many seconds nothing may be sent (0: no limit).

    ``left`` are the results of what is in no carrier that was looked after.
    """
    for detection in found.detections:
        yield from _undetected(job.settings, detection)
    for goals in found.decided.entries:
        yield from _underivable(goals, found)
    for place in found.decided.places:
        yield from _unfit(place, found)
    yield from _lost(found.located.missing)
    for done in found.done:
        yield from done.problems
    if wait and not found.interrupted:
        yield _blocked(sorted(set(_held(job, found, left))), wait)


def problems_of(job: Job, done: Done, told: Iterable[Result]) -> Iterator[Problem]:
    """Return what went wrong with one carrier. ``told`` are its results."""
    yield from _disputed(done)
    yield from (item.problem for item in (done.plan.failed if done.plan else ()))
    yield from _unread(job, done)
    yield from _Writing(job, done, told).problems()


def warnings_of(job: Job, done: Done, told: Iterable[Result]) -> Iterator[Problem]:
    """Return the remarks on one carrier. ``told`` are its results."""
    if done.plan is not None:
        yield from done.plan.warnings
    if done.applied is not None and any(
        item.status == "done" for found in done.applied.outcomes.values() for item in found
    ):
        yield from done.carrier.remarks(done.observed, done.applied.observed)
    if done.interrupted:
        yield from _Writing(job, done, told).doubts()


def held_of(job: Job, done: Done, told: Iterable[Result]) -> Iterator[str]:
    """Return what a rate limit kept from being written to one carrier. ``told`` are its results."""
    if not done.limited:
        return
    results = tuple(told)
    writing = _Writing(job, done, results)
    for item in results:
        if item.status == "failed":
            moves = done.applied is not None and is_record(item)
            yield f"{item.type} {writing.move(item)}" if moves else item.name


def _undetected(settings: UpdateSettings, detection: Detection) -> Iterator[Problem]:
    family, source, answer = detection
    if isinstance(answer, Known):
        return
    index = FAMILIES.index(family)
    several = len({asked for asked, version in questions(settings) if version == family}) > 1
    key = f"detect.{family}.{source.describe()}" if several else f"detect.{family}"
    names = [entry.domain.describe() for entry in settings.entries if entry.sources[index] == source]
    chosen = [str(place) for place in places(settings) if place.sources[index] == source]
    kept = [f"the {record_type(family)} records of {few(names)}"] if names else []
    kept += [f"the {family_name(family)} items of {few(chosen)}"] if chosen else []
    senders = [str(entry) for entry in settings.spf if entry.sources[index] == source]
    kept += [f"the {family_name(family)} addresses in the SPF record of {few(senders)}"] if senders else []
    what = f"No usable {family_name(family)} address from {source.describe()}: {answer.reason}"
    remedy = answer.hint or f"check the source; without {family_name(family)}, set IP{family}_PROVIDER=none"
    yield Problem(key, what, f"Kept as they are: {' and '.join(kept)}", as_sentence(remedy))


def _underivable(goals: EntryGoals, found: Findings) -> Iterator[Problem]:
    """Report a name whose host ID does not fit the detected prefix: it alone is left out."""
    intent = goals.intents[1]
    if isinstance(intent, Abort) and _known(found, goals.entry.sources[1], 6):
        name = goals.entry.domain.describe()
        what = f"The AAAA records of {name} cannot be made: {intent.why}"
        remedy = "Correct hostid6, or the prefix length of the source"
        yield Problem(f"hostid.{name}", what, "They stay as they are; other names went on", remedy)


def _unfit(goals: PlaceGoals, found: Findings) -> Iterator[Problem]:
    """Report a place that cannot take what its source names: the family it concerns is left out there."""
    place = goals.place
    for family, source, goal in zip(FAMILIES, place.sources, goals.goals, strict=True):
        if isinstance(goal, Abort) and _known(found, source, family):
            what = f"The {NOUNS[place.type]} {place} cannot be kept at the {family_name(family)} address: {goal.why}"
            remedy = f"Correct the prefix length of the source, or IP{family}_DEFAULT_PREFIX_LEN"
            if place.type == "ORIGIN":
                remedy = f"Use a source that names one address, or IP{family}_DETECTION_FILTER"
            yield Problem(f"{place.type.lower().replace('_', '-')}.{place}", what, "It stays as it is", remedy)


def _known(found: Findings, source: Source | None, family: Family) -> bool:
    """Whether a source named addresses of a family. The other family may have the same source, and another answer."""
    asked = (item for item in found.detections if item.source == source and item.family == family)
    return any(isinstance(item.detected, Known) for item in asked)


def _lost(lost: Iterable[tuple[Zoned, NotLocated]]) -> Iterator[Problem]:
    """Return one problem for each cause, naming the names it concerns."""
    groups: dict[NotLocated, list[str]] = {}
    for goals, cause in lost:
        groups.setdefault(cause, []).append(goals.entry.domain.describe())
    for cause, names in groups.items():
        what = f"The zone of {few(names)} could not be used: {cause.why}"
        yield Problem(cause.key, what, "Its records stay as they are", cause.remedy)


def _disputed(done: Done) -> Iterator[Problem]:
    for item in done.carrier.disputed if isinstance(done.carrier, ZoneCarrier) else ():
        what = f"The {item.type} records of {item.name} were left alone, as two entries ask for different things"
        yield Problem(f"record.{item.type}.{item.name}", what, "They stay as they are", "Leave one of them")


def _unread(job: Job, done: Done) -> Iterator[Problem]:
    """Without a reading nothing may be written; others go on."""
    if done.error is None or done.limited:
        return
    carrier = done.carrier
    if carrier.zone is not None:
        names = few(name for name, _ in carrier.active)
        what = f"Could not read the records of {names} in the zone {carrier.name}: "
        kept = "They stay as they are; nothing was deleted"
    else:
        what, kept = f"Could not read the {carrier.kind} {carrier.name}: ", "It stays as it is; nothing was removed"
    remedy = advice(done.error, cleanup=job.cleanup)
    yield Problem(carrier.key, what + _cause(done.error), kept, remedy)


def _cause(error: ApiError) -> str:
    """Return why something could not be read, without saying again what."""
    why = reason(error)
    return why.partition(": ")[2] if why.startswith("could not read") else why


def _blocked(held: Sequence[str], wait: float) -> Problem:
    whose = f", so {few(held)} had to wait" if held else ""
    return Problem(
        "cloudflare.rate-limit",
        f"Cloudflare's rate limit is used up for {max(1, round(wait))} s{whose}",
        "What was not yet written stays as it is",
        "It goes on by itself; if this lasts, look for other programs that use the same token",
    )


def _held(job: Job, found: Findings, left: Iterable[Result]) -> Iterator[str]:
    """Return what was left alone because of the limit."""
    if found.blocked_until:
        yield from (entry.domain.ascii for entry in job.settings.entries)
        yield from map(str, places(job.settings))
        return
    lost = {cause.why for _, cause in found.located.missing}
    yield from (item.name for item in left if item.status == "failed" and item.reason not in lost)
    for done in found.done:
        yield from done.held


class _Writing:
    """What is to be said of the writing of one carrier."""

    def __init__(self, job: Job, done: Done, told: Iterable[Result]) -> None:
        """Look at the results of this carrier."""
        self._job = job
        self._done = done
        by_key = {item.key: item for item in told}
        self._results = [by_key[key] for key in done.carrier.active if key in by_key]
        self._goals = moved(done.before, done.plan.changes if done.plan is not None else ())

    def problems(self) -> Iterator[Problem]:
        """Return refusals, doubts, and what ended the work."""
        yield from self._refusals()
        if not self._done.interrupted:
            yield from self.doubts()
            yield from self._end()

    def move(self, result: Result) -> str:
        """Return a name with what it had and what it should have."""
        goal = self._goals.get(result.key, ())
        return f"{result.name} ({', '.join(result.old) or 'none'} → {', '.join(goal) or 'none'})"

    def doubts(self) -> Iterator[Problem]:
        """Return what could not be confirmed."""
        doubtful = [result for result in self._results if result.status == "unconfirmed"]
        if not doubtful:
            return
        carrier, why = self._done.carrier, doubtful[0].reason.rstrip(".")
        if carrier.zone is not None:
            named = few(f"{result.type} {self.move(result)}" for result in doubtful)
            what, kept = f"Could not confirm the update of {named}: {why}", "The records may be the old or the new ones"
            remedy = "They are read again in the next round before anything is written"
            yield Problem(f"unconfirmed.{carrier.name}", what, kept, remedy)
        else:
            what = f"Could not confirm the update of the {carrier.kind} {carrier.name}: {why}"
            remedy = "It is read again in the next round before anything is written"
            yield Problem(carrier.key, what, "Its items may be the old or the new ones", remedy)

    def _refusals(self) -> Iterator[Problem]:
        errors = self._done.applied.errors if self._done.applied else {}
        for result in self._results:
            error = errors.get(result.key)
            if error is None or result.status != "failed":
                continue
            if is_record(result):
                what = f"The {result.type} records of {self.move(result)} were not changed: {reason(error)}"
                kept = f"They stay as they are ({', '.join(result.new) or 'none'}); other names went on"
                remedy = advice(error, cleanup=self._job.cleanup)
                yield Problem(f"record.{result.type}.{result.name}", what, kept, remedy)
            else:
                yield self._not_updated(result, error)

    def _not_updated(self, result: Result, error: ApiError) -> Problem:
        what = f"Could not update the {NOUNS[result.type]} {self.move(result)}: {reason(error)}"
        kept = f"Nothing was removed; {'what was added stays' if result.added else 'its items stay as they are'}"
        if isinstance(error, Busy):
            kept = "Nothing was removed; the pending change, perhaps an earlier one of ours, may still change its items"
        key = f"{result.type.lower().replace('_', '-')}.{result.name}"
        return Problem(key, what, kept, advice(error, cleanup=self._job.cleanup))

    def _end(self) -> Iterator[Problem]:
        """Return what ended the work on the whole carrier; a rate limit is told once, for the round."""
        applied, error = self._done.applied, self._done.ended
        if applied is None or error is None or self._done.limited:
            return
        left = [item for item in self._results if item.status == "failed" and item.key not in applied.errors]
        carrier = self._done.carrier
        if carrier.zone is None:
            yield from (self._not_updated(item, error) for item in left)
        elif left:
            names = few(f"{item.type} {self.move(item)}" for item in left)
            what = f"Could not update {names} in the zone {carrier.name}: {reason(error)}"
            remedy = advice(error, cleanup=self._job.cleanup)
            yield Problem(carrier.key, what, "Nothing of this was changed", remedy)
