"""``static``, ``static.empty`` and ``file``."""

import os
from ipaddress import ip_interface
from pathlib import Path

import pytest

from ddns.core.addresses.families import Detected, Family, Known, Unknown
from ddns.core.entries import Source
from ddns.detect import Detectors, Options
from ddns.host.clock import SystemClock
from ddns.net import Http, Roots


def detect(kind: str, argument: str = "", family: Family = 4) -> Detected:
    """Ask a source that needs no network."""
    clock = SystemClock()
    return Detectors(Http(Roots(), "x", clock), clock, Options(prefix_lengths=(28, 56))).detect(
        Source(kind, argument), family
    )


def test_static_addresses_are_taken_as_they_are() -> None:
    """Private and Cloudflare's own included; bare ones get the default length; sorted, without doubles."""
    assert detect("static", "192.168.1.1, 104.16.0.1/24,192.168.1.1,") == Known(
        (ip_interface("104.16.0.1/24"), ip_interface("192.168.1.1/28"))
    )
    assert detect("static", "fd00::1", 6) == Known((ip_interface("fd00::1/56"),))


@pytest.mark.parametrize("argument", ["127.0.0.1", "fd00::1", "x", "", ","])
def test_static_nonsense_is_unknown(argument: str) -> None:
    """The configuration refuses it; should it get here, it is unknown, never empty."""
    assert isinstance(detect("static", argument), Unknown)


def test_only_static_empty_is_known_and_empty() -> None:
    """The one way to clear."""
    assert detect("static.empty") == Known(())


def test_a_file_is_read_anew_each_time(tmp_path: Path) -> None:
    """What it says now counts."""
    path = tmp_path / "ip"
    path.write_text("# mine\n10.0.0.1\n")
    before = detect("file", str(path))
    path.write_text("10.0.0.2")

    assert before == Known((ip_interface("10.0.0.1/28"),))
    assert detect("file", str(path)) == Known((ip_interface("10.0.0.2/28"),))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no IPv4 address"),
        (b"soon\n", "line 1: not an IP address"),
        (b"10.0.0.1\n" * 20000, "larger than 102400 bytes"),
    ],
)
def test_files_that_do_not_count(tmp_path: Path, content: bytes, words: str) -> None:
    """Empty, nonsense or huge: unknown."""
    path = tmp_path / "ip"
    path.write_bytes(content)
    detected = detect("file", str(path))

    assert isinstance(detected, Unknown)
    assert words in detected.reason


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    """Missing, a folder, an endless device, a pipe nobody writes to, no path at all: unknown at once."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    outcomes = {
        path: detect("file", path) for path in (f"{tmp_path}/none", str(tmp_path), "/dev/zero", str(pipe), "a\0b")
    }

    assert all(isinstance(each, Unknown) for each in outcomes.values()), outcomes
    assert outcomes[f"{tmp_path}/none"] == Unknown(
        f"the file {tmp_path}/none cannot be read (No such file or directory)", "check that it exists and its rights"
    )
