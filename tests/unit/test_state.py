"""The memory as JSON and its file: tolerant to read, careful to write."""

import json
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns import state
from ddns.core.entries import Metadata
from ddns.core.memory import LastRound, Memory, SeenRecords, SeenZone
from ddns.core.records import Record, Zone
from ddns.state import StateError, decode, encode, load, save

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
)
TEXT = st.text(st.characters(codec="utf-8"))
NUMBER = st.floats(allow_nan=False, allow_infinity=False)
META = st.builds(Metadata, st.integers(0, 1 << 31), st.booleans(), TEXT, st.tuples(TEXT))
RECORDS = st.builds(
    SeenRecords, st.tuples(st.builds(Record, TEXT, TEXT, TEXT, TEXT, META, st.booleans())), NUMBER, TEXT
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
    late = {"calm_at": FULL._replace(calm_at=0.0), "scope": FULL._replace(scope="")}  # 0.1.0 did not write these
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


def test_the_file_is_written_once_and_then_only_for_something_new(tmp_path: Path) -> None:
    """When the last round was is no reason to write; what a restart must know is."""
    path = str(tmp_path / "state.json")
    assert save(path, FULL)
    assert load(path) == FULL
    assert stat.S_IMODE(Path(path).stat().st_mode) == 0o600

    assert not save(path, FULL._replace(rounds=8, last=None, next_round=600.0, started=5.0, calm_at=7.0))
    assert load(path) == FULL
    assert save(path, FULL._replace(said=frozenset()))
    assert load(path).said == frozenset()
    assert os.listdir(tmp_path) == ["state.json"]  # noqa: PTH208 -- names are what is compared


def test_a_missing_file_or_folder_is_a_cold_start(tmp_path: Path) -> None:
    """Nothing there is nothing known."""
    assert load(str(tmp_path / "none" / "state.json")) == Memory()


@pytest.mark.parametrize("content", [b"", b"\0" * 512, b"\n", b'{"dormouse":1,"sta', b'{"dormouse":9}'])
def test_our_damaged_file_is_replaced(tmp_path: Path, content: bytes) -> None:
    """What a power cut leaves of our own file is a cold start, and is written anew."""
    path = tmp_path / "state.json"
    path.write_bytes(content)

    assert load(str(path)) == Memory()
    assert save(str(path), FULL)
    assert load(str(path)) == FULL


@pytest.mark.parametrize("content", [b'{"domains":["a.example"]}', b"root:x:0:0", b"\xff\xfe"])
def test_a_file_that_is_not_ours_is_left_alone(tmp_path: Path, content: bytes) -> None:
    """A wrong STATE_FILE does not cost anybody a file."""
    path = tmp_path / "config.json"
    path.write_bytes(content)

    assert load(str(path)) == Memory()
    with pytest.raises(StateError, match="no state file of ours"):
        save(str(path), FULL)
    assert path.read_bytes() == content


def test_what_is_no_file_is_left_alone(tmp_path: Path) -> None:
    """A pipe without a writer does not hold us up; a folder, a device and a huge file are not touched."""
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "huge").open("wb") as huge:
        huge.truncate((16 << 20) + 1)

    for path in (str(tmp_path), str(tmp_path / "pipe"), "/dev/null", str(tmp_path / "huge")):
        assert load(path) == Memory()
        with pytest.raises(StateError, match="no state file of ours"):
            save(path, FULL)


def test_a_link_is_followed(tmp_path: Path) -> None:
    """A linked state file stays linked; its target is replaced."""
    (tmp_path / "link").symlink_to(tmp_path / "real")
    save(str(tmp_path / "link"), FULL)

    assert (tmp_path / "link").is_symlink()
    assert load(str(tmp_path / "real")) == FULL


def test_a_single_file_mount_is_written_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the file exists but cannot be replaced, as in a container, it is written in place."""

    def busy(*_args: object) -> None:
        raise OSError(16, "Device or resource busy")

    path = tmp_path / "state.json"
    path.write_bytes(b"")
    monkeypatch.setattr("os.replace", busy)
    assert save(str(path), FULL)
    assert load(str(path)) == FULL
    with pytest.raises(StateError, match="busy"):
        save(str(tmp_path / "new.json"), FULL)
    assert sorted(item.name for item in tmp_path.iterdir()) == ["state.json"]


def test_a_full_disk_is_told_and_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the file and what still works; the old state stays whole."""
    path = str(tmp_path / "state.json")
    save(path, FULL)

    def full(_fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StateError, match="No space left on device") as caught:
        save(path, Memory())
    assert "Rounds go on" in caught.value.hint
    assert load(path) == FULL


def test_a_file_that_cannot_be_read_is_a_cold_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failing disk gives no error either."""
    path = tmp_path / "state.json"
    path.write_bytes(encode(FULL))

    def fails(*_args: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(state, "open", fails, raising=False)
    assert load(str(path)) == Memory()
