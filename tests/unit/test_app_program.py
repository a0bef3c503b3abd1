"""The running program: what no black-box test reaches."""

import io

import pytest

from ddns.app.process import Process
from ddns.app.program import Running
from ddns.app.sleeping import Sleeper
from ddns.config import Inputs, load
from ddns.core.memory import Memory
from ddns.host.clock import SystemClock
from ddns.host.daemon import Event
from ddns.host.signals import Signals
from ddns.host.waiter import SystemWaiter
from ddns.host.watch import AddressWatch
from ddns.output.printer import Printer


def unread(path: str) -> str:
    """Read no file."""
    raise FileNotFoundError(path)


def test_an_unexpected_error_while_telling_is_told_and_survived(monkeypatch: pytest.MonkeyPatch) -> None:
    """The memory stays as it was; kind and place are told, not the text."""
    environ = {"CLOUDFLARE_API_TOKEN": "an-invented-token-00000000", "DOMAINS": "a.example.org"}
    out = io.StringIO()
    process = Process((), environ, out)
    loaded = load(Inputs((), environ, "", ()), unread)
    signals = Signals()
    sleeper = Sleeper(
        process, SystemWaiter(signals, AddressWatch(pytest.fail)), Printer(out, loaded.settings.output, str)
    )
    running = Running(loaded, process, SystemClock(), sleeper, once=False)

    def broken(*_rest: object, **_named: object) -> None:
        raise KeyError("s3cret")

    monkeypatch.setattr(running.reports, "start", broken)
    assert running.tell(Event("start"), Memory(rounds=7)) == Memory(rounds=7)
    assert "Notifying of “start” stopped at an unexpected KeyError (broken of " in out.getvalue()
    assert "s3cret" not in out.getvalue()
    sleeper.close()
    signals.close()
