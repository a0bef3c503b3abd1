"""Trouble on the way: limits, lies, lost answers, stops in the middle; nothing is claimed that is not known."""

import json
import os
import signal
import time
from pathlib import Path

import pytest

from tests.e2e.program import FOUR, Program, eventually, stop
from tests.e2e.test_running import has_record
from tests.fakes.cloudflare import Cloudflare
from tests.fakes.faults import Fault, answer, refused, too_many

HOME = "home.example.org"
OLD = "9.9.9.1"


@pytest.mark.parametrize(("method", "path"), [("GET", "/zones"), ("GET", "dns_records"), ("POST", "batch")])
def test_a_short_wait_is_waited(ddns: Program, sim: Cloudflare, method: str, path: str) -> None:
    """429 with a short Retry-After: nothing is sent before its time, and then the round goes on."""
    sim.add_record("example.org", "A", HOME, OLD)
    sim.fault(too_many(1, method=method, path=path))
    began = time.monotonic()

    assert ddns.run("run", "--once", DOMAINS=HOME).code == 0
    assert time.monotonic() - began >= 1
    assert sim.records("example.org") == [(HOME, "A", FOUR)]


def test_a_long_wait_ends_the_round(ddns: Program, sim: Cloudflare) -> None:
    """429 with a Retry-After beyond the update timeout: not one more request, and every name is told to wait."""
    sim.fault(too_many(60, method="POST", path="batch", times=0))
    result = ddns.run("run", "--once", DOMAINS=f"{HOME},b.example.net", UPDATE_TIMEOUT="5s")

    assert (result.code, len(sim.requests("POST"))) == (1, 1)
    assert "b.example.net and home.example.org had to wait" in result.out.replace(
        f"A b.example.net (none → {FOUR})", "b.example.net"
    )


@pytest.mark.parametrize("seconds", [0.0, 0.1])
def test_interim_answers_are_passed_over(ddns: Program, sim: Cloudflare, seconds: float) -> None:
    """103 before every answer, together with it or earlier: no answer is taken for that of another question."""
    sim.add_record("example.org", "A", HOME, OLD)
    sim.fault(Fault("early", seconds=seconds, times=0))

    for _ in "12":
        assert ddns.run("run", "--once", DOMAINS=f"{HOME},home.example.net").code == 0
    assert sim.records("example.org") == [(HOME, "A", FOUR)]
    assert len(sim.requests("POST", "batch")) == 2
    assert len({call.connection for call in sim.requests("POST", "batch")}) == 1


@pytest.mark.parametrize("page_info", [True, False])
def test_pages_are_read_to_their_end(ddns: Program, sim: Cloudflare, *, page_info: bool) -> None:
    """A server that gives few rows, and perhaps does not say of how many: the record on the last page is found."""
    for number in range(5):
        sim.add_record("example.org", "A", f"a{number}.example.org", OLD)
    names = f"{HOME},other.example.org"
    sim.add_record("example.org", "A", HOME, OLD)
    sim.add_record("example.org", "A", "other.example.org", FOUR)
    sim.world.page_cap, sim.world.page_info = 2, page_info

    assert ddns.run("run", "--once", DOMAINS=names).code == 0
    assert sim.records("example.org", name=HOME) == [(HOME, "A", FOUR)]
    assert len(sim.records("example.org")) == 7


@pytest.mark.parametrize(
    "body", ["[" * 9999, '{"a":' * 9999 + "1" + "}" * 9999, '{"success":true,"result":' + "[" * 900 + "]" * 900 + "}"]
)
@pytest.mark.parametrize("status", [200, 400])
def test_an_answer_nested_without_end(ddns: Program, sim: Cloudflare, body: str, status: int) -> None:
    """Not in the form of the API, as anything else that is not; no name is touched, and nothing is unexpected."""
    sim.fault(answer(body, status, path="dns_records", times=0))
    result = ddns.run("run", "--once", DOMAINS=HOME)

    assert (result.code, sim.requests("POST")) == (1, [])
    assert "is not in the form of the API" in result.out


def test_a_batch_that_shows_no_change_is_not_believed(ddns: Program, sim: Cloudflare) -> None:
    """``success`` without the records: read again, sent once more, and then it could not be confirmed."""
    sim.add_record("example.org", "A", HOME, OLD)
    sim.fault(answer('{"success":true,"errors":[],"messages":[],"result":{}}', method="POST", path="batch", times=0))
    result = ddns.run("run", "--once", DOMAINS=HOME)

    assert (result.code, sim.records("example.org")) == (1, [(HOME, "A", OLD)])
    assert f"Could not confirm the update of A {HOME} ({OLD} → {FOUR})" in result.out


@pytest.mark.parametrize(
    ("code", "status", "applied"), [(81057, 400, True), (81058, 400, True), (81044, 404, False), (81057, 400, False)]
)
def test_there_already_or_gone_is_looked_at(
    ddns: Program, sim: Cloudflare, code: int, status: int, *, applied: bool
) -> None:
    """The zone is read again: what is as it should be is done, what is not is planned afresh."""
    kind = refused(code, "surprise", status, method="POST", path="batch")
    sim.fault(kind._replace(kind="answer-after" if applied else "answer"))

    assert ddns.run("run", "--once", DOMAINS=HOME).code == 0
    assert sim.records("example.org") == [(HOME, "A", FOUR)]
    assert len(sim.requests("POST")) == (1 if applied else 2)


CULPRITS = {"ttl": "{ttl=30}", "comment": '{comment="' + "x" * 101 + '"}', "tags": "{tags=a:b}"}


@pytest.mark.parametrize("culprit", CULPRITS)
def test_every_culprit_is_left_out_alone(ddns: Program, sim: Cloudflare, culprit: str) -> None:
    """A field the plan does not allow costs its own name only; old and new address and the remedy are told."""
    result = ddns.run("run", "--once", DOMAINS=f"a.example.org,b.example.org{CULPRITS[culprit]},c.example.org")

    assert result.code == 1
    assert [name for name, _, _ in sim.records("example.org")] == ["a.example.org", "c.example.org"]
    assert f"b.example.org (none → {FOUR}) were not changed" in result.out


def test_a_full_zone_takes_what_fits(ddns: Program, sim: Cloudflare) -> None:
    """The record quota refuses only what is beyond it."""
    sim.zone("example.org").quota = 2
    result = ddns.run("run", "--once", DOMAINS=",".join(f"n{n}.example.org" for n in range(5)))

    assert (result.code, len(sim.records("example.org"))) == (1, 2)


def test_a_stop_while_a_batch_is_in_flight_is_honest(ddns: Program, sim: Cloudflare) -> None:
    """It may have happened: it could not be confirmed, and that is no failure."""
    sim.fault(Fault("delay-after", "POST", "batch", seconds=60))
    child = ddns.start(DOMAINS=HOME)
    eventually(has_record(sim))

    out = stop(child)
    assert f"Could not confirm the update of A {HOME} (none → {FOUR})" in out
    assert "failed" not in out.lower()


def test_a_command_does_not_outlive_the_program(ddns: Program) -> None:
    """A stop ends the command of a source, and what it started, at once."""
    path = ddns.folder / "pid"
    child = ddns.start(
        DOMAINS=HOME, IP4_PROVIDER=f"cmd:trap '' TERM; echo $$ >{path}; sleep 60", DETECTION_TIMEOUT="1m"
    )
    eventually(lambda: path.exists() and path.read_text().endswith("\n"))
    stop(child)

    number = int(path.read_text())
    eventually(lambda: not Path(f"/proc/{number}").exists() or not _runs(number))


def _runs(number: int) -> bool:
    try:
        os.kill(number, 0)
        return Path(f"/proc/{number}/stat").read_text().split()[2] != "Z"
    except (OSError, IndexError):
        return False


def test_a_second_signal_ends_a_cleaning_that_hangs(ddns: Program, sim: Cloudflare) -> None:
    """DELETE_ON_STOP with a dead Cloudflare: the impatient need not wait for the grace time."""
    child = ddns.start(DOMAINS=HOME, DELETE_ON_STOP="true")
    eventually(has_record(sim))
    time.sleep(0.3)
    sim.fault(Fault("delay", path="/client/", seconds=60, times=0))
    requests = len(sim.log)
    child.send_signal(signal.SIGTERM)
    eventually(lambda: len(sim.log) > requests)

    stop(child)
    assert has_record(sim)()


def test_what_is_trusted_is_not_read(ddns: Program, sim: Cloudflare) -> None:
    """CACHE_EXPIRATION: after the first round no request at all, until an address changes; an edit is not seen."""
    child = ddns.start(DOMAINS=HOME, CACHE_EXPIRATION="1h", UPDATE_CRON="@every 1s")
    eventually(has_record(sim))
    sim.record("example.org", HOME)["content"] = OLD
    seen = len(sim.requests("GET", "trace"))
    eventually(lambda: len(sim.requests("GET", "trace")) > seen + 2)
    asked = len(sim.requests("", "/client/"))
    stop(child)

    assert (asked, sim.records("example.org")) == (3, [(HOME, "A", OLD)])


def test_a_manual_edit_is_repaired_in_the_next_round(ddns: Program, sim: Cloudflare) -> None:
    """Without CACHE_EXPIRATION every round looks."""
    child = ddns.start(DOMAINS=HOME, UPDATE_CRON="@every 1s")
    eventually(has_record(sim))
    sim.record("example.org", HOME)["content"] = OLD
    eventually(has_record(sim))
    stop(child)


def test_a_plan_with_an_unknown_address_is_no_promise(ddns: Program) -> None:
    """Exit 1, and nobody is told that there is nothing to do; what can be planned is shown."""
    result = ddns.run("plan", DOMAINS=HOME, IP6_PROVIDER="debug.unavailable")

    assert result.code == 1
    assert f"+ A {HOME} {FOUR}" in result.out
    assert "not everything could be planned" in result.lines[-1]


SECRETS = {
    "url source": {"IP4_PROVIDER": "url:http://127.0.0.1:9/s3cret?k=s3cret"},
    "url login": {"IP4_PROVIDER": "url:https://u:s3cret@nowhere.invalid/s3cret"},
    "inside first": {"IP4_PROVIDER": "first(url:http://127.0.0.1:9/s3cret, cmd:echo s3cret)"},
    "entry": {"DOMAINS": "a.example.org{ip4=url:http://127.0.0.1:9/s3cret}"},
    "misspelt": {"IP4_PROVIDER": "ulr:https://nowhere.invalid/s3cret"},
    "token": {"CLOUDFLARE_API_TOKEN": "Bearer s3cret"},
    "monitors": {"HEALTHCHECKS": "https://nowhere.invalid/s3cret", "UPTIMEKUMA": "http://127.0.0.1:9/api/push/s3cret"},
    "bad monitor": {"HEALTHCHECKS": "https://nowhere.invalid/s3cret?x=s3cret"},
    "services": {"SHOUTRRR": "gotify://127.0.0.1:9/s3cret\ntelegram://s3cret@telegram?chats=1"},
    "base URL": {"CLOUDFLARE_API_BASE_URL": "https://u:s3cret@nowhere.invalid/"},
    "proxy": {"HTTPS_PROXY": "http://u:s3cret@127.0.0.1:9", "IP4_PROVIDER": "url:https://nowhere.invalid/"},
    "command": {"ON_CHANGE": "false # s3cret"},
}


@pytest.mark.parametrize("case", SECRETS)
def test_no_secret_and_only_json_in_any_failure(ddns: Program, case: str) -> None:
    """Whatever goes wrong, at start or later: no secret is printed, and LOG_FORMAT=json prints objects only."""
    env = {"DOMAINS": HOME, "DETECTION_TIMEOUT": "1s", "LOG_FORMAT": "json", **SECRETS[case]}
    for verb in (["run", "--once"], ["check"], ["plan"], ["doctor"]):
        result = ddns.run(*verb, **env)
        assert "s3cret" not in result.out
        assert all(json.loads(line)["message"] for line in result.lines)
