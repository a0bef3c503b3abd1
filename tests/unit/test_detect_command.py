"""``cmd``: commands of the user's."""

import os
import threading
import time
from collections.abc import Mapping
from ipaddress import ip_interface
from pathlib import Path

import pytest

from ddns import shell
from ddns.core.addresses.families import Detected, Known, Unknown
from ddns.core.entries import Source
from ddns.detect import Detectors, Options
from ddns.errors import Interrupted
from ddns.host.clock import SystemClock
from ddns.net import Http, Roots

FOUND = Known((ip_interface("8.8.8.8/32"),))


def detect(line: str, environ: Mapping[str, str] | None = None, seconds: float = 10.0) -> Detected:
    """Run a command as a source."""
    clock = SystemClock()
    options = Options(timeout=seconds, environ=environ or {"PATH": os.defpath})
    return Detectors(Http(Roots(), "x", clock), clock, options).detect(Source("cmd", line), 4)


@pytest.mark.parametrize(
    "line",
    [
        "echo 8.8.8.8",
        "echo '# mine'; echo 8.8.8.8",
        "echo 8.8.8.8; echo noise >&2",
        "echo 8.8.8.8; exec >&-; sleep 0.2",
        "cat; echo 8.8.8.8",
    ],
)
def test_the_output_is_the_address(line: str) -> None:
    """A shell runs it; only its output counts; it has nothing to read; closing the output early is fine."""
    assert detect(line) == FOUND


def test_a_command_ends_with_the_program(tmp_path: Path) -> None:
    """A stop is not waited out, and leaves nothing behind that still runs, even where SIGTERM is ignored."""
    clock, mark = SystemClock(), tmp_path / "mark"
    threading.Timer(0.3, clock.interrupt).start()
    sources = Detectors(Http(Roots(), "x", clock), clock, Options(timeout=30.0, environ={"PATH": os.defpath}))

    with pytest.raises(Interrupted):
        sources.detect(Source("cmd", f"trap '' TERM; sleep 1; touch {mark}"), 4)
    time.sleep(1.2)
    assert not mark.exists()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("echo 8.8.8.8; exit 3", "the command ended with exit code 3"),
        ("echo 8.8.8.8; kill -9 $$", "the command ended with signal 9"),
        ("no-such-command", "the command ended with exit code 127"),
        ("true", "no IPv4 address"),
        ("echo 192.168.0.1", "private"),
        ("echo 104.16.0.1", "Cloudflare"),
        ("head -c 200000 /dev/zero", "the command wrote more than 102400 bytes"),
        ("echo a\0b", "/bin/sh cannot be started"),
    ],
)
def test_what_does_not_count(line: str, words: str) -> None:
    """A failure, too much output, or an address a network source may not name: unknown, without the command's text."""
    detected = detect(line)

    assert isinstance(detected, Unknown)
    assert words in detected.reason


def test_a_slow_command_is_ended_with_all_it_started(tmp_path: Path) -> None:
    """At the deadline the whole process group goes, children too."""
    sign = tmp_path / "sign"
    begun = time.monotonic()
    detected = detect(f"(sleep 1; touch {sign}) & sleep 60", seconds=0.2)
    time.sleep(1.3)

    assert detected == Unknown("the command took too long", "DETECTION_TIMEOUT says how long it may take")
    assert time.monotonic() - begun < 20
    assert not sign.exists()


def test_endless_output_is_ended() -> None:
    """A command that writes for ever is stopped at the limit."""
    detected = detect("yes 8.8.8.8")

    assert isinstance(detected, Unknown)
    assert "more than 102400 bytes" in detected.reason


def test_what_stays_in_the_background_is_not_waited_for() -> None:
    """The command has ended; a child that holds its output open does not matter."""
    begun = time.monotonic()

    assert detect("sleep 5 & echo 8.8.8.8") == FOUND
    assert time.monotonic() - begun < 4


def test_our_secrets_stay_ours() -> None:
    """The command sees the environment without tokens and reporting URLs."""
    environ = {
        "PATH": os.defpath,
        "MINE": "8.8.8.8",
        "CLOUDFLARE_API_TOKEN": "9.9.9.9",
        "CF_API_TOKEN": "9.9.9.9",
        "API_KEY": "9.9.9.9",
        "API_KEY_FILE": "9.9.9.9",
        "SHOUTRRR": "9.9.9.9",
        "HEALTHCHECKS": "9.9.9.9",
    }

    assert shell.visible(environ) == {"PATH": os.defpath, "MINE": "8.8.8.8"}
    assert detect('echo "$MINE$CLOUDFLARE_API_TOKEN$CF_API_TOKEN$API_KEY"', environ) == FOUND


def test_signals_reach_the_command_as_usual() -> None:
    """Python ignores SIGPIPE; the command does not inherit that."""
    assert detect("yes | head -n 1 >/dev/null; echo 8.8.8.8") == FOUND
    assert detect("trap - PIPE; (kill -PIPE $BASHPID 2>/dev/null || sh -c 'kill -PIPE $$'); echo 8.8.8.8") == FOUND


def test_no_child_is_left_behind() -> None:
    """Each command is waited for: no zombie stays, whatever way it ended."""
    detect("echo 8.8.8.8")
    detect("sleep 60", seconds=0.1)
    detect("yes")

    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
