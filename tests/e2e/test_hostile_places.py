"""Where the program may find itself: nobody listens, nothing can be written, the encoding is poor, time is lost."""

import os
import shlex
import subprocess

import pytest

from tests.e2e.program import COMMAND, FOUR, Program
from tests.fakes.cloudflare import Cloudflare

HOME = "home.example.org"


@pytest.mark.parametrize(
    "shell", ["{} >/dev/full", "{} >&- 2>&-", "{} <&- >&- 2>&-", "{{ {}; echo $? >code; }} | true; exit $(cat code)"]
)
def test_nobody_hears_the_log(ddns: Program, sim: Cloudflare, shell: str) -> None:
    """A full, closed or broken standard output is no reason to stop working, nor to fail at the end."""
    line = shell.format(shlex.join([*COMMAND, "run", "--once"]))
    done = subprocess.run(
        ["/bin/sh", "-c", line],
        env=ddns.environ({"DOMAINS": HOME}),
        cwd=ddns.folder,
        stderr=subprocess.PIPE,
        text=True,
        timeout=30,
        check=False,
    )

    assert (done.returncode, done.stderr, sim.records("example.org")) == (0, "", [(HOME, "A", FOUR)])


@pytest.mark.netns
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_closed_streams_where_there_is_no_dev(ddns: Program, sim: Cloudflare, closed: str) -> None:
    """As in a container made of the program alone: no ``/dev/null`` stands in for what is closed."""
    line = f"mount -t tmpfs -o ro none /dev && {shlex.join([*COMMAND, 'run', '--once'])} {closed}"
    done = subprocess.run(
        ["unshare", "-m" if os.getuid() == 0 else "-Urm", "/bin/sh", "-c", line],
        env=ddns.environ({"DOMAINS": HOME}),
        cwd=ddns.folder,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert (done.returncode, done.stderr, sim.records("example.org")) == (0, "", [(HOME, "A", FOUR)])
    assert (FOUR in done.stdout) == (" >" not in f" {closed}")


def test_a_poor_encoding_costs_signs_and_not_lines(ddns: Program) -> None:
    """Where an arrow or an emoji cannot be printed, the rest of the line is."""
    result = ddns.run("run", "--once", DOMAINS=HOME, PYTHONIOENCODING="ascii", EMOJI="true")

    assert result.code == 0
    assert f"? A {HOME}: (none) ? {FOUR}" in result.lines


@pytest.mark.parametrize("name", ["STATE_FILE", "METRICS_FILE"])
def test_a_place_that_cannot_be_written(ddns: Program, sim: Cloudflare, name: str) -> None:
    """The records come first; that a file could not be written is a remark."""
    result = ddns.run("run", "--once", DOMAINS=HOME, **{name: "/proc/nowhere/file"})

    assert (result.code, sim.records("example.org")) == (0, [(HOME, "A", FOUR)])
    assert "/proc/nowhere/file" in result.out
