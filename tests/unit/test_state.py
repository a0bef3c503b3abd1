"""The memory as JSON: tolerant to read."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns.core.entries import Metadata
from ddns.core.memory import Lasting, LastRound, Log, Memory, Move, SeenRecords, SeenZone
from ddns.core.records import Record, Zone
from ddns.state import decode, encode

FULL = Memory(
    started=1.5,
    rounds=7,
    zones=(SeenZone(Zone("z1", "example.org", "active", "acc"), 12.25),),
    zones_for="1-00",
    records=(
        (
            "z1",
            SeenRecords(
                (Record("r1", "home.example.org", "A", "192.0.2.1", Metadata(300, True, "héllo", ("a:b",)), True),),
                13.0,
                "A",
            ),
        ),
    ),
    published=(("A home.example.org", ("192.0.2.1",)), ("AAAA home.example.org", ())),
    said=frozenset({"b", "a"}),
    failing=(("zone.example.org", 3.0),),
    blocked_until=99.0,
    calm_at=98.0,
    undelivered=('{"x":1}',),
    last=LastRound(1.0, 2.0, False, ("line",), ("problem",)),
    next_round=300.0,
    resume="zone.example.org",
    log=Log(
        full=False,
        news=False,
        lasting=(Lasting("zone.example.org", 3.0, 4, 5.0),),
        remarks=(Lasting("monitor.0", 6.0, 7, 8.0),),
        well=9.0,
        changed=10.0,
        moves=(Move("A", "home.example.org", (), ("192.0.2.1",)),),
        detected=("Detected 192.0.2.1",),
        history=((10.0, Move("A", "home.example.org", (), ("192.0.2.1",))),),
    ),
)
TEXT = st.text(st.characters(codec="utf-8"))
NUMBER = st.floats(allow_nan=False, allow_infinity=False)
META = st.builds(Metadata, st.integers(0, 1 << 31), st.booleans(), TEXT, st.tuples(TEXT))
RECORDS = st.builds(
    SeenRecords, st.tuples(st.builds(Record, TEXT, TEXT, TEXT, TEXT, META, st.booleans())), NUMBER, TEXT
)
LASTING = st.builds(Lasting, TEXT, NUMBER, st.integers(0, 1 << 40), NUMBER)
MOVE = st.builds(Move, TEXT, TEXT, st.tuples(TEXT), st.tuples(TEXT))
LOG = st.builds(
    Log,
    full=st.booleans(),
    news=st.booleans(),
    lasting=st.tuples(LASTING),
    remarks=st.tuples(LASTING),
    well=NUMBER,
    changed=NUMBER,
    detected=st.tuples(TEXT),
    moves=st.tuples(MOVE),
    history=st.tuples(st.tuples(NUMBER, MOVE)),
)
MEMORY = st.builds(
    Memory,
    started=NUMBER,
    rounds=st.integers(0, 1 << 40),
    zones=st.tuples(st.builds(SeenZone, st.builds(Zone, TEXT, TEXT, TEXT, TEXT), NUMBER)),
    zones_for=TEXT,
    records=st.tuples(st.tuples(TEXT, RECORDS)),
    published=st.tuples(st.tuples(TEXT, st.tuples(TEXT, TEXT))),
    said=st.frozensets(TEXT),
    failing=st.tuples(st.tuples(TEXT, NUMBER)),
    blocked_until=NUMBER,
    calm_at=NUMBER,
    undelivered=st.tuples(TEXT),
    last=st.none() | st.builds(LastRound, NUMBER, NUMBER, st.booleans(), st.tuples(TEXT), st.tuples(TEXT)),
    next_round=NUMBER,
    resume=TEXT,
    log=LOG,
)


@given(MEMORY)
def test_what_is_written_is_read_again(memory: Memory) -> None:
    """Any memory survives the way through JSON."""
    assert decode(encode(memory)) == memory


@given(st.binary() | TEXT.map(str.encode))
def test_garbage_is_a_cold_start(data: bytes) -> None:
    """No bytes make the reader raise."""
    assert decode(data) is None


JUNK = [None, True, 5, 1e999, "text", [], [1], {}, {"a": 1}, [[1, 2, 3, 4, 5]]]


@pytest.mark.parametrize("key", sorted(json.loads(encode(FULL))))
def test_a_damaged_part_is_a_cold_start_or_another_sound_memory(key: str) -> None:
    """Each part replaced by each kind of junk, or missing: never an error, never a value of a wrong type."""
    document = json.loads(encode(FULL))
    for junk in JUNK:
        found = decode(json.dumps({**document, key: junk}).encode())
        assert found is None or decode(encode(found)) == found
    del document[key]
    found = decode(json.dumps(document).encode())
    late = {  # 0.1.0 did not write these
        "calm_at": FULL._replace(calm_at=0.0),
        "scope": FULL._replace(scope=""),
        "log": FULL._replace(log=Log()),
        "resume": FULL._replace(resume=""),
    }
    assert found == late.get(key)


@pytest.mark.parametrize(("part", "junk"), [("ok", 1), ("lines", "text"), ("problems", [5]), ("seconds", True)])
def test_a_damaged_last_round_is_a_cold_start(part: str, junk: object) -> None:
    """Values of a wrong type inside of a part are noticed too."""
    document = json.loads(encode(FULL))
    document["last"][part] = junk
    assert decode(json.dumps(document).encode()) is None


def test_another_version_is_a_cold_start() -> None:
    """What a newer program wrote is not guessed at."""
    assert decode(encode(FULL).replace(b'"dormouse":1', b'"dormouse":2')) is None


def test_deep_nesting_is_a_cold_start() -> None:
    """A document made to exhaust the reader does not."""
    assert decode(b'{"dormouse":' + b"[" * 100_000) is None


def test_what_json_cannot_hold_costs_the_cache_only() -> None:
    """Half a character in a text from an API does not stop the program: what can be found again is left out."""
    found = decode(encode(FULL._replace(failing=(("\ud800", 1.0),))))

    assert found == Memory(started=1.5, rounds=7, blocked_until=99.0, calm_at=98.0, next_round=300.0)
