"""The memory as JSON: tolerant to read."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns.core.entries import Metadata
from ddns.core.memory import Lasting, LastRound, Log, Memory, Move, SeenRecords, SeenZone
from ddns.core.records import Record, Zone
from ddns.state import decode, encode, pieces, says

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
PASSING = ("started", "rounds", "last", "next_round", "calm_at")
"""What says only when a round was and how it went."""
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


@given(MEMORY)
def test_what_is_written_says_so(memory: Memory) -> None:
    """A state says what it was made from, whatever is known of its being readable."""
    assert says(encode(memory), memory)
    assert says(encode(memory), memory._replace(last=None, started=5.0, rounds=6, next_round=7.0), readable=True)


@pytest.mark.parametrize("part", [name for name in Memory._fields if name not in {"log", *PASSING}])
def test_what_differs_is_worth_a_write(part: str) -> None:
    """Every part but those that say when a round was; of the log the last change."""
    full = FULL._replace(scope="acc")
    other = full._replace(**{part: getattr(Memory(), part)})

    assert not says(encode(full), other)
    assert not says(encode(other), full, readable=True)


@pytest.mark.parametrize("part", [*PASSING, "log"])
def test_when_a_round_was_is_worth_no_write(part: str) -> None:
    """Nor is what the log told, without another change."""
    log = FULL.log._replace(well=90.0, detected=(), history=())
    other = FULL._replace(log=log) if part == "log" else FULL._replace(**{part: getattr(Memory(), part)})

    assert says(encode(FULL), other)
    assert not says(encode(FULL), FULL._replace(log=log._replace(changed=11.0)))


def test_a_damaged_state_says_nothing() -> None:
    """Also one that is damaged only where it does not count, unless it is known to be readable."""
    data = encode(FULL)
    broken = data.replace(b'"lines":[', b'"lines":[,')

    assert [says(data[:length], FULL) for length in range(len(data))] == [False] * len(data)
    assert not says(data + b"}", FULL)
    assert not says(broken, FULL)
    assert says(broken, FULL, readable=True)


def test_thousands_of_names_are_written_in_pieces() -> None:
    """None of them is large, and together they are the state."""
    zones = tuple(SeenZone(Zone(f"z{number}", f"z{number}.example"), 1.0) for number in range(1201))
    published = tuple((f"A n{number}.example", ("192.0.2.1",)) for number in range(10_000))
    memory = FULL._replace(zones=zones, published=published)

    assert b"".join(pieces(memory)) == encode(memory)
    assert max(map(len, pieces(memory))) < len(encode(memory)) / 10
    found = decode(encode(memory))
    assert found == memory
    assert len({id(contents) for _, contents in found.published}) == 1


def test_a_text_no_json_can_hold_costs_only_what_is_cached() -> None:
    """It is said by no state, and the rest is kept."""
    odd = FULL._replace(published=(("A \ud800", ("192.0.2.1",)),))
    found = decode(encode(odd))

    assert found is not None
    assert (found.published, found.rounds, found.next_round) == ((), 7, 300.0)
    assert not says(encode(odd), odd)
    assert not says(encode(FULL), odd)
