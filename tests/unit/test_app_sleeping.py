"""Resting, and what is carried through it."""

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ddns.app import sleeping
from ddns.app.process import Process
from ddns.app.sleeping import LATE, Hibernate, Sleeper, carried, environment, find_all, read_carried, unwatched
from ddns.config import Inputs, Loaded, load
from ddns.core.memory import LastRound, Memory
from ddns.core.settings import Output
from ddns.host import statusfd
from ddns.host.hibernate import CannotHibernate
from ddns.host.signals import Signals
from ddns.host.statusfd import Board
from ddns.host.waiter import SystemWaiter
from ddns.host.watch import AddressWatch
from ddns.output.printer import Printer
from ddns.ports import Wake

ENV = {"CLOUDFLARE_API_TOKEN": "an-invented-token-000000", "DOMAINS": "a.example.org", "IP6_PROVIDER": "none"}


def loaded(**env: str) -> Loaded:
    """Return a configuration."""
    return load(Inputs((), {**ENV, **env}), lambda path: Path(path).read_text("utf-8"))


@pytest.fixture
def waiter() -> Iterator[SystemWaiter]:
    """Return a waiter on the real machine."""
    made = SystemWaiter(Signals(), AddressWatch(lambda _reason: None))
    yield made
    made.close()


def sleeper(waiter: SystemWaiter, out: io.StringIO, become: Hibernate | None = None) -> Sleeper:
    """Return a sleeper that prints to a buffer."""
    process = Process((), dict(ENV), out)
    return Sleeper(process, waiter, Printer(out, Output(emoji=False), str), hibernates=become)


def test_what_is_packed_can_be_unpacked() -> None:
    """Memory and files come back; anything else is a cold start."""
    ready = loaded()
    found = read_carried(carried(ready, Memory(rounds=7)))

    assert found is not None
    assert (found.memory.rounds, found.files, found.identity) == (7, (), sleeping.identity(ready.settings))
    assert read_carried(b"{}") is None
    assert read_carried(b'{"memory":"{}","files":[],"identity":""}') is None
    assert read_carried(b"\xff") is None


def health(memory: Memory, **env: str) -> str:
    """Return what stands in front of the state, for ``build/sleep/health.c``."""
    head, _, _ = carried(loaded(**env), memory).decode().partition('","memory"')
    return head.removeprefix('{"health":"')


def test_the_state_begins_with_the_answer_of_healthcheck() -> None:
    """Until when it is well, for which environment, and the line; nothing where the answer is not a plain yes."""
    ours = environment(loaded().inputs)
    never = f"{(1 << 63) - 1:016x}"
    assert health(Memory()) == f"1g:{never}:{ours}:🤷 healthy"
    good = LastRound(1.0, 1.0, ok=True)
    until = f"{int(1000 + LATE):016x}"
    other = environment(loaded(EMOJI="false", QUIET="true").inputs)
    found = health(Memory(last=good, next_round=1000.9), EMOJI="false", QUIET="true")
    assert found == f"1g:{until}:{other}:healthy"
    assert health(Memory(last=good._replace(ok=False))) == f"1n:{0:016x}:{ours}:"
    for name, value in {"LOG_FORMAT": "json", "LOG_TIMESTAMPS": "true"}.items():
        assert health(Memory(), **{name: value}) == f"1n:{0:016x}:{environment(loaded(**{name: value}).inputs)}:"
    ready = load(Inputs((("DOMAINS", "a.example.org"),), ENV), lambda path: path)
    assert f":{'-' * 16}:" in carried(ready, Memory()).decode()


def test_two_environments_are_alike_when_their_variables_are() -> None:
    """Whatever their order, and whatever comes with a terminal or the sleep; options are no part of them."""
    here = environment(Inputs((), {"A": "1", "B": "\udce9"}))
    assert len(here) == 16
    assert environment(Inputs((("REPEAT", "true"),), {"B": "\udce9", "TERM": "x", "A": "1", "DDNS_SLEEP": "y"})) == here
    assert environment(Inputs((), {"A": "1"})) != here
    assert environment(Inputs((("DOMAINS", "a"),), {})) == environment(Inputs((), {}, "ddns.json")) == ""


def test_an_instance_is_found_by_its_environment_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when a file of its configuration was changed since it started; else by its names and lists."""
    same = carried(loaded(), Memory(rounds=1))
    other = carried(loaded(DOMAINS="b.example.org"), Memory(rounds=2))
    shown = (statusfd.Instance(3, other), statusfd.Instance(5, same))
    monkeypatch.setattr(statusfd, "instances", lambda: shown)
    assert [(item.pid, item.ours) for item in find_all(Inputs((), ENV))] == [(5, True), (3, False)]
    assert [(item.pid, item.ours) for item in find_all(Inputs((), {**ENV, "X": "1"}))] == [(5, True), (3, False)]
    assert [(item.pid, item.ours) for item in find_all(Inputs((), {**ENV, "DOMAINS": "c.example.org"}))] == [
        (3, False),
        (5, False),
    ]
    assert find_all(Inputs((), {**ENV, "DOMAINS": "b.example.org"}))[0].pid == 3
    owner = {**ENV, "MANAGED_RECORDS_COMMENT_REGEX": "node-7", "RECORD_COMMENT": "node-7"}
    assert not any(item.ours for item in find_all(Inputs((), owner)))


def refuse(waiter: SystemWaiter, board: Board, until: float | None, *, watch: bool) -> Wake:
    """Refuse, as a kernel may."""
    raise CannotHibernate(f"The kernel cannot do it for {until} ({watch}, {board.fd >= 0}, {waiter is None})")


def wake_up(waiter: SystemWaiter, board: Board, until: float | None, *, watch: bool) -> Wake:
    """Find that something woke us already."""
    assert (waiter is not None, board.fd >= 0, until, watch) == (True, True, 1.0, True)
    return Wake("now")


def test_resting_where_hibernation_is_impossible(waiter: SystemWaiter) -> None:
    """It is said once that the program sleeps in Python, and the wait is the same."""
    out = io.StringIO()
    tired = sleeper(waiter, out, refuse)

    assert tired.rest(loaded(), Memory(), 1.0, watch=False).why == "time"
    assert tired.rest(loaded(), Memory(), 1.0, watch=False).why == "time"
    assert out.getvalue() == "The kernel cannot do it for 1.0 (False, True, False); waiting in Python instead\n"
    assert tired.nap(1.0, 1.0, watch=False) == Wake("time")
    tired.close()


def test_resting_with_hibernation(waiter: SystemWaiter) -> None:
    """What woke the program before it slept is handed on."""
    tired = sleeper(waiter, io.StringIO(), wake_up)

    assert tired.rest(loaded(), Memory(), 1.0, watch=True).why == "now"
    tired.close()


def test_what_cannot_be_watched_is_told_once_in_its_life(waiter: SystemWaiter) -> None:
    """Each process of a hibernating program would say it anew, were it not remembered."""
    out = io.StringIO()
    tired = sleeper(waiter, out, wake_up)
    waiter.watch.refused = "Operation not permitted"

    tired.rest(loaded(), Memory(), 1.0, watch=True)
    tired.rest(loaded(), Memory(said=frozenset({"watch"})), 1.0, watch=True)
    tired.close()
    assert out.getvalue().count("on schedule only") == 1


def test_a_kernel_without_memory_files_is_told_once(waiter: SystemWaiter, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program sleeps in Python then, and says why."""
    out = io.StringIO()
    tired = sleeper(waiter, out, wake_up)
    monkeypatch.delattr(os, "memfd_create")

    for _ in range(2):
        assert tired.rest(loaded(), Memory(), 1.0, watch=False).why == "time"
    assert out.getvalue().count("waiting in Python instead") == 1


def test_a_state_file_that_cannot_be_written_is_told_once(waiter: SystemWaiter, tmp_path: Path) -> None:
    """Rounds go on without it."""
    out = io.StringIO()
    ready = loaded(STATE_FILE=str(tmp_path / "nowhere" / "state.json"))
    kept = sleeper(waiter, out)

    memory = kept.keep(ready, Memory(said=frozenset({"a"})))
    assert memory.said == {"a", "state"}
    kept.keep(ready, memory)
    assert out.getvalue().count("STATE_FILE") == 1

    (tmp_path / "nowhere").mkdir()
    assert kept.keep(ready, memory).said == {"a"}
    kept.close()


def test_a_state_file_of_others_is_told_at_the_start(waiter: SystemWaiter, tmp_path: Path) -> None:
    """The program begins cold, and does not say it again after its first round; a reload may name another file."""
    out = io.StringIO()
    path = tmp_path / "config.json"
    path.write_text("{}")
    ready = loaded(STATE_FILE=str(path))
    kept = sleeper(waiter, out)

    kept.keep(ready, kept.remembered(ready))
    assert out.getvalue().count("not a state file of this program") == 1
    assert path.read_text() == "{}"
    assert kept.keep(loaded(STATE_FILE=str(tmp_path / "state.json")), Memory()) == Memory()
    assert kept.keep(loaded(), Memory()) == Memory()
    kept.close()


def test_the_state_file_stays_ours_through_hibernation(waiter: SystemWaiter, tmp_path: Path) -> None:
    """Its descriptor goes with the state."""
    ready = loaded(STATE_FILE=str(tmp_path / "state.json"))
    carried: list[tuple[int, ...]] = []

    def note(waiter: SystemWaiter, board: Board, until: float | None, *, watch: bool) -> Wake:
        carried.append(board.beside)
        return wake_up(waiter, board, until, watch=watch)

    tired = sleeper(waiter, io.StringIO(), note)
    tired.rest(ready, Memory(), 1.0, watch=True)
    tired.awake(ready)
    tired.rest(loaded(), Memory(), 1.0, watch=True)
    tired.awake(loaded())
    tired.close()
    assert [len(fds) for fds in carried] == [1, 0]


def test_the_memory_of_an_earlier_process(waiter: SystemWaiter, tmp_path: Path) -> None:
    """STATE_FILE brings it back, but not what was said in an earlier log; without one every start is cold."""
    ready = loaded(STATE_FILE=str(tmp_path / "state.json"))
    first = sleeper(waiter, io.StringIO())
    first.keep(ready, Memory(said=frozenset({"a"}), blocked_until=5.0))
    first.close()

    assert first.remembered(ready) == Memory(blocked_until=5.0)
    assert first.remembered(loaded()) == Memory()


def test_what_came_back_is_used_only_when_it_is_whole() -> None:
    """A sleeper's variable without its memory, or of another process, is a fresh start."""
    process = Process((), {**ENV, "DDNS_SLEEP": "1t"}, io.StringIO())

    assert sleeping.woken(process, Inputs((), ENV)) is None


def test_a_memory_that_is_not_ours_is_a_fresh_start() -> None:
    """What cannot be read is not used."""
    board = Board()
    board.publish(b"something else")
    os.set_inheritable(board.fd, True)
    never = "f" * 16 + ".00000000"
    value = f"1t-:{never}:{never}:{0:016x}:{0:016x}:{os.getpid():08x}:{board.fd:08x}"

    assert sleeping.woken(Process((), {**ENV, "DDNS_SLEEP": value}, io.StringIO()), Inputs((), ENV)) is None
    board.close()


def test_unwatched_addresses_are_told() -> None:
    """A kernel that does not let us watch is a remark, not a failure."""
    assert "on schedule only" in unwatched("Operation not permitted").text
