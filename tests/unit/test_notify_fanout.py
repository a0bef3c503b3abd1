"""Delivery: nobody waits for a dead service, nothing is lost quietly, nothing is said twice."""

import json
import threading
from collections.abc import Callable, Iterator
from typing import Literal

import pytest

from ddns.core.reports.messages import Messages
from ddns.core.settings import Reporting
from ddns.errors import DdnsError, NetError, Problem
from ddns.notify.fanout import MOST_UNDELIVERED, Fanout
from ddns.notify.wiring import make_fanout
from tests.fakes.httpserver import Answer
from tests.fakes.notifykit import hub
from tests.fakes.wired import RealClock

KINDS = ("start", "ok", "fail", "log", "exit")
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
        assert done == set()
        self.tried.append(f"{title}/{message}")
        self.behave()
        self.sent.append(f"{title}/{message}")
        return "status 200"


class Beats:
    """A monitor that records, and fails as told."""

    def __init__(self, behave: Callable[[], None] = lambda: None, kinds: tuple[str, ...] = KINDS) -> None:
        self.pings: list[tuple[str, str]] = []
        self.behave = behave
        self.kinds = frozenset(kinds)

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


def flush(out: Fanout, seconds: float = LONG) -> tuple[tuple[Problem, ...], list[str]]:
    """Wait; return what went wrong, and the messages that did not arrive."""
    out.wait(seconds)
    return out.problems("later"), [json.loads(text)["message"] for text in out.undelivered()]


GOOD: tuple[tuple[Problem, ...], list[str]] = ((), [])


def fanout(*services: Service, monitors: tuple[Beats, ...] = ()) -> Fanout:
    """Return a fanout over these."""
    return Fanout(monitors, services, RealClock())


def test_everybody_is_told_in_order() -> None:
    """Pings and notifications reach every monitor and service, in the order they were given."""
    beats, one, two = Beats(), Service(), Service()
    out = fanout(one, two, monitors=(beats,))
    out.tell(Messages((("start", "a"), ("ok", "")), ("t", "1")))
    out.tell(Messages((("exit", "b"),), ("t", "2")))

    assert flush(out) == GOOD
    assert not out.busy
    assert beats.pings == [("start", "a"), ("ok", ""), ("exit", "b")]
    assert one.sent == two.sent == ["t/1", "t/2"]


def test_half_a_character_stops_no_message() -> None:
    """What an API wrote may hold texts that cannot be sent; a question mark stands for such a character."""
    service = Service(dead)
    out = fanout(service)
    out.tell(note("a\ud800b"))

    assert flush(out)[1] == ["a?b"]
    assert service.tried == ["title/a?b"]


def test_nothing_to_send_costs_nothing() -> None:
    """Without messages there are no threads to wait for."""
    before = threading.active_count()
    out = fanout(Service(), monitors=(Beats(),))
    out.tell(Messages())

    assert threading.active_count() == before
    assert flush(out) == GOOD


def test_a_hanging_service_delays_and_fails_nobody(gate: Gate) -> None:
    """Telling returns at once, the others are served, and the waiting ends when it was said to."""
    hanging, well = Service(gate), Service()
    out = fanout(hanging, well)
    out.tell(note("1"))
    out.tell(note("2"))
    gate.entered.wait(LONG)
    problems, left = flush(out, 0.05)

    assert out.busy
    assert left == ["1", "2"]
    assert [problem.key for problem in problems] == ["notifier.0"]
    assert "too long" in problems[0].what
    gate.open()

    assert flush(out) == GOOD
    assert well.sent == hanging.sent == ["title/1", "title/2"]


def test_a_dead_service_is_asked_once_a_time_and_its_messages_keep_their_order() -> None:
    """After a failure of the network the rest is not tried; all is sent, in order, when it works again."""
    service = Service(dead)
    out = fanout(service)
    out.tell(note("1"))
    flush(out)
    out.tell(note("2"))
    problems, _ = flush(out)
    assert [(problem.key, problem.kept, problem.remedy) for problem in problems] == [
        ("notifier.0", "later", "look at the cable")
    ]
    assert "no route" in problems[0].what
    assert service.tried == ["title/1", "title/1"]
    out.tell(Messages())
    assert flush(out)[1] == ["1", "2"]

    service.behave = lambda: None
    out.tell(note("3"))
    assert flush(out) == GOOD
    assert service.sent == ["title/1", "title/2", "title/3"]


def test_what_was_mended_in_the_meantime_is_not_complained_of() -> None:
    """A message that failed and then arrived, before anybody asked, is no problem any more."""
    service = Service(dead)
    out = fanout(service)
    out.tell(note())
    out.wait(LONG)
    service.behave = lambda: None
    out.tell(Messages())

    assert flush(out) == GOOD


def test_another_instance_takes_over() -> None:
    """What was not delivered outlives the process, with what is known of its parts."""

    class Half:
        def send(self, title: str, message: str, done: set[int] | None = None) -> str:
            """Deliver one part of two."""
            assert done is not None
            done.add(1)
            raise NetError(title + message)

    first = Fanout((), (Half(), Half()), RealClock())
    first.tell(note("1"))
    first.wait(LONG)
    first.tell(note("2"))
    first.wait(LONG)
    texts = first.undelivered()

    taken: list[tuple[str, set[int] | None]] = []

    class Whole:
        def send(self, title: str, message: str, done: set[int] | None = None) -> str:
            """Write down what is asked for."""
            taken.append((title + message, done))
            return "status 200"

    second = Fanout((), (Whole(),), RealClock())
    second.restore(texts)

    assert flush(second) == GOOD
    assert taken == [("title1", {1}), ("title2", set())]


def test_a_refused_message_is_lost_but_told() -> None:
    """What a service will never take is not tried for ever, and a later failure does not hide it."""
    service = Service(refused)
    out = fanout(service)
    out.tell(note("1"))
    out.wait(LONG)
    service.behave = dead
    out.tell(note("2"))
    problems, left = flush(out)

    assert left == ["2"]
    assert ["lost" in problem.kept for problem in problems] == [True]
    assert "unknown token" in problems[0].what


def test_failing_monitors_are_told_and_forgotten() -> None:
    """A ping is of its moment: it is not repeated later."""
    failing = Beats(dead)
    out = fanout(monitors=(failing, Beats()))
    out.tell(Messages((("ok", ""), ("exit", ""))))
    problems, left = flush(out)

    assert [problem.key for problem in problems] == ["monitor.0"]
    assert "next round" in problems[0].kept
    assert left == []
    failing.behave = lambda: None
    out.tell(Messages((("ok", "again"),)))
    assert flush(out) == GOOD
    assert failing.pings == [("ok", "again")]


def test_a_ping_that_a_monitor_does_not_have_ends_no_problem() -> None:
    """What failed is told although pings follow that are not sent to this monitor."""
    failing = Beats(dead, ("ok", "fail"))
    out = fanout(monitors=(failing,))
    out.tell(Messages((("ok", ""),)))
    out.wait(LONG)
    out.tell(Messages((("exit", ""),)))
    out.wait(LONG)

    assert [problem.key for problem in flush(out)[0]] == ["monitor.0"]


def test_a_fault_of_ours_silences_nobody() -> None:
    """An unexpected exception is told by its kind, without its text, and the next message is sent."""

    def fault() -> None:
        raise RuntimeError("hushhush")

    service = Service(fault)
    out = fanout(service)
    out.tell(note("1"))
    problems, _ = flush(out)
    service.behave = lambda: None
    out.tell(note("2"))

    assert "RuntimeError" in problems[0].what
    assert "hushhush" not in str(problems)
    assert flush(out) == GOOD
    assert service.sent == ["title/2"]


def test_what_is_kept_is_bounded(gate: Gate) -> None:
    """The oldest messages are dropped, even one that is being sent, and that one takes no other with it."""
    service = Service(gate)
    out = fanout(service)
    texts = [str(number) for number in range(MOST_UNDELIVERED + 5)]
    out.tell(note(texts[0]))
    gate.entered.wait(LONG)
    for text in texts[1:]:
        out.tell(note(text))
    assert flush(out, 0.0)[1] == texts[5:]
    gate.open()

    assert flush(out) == GOOD
    assert service.sent == [f"title/{text}" for text in (texts[0], *texts[5:])]


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
        '{"to":0,"title":"t","message":"m","done":5}',
        '{"to":0,"title":"t","message":"m","done":[[]]}',
    ],
)
def test_what_cannot_be_read_is_dropped(text: str) -> None:
    """A state file from elsewhere, or settings with fewer services, do no harm."""
    service = Service()
    out = fanout(service)
    out.restore([text])

    assert flush(out) == GOOD
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
        problems, _ = flush(out)

        assert len(http.calls) == 4
        assert sorted(problem.key for problem in problems) == [
            "monitor.0",
            "monitor.1",
            "notifier.0",
            "notifier.1",
        ]
        assert [json.loads(text)["to"] for text in out.undelivered()] == [0, 1]
        assert "hushhush" not in str((problems, out.undelivered()))


def test_no_settings_no_fanout() -> None:
    """Nobody to tell is fine."""
    with hub() as http:
        out = make_fanout(Reporting(), http, RealClock())
        out.tell(Messages((("ok", "a"),), ("t", "m")))

        assert flush(out) == GOOD
        assert http.calls == []
