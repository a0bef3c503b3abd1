"""What systemd hears, on a real datagram socket."""

import socket
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from ddns.host.systemd import notify


@pytest.fixture(params=["file", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    """Listen as a service manager does; return what NOTIFY_SOCKET says, and the socket."""
    name = str(tmp_path / "notify") if request.param == "file" else f"@dormouse-{uuid.uuid4()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.settimeout(5)
        listener.bind(name.replace("@", "\0"))
        yield name, listener


def test_readiness_and_a_status_line_are_told(manager: tuple[str, socket.socket]) -> None:
    """One datagram, one line a fact; line breaks in the status become spaces."""
    name, listener = manager
    notify({"NOTIFY_SOCKET": name}, "READY", "next round\nat noon")
    assert listener.recv(4096) == b"READY=1\nSTATUS=next round at noon"

    notify({"NOTIFY_SOCKET": name}, "STOPPING")
    assert listener.recv(4096) == b"STOPPING=1"


def test_a_reload_tells_its_time(manager: tuple[str, socket.socket]) -> None:
    """Type=notify-reload needs the monotonic time beside it."""
    name, listener = manager
    notify({"NOTIFY_SOCKET": name}, "RELOADING")

    told, _, stamp = listener.recv(4096).decode().partition("\nMONOTONIC_USEC=")
    assert told == "RELOADING=1"
    assert int(stamp) > 0


@pytest.mark.parametrize("environ", [{}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "vsock:2:1"}])
def test_nobody_is_told_when_nobody_asked(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a socket of a kind we know nothing is opened."""
    monkeypatch.setattr("socket.socket", lambda *_args: pytest.fail("opened a socket"))
    notify(environ, "READY")


def test_a_manager_that_is_gone_is_no_error() -> None:
    """A stale name changes nothing."""
    notify({"NOTIFY_SOCKET": "/nonexistent/socket"}, "READY")
    notify({"NOTIFY_SOCKET": "/" + "x" * 500}, "READY")
