"""LOG_ROUNDS: what a running program prints, and what it does not."""

import json

from tests.e2e.program import FOUR, Program, eventually, stop
from tests.fakes.cloudflare import Cloudflare

HOME = "home.example.org"


def rounds(sim: Cloudflare) -> int:
    """Return how many times the records were read."""
    return len(sim.requests("GET", r"/dns_records\?"))


def test_a_steady_program_is_silent_after_its_first_round(ddns: Program, sim: Cloudflare) -> None:
    """Everything once, then nothing, whatever the rounds find unchanged."""
    child = ddns.start(DOMAINS=HOME, UPDATE_CRON="@every 1s")
    eventually(lambda: rounds(sim) >= 5)
    out = stop(child)

    assert out.count("Detected the IPv4 address") == 1
    assert out.count(FOUR) == 2
    assert "up to date" not in out
    assert out.splitlines()[-2:] == ["Caught SIGTERM", "Bye!"]


def test_every_round_can_be_told(ddns: Program, sim: Cloudflare) -> None:
    """LOG_ROUNDS=all: each round in full, with when the next one is due."""
    child = ddns.start(DOMAINS=HOME, UPDATE_CRON="@every 1s", LOG_ROUNDS="all")
    eventually(lambda: rounds(sim) >= 5)
    out = stop(child)

    assert out.count("Detected the IPv4 address") >= 4
    assert out.count("already up to date") >= 3


def test_a_problem_is_told_once_and_its_end_also_in_quiet_mode(ddns: Program, sim: Cloudflare) -> None:
    """A file without an address, then with one: old → new and that it works again; the state file remembers it."""
    file, state = ddns.folder / "address", ddns.folder / "state.json"
    file.write_text("nothing here\n")
    env = {"DOMAINS": HOME, "IP4_PROVIDER": f"file:{file}", "UPDATE_CRON": "@every 1s", "STATE_FILE": str(state)}
    first = ddns.start(**env, QUIET="true")
    eventually(lambda: state.exists() and "detect.4" in json.loads(state.read_text())["failing"])
    out = stop(first)
    assert out.count("No usable IPv4 address") == 1

    second = ddns.start(**env, QUIET="true")
    eventually(lambda: "detect.4" in json.loads(state.read_text())["failing"])
    file.write_text(f"{FOUR}\n")
    eventually(lambda: bool(sim.records("example.org")))
    eventually(lambda: not json.loads(state.read_text())["failing"])
    out = stop(second)

    assert "Detecting the IPv4 address works again after " in out
    assert f"{HOME}: (none) → {FOUR}" in out
    assert "Detected" not in out


def test_status_shows_every_running_instance(ddns: Program) -> None:
    """Two programs of this user: the one with this configuration first, with its last change; the other below."""
    children = [ddns.start(DOMAINS=name) for name in (HOME, "nas.example.org")]
    for name in (HOME, "nas.example.org"):
        eventually(lambda name=name: ddns.healthy(DOMAINS=name))  # type: ignore[misc]  # of this round
    text = ddns.run("status", DOMAINS=HOME)
    facts = json.loads(ddns.run("status", "--json", DOMAINS=HOME).out)

    assert text.code == 0
    assert text.lines[0] == f"Process {children[0].pid} (with this configuration)"
    assert f"Process {children[1].pid}" in text.out
    assert f"A {HOME}: (none) → {FOUR}" in text.out
    assert f"A nas.example.org: (none) → {FOUR}" in text.out
    assert {child.pid for child in children} <= {item["pid"] for item in facts["instances"]}
    assert facts["last_change"]["changes"][0]["new"] == [FOUR]
    for child in children:
        stop(child)
