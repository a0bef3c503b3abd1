"""The memory between rounds as JSON. What cannot be read is a cold start, never an error."""

from collections.abc import Iterable, Iterator
from io import BytesIO
from math import isfinite
from typing import Any, Final, TypeVar

from ddns.core.entries import Metadata
from ddns.core.memory import Lasting, LastRound, Log, Memory, Move, SeenRecords, SeenZone
from ddns.core.records import Record, Zone
from ddns.jsonio import dumps, loads

VERSION = 1
"""Raised when the form changes in a way older readers would misread; another version is a cold start."""
MARK = b'{"dormouse":'
"""How everything that ``encode`` writes begins."""
T = TypeVar("T")
_LAST: Final = b',"last":'
_LARGE: Final = b',"zones":['
_PIECE: Final = 500
"""So many names or zones are in one piece."""


def encode(memory: Memory) -> bytes:
    """Return the memory as JSON."""
    whole = BytesIO()
    whole.writelines(pieces(memory))
    return whole.getvalue()


def pieces(memory: Memory) -> Iterator[bytes]:
    """Return the memory as JSON, cut where that is easy: of thousands of names it need not be there at once.

    Texts that no JSON can hold (half characters from an API) cost only what is cached.
    """
    try:
        for _ in _pieces(memory):
            pass
    except (TypeError, ValueError):
        bare = memory._replace(records=(), published=(), failing=(), said=frozenset(), undelivered=(), last=None)
        memory = bare._replace(zones=(), zones_for="", resume="", log=Log())
    return _pieces(memory)


def decode(data: bytes) -> Memory | None:
    """Read what ``encode`` wrote; None for anything else."""
    try:
        found = loads(data)
        return _memory(found) if found["dormouse"] == VERSION else None
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        return None


def says(data: bytes, memory: Memory, *, readable: bool = False) -> bool:
    """Whether a state says already what is worth a write: of the log only the last change, and not when a round was.

    What grows with the number of names is compared as text, so that it need not be there twice. ``readable``: it is
    known that all of it can be read, so that the lines of the last round, which count for nothing, are passed over.
    """
    start = at = data.find(_LARGE)
    try:
        for piece in _large(memory):
            if at < 0 or not data.startswith(piece, at):
                return False
            at += len(piece)
    except (TypeError, ValueError):  # a text that no JSON can hold is in no state
        return False
    known = data.find(_LAST, 0, start) if readable else -1
    head = data[:start] if known < 0 else data[:known] + _LAST + b"null"
    old = decode(head + b"".join(_large(Memory())) + data[at:])
    return old is not None and _worth(old) == _worth(memory._replace(zones=(), records=(), published=()))


def _worth(memory: Memory) -> Memory:
    log = Log(changed=memory.log.changed, moves=memory.log.moves)
    return memory._replace(started=0.0, rounds=0, last=None, next_round=0.0, calm_at=0.0, log=log)


def _pieces(memory: Memory) -> Iterator[bytes]:
    yield dumps(_document(memory))[:-1]
    yield from _large(memory)


def _large(memory: Memory) -> Iterator[bytes]:
    """Yield what grows with the number of names, and the end."""
    yield _LARGE
    yield from _listed(dumps([[*seen.zone, seen.seen] for seen in part]) for part in _cut(memory.zones))
    yield b'],"records":{'
    yield from _listed(dumps({zone: _seen(seen)}) for zone, seen in memory.records)
    yield b'},"published":{'
    yield from _listed(dumps(dict(part)) for part in _cut(memory.published))
    yield b"}}"


def _listed(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Yield lists or objects without their brackets, a comma between them."""
    comma = b""
    for part in parts:
        yield comma + part[1:-1]
        comma = b","


def _cut(items: tuple[T, ...]) -> Iterator[tuple[T, ...]]:
    return (items[start : start + _PIECE] for start in range(0, len(items), _PIECE))


def _document(memory: Memory) -> dict[str, object]:
    """Return what does not grow with the number of names."""
    return {
        "dormouse": VERSION,  # first: the mark of our files
        "started": memory.started,
        "rounds": memory.rounds,
        "zones_for": memory.zones_for,
        "scope": memory.scope,
        "said": sorted(memory.said),
        "failing": dict(memory.failing),
        "blocked_until": memory.blocked_until,
        "calm_at": memory.calm_at,
        "undelivered": memory.undelivered,
        "next_round": memory.next_round,
        "resume": memory.resume,
        "log": _log_document(memory.log),
        "last": memory.last and memory.last._asdict(),  # at the end: see ``says``
    }


def _seen(seen: SeenRecords) -> dict[str, object]:
    return {"seen": seen.seen, "asked": seen.asked, "records": [_record_list(record) for record in seen.records]}


def _record_list(record: Record) -> list[object]:
    return [record.id, record.name, record.type, record.content, record.read_only, *record.meta]


def _log_document(log: Log) -> dict[str, object]:
    history = [(moment, *move) for moment, move in log.history]
    rows = {"lasting": log.lasting, "remarks": log.remarks, "moves": log.moves, "history": history}
    return {**log._asdict(), **{name: [list(item) for item in items] for name, items in rows.items()}}


def _memory(found: dict[str, Any]) -> Memory:
    return Memory(
        started=_number(found["started"]),
        rounds=int(_number(found["rounds"])),
        zones=tuple(_zone(*item) for item in found["zones"]),
        zones_for=_text(found["zones_for"]),
        scope=_text(found.get("scope", "")),  # 0.1.0 had none
        records=tuple((zone, _records(seen)) for zone, seen in found["records"].items()),
        published=_published(found["published"]),
        said=frozenset(_texts(found["said"])),
        failing=tuple((key, _number(since)) for key, since in found["failing"].items()),
        blocked_until=_number(found["blocked_until"]),
        calm_at=_number(found.get("calm_at", 0.0)),  # 0.1.0 did not write it
        undelivered=_texts(found["undelivered"]),
        last=None if found["last"] is None else _last(found["last"]),
        next_round=_number(found["next_round"]),
        resume=_text(found.get("resume", "")),  # 0.1.0 had none
        log=_log(found["log"]) if "log" in found else Log(),  # 0.1.0 had none
    )


def _published(found: dict[str, Any]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the contents of all names, the same contents once."""
    alike: dict[tuple[str, ...], tuple[str, ...]] = {}
    contents = ((name, _texts(each)) for name, each in found.items())
    return tuple((name, alike.setdefault(texts, texts)) for name, texts in contents)


def _zone(id_: object, name: object, status: object, account: object, seen: object) -> SeenZone:
    return SeenZone(Zone(_text(id_), _text(name), _text(status), _text(account)), _number(seen))


def _records(found: dict[str, Any]) -> SeenRecords:
    records = tuple(_record(*item) for item in found["records"])
    return SeenRecords(records, _number(found["seen"]), _text(found["asked"]))


def _record(*parts: Any) -> Record:  # noqa: ANN401 -- read from a file, checked here
    id_, name, type_, content, read_only, ttl, proxied, comment, tags = parts
    meta = Metadata(int(_number(ttl)), _flag(proxied), _text(comment), _texts(tags))
    return Record(_text(id_), _text(name), _text(type_), _text(content), meta, _flag(read_only))


def _last(found: dict[str, Any]) -> LastRound:
    return LastRound(
        _number(found["started"]),
        _number(found["seconds"]),
        _flag(found["ok"]),
        _texts(found["lines"]),
        _texts(found["problems"]),
    )


def _log(found: dict[str, Any]) -> Log:
    return Log(
        _flag(found["full"]),
        _flag(found["news"]),
        tuple(_lasting(*item) for item in found["lasting"]),
        tuple(_lasting(*item) for item in found["remarks"]),
        _number(found["well"]),
        _number(found["changed"]),
        tuple(_move(*item) for item in found["moves"]),
        _texts(found["detected"]),
        tuple((_number(moment), _move(*item)) for moment, *item in found.get("history", ())),  # older ones have none
    )


def _move(type_: object, name: object, old: object, new: object) -> Move:
    return Move(_text(type_), _text(name), _texts(old), _texts(new))


def _lasting(key: object, since: object, times: object, told: object) -> Lasting:
    return Lasting(_text(key), _number(since), int(_number(times)), _number(told))


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise ValueError("no text")


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(_text(item) for item in value)
    raise ValueError("no list")


def _number(value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value):
        return float(value)
    raise ValueError("no number")


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError("no flag")
