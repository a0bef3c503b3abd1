"""The end has one deadline, whatever hangs: zones, lookups, monitors, commands."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.program import Program, eventually, stop
from tests.e2e.test_running import has_record
from tests.fakes.cloudflare import Cloudflare
from tests.fakes.faults import Fault

HOME = "home.example.org"
NAMES = (HOME, "home.example.net", "home.example.com")
KILLED = 9.5
"""Seconds after which a container is killed, with something left for a busy machine: 8 are meant."""


@pytest.fixture
def silent() -> Iterator[str]:
    """Give the URL of a monitor that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/uuid"


def ended(child: "subprocess.Popen[str]") -> tuple[int, str, float]:
    """Send SIGTERM; return exit code, output and seconds until the end."""
    assert child.poll() is None
    child.send_signal(signal.SIGTERM)
    began = time.monotonic()
    out, _ = child.communicate(timeout=30)
    return child.returncode, out, time.monotonic() - began


def block(path: Path) -> None:
    """Put something in a file's place that no reading of it comes back from, as no lookup does of a name."""
    path.unlink()
    os.mkfifo(path)


def published(sim: Cloudflare, names: tuple[str, ...] = NAMES) -> list[str]:
    """Return which of these names have a record."""
    return [name for name in names if sim.records(name.partition(".")[2])]


def cleaning(ddns: Program, sim: Cloudflare, **env: str) -> "subprocess.Popen[str]":
    """Start with a name in each of three zones, which are to be deleted at the stop."""
    sim.add_zone("example.com")
    child = ddns.start(DOMAINS=",".join(NAMES), DELETE_ON_STOP="true", **env)
    eventually(lambda: published(sim) == list(NAMES))
    return child


def test_three_silent_zones_share_the_time_of_the_stop(ddns: Program, sim: Cloudflare, silent: str) -> None:
    """Each gets its part, each is told of, and the end comes before a container is killed."""
    child = cleaning(ddns, sim, HEALTHCHECKS=silent)
    sim.fault(Fault("delay", path="dns_records", seconds=60, times=0))
    code, out, seconds = ended(child)

    assert (code, published(sim)) == (0, list(NAMES))
    assert seconds < KILLED
    for zone in ("example.org", "example.net", "example.com"):
        assert f"Could not read the records of home.{zone} in the zone {zone}" in out
    assert "Delete what is left in the Cloudflare dashboard" in out


def test_a_silent_zone_leaves_time_for_the_others(ddns: Program, sim: Cloudflare) -> None:
    """The first zone says nothing; the records of the two after it are deleted all the same."""
    child = cleaning(ddns, sim)
    sim.fault(Fault("delay", path=f"{sim.zone('example.com').id}/dns_records", seconds=60, times=0))
    code, out, seconds = ended(child)

    assert (code, published(sim)) == (0, ["home.example.com"])
    assert seconds < KILLED
    assert "in the zone example.com" in out


def test_a_cleaning_that_nothing_can_break_is_left_behind(ddns: Program, sim: Cloudflare) -> None:
    """Not even a time limit of the request ends it: the program does, and says what that means."""
    token = ddns.folder / "token"
    token.write_text(sim.token, "utf-8")
    child = cleaning(ddns, sim, CLOUDFLARE_API_TOKEN="", CLOUDFLARE_API_TOKEN_FILE=str(token))
    block(token)
    code, out, seconds = ended(child)

    assert (code, published(sim)) == (0, list(NAMES))
    assert seconds < KILLED
    assert "DELETE_ON_STOP did not end in time" in out


def test_a_blocked_round_with_a_silent_monitor_and_a_running_command(
    ddns: Program, sim: Cloudflare, silent: str
) -> None:
    """All of them at once do not make the stop longer than two seconds."""
    token = ddns.folder / "token"
    token.write_text(sim.token, "utf-8")
    child = ddns.start(
        DOMAINS=HOME,
        CLOUDFLARE_API_TOKEN="",
        CLOUDFLARE_API_TOKEN_FILE=str(token),
        HEALTHCHECKS=silent,
        ON_CHANGE="trap '' TERM; touch begun; sleep 60",
    )
    eventually(lambda: has_record(sim)() and (ddns.folder / "begun").exists())
    block(token)
    child.send_signal(signal.SIGUSR1)
    time.sleep(0.5)

    assert "Bye!" in stop(child)


def test_a_single_round_that_waits_for_a_monitor_can_be_stopped(ddns: Program, sim: Cloudflare, silent: str) -> None:
    """``--once`` waits for its last report while nobody is in a hurry."""
    child = ddns.start("--once", DOMAINS=HOME, HEALTHCHECKS=silent)
    eventually(has_record(sim))
    time.sleep(1.0)

    assert "Bye!" in stop(child)


def test_a_bad_configuration_that_waits_for_a_monitor_can_be_stopped(ddns: Program, silent: str) -> None:
    """Monitors hear of it; one that is silent does not hold up a stop."""
    child = ddns.start(DOMAINS=HOME, HEALTHCHECKS=silent, TTL="soon")
    time.sleep(1.0)
    code, out, seconds = ended(child)

    assert code == 2
    assert seconds < 2.0
    assert "TTL" in out


@pytest.mark.parametrize(("command", "path"), [("plan", "dns_records"), ("doctor", "/ips"), ("plan", "trace")])
def test_a_command_that_is_interrupted_has_no_last_words(
    ddns: Program, sim: Cloudflare, command: str, path: str
) -> None:
    """Ctrl-C while something hangs: 130, as shells have it, and no traceback."""
    sim.fault(Fault("delay", path=path, seconds=60, times=0))
    child = ddns.start(command, DOMAINS=HOME)
    eventually(lambda: bool(sim.requests("GET", path)))
    child.send_signal(signal.SIGINT)
    out, _ = child.communicate(timeout=15)

    assert child.returncode == 130
    assert "Traceback" not in out
    assert "KeyboardInterrupt" not in out


def test_telling_cannot_end_the_program(ddns: Program, sim: Cloudflare) -> None:
    """A metrics file of an impossible name, with logs in JSON: told, and the rounds go on."""
    path = os.fsdecode(os.fsencode(ddns.folder) + b"/caf\xe9/ddns.prom")
    child = ddns.start(DOMAINS=HOME, METRICS_FILE=path, LOG_FORMAT="json", UPDATE_CRON="@every 1s")
    eventually(has_record(sim))
    eventually(lambda: len(sim.requests("GET", "dns_records")) > 2)

    assert "The metrics file" in stop(child)


def test_a_second_stop_ends_the_cleaning_at_once(ddns: Program, sim: Cloudflare) -> None:
    """Who asks twice does not want to wait."""
    child = cleaning(ddns, sim)
    sim.fault(Fault("delay", path="dns_records", seconds=60, times=0))
    child.send_signal(signal.SIGTERM)
    time.sleep(0.7)

    assert "Bye!" in stop(child)
    assert published(sim) == list(NAMES)
