"""The memory between rounds as JSON, and its file. What cannot be read is a cold start, never an error."""

# ruff: noqa: PTH105, PTH108, PTH110, PTH116, PTH123 -- pathlib would cost the program memory for nothing

import contextlib
import errno
import os
import stat
from math import isfinite
from typing import Any

from ddns.core.entries import Metadata
from ddns.core.memory import LastRound, Memory, SeenRecords, SeenZone
from ddns.core.records import Record, Zone
from ddns.errors import DdnsError
from ddns.jsonio import dumps, loads

VERSION = 1
"""Raised when the form changes in a way older readers would misread; another version is a cold start."""
_MARK = b'{"dormouse":'
_LARGEST = 16 << 20
_IN_PLACE = (errno.EBUSY, errno.EROFS, errno.EACCES, errno.EPERM, errno.EXDEV)


class StateError(DdnsError):
    """The state file cannot be written. Rounds work without it."""


def encode(memory: Memory) -> bytes:
    """Return the memory as JSON. Texts that no JSON can hold (half characters from an API) cost only what is cached."""
    try:
        return dumps(_document(memory))
    except (TypeError, ValueError):
        bare = memory._replace(records=(), published=(), failing=(), said=frozenset(), undelivered=(), last=None)
        return dumps(_document(bare._replace(zones=(), zones_for="")))


def decode(data: bytes) -> Memory | None:
    """Read what ``encode`` wrote; None for anything else."""
    try:
        found = loads(data)
        return _memory(found) if found["dormouse"] == VERSION else None
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        return None


def load(path: str) -> Memory:
    """Read the state file; a cold memory when there is none, or none of ours."""
    data = _content(path)
    return (decode(data) if data else None) or Memory()


def save(path: str, memory: Memory) -> bool:
    """Write the state file if it would say something new; return whether it was written. StateError if it cannot be.

    When a round was and how it went is written along, but is not worth a write: a steady program writes nothing.
    The file is replaced in one step (a reader sees the old or the new one), and one that is not ours is left alone.
    """
    data = _content(path)
    if data is None or (data.strip(b"\0 \n") and not data.startswith(_MARK)):
        hint = "Name another file in STATE_FILE, or remove this one"
        raise StateError(f"The state is not kept: {path} is there and is no state file of ours", hint)
    old = decode(data)
    if old is not None and _lasting(old) == _lasting(memory):
        return False
    try:
        _replace(os.path.realpath(path), encode(memory))
    except OSError as error:
        hint = "Rounds go on without it; make the folder of STATE_FILE writable, or unset it"
        raise StateError(f"The state could not be written to {path} ({error.strerror})", hint) from None
    return True


def _lasting(memory: Memory) -> Memory:
    return memory._replace(started=0.0, rounds=0, last=None, next_round=0.0, calm_at=0.0)


def _content(path: str) -> bytes | None:
    """Return what is in a file (nothing, if it cannot be read); None when it is no regular file, or a huge one."""
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST:  # opening a pipe would hold us up
            return None
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def _replace(path: str, data: bytes) -> None:
    """Put a file in place of another; write into it where it cannot be replaced (a container's single-file mount)."""
    beside = f"{path}.new"
    try:
        _write(beside, data)
        os.replace(beside, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(beside)
        if error.errno not in _IN_PLACE or not os.path.exists(path):
            raise
        _write(path, data)


def _write(path: str, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW
    with open(os.open(path, flags, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())  # or a power cut can leave an empty file under the new name


def _document(memory: Memory) -> dict[str, object]:
    return {
        "dormouse": VERSION,  # first: the mark of our files
        "started": memory.started,
        "rounds": memory.rounds,
        "zones": [[*seen.zone, seen.seen] for seen in memory.zones],
        "zones_for": memory.zones_for,
        "scope": memory.scope,
        "records": {
            zone: {"seen": seen.seen, "asked": seen.asked, "records": [_record_list(record) for record in seen.records]}
            for zone, seen in memory.records
        },
        "published": dict(memory.published),
        "said": sorted(memory.said),
        "failing": dict(memory.failing),
        "blocked_until": memory.blocked_until,
        "calm_at": memory.calm_at,
        "undelivered": memory.undelivered,
        "last": memory.last and memory.last._asdict(),
        "next_round": memory.next_round,
    }


def _record_list(record: Record) -> list[object]:
    return [record.id, record.name, record.type, record.content, record.read_only, *record.meta]


def _memory(found: dict[str, Any]) -> Memory:
    return Memory(
        started=_number(found["started"]),
        rounds=int(_number(found["rounds"])),
        zones=tuple(_zone(*item) for item in found["zones"]),
        zones_for=_text(found["zones_for"]),
        scope=_text(found.get("scope", "")),  # 0.1.0 had none
        records=tuple((zone, _records(seen)) for zone, seen in found["records"].items()),
        published=tuple((name, _texts(contents)) for name, contents in found["published"].items()),
        said=frozenset(_texts(found["said"])),
        failing=tuple((key, _number(since)) for key, since in found["failing"].items()),
        blocked_until=_number(found["blocked_until"]),
        calm_at=_number(found.get("calm_at", 0.0)),  # 0.1.0 did not write it
        undelivered=_texts(found["undelivered"]),
        last=None if found["last"] is None else _last(found["last"]),
        next_round=_number(found["next_round"]),
    )


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
