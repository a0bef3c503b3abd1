"""Waiting for the machine before the first round."""

import io

import pytest

from ddns.app import booting
from ddns.core.settings import Output
from ddns.detect import local
from ddns.host.waiter import SystemWaiter
from ddns.output.printer import Printer
from ddns.ports import Wake
from tests.fakes import netns
from tests.fakes.ticking import TickingClock


class Unset(TickingClock):
    """A clock that is ``behind`` until somebody sets it."""

    behind = 0.0

    def time(self) -> float:
        """See the port."""
        return self.now - self.behind


class Naps(SystemWaiter):
    """A waiter that lets the clock go on, and then does what is next on its list."""

    __slots__ = ("clock", "then")

    def __init__(self, clock: TickingClock, *then: object) -> None:
        self.clock, self.then = clock, list(then)

    def nap(self, until: float | None, seconds: float, *, watch: bool) -> Wake | None:
        """See ``SystemWaiter``."""
        assert (until, watch) == (None, False)
        self.clock.sleep(seconds)
        act = self.then.pop(0) if self.then else None
        if callable(act):
            act()
            return None
        return act if isinstance(act, Wake) else None


def waited(
    monkeypatch: pytest.MonkeyPatch, *then: object, route: bool = True, behind: bool = False
) -> tuple[Wake | None, list[str]]:
    """Wait for at most three seconds; return what ended it, and what was printed."""
    routes = {4: "192.0.2.1" if route else "", 6: ""}
    monkeypatch.setattr(booting, "outward", lambda family: routes[family])
    clock, out = Unset(), io.StringIO()
    clock.behind = clock.now - 60.0 if behind else 0.0
    known = {"route": lambda: routes.update({6: "2001:db8::1"}), "time": lambda: setattr(clock, "behind", 0.0)}
    acts = [known.get(act) if isinstance(act, str) else act for act in then]
    ended = booting.wait_for_boot(3.0, clock, Naps(clock, *acts), Printer(out, Output(emoji=False), str))
    return ended, out.getvalue().splitlines()


def test_a_machine_that_is_ready_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is printed."""
    assert waited(monkeypatch) == (None, [])


def test_a_route_and_the_time_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this order, each told once; a route of either family is enough."""
    clock = "Waiting up to 1s for the clock to be set (it says 1970-01-01 00:01 UTC)"
    ended, lines = waited(monkeypatch, None, "route", "time", route=False, behind=True)

    assert (ended, lines) == (None, ["Waiting up to 3s for a default route", clock])


def test_the_wait_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first round says better what is wrong."""
    ended, lines = waited(monkeypatch, route=False)

    assert ended is None
    assert lines[1:] == ["Waited 3s for a default route, in vain. The first round begins now."]


def test_a_clock_that_stays_unset_is_told_with_what_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """Certificates are verified in any case."""
    ended, lines = waited(monkeypatch, behind=True)

    assert ended is None
    [line] = lines[1:]
    assert line.startswith("Waited 3s for the clock to be set (it says 1970-01-01 00:01 UTC), in vain. ")
    assert " Until the clock is set, certificates may be refused as not valid yet: " in line


@pytest.mark.parametrize("why", ["stop", "now", "reload"])
def test_a_signal_ends_the_wait(monkeypatch: pytest.MonkeyPatch, why: str) -> None:
    """It is handed on."""
    wake = Wake(why)  # type: ignore[arg-type]  # each is one of the literals
    assert waited(monkeypatch, wake, route=False)[0] is wake


@pytest.mark.netns
def test_what_counts_as_a_route() -> None:
    """In an empty network namespace there is none."""

    def action() -> None:
        assert (local.outward(4), local.outward(6)) == ("", "")

    netns.inside(action)
