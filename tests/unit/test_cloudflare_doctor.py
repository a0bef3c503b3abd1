"""What the doctor says of credentials and zones."""

from collections.abc import Iterator

import pytest

from ddns.cloudflare.client import Cloudflare
from ddns.cloudflare.doctor import Finding
from ddns.core.settings import Access, Credential
from ddns.net import Http, Roots
from tests.fakes.cf_world import Token
from tests.fakes.cloudflare import Cloudflare as Simulator
from tests.fakes.faults import broken
from tests.fakes.wired import RealClock, wired

SECRET = "a-token-for-this-test-only-and-no-other"


@pytest.fixture
def sim() -> Iterator[Simulator]:
    """Serve a simulator without TLS."""
    with Simulator(tls=False) as sim:
        yield sim


def findings(sim: Simulator, token: Token | None) -> tuple[Finding, ...]:
    """Examine a token, or one that Cloudflare does not know."""
    if token is not None:
        sim.world.tokens[SECRET] = token
    with wired(sim, SECRET) as api:
        return api.verify()


def test_all_is_well(sim: Simulator) -> None:
    """Each zone, up to three, is named with what can be read there; nothing is written."""
    for name in ("b.example", "c.example", "d.example"):
        sim.add_zone(name)
    sim.add_record("example.org", "A", "home.example.org", "192.0.2.1")
    sim.add_record("b.example", "TXT", "b.example", "no address")

    found = findings(sim, Token())
    assert {each.level for each in found} == {"good"}
    assert [each.what for each in found[:2]] == [
        "the token is valid and active",
        "the token sees the zone b.example and 0 A or AAAA records of it",
    ]
    assert len(found) == 4
    assert {call.method for call in sim.log} == {"GET"}


def test_one_record_is_told_in_the_singular(sim: Simulator) -> None:
    """Grammar matters."""
    sim.add_record("example.org", "A", "home.example.org", "192.0.2.1")
    assert findings(sim, Token())[1].what == "the token sees the zone example.org and 1 A or AAAA record of it"


def test_a_token_owned_by_an_account_is_only_a_remark(sim: Simulator) -> None:
    """The verifier does not know it, and it works."""
    first, *others = findings(sim, Token(kind="account"))

    assert first.level == "remark"
    assert {each.level for each in others} == {"good"}


def test_an_unknown_token_is_bad(sim: Simulator) -> None:
    """The remedy says what to check."""
    found = findings(sim, None)

    assert found[-1].level == "bad"
    assert "permission" in found[-1].remedy


def test_a_disabled_token_is_bad(sim: Simulator) -> None:
    """A verifier that answers 200 may still say no."""
    assert findings(sim, Token(status="expired"))[0].what == "the token is expired"


def test_an_address_filter_is_told(sim: Simulator) -> None:
    """A token bound to an address locks out the host whose address changes."""
    found = findings(sim, Token(refused_from="192.0.2.77"))

    assert "192.0.2.77" in found[-1].what
    assert "Client IP Address Filtering" in found[-1].remedy


def test_a_token_that_sees_no_zone_is_bad(sim: Simulator) -> None:
    """Accepted, but of no use."""
    assert findings(sim, Token(zones=frozenset()))[-1].what == "the token is accepted but sees no zone"


def test_a_token_that_may_not_read_records_is_bad(sim: Simulator) -> None:
    """The zone is visible, its records are not; a zone that is not active is a remark."""
    sim.zone("example.org").status = "pending"
    found = findings(sim, Token(frozenset({"zone.read"})))

    assert [each.level for each in found] == ["good", "remark", "bad"]
    assert "is pending" in found[1].what


def test_many_zones_are_not_read(sim: Simulator) -> None:
    """With more than 200 zones it is enough to know that they are there."""
    for number in range(200):
        sim.add_zone(f"z{number}.example")
    assert findings(sim, Token())[-1].what == "the token sees more than 200 zones"


def test_a_fault_of_cloudflare_is_told_as_one(sim: Simulator) -> None:
    """Neither verifier nor zones answer: both are told."""
    sim.fault(broken(503, times=0))
    found = findings(sim, Token())

    assert [each.level for each in found] == ["bad", "bad"]
    assert "503" in found[0].what


def test_a_zone_with_a_token_of_its_own_is_looked_at_too(sim: Simulator) -> None:
    """With that token; what is wrong with it is a finding of its own."""
    sim.world.tokens["token-of-one-zone"] = Token(zones=frozenset({"b.example"}))
    zones = tuple(
        (sim.add_zone(name).id, Credential(secret))
        for name, secret in (("b.example", "token-of-one-zone"), ("c.example", "unknown-token-of-c"))
    )
    http = Http(Roots(), "ddns-test/0", RealClock())
    api = Cloudflare(http, Access(Credential(sim.token), sim.base_url, zones), RealClock(), 5.0)
    good, bad = api.verify()[-2:]
    http.abort()

    assert good.what == "the token sees the zone b.example and 0 A or AAAA records of it"
    assert bad.level == "bad"
    assert "credentials" in bad.what
