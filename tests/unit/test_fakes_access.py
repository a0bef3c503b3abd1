"""The simulator reads credentials and permissions, and refuses them in the words of each backend."""

from collections.abc import Iterator

import pytest

from tests.fakes.asking import ask
from tests.fakes.cf_world import Token
from tests.fakes.cloudflare import Cloudflare

UNKNOWN = {"Authorization": "Bearer well-formed-and-unknown-to-anybody"}
MALFORMED = {"Authorization": "Bearer b@d"}


@pytest.fixture
def sim() -> Iterator[Cloudflare]:
    """Serve example.org without TLS."""
    with Cloudflare(tls=False) as sim:
        yield sim


def lists(sim: Cloudflare) -> str:
    """Return the path of the rules lists."""
    return f"/accounts/{sim.account.id}/rules/lists"


def test_each_backend_refuses_in_its_own_words(sim: Cloudflare) -> None:
    """Unknown and malformed tokens: zones, lists and the verifier answer differently."""
    assert ask(sim, "GET", "/zones", headers=UNKNOWN).codes == [403, 9109]
    assert ask(sim, "GET", "/zones", headers=MALFORMED).codes == [400, 6003, 6111]
    assert ask(sim, "GET", lists(sim), headers=UNKNOWN).codes == [401, 10000]
    assert ask(sim, "GET", lists(sim), headers=UNKNOWN).json.keys() == {"success", "errors"}
    assert ask(sim, "GET", lists(sim), headers=MALFORMED).codes == [400, 9106]
    assert ask(sim, "GET", "/user/tokens/verify", headers=UNKNOWN).codes == [401, 1000]
    assert ask(sim, "GET", "/zones", headers={"Authorization": ""}).codes == [400, 9106]
    assert ask(sim, "GET", "/zones", headers={"Authorization": f"Basic {sim.token}"}).codes == [400, 6003, 6111]


def test_the_global_key_needs_its_email(sim: Cloudflare) -> None:
    """The pair signs in; a wrong key does not."""
    sim.world.keys["me@example.org"] = "an-invented-key"
    pair = {"Authorization": "", "X-Auth-Email": "me@example.org", "X-Auth-Key": "an-invented-key"}

    assert ask(sim, "GET", "/zones", headers=pair).status == 200
    assert ask(sim, "GET", "/zones", headers=pair | {"X-Auth-Key": "wrong"}).codes == [403, 9103]


def test_permissions_are_needed(sim: Cloudflare) -> None:
    """A token may do what it may; the right to edit DNS is enough to find zones."""
    zone = sim.zone("example.org").id
    token = sim.world.tokens[sim.token] = Token(frozenset({"dns.read"}))
    assert ask(sim, "GET", "/zones").status == 200
    assert ask(sim, "GET", f"/zones/{zone}/dns_records").status == 200
    assert ask(sim, "POST", f"/zones/{zone}/dns_records", {}).codes == [403, 10000]
    assert ask(sim, "GET", lists(sim)).codes == [403, 10000]

    token.permissions = frozenset({"lists.edit"})
    assert ask(sim, "GET", "/zones").codes == [403, 10000]
    assert ask(sim, "GET", lists(sim)).status == 200


def test_zones_out_of_scope_are_not_there(sim: Cloudflare) -> None:
    """An empty list when looked for, an authentication error when asked by id."""
    zone = sim.add_zone("example.net")
    sim.world.tokens[sim.token].zones = frozenset({zone.id})

    assert ask(sim, "GET", "/zones?name=example.org").result == []
    assert ask(sim, "GET", f"/zones/{sim.zone('example.org').id}").codes == [403, 10000]
    assert ask(sim, "GET", f"/zones/{zone.id}").result["name"] == "example.net"


def test_an_address_filter_names_the_address(sim: Cloudflare) -> None:
    """The text says from where the token must not be used."""
    sim.world.tokens[sim.token].refused_from = "192.0.2.7"
    got = ask(sim, "GET", "/zones")

    assert got.codes == [403, 9109]
    assert got.json["errors"][0]["message"] == "Cannot use the access token from location: 192.0.2.7"


def test_verifiers_know_their_own_kind(sim: Cloudflare) -> None:
    """Tokens of users and of accounts have one verifier each; a disabled token is told as such, and of no other use."""
    account = f"/accounts/{sim.account.id}/tokens/verify"
    good = ask(sim, "GET", "/user/tokens/verify")
    assert good.result["status"] == "active"
    assert good.json["messages"][0]["code"] == 10000
    assert ask(sim, "GET", account).codes == [401, 1000]
    assert ask(sim, "GET", "/accounts").result[0]["id"] == sim.account.id

    sim.world.tokens[sim.token] = Token(kind="account", status="disabled")
    assert ask(sim, "GET", account).result["status"] == "disabled"
    assert ask(sim, "GET", "/zones").codes == [403, 9109]
    sim.world.tokens[sim.token] = Token(kind="account")
    assert ask(sim, "GET", "/accounts").codes == [400, 1001]


def test_paths_that_mean_nothing_are_refused(sim: Cloudflare) -> None:
    """Unknown ids and routes: 7003, with the chain that Cloudflare adds for zones."""
    assert ask(sim, "GET", "/zones/nothing/dns_records").codes == [404, 7003, 7000]
    assert ask(sim, "GET", "/accounts/nothing/rules/lists").codes == [404, 7003]
    assert ask(sim, "GET", "/nothing").codes == [400, 7003]
    assert ask(sim, "GET", "//nothing").status == 404


def test_ranges_need_no_credentials(sim: Cloudflare) -> None:
    """Cloudflare's own ranges are public."""
    assert "2606:4700::/32" in ask(sim, "GET", "/ips", headers={"Authorization": ""}).result["ipv6_cidrs"]


def test_a_client_without_a_name_is_refused(sim: Cloudflare) -> None:
    """No User-Agent: the edge answers in plain text."""
    got = ask(sim, "GET", "/zones", headers={"User-Agent": ""})

    assert (got.status, got.body) == (403, b"error code: 1010")


def test_the_limit_is_told_and_kept(sim: Cloudflare) -> None:
    """Headers count down; above the limit everything is refused until the window ends."""
    sim.world.quota = 2
    assert ask(sim, "GET", "/zones").headers["ratelimit"].startswith('"default";r=1;t=')
    assert ask(sim, "GET", "/zones").headers["ratelimit-policy"] == '"burst";q=2;w=300'
    over = ask(sim, "GET", "/zones")

    assert over.codes == [429, 971]
    assert 0 < int(over.headers["retry-after"]) <= 300
