"""The long-running program: signals, schedule, reload, watching, stopping, and what others can learn of it."""

import json
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.program import FOUR, Program, eventually, stop
from tests.fakes.cf_world import Token
from tests.fakes.cloudflare import Cloudflare
from tests.fakes.faults import Fault, refused

HOME = "home.example.org"


def has_record(sim: Cloudflare, content: str = FOUR) -> Callable[[], bool]:
    """Return the question whether the record is there."""
    return lambda: (HOME, "A", content) in sim.records("example.org")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_runs_waits_and_stops(ddns: Program, sim: Cloudflare, number: int) -> None:
    """A round at once, then waiting; a stop is prompt and clean, and the records stay."""
    child = ddns.start(DOMAINS=HOME)
    eventually(has_record(sim))

    out = stop(child, number)
    assert "Bye!" in out
    assert has_record(sim)()


def test_a_stop_in_the_middle_of_a_hanging_request(ddns: Program, sim: Cloudflare) -> None:
    """SIGTERM while Cloudflare hangs: gone in time, and nothing is reported as failed."""
    sim.fault(Fault("delay", path="dns_records", seconds=60, times=0))
    child = ddns.start(DOMAINS=HOME)
    eventually(lambda: bool(sim.requests("GET", "/zones")))
    time.sleep(0.3)

    out = stop(child)
    assert not [line for line in out.splitlines() if "ould not" in line or "failed" in line.lower()], out


def test_delete_on_stop(ddns: Program, sim: Cloudflare) -> None:
    """DELETE_ON_STOP removes what is ours, and nothing else."""
    sim.add_record("example.org", "A", "other.example.org", "9.9.9.1")
    child = ddns.start(DOMAINS=HOME, DELETE_ON_STOP="true")
    eventually(has_record(sim))

    out = stop(child)
    assert sim.records("example.org") == [("other.example.org", "A", "9.9.9.1")]
    assert f"{FOUR} → (none)" in out


def test_sigusr1_starts_a_round_now(ddns: Program, sim: Cloudflare) -> None:
    """No need to wait for the schedule."""
    child = ddns.start(DOMAINS=HOME)
    eventually(has_record(sim))
    sim.set_address("9.9.9.10")

    time.sleep(0.3)
    child.send_signal(signal.SIGUSR1)
    eventually(has_record(sim, "9.9.9.10"))
    stop(child)


def test_sighup_reads_the_file_again_and_keeps_the_old_when_it_is_bad(ddns: Program, sim: Cloudflare) -> None:
    """A good new file is taken over at once; a bad one is told, and the old settings stay in use."""
    path = ddns.folder / "ddns.json"
    path.write_text(json.dumps({"domains": [HOME]}), "utf-8")
    child = ddns.start("--config", str(path))
    eventually(has_record(sim))

    path.write_text('{"domans": []}', "utf-8")
    time.sleep(0.3)
    child.send_signal(signal.SIGHUP)
    sim.set_address("9.9.9.10")
    eventually(has_record(sim, "9.9.9.10"))

    path.write_text(json.dumps({"domains": [HOME, "new.example.org"]}), "utf-8")
    time.sleep(0.3)
    child.send_signal(signal.SIGHUP)
    eventually(lambda: ("new.example.org", "A", "9.9.9.10") in sim.records("example.org"))
    out = stop(child)
    assert "domans" in out
    assert "old one stays" in out


def test_a_token_file_is_read_again(ddns: Program, sim: Cloudflare) -> None:
    """A rotated secret needs no restart."""
    path = ddns.folder / "token"
    path.write_text("outdated-token-000000000000", "utf-8")
    child = ddns.start(DOMAINS=HOME, CLOUDFLARE_API_TOKEN="", CLOUDFLARE_API_TOKEN_FILE=str(path))
    eventually(lambda: bool(sim.requests("GET", "/client/v4/zones")))

    path.write_text(f"{sim.token}\n", "utf-8")
    time.sleep(0.5)
    child.send_signal(signal.SIGUSR1)
    eventually(has_record(sim))
    stop(child)


def test_no_round_on_start(ddns: Program, sim: Cloudflare) -> None:
    """UPDATE_ON_START=false waits for the schedule."""
    child = ddns.start(DOMAINS=HOME, UPDATE_ON_START="false")
    time.sleep(1.0)
    out = stop(child)

    assert "Next round" in out
    assert sim.log == []


def test_the_schedule_runs_rounds(ddns: Program, sim: Cloudflare) -> None:
    """@every 1s: one round after the other, each a single listing once the zone is known."""
    child = ddns.start(DOMAINS=HOME, UPDATE_CRON="@every 1s")
    eventually(lambda: len(sim.requests("GET", "dns_records")) >= 4)
    stop(child)

    assert len(sim.requests("GET", "/zones\\?")) == 1
    assert len(sim.requests("POST")) == 1


def test_status_and_healthcheck_of_the_running_instance(ddns: Program) -> None:
    """Another process of the same user learns what was done, with nothing written to disk."""
    ddns.env["DOMAINS"] = HOME
    assert ddns.run("healthcheck").code == 1
    child = ddns.start()
    eventually(ddns.healthy)

    status = ddns.run("status", "--json")
    facts = json.loads(status.out)
    assert (status.code, facts["healthy"], facts["published"]) == (0, True, {f"A {HOME}": [FOUR]})
    assert f"A {HOME}: {FOUR}" in ddns.run("status").out
    assert json.loads(ddns.run("healthcheck", "--json").out) == {"healthy": True, "running": True, "why": ""}
    stop(child)
    assert not list(ddns.folder.iterdir())


def test_state_file_survives_a_restart(ddns: Program, sim: Cloudflare) -> None:
    """With STATE_FILE the next process knows the zone already; a steady run writes nothing."""
    path = ddns.folder / "state.json"
    assert ddns.run("run", "--once", DOMAINS=HOME, STATE_FILE=str(path)).code == 0
    written = path.stat().st_mtime_ns
    assert sim.token not in path.read_text("utf-8")

    assert ddns.run("run", "--once", DOMAINS=HOME, STATE_FILE=str(path)).code == 0
    assert len(sim.requests("GET", "/zones\\?")) == 1
    assert path.stat().st_mtime_ns == written


def test_a_damaged_state_file_is_a_cold_start(ddns: Program, sim: Cloudflare) -> None:
    """Nothing depends on it."""
    path = ddns.folder / "state.json"
    path.write_text('{"dormouse":1,', "utf-8")

    assert ddns.run("run", "--once", DOMAINS=HOME, STATE_FILE=str(path)).code == 0
    assert has_record(sim)()


def test_two_programs_do_not_share_a_state_file(ddns: Program, sim: Cloudflare) -> None:
    """The second one is told, also while the first sleeps, and does its work without; then the file is free again."""
    path = ddns.folder / "state.json"
    child = ddns.start(DOMAINS=HOME, STATE_FILE=str(path))
    eventually(lambda: has_record(sim)() and path.exists() and ddns.healthy())
    first = path.read_bytes()

    second = ddns.run("run", "--once", DOMAINS=f"other.{HOME}", STATE_FILE=str(path))
    assert (second.code, second.out.count("in use by another running program")) == (0, 1)
    assert path.read_bytes() == first
    stop(child)
    assert "in use" not in ddns.run("run", "--once", DOMAINS=f"other.{HOME}", STATE_FILE=str(path)).out
    assert path.read_bytes() != first


def test_a_state_file_that_is_not_ours_is_left_alone(ddns: Program, sim: Cloudflare) -> None:
    """It is told once, at the start, and the round is done."""
    path = ddns.folder / "config.json"
    path.write_text('{"domains": []}', "utf-8")
    result = ddns.run("run", "--once", DOMAINS=HOME, STATE_FILE=str(path))

    assert (result.code, result.out.count("not a state file of this program")) == (0, 1)
    assert path.read_text("utf-8") == '{"domains": []}'
    assert has_record(sim)()


def test_a_schedule_that_never_matches_is_told(ddns: Program) -> None:
    """With a round at the start or without: exit 1 and an error, not a sleep for ever."""
    for first in ("true", "false"):
        result = ddns.run("run", DOMAINS=HOME, UPDATE_CRON="0 0 30 2 *", UPDATE_ON_START=first)
        assert (result.code, result.out.count("UPDATE_CRON never matches")) == (1, 1)


def test_doctor_finds_nothing_wrong_and_something_wrong(ddns: Program) -> None:
    """Every finding has a level and a remedy; the exit code says whether anything is bad."""
    good = ddns.run("doctor", DOMAINS=HOME)
    assert good.code == 0, good.out
    assert "certificate is trusted" in good.out

    bad = ddns.run("doctor", DOMAINS=HOME, CLOUDFLARE_API_TOKEN="wrong-token-0123456789")
    assert bad.code == 1
    assert "Edit" in bad.out


def test_an_untrusted_certificate_sends_no_token(ddns: Program, sim: Cloudflare, tmp_path: Path) -> None:
    """With other CA roots nothing is sent, every record is kept, and the reason is told."""
    with Cloudflare(zones=("example.org",)) as stranger:
        result = ddns.run("run", "--once", DOMAINS=HOME, IP4_PROVIDER="static:9.9.9.9", SSL_CERT_FILE=stranger.ca_file)

    assert result.code == 1
    assert "not trusted" in result.out
    assert sim.log == []
    assert tmp_path.exists()


def test_another_token_does_not_believe_what_the_first_one_saw(ddns: Program, sim: Cloudflare) -> None:
    """Zones and readings kept in STATE_FILE are those of one API and one token; nothing of a token is kept."""
    path = ddns.folder / "state.json"
    env = {"DOMAINS": HOME, "STATE_FILE": str(path), "CACHE_EXPIRATION": "1h"}
    assert ddns.run("run", "--once", **env).code == 0
    sim.log.clear()
    assert ddns.run("run", "--once", **env).code == 0
    assert sim.log == sim.requests("GET", "trace")

    other = "another-invented-token-of-nobody-0001"
    sim.world.tokens[other] = Token()
    assert ddns.run("run", "--once", **env, CLOUDFLARE_API_TOKEN=other).code == 0
    assert len(sim.requests("GET", "/zones\\?")) == len(sim.requests("GET", "dns_records")) == 1
    assert other not in path.read_text("utf-8")


def test_a_zone_that_became_forbidden_is_looked_up_again(ddns: Program, sim: Cloudflare) -> None:
    """403 for a remembered zone: the next round asks for zones, and finds the one there is now."""
    child = ddns.start(DOMAINS=HOME, UPDATE_CRON="@every 1s")
    eventually(has_record(sim))
    old = sim.zone("example.org")
    del sim.world.zones[old.id]
    sim.fault(refused(10000, "Authentication error", 403, path=f"{old.id}/dns_records"))
    sim.add_zone("example.org", twin="moved")

    eventually(has_record(sim))
    assert "refused our credentials" in stop(child)
