"""Delivery: nobody waits for a dead service, nothing is lost quietly, nothing is said twice."""

import json
import threading
from collections.abc import Callable, Iterator
from typing import Literal

import pytest

from ddns.core.messages import Messages
from ddns.core.settings import Reporting
from ddns.errors import DdnsError, NetError
from ddns.notify.build import make_fanout
from ddns.notify.fanout import MOST_UNDELIVERED, Fanout, Flushed
from tests.fakes.httpserver import Answer
from tests.fakes.notifykit import hub
from tests.fakes.wired import RealClock

LONG = 20.0
"""More seconds than anything here takes."""


def note(text: str = "text") -> Messages:
    """Return a notification."""
    return Messages(note=("title", text))


class Service:
    """A notifier that records, and fails or waits as told."""

    def __init__(self, behave: Callable[[], None] = lambda: None) -> None:
        self.sent: list[str] = []
        self.tried: list[str] = []
        self.behave = behave

    def send(self, title: str, message: str, done: set[int] | None = None) -> str:
        """See the port."""
        assert not done
        self.tried.append(f"{title}/{message}")
        self.behave()
        self.sent.append(f"{title}/{message}")
        return "status 200"


class Beats:
    """A monitor that records, and fails as told."""

    def __init__(self, behave: Callable[[], None] = lambda: None) -> None:
        self.pings: list[tuple[str, str]] = []
        self.behave = behave

    def ping(self, kind: Literal["start", "ok", "fail", "log", "exit"], message: str) -> None:
        """See the port."""
        self.behave()
        self.pings.append((kind, message))


class Gate:
    """Something that hangs until it is opened."""

    def __init__(self) -> None:
        self.entered, self._open = threading.Event(), threading.Event()

    def __call__(self) -> None:
        """Wait for the opening."""
        self.entered.set()
        self._open.wait(LONG)

    def open(self) -> None:
        """Let everybody through."""
        self._open.set()


@pytest.fixture
def gate() -> Iterator[Gate]:
    """Give a gate that is open at the end."""
    found = Gate()
    yield found
    found.open()


def dead() -> None:
    """Fail as a network does."""
    raise NetError("no route", "look at the cable")


def refused() -> None:
    """Fail as a service that says no."""
    raise DdnsError("unknown token", "look at the URL")


def fanout(*services: Service, monitors: tuple[Beats, ...] = ()) -> Fanout:
    """Return a fanout over these."""
    return Fanout(monitors, services, RealClock())


def test_everybody_is_told_in_order() -> None:
    """Pings and notifications reach every monitor and service, in the order they were given."""
    beats, one, two = Beats(), Service(), Service()
    out = fanout(one, two, monitors=(beats,))
    out.tell(Messages((("start", "a"), ("ok", "")), ("t", "1")))
    out.tell(Messages((("exit", "b"),), ("t", "2")))

    assert out.flush(LONG) == Flushed()
    assert not out.busy
    assert beats.pings == [("start", "a"), ("ok", ""), ("exit", "b")]
    assert one.sent == two.sent == ["t/1", "t/2"]


def test_nothing_to_send_costs_nothing() -> None:
    """Without messages there are no threads to wait for."""
    before = threading.active_count()
    out = fanout(Service(), monitors=(Beats(),))
    out.tell(Messages())

    assert threading.active_count() == before
    assert out.flush(LONG) == Flushed()


def test_a_hanging_service_delays_and_fails_nobody(gate: Gate) -> None:
    """Telling returns at once, the others are served, and the waiting ends when it was said to."""
    hanging, well = Service(gate), Service()
    out = fanout(hanging, well)
    out.tell(note("1"))
    out.tell(note("2"))
    gate.entered.wait(LONG)
    found = out.flush(0.05)

    assert out.busy
    assert well.sent == ["title/1", "title/2"]
    assert [json.loads(text)["message"] for text in found.undelivered] == ["1", "2"]
    assert [problem.key for problem in found.problems] == ["notifier.0"]
    assert "too long" in found.problems[0].what


def test_what_arrives_late_is_not_sent_again(gate: Gate) -> None:
    """A message that was handed back and then delivered after all is forgotten at the next try."""
    hanging = Service(gate)
    out = fanout(hanging)
    out.tell(note())
    gate.entered.wait(LONG)
    left = out.flush(0.0).undelivered
    gate.open()
    assert out.flush(LONG) == Flushed()
    out.restore(left)

    assert out.flush(LONG) == Flushed()
    assert hanging.sent == ["title/text"]


def test_what_is_still_under_way_is_not_sent_twice(gate: Gate) -> None:
    """A message that is handed back and given in again while it is being sent is waited for, not repeated."""
    hanging = Service(gate)
    out = fanout(hanging)
    out.tell(note())
    gate.entered.wait(LONG)
    left = out.flush(0.0).undelivered
    out.restore(left)
    assert out.flush(0.0).undelivered == left
    assert out.flush(0.0) == Flushed()
    out.restore(left)
    gate.open()

    assert out.flush(LONG) == Flushed()
    assert hanging.sent == ["title/text"]


def test_what_fails_late_is_sent_again(gate: Gate) -> None:
    """A message that was handed back and then failed is tried again when given in again."""

    def fail() -> None:
        gate()
        dead()

    hanging = Service(fail)
    out = fanout(hanging)
    out.tell(note())
    gate.entered.wait(LONG)
    left = out.flush(0.0).undelivered
    gate.open()
    out.flush(LONG)
    hanging.behave = lambda: None
    out.restore(left)

    assert out.flush(LONG) == Flushed()
    assert hanging.sent == ["title/text"]


def test_a_dead_service_is_asked_once_and_its_messages_kept() -> None:
    """After a failure of the network the rest is not tried; all of it is handed back, and sent when it works."""
    service = Service(dead)
    out = fanout(service)
    out.restore([json.dumps({"to": 0, "title": "t", "message": str(number)}) for number in range(3)])
    found = out.flush(LONG)

    assert [json.loads(text)["message"] for text in found.undelivered] == ["0", "1", "2"]
    problem = found.problems[0]
    assert (problem.key, problem.remedy) == ("notifier.0", "look at the cable")
    assert "no route" in problem.what
    assert "again" in problem.kept
    assert 1 <= len(service.tried) <= 3

    service.behave = lambda: None
    out.restore(found.undelivered)
    assert out.flush(LONG) == Flushed()
    assert service.sent == ["t/0", "t/1", "t/2"]


def test_a_refused_message_is_lost_but_told() -> None:
    """What a service will never take is not tried for ever."""
    out = fanout(Service(refused))
    out.tell(note())
    found = out.flush(LONG)

    assert found.undelivered == ()
    assert "lost" in found.problems[0].kept
    assert "unknown token" in found.problems[0].what


def test_failing_monitors_are_told_and_forgotten() -> None:
    """A ping is of its moment: it is not repeated later."""
    out = fanout(monitors=(Beats(dead), Beats()))
    out.tell(Messages((("ok", ""), ("exit", ""))))
    found = out.flush(LONG)

    assert [problem.key for problem in found.problems] == ["monitor.0"]
    assert "next round" in found.problems[0].kept
    assert found.undelivered == ()


def test_a_fault_of_ours_silences_nobody() -> None:
    """An unexpected exception is told by its kind, without its text, and the next message is sent."""

    def fault() -> None:
        raise RuntimeError("hushhush")

    service = Service(fault)
    out = fanout(service)
    out.tell(note("1"))
    found = out.flush(LONG)
    service.behave = lambda: None
    out.tell(note("2"))

    assert "RuntimeError" in found.problems[0].what
    assert "hushhush" not in str(found)
    assert out.flush(LONG) == Flushed()
    assert service.sent == ["title/2"]


def test_what_is_kept_is_bounded() -> None:
    """The oldest messages are dropped."""
    out = fanout(Service(dead))
    for number in range(MOST_UNDELIVERED + 5):
        out.tell(note(str(number)))
    kept = [json.loads(text)["message"] for text in out.flush(LONG).undelivered]

    assert len(kept) <= MOST_UNDELIVERED
    assert kept[-1:] in ([], [str(MOST_UNDELIVERED + 4)])


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "5", '"x"', "null", "{}"),
        '{"to":1,"title":"t","message":"m"}',
        '{"to":-1,"title":"t","message":"m"}',
        '{"to":true,"title":"t","message":"m"}',
        '{"to":"0","title":"t","message":"m"}',
        '{"to":0,"title":5,"message":"m"}',
        '{"to":0,"title":"t","message":null}',
    ],
)
def test_what_cannot_be_read_is_dropped(text: str) -> None:
    """A state file from elsewhere, or settings with fewer services, do no harm."""
    service = Service()
    out = fanout(service)
    out.restore([text])

    assert out.flush(LONG) == Flushed()
    assert service.tried == []


def test_settings_become_a_fanout() -> None:
    """Monitors and services of the settings are told; nothing that is kept for later holds a URL."""
    reporting = Reporting(
        healthchecks="https://hc.example/hushhush",
        uptimekuma="https://kuma.example/hushhush",
        services=("discord://hushhush@1", "https://h.example/hushhush"),
    )
    with hub(Answer(503, b"")) as http:
        out = make_fanout(reporting, http, RealClock())
        out.tell(Messages((("ok", "a"),), ("t", "m")))
        found = out.flush(LONG)

        assert len(http.calls) == 4
        assert sorted(problem.key for problem in found.problems) == [
            "monitor.0",
            "monitor.1",
            "notifier.0",
            "notifier.1",
        ]
        assert [json.loads(text)["to"] for text in found.undelivered] == [0, 1]
        assert "hushhush" not in str(found)


def test_no_settings_no_fanout() -> None:
    """Nobody to tell is fine."""
    with hub() as http:
        out = make_fanout(Reporting(), http, RealClock())
        out.tell(Messages((("ok", "a"),), ("t", "m")))

        assert out.flush(LONG) == Flushed()
        assert http.calls == []
