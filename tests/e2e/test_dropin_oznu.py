"""A user of oznu/cloudflare-ddns changes the image name and nothing else."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.program import FOUR, SIX, Program, eventually, stop
from tests.fakes.cf_world import Token
from tests.fakes.cloudflare import Cloudflare
from tests.fakes.faults import Fault, broken, refused
from tests.fakes.netns import LINK, unshared
from tests.fakes.resolver import Resolver

HOME = "home.example.org"


@pytest.fixture
def resolver() -> Iterator[Resolver]:
    """Serve the lookup of DNS_SERVER."""
    with Resolver(FOUR) as server:
        yield server


@pytest.fixture
def oznu(ddns: Program, resolver: Resolver) -> Program:
    """Return the program with the compose file of their README, its base URL and DNS server redirected."""
    sim = ddns.sim
    ddns.env = {
        "API_KEY": sim.token,
        "ZONE": "example.org",
        "SUBDOMAIN": "home",
        "PROXIED": "false",
        "CF_API": sim.base_url,
        "DNS_SERVER": resolver.server,
        "CRON": "*/5\t*\t*\t*\t*",
        "RRTYPE": "A",
        "PUID": "1000",
        "PGID": "1000",
        "TZ": "Europe/Berlin",
        "S6_BEHAVIOUR_IF_STAGE2_FAILS": "2",
        "SSL_CERT_FILE": sim.ca_file,
    }
    return ddns


def test_a_missing_record_is_created_then_left_alone_then_updated(
    oznu: Program, sim: Cloudflare, resolver: Resolver
) -> None:
    """TTL 1 and the proxy status as set; no write when equal; a change keeps TTL, comment and tags."""
    assert oznu.run("run", "--once").code == 0
    record = sim.record("example.org", HOME)
    assert (record["content"], record["ttl"], record["proxied"]) == (FOUR, 1, False)

    writes = len(sim.requests("POST"))
    assert oznu.run("run", "--once").code == 0
    assert len(sim.requests("POST")) == writes

    record |= {"ttl": 600, "comment": "mine", "tags": []}
    resolver.says = "9.9.9.10"
    assert oznu.run("run", "--once").code == 0
    found = sim.record("example.org", HOME)
    assert (found["content"], found["ttl"], found["comment"]) == ("9.9.9.10", 600, "mine")
    assert found["id"] == record["id"]


def test_it_runs_by_cron_until_it_is_stopped_and_leaves_the_record(oznu: Program, sim: Cloudflare) -> None:
    """A round at the start, then waiting for CRON; a stop without DELETE_ON_STOP deletes nothing."""
    child = oznu.start()
    eventually(lambda: sim.records("example.org") == [(HOME, "A", FOUR)])
    assert "Bye!" in stop(child)
    assert sim.records("example.org") == [(HOME, "A", FOUR)]


@pytest.mark.parametrize(("text", "deleted"), [("true", True), ("True", False), ("1", False), ("false", False)])
def test_delete_on_stop_is_exactly_true(oznu: Program, sim: Cloudflare, text: str, *, deleted: bool) -> None:
    """Anything else keeps the record; other names are never touched."""
    sim.add_record("example.org", "A", "www.example.org", "9.9.9.1")
    sim.add_record("example.org", "AAAA", HOME, "2620:fe::1")
    child = oznu.start(DELETE_ON_STOP=text)
    eventually(lambda: (HOME, "A", FOUR) in sim.records("example.org"))
    stop(child)

    kept = [(HOME, "AAAA", "2620:fe::1"), ("www.example.org", "A", "9.9.9.1")]
    assert sim.records("example.org") == (kept if deleted else [(HOME, "A", FOUR), *kept])


def test_the_key_file_beats_the_key_and_is_read_in_every_round(oznu: Program, sim: Cloudflare) -> None:
    """A new secret in the file needs no restart."""
    path = oznu.folder / "key"
    path.write_text("outdated-key-0000000000000000\n", "utf-8")
    child = oznu.start(API_KEY_FILE=str(path))
    eventually(lambda: bool(sim.requests("GET", "/client/v4/zones")))
    assert sim.records("example.org") == []

    path.write_text(f"{sim.token}\n", "utf-8")
    time.sleep(0.3)
    child.send_signal(signal.SIGUSR1)
    eventually(lambda: sim.records("example.org") == [(HOME, "A", FOUR)])
    stop(child)


def test_a_key_file_that_is_not_there_is_passed_over(oznu: Program, sim: Cloudflare) -> None:
    """API_KEY is used."""
    assert oznu.run("run", "--once", API_KEY_FILE="/nowhere/key").code == 0
    assert sim.records("example.org") == [(HOME, "A", FOUR)]


def test_an_email_means_the_global_key(oznu: Program, sim: Cloudflare) -> None:
    """X-Auth-Email and X-Auth-Key instead of a token."""
    sim.world.keys["me@example.org"] = "globalkey0123456789"
    result = oznu.run("run", "--once", EMAIL="me@example.org", API_KEY="globalkey0123456789")

    assert (result.code, sim.records("example.org")) == (0, [(HOME, "A", FOUR)])
    assert all("authorization" not in call.headers for call in sim.requests(path="/client/v4/"))


def test_zone_and_subdomain_files_beat_the_variables(oznu: Program, sim: Cloudflare) -> None:
    """Their content may end with a line break, or be a list."""
    (oznu.folder / "zone").write_text("example.net\n", "utf-8")
    (oznu.folder / "sub").write_text("a\nb\n", "utf-8")
    files = {"ZONE_FILE": str(oznu.folder / "zone"), "SUBDOMAIN_FILE": str(oznu.folder / "sub")}

    assert oznu.run("run", "--once", **files).code == 0
    assert [name for name, _, _ in sim.records("example.net")] == ["a.example.net", "b.example.net"]
    assert sim.records("example.org") == []


@pytest.mark.parametrize(
    ("subdomain", "names"),
    [
        ("", ["example.org"]),
        ("@", ["example.org"]),
        ("*", ["*.example.org"]),
        ("a.b", ["a.b.example.org"]),
        ("HOME", [HOME]),
        ("home, vpn *", ["*.example.org", HOME, "vpn.example.org"]),
    ],
)
def test_subdomains(oznu: Program, sim: Cloudflare, subdomain: str, names: list[str]) -> None:
    """Empty is the zone itself, a star the wildcard, and lists work."""
    assert oznu.run("run", "--once", SUBDOMAIN=subdomain).code == 0
    assert [name for name, _, _ in sim.records("example.org")] == names


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("true", False, True),
        ("TRUE", False, True),
        ("false", True, False),
        ("", True, True),
        ("", False, False),
        ("yes", True, True),
    ],
)
def test_the_proxy_status_is_repaired_only_when_it_is_set(
    oznu: Program, sim: Cloudflare, text: str, *, before: bool, after: bool
) -> None:
    """In both directions, also when the address is the same; anything but true and false counts as not set."""
    sim.add_record("example.org", "A", HOME, FOUR, proxied=before)

    assert oznu.run("run", "--once", PROXIED=text).code == 0
    assert sim.record("example.org", HOME)["proxied"] is after


def test_aaaa_by_rrtype(oznu: Program, sim: Cloudflare) -> None:
    """The A record of the name is none of its business, and DNS_SERVER is said to have no effect."""
    sim.add_record("example.org", "A", HOME, "9.9.9.1")
    command = f"echo {SIX}"
    result = oznu.run("run", "--once", RRTYPE="AAAA", CUSTOM_LOOKUP_CMD=command)

    assert (result.code, sim.records("example.org")) == (0, [(HOME, "A", "9.9.9.1"), (HOME, "AAAA", SIX)])
    assert "DNS_SERVER has no effect" in result.out


def test_the_command_beats_the_interface_and_names_the_first_address_too(oznu: Program, sim: Cloudflare) -> None:
    """Also for the creation of the record, where theirs did not ask it."""
    result = oznu.run("run", "--once", DNS_SERVER="", INTERFACE="lo", CUSTOM_LOOKUP_CMD="echo 9.9.9.20")

    assert (result.code, sim.records("example.org")) == (0, [(HOME, "A", "9.9.9.20")])


@pytest.mark.parametrize("name", ["INTERFACE", "CUSTOM_LOOKUP_CMD"])
def test_empty_is_unset(oznu: Program, sim: Cloudflare, resolver: Resolver, name: str) -> None:
    """There an empty value counted as set, and broke the container; blanks are empty too."""
    assert oznu.run("run", "--once", **{name: " "}).code == 0
    assert (sim.records("example.org"), resolver.asked) == ([(HOME, "A", FOUR)], 1)


@pytest.mark.parametrize(
    "command",
    [
        "echo ';; connection timed out; no servers could be reached'",
        "true",
        "false",
        "echo '<html>502</html>'",
        "echo 9.9.9.9; exit 3",
        "echo 2620:fe::9",
        "echo 9.9.9.9 extra words",
    ],
    ids=["timeout-text", "empty", "failed", "html", "failed-late", "wrong-family", "words"],
)
def test_what_is_no_address_is_never_published(oznu: Program, sim: Cloudflare, command: str) -> None:
    """Neither over an existing record nor as a new one; exit 1 says that the round failed."""
    sim.add_record("example.org", "A", HOME, "9.9.9.1")
    env = {"DNS_SERVER": "", "CUSTOM_LOOKUP_CMD": command, "SUBDOMAIN": "home new"}

    assert oznu.run("run", "--once", **env).code == 1
    assert sim.records("example.org") == [(HOME, "A", "9.9.9.1")]


@pytest.mark.parametrize("address", ["192.168.1.7", "100.64.0.7", "203.0.113.7"])
def test_a_command_may_name_any_address(oznu: Program, sim: Cloudflare, address: str) -> None:
    """People publish the address in their own network or VPN so, and did."""
    assert oznu.run("run", "--once", CUSTOM_LOOKUP_CMD=f"echo {address}").code == 0
    assert sim.records("example.org") == [(HOME, "A", address)]


@pytest.mark.netns
def test_the_first_address_of_the_interface_is_the_record(oznu: Program, sim: Cloudflare) -> None:
    """Exactly one record, though the interface has three addresses."""
    child = _with_addresses(oznu, "10.1.2.3", "8.8.8.8", "9.9.9.9")

    # The namespace has no way to the simulator, so what would be written is read from the check and from the doctor.
    assert "IPv4 from local.iface.first" in child
    assert "10.1.2.3" in child
    assert "8.8.8.8" not in child
    assert sim.log == []


def _with_addresses(oznu: Program, *addresses: str) -> str:
    """Return what the doctor says in a namespace whose interface has these addresses."""
    import shlex  # noqa: PLC0415 -- only here
    import subprocess  # noqa: PLC0415 -- likewise
    import sys  # noqa: PLC0415 -- likewise

    from tests.e2e.program import COMMAND  # noqa: PLC0415 -- likewise

    helper = f"{shlex.quote(sys.executable)} -m tests.fakes.netns"
    steps = [f"{helper} link", *(f"{helper} add {address}" for address in addresses), shlex.join([*COMMAND, "doctor"])]
    done = subprocess.run(
        unshared("sh", "-c", " && ".join(steps)),
        env=oznu.environ({"INTERFACE": LINK, "DNS_SERVER": ""}),
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if "unshare failed" in done.stderr:
        pytest.skip("no network namespace here")
    return done.stdout


def test_a_record_deleted_by_hand_comes_back(oznu: Program, sim: Cloudflare) -> None:
    """In the next round, with its creation reported."""
    child = oznu.start()
    eventually(lambda: sim.records("example.org") == [(HOME, "A", FOUR)])
    sim.zone("example.org").records.clear()

    time.sleep(0.3)
    child.send_signal(signal.SIGUSR1)
    eventually(lambda: sim.records("example.org") == [(HOME, "A", FOUR)])
    stop(child)


@pytest.mark.parametrize(
    "fault",
    [
        broken(502, path="dns_records", times=0),
        refused(1000, "no", path="dns_records")._replace(times=0),
        Fault("truncate", path="dns_records", times=0),
        Fault("answer", path="dns_records", times=0, body="null"),
        broken(500, path="/zones\\?", times=0),
    ],
    ids=["502", "success-false", "truncated", "null", "no-zone"],
)
def test_a_failed_listing_makes_no_second_record(oznu: Program, sim: Cloudflare, fault: Fault) -> None:
    """An unparsable answer never becomes a request, and the credentials are not blamed for an outage."""
    sim.add_record("example.org", "A", HOME, "9.9.9.1")
    sim.fault(fault)
    result = oznu.run("run", "--once", UPDATE_TIMEOUT="3s")

    assert (result.code, sim.records("example.org")) == (1, [(HOME, "A", "9.9.9.1")])
    assert not sim.requests("POST")
    assert "credentials" not in result.out
    assert "token" not in result.out.lower() or "Cloudflare" in result.out


def test_a_rejected_write_is_tried_again_in_the_next_round(oznu: Program, sim: Cloudflare) -> None:
    """Nothing is given up for good."""
    sim.fault(refused(1004, "not today", 400, method="POST", path="batch")._replace(times=0))
    child = oznu.start()
    eventually(lambda: len(sim.requests("POST", "batch")) >= 1)
    time.sleep(0.5)
    sim.faults.clear()
    child.send_signal(signal.SIGUSR1)
    eventually(lambda: sim.records("example.org") == [(HOME, "A", FOUR)])
    stop(child)


def test_account_owned_tokens_work(oznu: Program, sim: Cloudflare) -> None:
    """Theirs asked the verifier of user tokens first, which does not know them."""
    sim.world.tokens["account-owned-token-0000"] = Token(kind="account")

    assert oznu.run("run", "--once", API_KEY="account-owned-token-0000").code == 0
    assert not sim.requests("GET", "verify")


def test_other_records_at_the_name_stay(oznu: Program, sim: Cloudflare) -> None:
    """Theirs knew one record only: it never deleted another one while running."""
    sim.add_record("example.org", "A", HOME, FOUR)
    sim.add_record("example.org", "A", HOME, "9.9.9.1")
    sim.add_record("example.org", "TXT", HOME, "hello")

    assert oznu.run("run", "--once").code == 0
    assert len(sim.records("example.org")) == 3


@pytest.mark.parametrize(
    ("env", "fragments"),
    [
        ({"API_KEY": ""}, ["API_KEY"]),
        ({"ZONE": ""}, ["ZONE", "is not set"]),
        ({"RRTYPE": "CNAME"}, ["RRTYPE", "A or AAAA"]),
        ({"CRON": "every day"}, ["CRON"]),
        ({"CF_API": "http://192.0.2.1/v4"}, ["CF_API", "https"]),
        ({"ZONE": "example..org"}, ["example..org"]),
        ({"CLOUDFLARE_API_TOKEN": "x", "DOMAINS": "a.b"}, ["API_KEY", "ZONE", "CLOUDFLARE_API_TOKEN", "DOMAINS"]),
    ],
)
def test_bad_input_in_their_words(oznu: Program, env: dict[str, str], fragments: list[str]) -> None:
    """Exit 2 and no request; the message names the variable they wrote."""
    result = oznu.run("run", **env)

    assert (result.code, oznu.sim.log) == (2, [])
    assert all(fragment in result.out for fragment in fragments), result.out


def test_both_languages_with_a_choice(oznu: Program, sim: Cloudflare) -> None:
    """DDNS_DIALECT decides, and what is ignored is named."""
    result = oznu.run("run", "--once", DDNS_DIALECT="oznu", DOMAINS="other.example.org")

    assert (result.code, sim.records("example.org")) == (0, [(HOME, "A", FOUR)])
    assert "DOMAINS is ignored" in result.out


def test_check_names_their_variables_and_hides_the_key(oznu: Program) -> None:
    """Where every value came from, in their words; nothing is asked."""
    result = oznu.run("check")

    assert (result.code, oznu.sim.log) == (0, [])
    assert "API_KEY" in result.out
    assert "CF_API" in result.out
