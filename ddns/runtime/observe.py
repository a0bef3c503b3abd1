"""Reading the records of a zone: one listing per zone and round, or the last reading while it is trusted."""

from collections.abc import Iterable
from typing import NamedTuple

from ddns.core.memory import Memory, SeenRecords
from ddns.core.plan import Clear, Update, Wanted
from ddns.core.records import Record, Zone
from ddns.ports import DnsApi


class Question(NamedTuple):
    """What is asked of a zone: records of one ASCII name ("": all names) and one type ("": both)."""

    name: str = ""
    type: str = ""

    def __str__(self) -> str:
        """Return the text kept beside a reading."""
        return f"{self.name}/{self.type}"


def question(wanted: Iterable[Wanted]) -> Question | None:
    """Return the smallest single listing that shows all that may change; None when nothing may."""
    active = [item for item in wanted if isinstance(item.intent, Clear | Update)]
    if not active:
        return None
    names, types = {item.name for item in active}, {item.type for item in active}
    return Question(names.pop() if len(names) == 1 else "", types.pop() if len(types) == 1 else "")


def answers(asked: str, wanted: Question) -> bool:
    """Whether a reading of ``asked`` holds everything that ``wanted`` asks for."""
    name, _, type_ = asked.partition("/")
    return name in {"", wanted.name} and type_ in {"", wanted.type}


def read(dns: DnsApi, zone: Zone, wanted: Question) -> tuple[Record, ...]:
    """List the records now; raises ApiError, and never returns fewer than there are."""
    return dns.records(zone, name=wanted.name, type_=wanted.type)


def trusted(memory: Memory, zone: Zone, wanted: Question, since: float) -> SeenRecords | None:
    """Return a kept reading made after ``since`` (UNIX seconds) that answers the question."""
    seen = dict(memory.records).get(zone.id)
    if seen is None or seen.seen <= since or not answers(seen.asked, wanted):
        return None
    return seen


def kept(memory: Memory, zone: Zone, seen: SeenRecords | None) -> Memory:
    """Return the memory with this reading of a zone, or without any."""
    others = {key: item for key, item in memory.records if key != zone.id}
    if seen is not None:
        others[zone.id] = seen
    return memory._replace(records=tuple(sorted(others.items(), key=lambda pair: pair[0])))
