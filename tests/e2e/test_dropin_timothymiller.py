"""A user of timothymiller/cloudflare-ddns in its environment form says DDNS_DIALECT=timothymiller and nothing else."""

import time

import pytest

from tests.e2e.program import FOUR, SIX, Program, eventually, stop
from tests.fakes.cloudflare import Cloudflare
from tests.fakes.faults import Fault, answer, broken, refused

HOME = "home.example.org"


@pytest.fixture
def theirs(ddns: Program) -> Program:
    """Return the program with the values of their Helm chart, base URL and sources redirected."""
    trace = f"cloudflare.trace:{ddns.sim.trace_url}"
    ddns.env = {
        "DDNS_DIALECT": "timothymiller",
        "CLOUDFLARE_API_TOKEN": ddns.sim.token,
        "DOMAINS": HOME,
        "IP4_PROVIDER": trace,
        "IP6_PROVIDER": "none",
        "UPDATE_CRON": "@every 5m",
        "UPDATE_ON_START": "true",
        "DELETE_ON_STOP": "false",
        "DETECTION_TIMEOUT": "5s",
        "UPDATE_TIMEOUT": "30s",
        "EMOJI": "false",
        "QUIET": "no",
        "CLOUDFLARE_API_BASE_URL": ddns.sim.base_url,
        "SSL_CERT_FILE": ddns.sim.ca_file,
    }
    return ddns


def test_it_creates_leaves_alone_and_stops_at_once(theirs: Program, sim: Cloudflare) -> None:
    """--repeat of their image's entry point changes nothing here; SIGTERM works, which theirs ignored."""
    child = theirs.start("--repeat", IP6_PROVIDER=theirs.env["IP4_PROVIDER"])
    eventually(lambda: sim.records("example.org") == [(HOME, "A", FOUR), (HOME, "AAAA", SIX)])
    time.sleep(0.5)

    assert child.poll() is None
    stop(child)
    assert len(sim.records("example.org")) == 2


def test_what_is_set_is_declared_and_repaired(theirs: Program, sim: Cloudflare) -> None:
    """Proxy status, TTL and comment of an existing record with the right address, as theirs did."""
    sim.add_record("example.org", "A", HOME, FOUR, ttl=600, comment="old")
    env = {"TTL": "120", "RECORD_COMMENT": "by ddns"}
    assert theirs.run("run", "--once", **env).code == 0
    record = sim.record("example.org", HOME)
    assert (record["ttl"], record["comment"], record["proxied"]) == (120, "by ddns", False)

    assert theirs.run("run", "--once", PROXIED="yes", **env).code == 2  # no boolean of theirs, and no expression
    assert theirs.run("run", "--once", PROXIED="true", RECORD_COMMENT="by ddns").code == 0
    assert sim.record("example.org", HOME)["proxied"] is True


def test_what_is_not_set_is_kept(theirs: Program, sim: Cloudflare) -> None:
    """An address change keeps proxy status, TTL and comment."""
    sim.add_record("example.org", "A", HOME, "9.9.9.1", ttl=1, comment="mine", proxied=True)

    assert theirs.run("run", "--once").code == 0
    record = sim.record("example.org", HOME)
    assert (record["content"], record["comment"], record["proxied"]) == (FOUR, "mine", True)


@pytest.mark.parametrize(("ttl", "kept"), [("1", 600), ("20", 600), ("0", 600)])
def test_a_small_ttl_is_automatic_and_not_enforced(theirs: Program, sim: Cloudflare, ttl: str, kept: int) -> None:
    """An existing TTL stays, a new record's is automatic."""
    sim.add_record("example.org", "A", HOME, FOUR, ttl=600)

    assert theirs.run("run", "--once", TTL=ttl, DOMAINS=f"{HOME},new.example.org").code == 0
    assert (sim.record("example.org", HOME)["ttl"], sim.record("example.org", "new.example.org")["ttl"]) == (kept, 1)


@pytest.mark.parametrize(
    ("expression", "proxied"),
    [
        ("true", {"example.org", HOME, "vpn.example.org"}),
        ("sub(example.org)", {"example.org", HOME, "vpn.example.org"}),
        ("sub(home.example.org)", {HOME}),
        ("is(EXAMPLE.org) || is(vpn.example.org)", {"example.org", "vpn.example.org"}),
        ("sub(example.org) && !is(vpn.example.org)", {"example.org", HOME}),
        ("!sub(example.org)", set()),
    ],
)
def test_sub_holds_for_the_name_itself(theirs: Program, sim: Cloudflare, expression: str, proxied: set[str]) -> None:
    """Which is not so in the native language."""
    domains = f"example.org, {HOME}, vpn.example.org"
    assert theirs.run("run", "--once", DOMAINS=domains, PROXIED=expression).code == 0

    records = sim.zone("example.org").records.values()
    assert {record["name"] for record in records if record["proxied"]} == proxied


@pytest.mark.parametrize("cron", ["@every 1", "1", "@every 1s", "* * * * *", "@daily", "@every 1h30m"])
def test_every_form_of_the_schedule(theirs: Program, cron: str) -> None:
    """Their bare seconds, and the real expressions their README promised and their program refused."""
    assert theirs.run("check", UPDATE_CRON=cron).code == 0


@pytest.mark.parametrize("cron", ["@once", "@disabled", "@nevermore"])
def test_once_is_one_round_and_fails_with_1(theirs: Program, sim: Cloudflare, cron: str) -> None:
    """There a failed one ended with 0."""
    assert theirs.run(UPDATE_CRON=cron).code == 0
    assert sim.records("example.org") == [(HOME, "A", FOUR)]

    assert theirs.run(UPDATE_CRON=cron, IP4_PROVIDER="debug.unavailable").code == 1


def test_no_hot_loop(theirs: Program) -> None:
    """@every 0s never rested there."""
    result = theirs.run("check", UPDATE_CRON="@every 0s")

    assert result.code == 2
    assert "never rest" in result.out


def test_booleans_of_theirs(theirs: Program, sim: Cloudflare) -> None:
    """YES is true, anything else false; on looks like a yes and is warned of."""
    child = theirs.start(DELETE_ON_STOP="YES")
    eventually(lambda: sim.records("example.org") == [(HOME, "A", FOUR)])
    stop(child)
    assert sim.records("example.org") == []

    child = theirs.start(UPDATE_ON_START="on")
    time.sleep(1.0)
    assert 'UPDATE_ON_START is "on", which counts as false' in stop(child)
    assert sim.records("example.org") == []


def test_delete_on_failure_never_deletes(theirs: Program, sim: Cloudflare) -> None:
    """Neither when the source fails nor when it finds nothing; a warning names what clears on purpose."""
    sim.add_record("example.org", "A", HOME, "9.9.9.1")
    for source in ("debug.unavailable", "local.iface:nowhere0"):
        result = theirs.run("run", "--once", DELETE_ON_FAILURE="true", IP4_PROVIDER=source)
        assert (result.code, sim.records("example.org")) == (1, [(HOME, "A", "9.9.9.1")])
        assert "static.empty" in result.out

    assert theirs.run("run", "--once", IP4_PROVIDER="static.empty").code == 0
    assert sim.records("example.org") == []


def test_surplus_records_of_ours_are_deleted_as_there(theirs: Program, sim: Cloudflare) -> None:
    """Those the comment expression protects are not ours."""
    sim.add_record("example.org", "A", HOME, "9.9.9.1", comment="ddns")
    sim.add_record("example.org", "A", HOME, "9.9.9.2", comment="ddns")
    sim.add_record("example.org", "A", HOME, "9.9.9.3", comment="by hand")
    env = {"RECORD_COMMENT": "ddns", "MANAGED_RECORDS_COMMENT_REGEX": "^ddns$"}

    assert theirs.run("run", "--once", **env).code == 0
    assert [content for _, _, content in sim.records("example.org")] == ["9.9.9.3", FOUR]


def test_the_first_token_wins(theirs: Program, sim: Cloudflare) -> None:
    """There the variable beat its old name and both files."""
    assert theirs.run("run", "--once", CF_API_TOKEN="another-token-000000000").code == 0
    assert sim.records("example.org") == [(HOME, "A", FOUR)]

    path = theirs.folder / "token"
    path.write_text(f" {sim.token}\n", "utf-8")
    assert theirs.run("run", "--once", CLOUDFLARE_API_TOKEN="", CF_API_TOKEN_FILE=str(path)).code == 0


def test_old_names_of_the_sources(theirs: Program, sim: Cloudflare) -> None:
    """IP4_POLICY is read when IP4_PROVIDER is not set, and warned of."""
    result = theirs.run("run", "--once", IP4_PROVIDER="", IP4_POLICY=theirs.env["IP4_PROVIDER"])

    assert (result.code, sim.records("example.org")) == (0, [(HOME, "A", FOUR)])
    assert "IP4_POLICY is the old name" in result.out


def test_a_literal_list_is_filtered_by_family(theirs: Program, sim: Cloudflare) -> None:
    """One list for both families, and every address of a family is a record."""
    both = "literal:203.0.113.7, 2001:db8::7,203.0.113.8"
    assert theirs.run("run", "--once", IP4_PROVIDER=both, IP6_PROVIDER=both).code == 0

    assert [content for _, _, content in sim.records("example.org")] == ["203.0.113.7", "203.0.113.8", "2001:db8::7"]


def test_a_url_is_asked_over_the_family_that_is_wanted(theirs: Program, sim: Cloudflare) -> None:
    """Theirs took the other family's answer on a dual-stack host, and then always failed; the status counts too."""
    url = f"url:{sim.origin}/ip"
    assert theirs.run("run", "--once", IP4_PROVIDER=url, IP6_PROVIDER=url).code == 0
    assert sim.records("example.org") == [(HOME, "A", FOUR), (HOME, "AAAA", SIX)]

    sim.fault(answer("9.9.9.77", 404, path="/ip", times=0))
    assert theirs.run("run", "--once", IP4_PROVIDER=url).code == 1
    assert sim.records("example.org", "A") == [(HOME, "A", FOUR)]


def test_an_invalid_expression_of_ownership_manages_nothing(theirs: Program, sim: Cloudflare) -> None:
    """There it managed everything."""
    result = theirs.run("run", "--once", MANAGED_RECORDS_COMMENT_REGEX="ddns(")

    assert (result.code, sim.log) == (2, [])
    assert "MANAGED_RECORDS_COMMENT_REGEX" in result.out


@pytest.mark.parametrize("proxied", ["is(home.example.org", "is(a) & true", "maybe"])
def test_a_bad_expression_is_an_error(theirs: Program, proxied: str) -> None:
    """There it silently meant: not proxied, so the home address became public."""
    result = theirs.run("run", "--once", PROXIED=proxied)

    assert result.code == 2
    assert "PROXIED" in result.out


@pytest.mark.parametrize(
    "fault",
    [
        broken(502, path="dns_records", times=0),
        refused(1000, "no", path="dns_records")._replace(times=0),
        Fault("reset", path="dns_records", times=0),
    ],
)
def test_a_failed_listing_is_not_no_records(theirs: Program, sim: Cloudflare, fault: Fault) -> None:
    """No duplicate, and the round counts as failed."""
    sim.add_record("example.org", "A", HOME, "9.9.9.1")
    sim.fault(fault)

    assert theirs.run("run", "--once", UPDATE_TIMEOUT="3").code == 1
    assert sim.records("example.org") == [(HOME, "A", "9.9.9.1")]
    assert not sim.requests("POST")


def test_dry_run_with_delete_on_stop_deletes_nothing(theirs: Program, sim: Cloudflare) -> None:
    """There it really deleted."""
    sim.add_record("example.org", "A", HOME, "9.9.9.1")
    result = theirs.run("--dry-run", DELETE_ON_STOP="true")

    assert (result.code, sim.records("example.org")) == (3, [(HOME, "A", "9.9.9.1")])
    assert not sim.requests("POST")


def test_names_as_people_write_them(theirs: Program, sim: Cloudflare) -> None:
    """Upper case, a final dot, international names and duplicates; zones are looked up once."""
    sim.add_zone("例え.jp")
    domains = "HOME.Example.ORG., home.example.org, ぶ.例え.jp, 例え.jp"

    for _ in range(2):
        assert theirs.run("run", "--once", DOMAINS=domains).code == 0
    assert sim.records("example.org") == [(HOME, "A", FOUR)]
    assert len(sim.records("例え.jp")) == 2


def test_waf_lists_keep_their_items_without_an_address(theirs: Program, sim: Cloudflare) -> None:
    """There an interface without an address emptied the list; bare addresses are the whole range, as there."""
    made = sim.add_list("home", [("9.9.9.1", "")])
    name = f"{sim.account.id}/home"
    only = {"DOMAINS": "", "WAF_LISTS": name}
    assert theirs.run("run", "--once", IP4_PROVIDER="local.iface:nowhere0", **only).code == 1
    assert [item["ip"] for item in made.items.values()] == ["9.9.9.1"]

    assert theirs.run("run", "--once", IP6_PROVIDER=theirs.env["IP4_PROVIDER"], **only).code == 0
    assert {item["ip"].partition("/")[0] for item in made.items.values()} == {FOUR, SIX}
    assert not [item["ip"] for item in made.items.values() if item["ip"].endswith("/64")]


def test_without_the_choice_its_variables_are_native(theirs: Program, sim: Cloudflare) -> None:
    """sub(d) is then below d only, and nothing is repaired."""
    sim.add_record("example.org", "A", HOME, FOUR, proxied=False)
    result = theirs.run("run", "--once", DDNS_DIALECT="", QUIET="", PROXIED="sub(example.org)")

    assert result.code == 0
    assert sim.record("example.org", HOME)["proxied"] is False


@pytest.mark.parametrize(
    ("env", "fragments"),
    [
        ({"DOMAINS": ""}, ["DOMAINS"]),
        ({"CLOUDFLARE_API_TOKEN": "YOUR-CLOUDFLARE-API-TOKEN"}, ["placeholder"]),
        ({"CLOUDFLARE_API_TOKEN": ""}, ["CLOUDFLARE_API_TOKEN"]),
        ({"TTL": "soon"}, ["TTL"]),
        ({"UPDATE_CRON": "@once", "UPDATE_ON_START": "false"}, ["UPDATE_ON_START"]),
        ({"UPDATE_CRON": "@once", "DELETE_ON_STOP": "true"}, ["DELETE_ON_STOP"]),
        ({"IP4_PROVIDER": "ipfy"}, ["did you mean ipify"]),
        ({"WAF_LISTS": "home"}, ["WAF_LISTS"]),
        ({"DETECTION_TIMEOUT": "fast"}, ["DETECTION_TIMEOUT"]),
    ],
)
def test_bad_input(theirs: Program, env: dict[str, str], fragments: list[str]) -> None:
    """Exit 2 at once (there: 1, after ten seconds), and nobody is asked."""
    result = theirs.run("run", **env)

    assert (result.code, theirs.sim.log) == (2, [])
    assert all(fragment.lower() in result.out.lower() for fragment in fragments), result.out
