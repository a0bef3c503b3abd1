"""What Cloudflare lets us read and write as a unit: a zone, a list. A new kind of place is one more ``Carrier``."""

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

from ddns.core.places import PlaceType
from ddns.core.planning.intents import EntryGoals, PlaceGoals, SpfGoals
from ddns.core.planning.plan import CarrierPlan, Change, Key
from ddns.core.records import Zone
from ddns.core.reports.roundreport import Outcome
from ddns.core.settings import UpdateSettings
from ddns.errors import ApiError, Problem
from ddns.ports import Clock, Detector, DnsApi, ListApi, ObjectApi

Contents = dict[Key, tuple[str, ...]]
"""What a carrier holds of ours, as texts, by name and type."""
Observed = TypeVar("Observed")
"""A whole reading of a carrier."""


def _without_hurry(parts: int) -> None:
    """Give every call its usual time."""
    del parts


class Tools(NamedTuple):
    """Everything a round acts through. ``stopping`` says whether the program has been asked to stop.

    ``share(n)``: what comes next is one of n parts, and gets its part of the time where that is short.
    """

    detector: Detector
    dns: DnsApi
    lists: Callable[[PlaceType], ListApi]
    objects: Callable[[], ObjectApi]
    clock: Clock
    stopping: Callable[[], bool]
    share: Callable[[int], None] = _without_hurry


class Unit(NamedTuple):
    """Steps of one name and type that are written together."""

    key: Key
    steps: tuple[Change, ...]


Batch = list[Unit]
"""What one request writes; it happens whole or not at all."""


class Applied(NamedTuple, Generic[Observed]):
    """What became of a plan. ``observed`` is the carrier as far as it is known; ``certain``: all of it is.

    ``errors`` says why a name failed; ``ended`` is the error that ended the work on the whole carrier.
    """

    outcomes: dict[Key, tuple[Outcome, ...]]
    observed: Observed
    errors: dict[Key, ApiError]
    certain: bool = True
    ended: ApiError | None = None
    interrupted: bool = False


class Carrier(Protocol[Observed]):
    """One zone or place with what is wanted in it. ``read`` and ``write`` raise ApiError; nothing else has effects.

    ``active`` are the names and types that something may be done for. ``kind`` and ``name`` are its name in messages,
    ``key`` is that in the keys of problems. ``zone`` is None outside of DNS. ``settles``: a reading shows what became
    of a write whose answer was lost; not where it may go on in the background.
    """

    active: tuple[Key, ...]
    kind: str
    name: str
    key: str
    zone: Zone | None = None
    settles: bool = True

    def read(self) -> Observed:
        """Read it, whole. Never returns less than there is."""
        ...

    def plan(self, observed: Observed) -> CarrierPlan:
        """Return the steps to what is wanted. Pure."""
        ...

    def batches(self, changes: Sequence[Change], observed: Observed) -> Iterable[Batch]:
        """Return the steps cut into requests, in the order in which they are sent. Pure."""
        ...

    def write(self, observed: Observed, steps: Sequence[Change]) -> Observed:
        """Send one batch and return the carrier as it is then.

        Unconfirmed when it may have happened, any other ApiError when it did not.
        """
        ...

    def contents(self, observed: Observed) -> Contents:
        """Return what it holds of ours."""
        ...

    def remarks(self, before: Observed, after: Observed) -> Iterable[Problem]:
        """Return what is to be said of a carrier that was written. Pure."""
        del before, after
        return ()


class Job(NamedTuple):
    """What a round is asked to do. ``cleanup``: delete everything of ours that is in scope (DELETE_ON_STOP)."""

    settings: UpdateSettings
    tools: Tools
    dry_run: bool = False
    cleanup: bool = False


def key_of_place(goals: PlaceGoals) -> Key:
    """Return the name and type of a place."""
    return str(goals.place), goals.place.type


def name_of(goals: EntryGoals | SpfGoals) -> str:
    """Return what an entry is called while its zone is not known."""
    entry = goals.entry
    return f"{entry.domain.ascii} (zone {entry.zone_id})" if entry.zone_id else entry.domain.ascii
