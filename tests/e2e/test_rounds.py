"""Real rounds against the simulator: what is created, updated, left alone, deleted, and how the program ends."""

import pytest

from tests.e2e.program import FOUR, SIX, Program
from tests.fakes.cloudflare import Cloudflare
from tests.fakes.faults import Fault, broken, refused, too_many

HOME = "home.example.org"


def test_a_first_a_steady_and_a_changed_round(ddns: Program, sim: Cloudflare) -> None:
    """Created, left alone, updated; the addresses stand in the log as old → new."""
    first = ddns.run("run", "--once", DOMAINS=HOME)
    assert (first.code, sim.records("example.org")) == (0, [(HOME, "A", FOUR)])
    assert f"A {HOME}: (none) → {FOUR}" in first.out

    writes = len(sim.requests("POST"))
    steady = ddns.run("run", "--once", DOMAINS=HOME)
    assert (steady.code, len(sim.requests("POST"))) == (0, writes)
    assert "already up to date" in steady.out

    sim.set_address("9.9.9.10")
    changed = ddns.run("run", "--once", DOMAINS=HOME)
    assert (changed.code, sim.records("example.org")) == (0, [(HOME, "A", "9.9.9.10")])
    assert f"A {HOME}: {FOUR} → 9.9.9.10" in changed.out


def test_plan_before_and_after(ddns: Program, sim: Cloudflare) -> None:
    """The plan changes nothing and exits 3, then 0 once the round is done."""
    before = ddns.run("plan", DOMAINS=HOME)
    assert (before.code, sim.records("example.org")) == (3, [])
    assert f"+ A {HOME} {FOUR}" in before.out
    assert ddns.run("--dry-run", DOMAINS=HOME).code == 3

    assert ddns.run("run", "--once", DOMAINS=HOME).code == 0
    after = ddns.run("plan", DOMAINS=HOME)
    assert (after.code, after.lines[-1]) == (0, "Nothing to do")


def test_both_families_on_one_connection_each(ddns: Program, sim: Cloudflare) -> None:
    """A steady round opens one TLS connection per family: trace and API share it."""
    six = f"cloudflare.trace:{sim.trace_url}"
    assert ddns.run("run", "--once", DOMAINS=HOME, IP6_PROVIDER=six).code == 0
    assert sim.records("example.org") == [(HOME, "A", FOUR), (HOME, "AAAA", SIX)]
    before = {call.connection for call in sim.log}

    assert ddns.run("run", "--once", DOMAINS=HOME, IP6_PROVIDER=six).code == 0
    assert len({call.connection for call in sim.log} - before) == 2


def test_an_existing_record_keeps_its_fields(ddns: Program, sim: Cloudflare) -> None:
    """Proxy status, comment and TTL of a found record survive an address change; PROXIED is only for new ones."""
    sim.add_record("example.org", "A", HOME, "9.9.9.1", proxied=True, comment="mine")

    assert ddns.run("run", "--once", DOMAINS=HOME, PROXIED="false", TTL="300").code == 0
    record = sim.record("example.org", HOME)
    assert (record["content"], record["proxied"], record["comment"]) == (FOUR, True, "mine")


def test_declared_fields_are_repaired(ddns: Program, sim: Cloudflare) -> None:
    """A field on an entry, or ENFORCE, is declared state."""
    sim.add_record("example.org", "A", HOME, FOUR, proxied=False)
    assert ddns.run("run", "--once", DOMAINS=f"{HOME}{{proxied=true}}").code == 0
    assert sim.record("example.org", HOME)["proxied"] is True

    assert ddns.run("run", "--once", DOMAINS=HOME, PROXIED="false", ENFORCE="proxied").code == 0
    assert sim.record("example.org", HOME)["proxied"] is False


def test_static_empty_clears_and_nothing_else_does(ddns: Program, sim: Cloudflare) -> None:
    """Only static.empty deletes for want of an address."""
    sim.add_record("example.org", "A", HOME, FOUR)
    sim.add_record("example.org", "A", "other.example.org", FOUR)

    assert ddns.run("run", "--once", DOMAINS=HOME, IP4_PROVIDER="debug.unavailable").code == 1
    assert len(sim.records("example.org")) == 2
    assert ddns.run("run", "--once", DOMAINS=HOME, IP4_PROVIDER="static.empty").code == 0
    assert sim.records("example.org") == [("other.example.org", "A", FOUR)]


def test_names_in_any_spelling(ddns: Program, sim: Cloudflare) -> None:
    """Emoji, ideographic dots, wildcards and underscores reach the API as ASCII."""
    domains = "🐱.example.org, *.例え.example.org, _x.example.org, HOME。example。org."
    assert ddns.run("run", "--once", DOMAINS=domains).code == 0
    names = {name for name, _, _ in sim.records("example.org")}
    assert names == {"xn--5o8h.example.org", "*.xn--r8jz45g.example.org", "_x.example.org", HOME}


def test_twenty_names_of_a_zone_cost_three_requests(ddns: Program, sim: Cloudflare) -> None:
    """One lookup, one listing, one batch; then one listing."""
    domains = ",".join(f"n{n}.example.org" for n in range(20))
    ddns.run("run", "--once", DOMAINS=domains)
    assert len(sim.requests("", "/client/v4/")) == 3
    assert len(sim.records("example.org")) == 20


@pytest.mark.parametrize(
    "body",
    [
        "<html>sorry</html>",
        "ip=10.0.0.1\n",
        "ip=172.67.1.1\n",
        "ip=2620:fe::9\n",
        "ip=9.9.9.9\nwarp=on\n",
        "",
        "\0\xff",
    ],
    ids=["html", "private", "cloudflare", "wrong-family", "warp", "empty", "garbage"],
)
def test_a_bad_answer_of_the_source_changes_nothing(ddns: Program, sim: Cloudflare, body: str) -> None:
    """What is no trustworthy address is unknown: exit 1, every record kept."""
    sim.add_record("example.org", "A", HOME, "9.9.9.1")
    sim.fault(Fault("answer", path="/cdn-cgi/trace", times=0, body=body))

    result = ddns.run("run", "--once", DOMAINS=HOME)
    assert (result.code, sim.records("example.org")) == (1, [(HOME, "A", "9.9.9.1")])
    assert not sim.requests("POST")


@pytest.mark.parametrize(
    "fault",
    [
        broken(503, path="dns_records", times=0),
        refused(1000, "no", path="dns_records")._replace(times=0),
        Fault("truncate", path="dns_records", times=0),
        Fault("huge", path="dns_records", times=0, size=300_000_000),
        Fault("reset", path="dns_records", times=0),
        too_many(3600, path="dns_records", times=0),
        Fault("answer", path="dns_records", times=0, body='{"success":true,"errors":[],"messages":[],"result":null}'),
    ],
    ids=["5xx", "success-false", "truncated", "huge", "reset", "429", "null"],
)
def test_a_failed_reading_is_never_no_records(ddns: Program, sim: Cloudflare, fault: Fault) -> None:
    """A zone that cannot be read is left alone: no creation, no deletion, exit 1."""
    sim.add_record("example.org", "A", HOME, "9.9.9.1")
    sim.fault(fault)

    result = ddns.run("run", "--once", DOMAINS=HOME, UPDATE_TIMEOUT="10s")
    assert (result.code, sim.records("example.org")) == (1, [(HOME, "A", "9.9.9.1")])
    assert not sim.requests("POST")


def test_a_lost_answer_is_read_again_and_not_repeated(ddns: Program, sim: Cloudflare) -> None:
    """The batch was applied, its answer lost: reading shows that it is done, so it is sent once."""
    sim.fault(Fault("reset-after", "POST", "batch"))

    result = ddns.run("run", "--once", DOMAINS=HOME)
    assert (result.code, sim.records("example.org")) == (0, [(HOME, "A", FOUR)])
    assert len(sim.requests("POST")) == 1


def test_only_the_culprit_is_left_out(ddns: Program, sim: Cloudflare) -> None:
    """A CNAME in the way of one name: the others of the zone are written, the name is told."""
    sim.add_record("example.org", "CNAME", "b.example.org", "elsewhere.example.net")

    result = ddns.run("run", "--once", DOMAINS="a.example.org,b.example.org,c.example.org")
    assert result.code == 1
    assert [name for name, type_, _ in sim.records("example.org") if type_ == "A"] == ["a.example.org", "c.example.org"]
    assert "b.example.org" in result.lines[-2]
    assert "CNAME" in result.lines[-2]


def test_one_zone_and_one_family_do_not_stop_the_others(ddns: Program, sim: Cloudflare) -> None:
    """A broken zone and an unknown family fail alone."""
    sim.fault(broken(500, path=sim.zone("example.net").id, times=0))
    result = ddns.run(
        "run", "--once", DOMAINS="a.example.org,a.example.net", IP6_PROVIDER="debug.unavailable", UPDATE_TIMEOUT="3s"
    )

    assert (result.code, sim.records("example.org")) == (1, [("a.example.org", "A", FOUR)])
    assert sim.records("example.net") == []


def test_records_that_are_not_ours_are_invisible(ddns: Program, sim: Cloudflare) -> None:
    """The ownership expression protects other people's records, read-only ones are left alone."""
    sim.add_record("example.org", "A", HOME, "9.9.9.1", comment="someone else's")
    sim.add_record("example.org", "A", HOME, "9.9.9.2", comment="ddns", read_only=True)
    env = {"DOMAINS": HOME, "RECORD_COMMENT": "ddns", "MANAGED_RECORDS_COMMENT_REGEX": "^ddns$"}

    assert ddns.run("run", "--once", **env).code == 0
    assert [content for _, _, content in sim.records("example.org")] == ["9.9.9.1", "9.9.9.2", FOUR]


def test_json_output_is_json(ddns: Program) -> None:
    """LOG_FORMAT=json: every line is an object."""
    import json  # noqa: PLC0415 -- only here

    result = ddns.run("run", "--once", DOMAINS=HOME, LOG_FORMAT="json")
    events = [json.loads(line)["event"] for line in result.lines]
    assert "created" in events


def test_quiet_prints_the_change_only(ddns: Program) -> None:
    """QUIET keeps changes and problems."""
    result = ddns.run("run", "--once", DOMAINS=HOME, QUIET="true")
    assert [line for line in result.lines if "→" in line] == [f"A {HOME}: (none) → {FOUR}"]
    assert "Detected" not in result.out
