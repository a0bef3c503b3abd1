"""One source in trouble makes its own addresses unknown, and nothing else."""

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.e2e import program
from tests.e2e.program import FOUR, SIX, Program, Result, eventually, stop
from tests.fakes.cloudflare import Cloudflare
from tests.fakes.netns import LINK, process_namespace, unshared

HOME = "home.example.org"
ROUND = ("run", "--once")


def through(ddns: Program, *before: str, **env: str) -> Result:
    """Do one round of the program, started by another command."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(program, "COMMAND", [*before, *program.COMMAND])
        return ddns.run(*ROUND, DOMAINS=HOME, **env)


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the filter has numbers of x86-64 only")
@pytest.mark.parametrize("source", [f"local.iface:{LINK}", "local.iface:lo"])
def test_refused_netlink_costs_one_family(ddns: Program, sim: Cloudflare, source: str) -> None:
    """As with RestrictAddressFamilies without AF_NETLINK: the other family is kept up to date."""
    filtered = (sys.executable, "-m", "tests.fakes.seccomp", "netlink")
    result = through(ddns, *filtered, IP6_PROVIDER=source)

    assert result.code == 1
    assert f"No usable IPv6 address from {source}" in result.out
    assert sim.records("example.org") == [(HOME, "A", FOUR)]


def test_one_source_for_both_families_that_knows_one(ddns: Program, sim: Cloudflare) -> None:
    """As by default on a machine without IPv6: one problem, and none of it speaks of host IDs nobody set."""
    sim.set_address(FOUR, "fe80::1")
    result = ddns.run(*ROUND, DOMAINS=HOME, IP6_PROVIDER=ddns.env["IP4_PROVIDER"])

    assert result.code == 1
    assert sim.records("example.org") == [(HOME, "A", FOUR)]
    assert result.out.count("fe80::1 is a link-local address") == 1
    assert "hostid6" not in result.out


def test_an_ignored_end_of_children_is_not_inherited(ddns: Program, sim: Cloudflare) -> None:
    """Whoever started us ignores SIGCHLD: the end of our own commands is seen all the same."""
    result = through(ddns, "sh", "-c", "trap '' CHLD; exec \"$@\"", "sh", IP6_PROVIDER=f"cmd:echo {SIX}")

    assert result.code == 0
    assert sorted(sim.records("example.org")) == [(HOME, "A", FOUR), (HOME, "AAAA", SIX)]


@pytest.mark.netns
def test_as_the_first_process_no_zombie_stays(ddns: Program, sim: Cloudflare) -> None:
    """Commands that take too long, and what they leave in the background, round after round."""
    command = "sleep 60 & sleep 60 | sleep 60"
    env = {"DOMAINS": HOME, "IP6_PROVIDER": f"cmd:{command}", "DETECTION_TIMEOUT": "500ms", "UPDATE_CRON": "@every 1s"}
    env["ON_CHANGE"] = "sleep 0.1 & sleep 0.1 & true"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(program, "COMMAND", process_namespace(*program.COMMAND))
        child = ddns.start(**env)
    eventually(lambda: len(sim.requests("GET", "dns_records")) >= 3 or child.poll() is not None, 30.0)
    (first,) = children(child.pid)
    eventually(lambda: not children(first, "-r", "Z"))
    os.kill(first, signal.SIGTERM)
    out, _ = child.communicate(timeout=15)

    assert "the command took too long" in out


def children(pid: int, *which: str) -> list[int]:
    """Return the children of a process."""
    found = subprocess.run(["pgrep", *which, "-P", str(pid)], capture_output=True, text=True, check=False)
    return [int(line) for line in found.stdout.split()]


def test_the_addresses_of_all_uplinks(ddns: Program, sim: Cloudflare) -> None:
    """Every one is published; while one is unknown nothing changes, unless the others are enough."""
    two = "all(static:9.9.9.9, static:8.8.8.8)"
    assert ddns.run(*ROUND, DOMAINS=HOME, IP4_PROVIDER=two).code == 0
    both = [(HOME, "A", "8.8.8.8"), (HOME, "A", "9.9.9.9")]
    assert sorted(sim.records("example.org")) == both

    one = "all(static:9.9.9.9, debug.unavailable)"
    assert ddns.run(*ROUND, DOMAINS=HOME, IP4_PROVIDER=one).code == 1
    assert sorted(sim.records("example.org")) == both
    assert ddns.run(*ROUND, DOMAINS=HOME, IP4_PROVIDER=f"{one}?").code == 0
    assert sim.records("example.org") == [(HOME, "A", "9.9.9.9")]


def test_a_source_asked_out_of_an_interface(ddns: Program, sim: Cloudflare) -> None:
    """Both network sources; an interface that is not there makes the address unknown."""
    trace = f"cloudflare.trace.iface(lo):{sim.trace_url}"
    page = f"url.iface(lo):{sim.origin}/ip"
    assert ddns.run(*ROUND, DOMAINS=HOME, IP4_PROVIDER=f"agree(2, {trace}, {page})").code == 0
    assert sim.records("example.org") == [(HOME, "A", FOUR)]

    result = ddns.run(*ROUND, DOMAINS=HOME, IP4_PROVIDER=page.replace("(lo)", "(nope0)"))
    assert result.code == 1
    assert "the interface nope0 cannot be used" in result.out


@pytest.mark.netns
def test_boot_wait_waits_for_a_default_route(ddns: Program) -> None:
    """In a network without one it says so, waits as long as it may, and then tries."""
    result = through(ddns, *unshared(), BOOT_WAIT="1s", DETECTION_TIMEOUT="1s")

    assert result.code == 1
    waiting = [
        "Waiting up to 1s for a default route",
        "Waited 1s for a default route, in vain. The first round begins now.",
    ]
    assert result.lines[1:3] == waiting
    assert "No usable IPv4 address" in result.out


@pytest.mark.netns
def test_a_stop_ends_the_wait_for_a_default_route(ddns: Program) -> None:
    """At once, and nothing is reported as failed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(program, "COMMAND", [*unshared(), *program.COMMAND])
        child = ddns.start(DOMAINS=HOME, BOOT_WAIT="1h")
    time.sleep(1.5)
    out = stop(child)

    assert "Waiting up to 1h for a default route" in out
    assert out.splitlines()[-2:] == ["Caught SIGTERM", "Bye!"]
