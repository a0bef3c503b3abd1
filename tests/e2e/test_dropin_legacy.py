"""A user of timothymiller/cloudflare-ddns with a config.json changes the image name and nothing else."""

import json
import time
from typing import Any

import pytest

from tests.e2e.program import FOUR, SIX, Program, eventually, stop
from tests.fakes.cf_world import Token
from tests.fakes.cloudflare import Cloudflare
from tests.fakes.faults import Fault, answer, broken, refused

HOME = "home.example.org"


@pytest.fixture
def legacy(ddns: Program) -> Program:
    """Return the program with nothing native in its environment but where the simulator is."""
    ddns.env = {
        "CONFIG_PATH": str(ddns.folder),
        "CF_DDNS_API_TOKEN": ddns.sim.token,
        "CLOUDFLARE_API_BASE_URL": ddns.sim.base_url,
        "SSL_CERT_FILE": ddns.sim.ca_file,
    }
    return ddns


def zone(sim: Cloudflare, name: str = "example.org", **other: object) -> dict[str, Any]:
    """Return a zone as their example has it."""
    return {
        "authentication": {
            "api_token": "${CF_DDNS_API_TOKEN}",
            "api_key": {"api_key": "api_key_here", "account_email": "your_email_here"},
        },
        "zone_id": sim.zone(name).id,
        "subdomains": [{"name": "", "proxied": False}, {"name": "home", "proxied": False}],
        **other,
    }


def write(program: Program, *zones: dict[str, Any], **top: object) -> None:
    """Write their config.json, with the sources redirected."""
    trace = f"cloudflare.trace:{program.sim.trace_url}"
    document: dict[str, Any] = {
        "cloudflare": list(zones or [zone(program.sim)]),
        "a": True,
        "aaaa": False,
        "purgeUnknownRecords": False,
        "ttl": 300,
        "ip4_provider": trace,
        "ip6_provider": trace,
        **top,
    }
    (program.folder / "config.json").write_text(json.dumps(document), "utf-8")


def test_one_round_without_repeat(legacy: Program, sim: Cloudflare) -> None:
    """As a systemd timer starts it: one round, the names of the zone, the TTL of the file; then nothing to do."""
    write(legacy, aaaa=True)
    assert legacy.run().code == 0
    names = ["example.org", HOME]
    assert sim.records("example.org") == [
        (name, kind, ip) for name in names for kind, ip in (("A", FOUR), ("AAAA", SIX))
    ]
    assert (sim.record("example.org", HOME)["ttl"], sim.record("example.org", HOME)["proxied"]) == (300, False)

    writes = len(sim.requests("POST"))
    assert legacy.run().code == 0
    assert len(sim.requests("POST")) == writes


def test_repeat_goes_on_and_sigterm_ends_it(legacy: Program, sim: Cloudflare) -> None:
    """Their image's entry point: --repeat. SIGTERM works, at once, while it waits."""
    write(legacy)
    child = legacy.start("--repeat")
    eventually(lambda: len(sim.records("example.org")) == 2)
    time.sleep(0.5)

    assert child.poll() is None
    assert "Bye!" in stop(child)


def test_the_first_process_of_a_container_repeats_by_itself(legacy: Program, sim: Cloudflare) -> None:
    """Only the image's name was changed, so nobody says --repeat."""
    import subprocess  # noqa: PLC0415 -- only here

    from tests.e2e.program import COMMAND  # noqa: PLC0415 -- likewise

    write(legacy)
    command = ["unshare", "-p" if _root() else "-Urp", "--fork", "--kill-child", "--mount-proc", *COMMAND]
    child = subprocess.Popen(
        command, env=legacy.environ({}), cwd=legacy.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        eventually(lambda: len(sim.records("example.org")) == 2 or child.poll() is not None)
        time.sleep(1.0)
        if child.poll() not in {None, 0}:
            pytest.skip("no process namespace here")
        assert child.poll() is None
    finally:
        child.kill()
        child.communicate()


def _root() -> bool:
    import os  # noqa: PLC0415 -- only here

    return os.getuid() == 0


def test_dry_run_changes_nothing(legacy: Program, sim: Cloudflare) -> None:
    """Exit 3 says that there is something to do; with --repeat too."""
    write(legacy)
    for arguments in (["--dry-run"], ["--repeat", "--dry-run"]):
        result = legacy.run(*arguments)
        assert (result.code, sim.records("example.org")) == (3, [])
        assert f"+ A {HOME} {FOUR}" in result.out


def test_a_changed_address_keeps_what_people_set(legacy: Program, sim: Cloudflare) -> None:
    """TTL and comment stay; proxied is declared in the file and repaired, also when the address is the same."""
    sim.add_record("example.org", "A", HOME, "9.9.9.1", ttl=600, comment="mine", proxied=True)
    write(legacy)
    assert legacy.run().code == 0
    record = sim.record("example.org", HOME)
    assert (record["content"], record["comment"], record["proxied"]) == (FOUR, "mine", False)

    record["proxied"] = True
    assert legacy.run().code == 0
    assert sim.record("example.org", HOME)["proxied"] is False


@pytest.mark.parametrize(
    ("subdomains", "proxied", "names"),
    [
        (["", "home"], "", {"example.org": False, HOME: False}),
        (["@", " Home "], "proxied", {"example.org": True, HOME: True}),
        ([{"name": "home", "proxied": True}, "vpn"], "", {HOME: True, "vpn.example.org": False}),
        (
            [{"name": "*"}, {"name": "a.b", "proxied": False}],
            "proxied",
            {"*.example.org": True, "a.b.example.org": False},
        ),
    ],
)
def test_subdomains(
    legacy: Program,
    sim: Cloudflare,
    subdomains: list[object],
    proxied: str,
    names: dict[str, bool],
) -> None:
    """Texts and objects, the zone itself, upper case and blanks, the zone's own proxied."""
    extra: dict[str, Any] = {"proxied": True} if proxied else {}
    write(legacy, zone(sim, subdomains=subdomains, **extra))

    assert legacy.run().code == 0
    records = sim.zone("example.org").records.values()
    assert {record["name"]: record["proxied"] for record in records} == names


def test_purging_deletes_stale_duplicates_of_our_names_only(legacy: Program, sim: Cloudflare) -> None:
    """Other names, other types and other families stay; without it nothing is deleted at all."""
    for content in ("9.9.9.1", "9.9.9.2", FOUR):
        sim.add_record("example.org", "A", HOME, content)
    sim.add_record("example.org", "A", "www.example.org", "9.9.9.3")
    sim.add_record("example.org", "AAAA", HOME, "2620:fe::1")
    sim.add_record("example.org", "TXT", HOME, "hello")
    home = zone(sim, subdomains=["home"])

    write(legacy, home)
    assert legacy.run().code == 0
    assert len(sim.records("example.org")) == 6
    write(legacy, home, purgeUnknownRecords=True)
    assert legacy.run().code == 0
    assert sim.records("example.org") == [
        (HOME, "A", FOUR),
        (HOME, "AAAA", "2620:fe::1"),
        (HOME, "TXT", "hello"),
        ("www.example.org", "A", "9.9.9.3"),
    ]


@pytest.mark.parametrize(
    "source", ["debug.unavailable", "local.iface:nowhere0", "cloudflare.trace:https://localhost:1/x", "file:/nowhere"]
)
def test_purging_deletes_nothing_when_the_address_is_not_known(legacy: Program, sim: Cloudflare, source: str) -> None:
    """There it deleted every record of the zone (their issues 47, 60 and 72); here the round fails and says so."""
    sim.add_record("example.org", "A", HOME, "9.9.9.1")
    sim.add_record("example.org", "A", "www.example.org", "9.9.9.1")
    write(legacy, purgeUnknownRecords=True, ip4_provider=source)

    assert legacy.run().code == 1
    assert len(sim.records("example.org")) == 2


@pytest.mark.parametrize("body", ["<html>503</html>", "ip=2620:fe::9\n", "ip=104.16.0.1\n", "ip=192.168.0.1\n", ""])
def test_a_bad_answer_is_never_a_content(legacy: Program, sim: Cloudflare, body: str) -> None:
    """Version 1 wrote HTML pages and addresses of the other family into records."""
    sim.add_record("example.org", "A", HOME, "9.9.9.1")
    sim.fault(answer(body, path="/cdn-cgi/trace", times=0))
    write(legacy, purgeUnknownRecords=True)

    assert legacy.run().code == 1
    assert sim.records("example.org") == [(HOME, "A", "9.9.9.1")]


@pytest.mark.parametrize("ttl", [0, 1, 5, 29])
def test_a_small_ttl_is_automatic_and_no_hot_loop(legacy: Program, sim: Cloudflare, ttl: int) -> None:
    """There the loop then ran every second, for ever."""
    write(legacy, ttl=ttl)
    child = legacy.start("--repeat")
    eventually(lambda: len(sim.records("example.org")) == 2)
    time.sleep(2.5)

    assert "every 30 seconds" in stop(child)
    assert sim.record("example.org", HOME)["ttl"] == 1
    assert len(sim.requests("GET", "/cdn-cgi/trace")) == 1


def test_every_zone_has_its_own_token(legacy: Program, sim: Cloudflare) -> None:
    """Each request about a zone is signed as its element says: with a token, or with a key and its e-mail."""
    sim.add_zone("example.com")
    sim.world.tokens |= {
        "token-of-org-00000000": Token(zones=frozenset({"example.org"})),
        "token-of-net-00000000": Token(zones=frozenset({"example.net"})),
    }
    sim.world.keys["me@example.com"] = "globalkey0123456789"
    pair = {"api_key": {"api_key": "globalkey0123456789", "account_email": "me@example.com"}}
    write(
        legacy,
        zone(sim, authentication={"api_token": "token-of-org-00000000"}),
        zone(sim, "example.net", authentication={"api_token": "token-of-net-00000000"}),
        zone(sim, "example.com", authentication=pair),
    )
    result = legacy.run()

    assert result.code == 0, result.out
    for name in ("example.org", "example.net", "example.com"):
        assert [row[0] for row in sim.records(name)] == [name, f"home.{name}"]
        signed = {call.headers.get("authorization", "key") for call in sim.requests(path=sim.zone(name).id)}
        assert len(signed) == 1
    shown = legacy.run("check").out + legacy.run("--dry-run").out + legacy.run("migrate").out + result.out
    assert not [secret for secret in ("token-of-org", "token-of-net", "globalkey") if secret in shown]


def test_a_rejected_token_stops_its_own_zone_only(legacy: Program, sim: Cloudflare) -> None:
    """The other zone is kept up to date, and the exit code is 1."""
    refusing = zone(sim, authentication={"api_token": "revoked-token-0000000"})
    write(legacy, refusing, zone(sim, "example.net"))
    result = legacy.run()

    assert (result.code, sim.records("example.org")) == (1, [])
    assert [row[0] for row in sim.records("example.net")] == ["example.net", "home.example.net"]
    assert "credentials" in result.out
    assert "revoked-token" not in result.out


def test_a_zone_that_fails_does_not_stop_the_next(legacy: Program, sim: Cloudflare) -> None:
    """Version 1 gave up the remaining zones of a family after the first failure."""
    sim.fault(broken(500, path=sim.zone("example.org").id, times=0))
    write(legacy, zone(sim), zone(sim, "example.net"))

    assert legacy.run(UPDATE_TIMEOUT="3s").code == 1
    assert len(sim.records("example.net")) == 2


def test_a_native_token_in_the_environment_replaces_theirs(legacy: Program, sim: Cloudflare) -> None:
    """For all zones, so the file need not hold any."""
    write(
        legacy,
        zone(sim, authentication={"api_token": "stale-token-000000000"}),
        zone(sim, "example.net", authentication={}),
    )

    assert legacy.run(CLOUDFLARE_API_TOKEN=sim.token).code == 0
    assert (len(sim.records("example.org")), len(sim.records("example.net"))) == (2, 2)


def test_native_domains_win_and_the_file_is_said_to_be_ignored(legacy: Program, sim: Cloudflare) -> None:
    """As their own tool does, which then read the environment only."""
    write(legacy)
    trace = f"cloudflare.trace:{sim.trace_url}"
    env = {"CLOUDFLARE_API_TOKEN": sim.token, "IP4_DOMAINS": "env.example.org", "IP4_PROVIDER": trace}
    result = legacy.run("run", "--once", **env)

    assert (result.code, sim.records("example.org")) == (0, [("env.example.org", "A", FOUR)])
    assert "config.json is ignored" in result.out


def test_the_file_lies_in_the_working_directory_without_config_path(legacy: Program, sim: Cloudflare) -> None:
    """As there; --config names another one."""
    write(legacy)
    assert legacy.run(CONFIG_PATH="").code == 0
    assert len(sim.records("example.org")) == 2

    (legacy.folder / "config.json").rename(legacy.folder / "other.json")
    assert legacy.run("--config", str(legacy.folder / "other.json"), CONFIG_PATH="").code == 0


def test_substitution_takes_whole_names_and_breaks_no_json(legacy: Program, sim: Cloudflare) -> None:
    """One name may begin with another, and a value may hold a quotation mark; an unset one is named."""
    write(legacy, zone(sim, subdomains=["$CF_DDNS_SUB", "${CF_DDNS_SUBS}"]))
    assert legacy.run(CF_DDNS_SUB="home", CF_DDNS_SUBS="vpn").code == 0
    assert [name for name, _, _ in sim.records("example.org")] == [HOME, "vpn.example.org"]

    result = legacy.run(CF_DDNS_SUB="home")
    assert result.code == 2
    assert "CF_DDNS_SUBS" in result.out


@pytest.mark.parametrize(
    "fault",
    [
        broken(502, path="dns_records", times=0),
        refused(1000, "no", path="dns_records")._replace(times=0),
        Fault("truncate", path="dns_records", times=0),
        Fault("answer", path="dns_records", times=0, body='{"success":true,"result":null}'),
    ],
)
def test_a_failed_listing_is_not_no_records(legacy: Program, sim: Cloudflare, fault: Fault) -> None:
    """There it led to a duplicate, and to an endless 81058."""
    sim.add_record("example.org", "A", HOME, "9.9.9.1")
    sim.fault(fault)
    write(legacy, purgeUnknownRecords=True)

    assert legacy.run(UPDATE_TIMEOUT="3s").code == 1
    assert sim.records("example.org") == [(HOME, "A", "9.9.9.1")]
    assert not sim.requests("POST")


def test_a_zone_of_many_records_is_read_whole(legacy: Program, sim: Cloudflare) -> None:
    """There only the first hundred were seen, so names behind them got duplicates."""
    for number in range(150):
        sim.add_record("example.org", "A", f"n{number:03}.example.org", "9.9.9.1")
    write(legacy, zone(sim, subdomains=["n149"]))

    assert legacy.run().code == 0
    assert sim.records("example.org", name="n149.example.org") == [("n149.example.org", "A", FOUR)]


def test_a_failed_write_is_a_failure(legacy: Program, sim: Cloudflare) -> None:
    """There the monitor was told that all is well, and the exit code was 0."""
    sim.add_record("example.org", "CNAME", HOME, "elsewhere.example.net")
    write(legacy)
    result = legacy.run()

    assert (result.code, sim.records("example.org", "A")) == (1, [("example.org", "A", FOUR)])
    assert "CNAME" in result.out


def test_an_international_zone(legacy: Program, sim: Cloudflare) -> None:
    """Zone names come in Unicode and record names in Punycode; that never matched there."""
    sim.add_zone("例え.jp")
    write(legacy, zone(sim, "例え.jp", subdomains=["", "ぶ"]))
    assert legacy.run().code == 0
    assert len(sim.records("例え.jp")) == 2

    writes = len(sim.requests("POST"))
    assert legacy.run().code == 0
    assert len(sim.requests("POST")) == writes


@pytest.mark.parametrize(
    ("change", "fragments"),
    [
        ({"purgeUnknownRecord": True}, ["purgeUnknownRecord ", "id you mean purgeUnknownRecords"]),
        ({"ttl": "soon"}, ["ttl", "whole number"]),
        ({"a": False}, ["a and aaaa"]),
        ({"ip4_provider": "cloudflare.trce"}, ["ip4_provider", "cloudflare.trace"]),
        ({"cloudflare": []}, ["names no zone"]),
    ],
)
def test_bad_input_in_their_words(legacy: Program, change: dict[str, Any], fragments: list[str]) -> None:
    """Exit 2 with the path of the key and the file, and nobody is asked."""
    write(legacy, **change)
    result = legacy.run()

    assert (result.code, legacy.sim.log) == (2, [])
    assert all(fragment in result.out for fragment in [*fragments, "config.json"]), result.out


def test_what_they_ignored_is_ignored_with_a_warning(legacy: Program, sim: Cloudflare) -> None:
    """load_balancer entries and keys like no other do not stop a user whose file worked."""
    write(legacy, load_balancer=[{"pool_id": "x"}], notes="our home")
    result = legacy.run()

    assert (result.code, len(sim.records("example.org"))) == (0, 2)
    assert "load_balancer" in result.out
    assert "notes is not a known key" in result.out


def test_the_least_file_of_version_1(legacy: Program, sim: Cloudflare) -> None:
    """No families, no purge, no ttl, no sources; the one source of the environment is taken."""
    entry = zone(sim, subdomains=["home"])
    (legacy.folder / "config.json").write_text(json.dumps({"cloudflare": [entry]}), "utf-8")
    trace = f"cloudflare.trace:{sim.trace_url}"

    assert legacy.run(IP4_PROVIDER=trace, IP6_PROVIDER=trace).code == 0
    assert sim.records("example.org") == [(HOME, "A", FOUR), (HOME, "AAAA", SIX)]
    assert sim.record("example.org", HOME)["ttl"] == 300
