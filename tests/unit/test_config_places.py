"""Places beside records: entries, their fields and sources, and everything that can be wrong with them."""

from ipaddress import ip_network

import pytest

from ddns.config.views.describe import describe
from ddns.config.views.migrate import migration
from ddns.core.domains import Domain
from ddns.core.entries import Source
from ddns.core.expressions.regexes import CommentRegex
from ddns.core.places import ListRules, Place, SpfEntry
from ddns.core.settings import UpdateSettings
from tests.fakes.configuring import configured, first_error, problems_of

ACC = "0" * 32
TRACE, LOCAL = Source("cloudflare.trace"), Source("local")


def read(**env: str) -> UpdateSettings:
    """Return what is read from these settings, without any name."""
    return configured(env).settings.update


@pytest.mark.parametrize(
    ("env", "place"),
    [
        ({"GATEWAY_LOCATIONS": f"{ACC}/Home"}, Place("LOCATION", ACC, "Home", (TRACE, None))),
        (
            {"GATEWAY_LOCATIONS": f'{ACC}/"My, {{home}}"{{keep=[198.51.100.0/24, 203.0.113.9], ip4=local}}'},
            Place(
                *("LOCATION", ACC, "My, {home}", (LOCAL, None), ""),
                (ip_network("198.51.100.0/24"), ip_network("203.0.113.9/32")),
            ),
        ),
        (
            {"GATEWAY_LOCATIONS": f"{ACC}/Home{{endpoints=[doh, ipv6], ip6=local}}"},
            Place("LOCATION", ACC, "Home", (TRACE, LOCAL), endpoints=("ipv6", "doh")),
        ),
        ({"GATEWAY_LISTS": f"{ACC}/Home addresses"}, Place("GATEWAY_LIST", ACC, "Home addresses", (TRACE, TRACE))),
        ({"ACCESS_GROUPS": f"zone:{ACC}/Home{{ip6=none}}"}, Place("GROUP", f"zone:{ACC}", "Home", (TRACE, None))),
        ({"LOAD_BALANCER_ORIGINS": f"{ACC}/web/one"}, Place("ORIGIN", ACC, "web", (TRACE, None), "one")),
        ({"LOAD_BALANCER_ORIGINS": f"{ACC}/web/one{{family=6}}"}, Place("ORIGIN", ACC, "web", (None, TRACE), "one")),
        ({"LOAD_BALANCER_ORIGINS": f"{ACC}/web/one{{ip6=local}}"}, Place("ORIGIN", ACC, "web", (None, LOCAL), "one")),
    ],
)
def test_an_entry(env: dict[str, str], place: Place) -> None:
    """A place with its sources and fields; no DNS name is needed."""
    assert read(**env).places == (place,)


def test_several_entries() -> None:
    """By comma or line; the same one twice is one."""
    found = read(GATEWAY_LISTS=f"{ACC}/a, {ACC}/b\n{ACC}/a\n", ACCESS_GROUPS=f"{ACC}/g").places

    assert [str(place) for place in found] == [f"{ACC}/a", f"{ACC}/b", f"{ACC}/g"]


def test_spf_domains() -> None:
    """Names with their fields."""
    assert read(SPF_DOMAINS="example.org{add, keep=[198.51.100.9], ip6=none}, Example.NET").spf == (
        SpfEntry(Domain("example.org"), (TRACE, None), (ip_network("198.51.100.9/32"),), add=True),
        SpfEntry(Domain("example.net"), (TRACE, TRACE)),
    )


def test_rules_of_gateway_lists() -> None:
    """Description, description of items, and which are ours."""
    found = read(
        GATEWAY_LISTS=f"{ACC}/a",
        GATEWAY_LIST_DESCRIPTION="homes",
        GATEWAY_LIST_ITEM_DESCRIPTION="pi",
        MANAGED_GATEWAY_LIST_ITEMS_DESCRIPTION_REGEX="^pi$",
    )

    assert found.gateway_lists == ListRules("homes", "pi", CommentRegex("^pi$"))


@pytest.mark.parametrize(
    ("env", "what"),
    [
        ({"GATEWAY_LOCATIONS": "Home"}, 'has "Home", which is not account-id/location'),
        ({"GATEWAY_LOCATIONS": f"{ACC}/"}, "which is not account-id/location"),
        ({"LOAD_BALANCER_ORIGINS": f"{ACC}/web"}, "which is not account-id/pool/origin"),
        ({"GATEWAY_LOCATIONS": f"{ACC}/a{{keeep=1}}"}, 'unknown field "keeep"'),
        ({"GATEWAY_LOCATIONS": f"{ACC}/a{{xyz=1}}"}, "the fields are keep, endpoints, ip4, ip6"),
        ({"GATEWAY_LOCATIONS": f"{ACC}/a{{keep=[home]}}"}, 'has "home" in keep'),
        ({"GATEWAY_LOCATIONS": f"{ACC}/a{{keep=1.1.1.1, keep=1.1.1.2}}"}, "is written twice"),
        ({"GATEWAY_LOCATIONS": f"{ACC}/a{{endpoints=[ipv5]}}"}, "did you mean ipv6?"),
        ({"GATEWAY_LOCATIONS": f"{ACC}/a{{endpoints=[xyz]}}"}, "the endpoints are ipv6, dot, doh"),
        ({"GATEWAY_LOCATIONS": f"{ACC}/a{{ip6=local}}"}, "which holds no IPv6 address"),
        ({"GATEWAY_LOCATIONS": f"{ACC}/a{{keep=[}}"}, "cannot be read"),
        ({"GATEWAY_LOCATIONS": f"{ACC}/a{{}}b"}, "something follows the fields"),
        ({"GATEWAY_LOCATIONS": f"zone:{ACC}/a"}, "in place of an account ID"),
        ({"ACCESS_GROUPS": f"zoen:{ACC}/a"}, "in place of an account ID"),
        ({"ACCESS_GROUPS": f"{ACC}/a{{ip4=nonsense}}"}, "nonsense"),
        ({"ACCESS_GROUPS": f"{ACC}/a{{keep=1.1.1.1}}, {ACC}/a"}, "twice, with different fields"),
        ({"LOAD_BALANCER_ORIGINS": f"{ACC}/a/b{{family=5}}"}, "write 4 or 6"),
        ({"LOAD_BALANCER_ORIGINS": f"{ACC}/a/b{{ip4=local, ip6=local}}"}, "which holds no IPv6 address"),
        ({"SPF_DOMAINS": "a..b"}, "has a bad entry"),
        ({"SPF_DOMAINS": "example.org{add=maybe}"}, 'the field add at "example.org", which must be true or false'),
        ({"SPF_DOMAINS": "example.org{endpoints=[doh]}"}, 'unknown field "endpoints"'),
        (
            {"GATEWAY_LISTS": f"{ACC}/a", "MANAGED_GATEWAY_LIST_ITEMS_DESCRIPTION_REGEX": "^x"},
            'GATEWAY_LIST_ITEM_DESCRIPTION="" does not match MANAGED_GATEWAY_LIST_ITEMS_DESCRIPTION_REGEX="^x"',
        ),
    ],
)
def test_what_cannot_be_used(env: dict[str, str], what: str) -> None:
    """One problem, in the words of the person who must correct it."""
    assert what in first_error(problems_of(env))


def test_what_should_be_looked_at() -> None:
    """IDs that are none, and settings for lists without a list."""
    env = {"ACCESS_GROUPS": "acc/a, zone:z/b", "GATEWAY_LIST_DESCRIPTION": "x"}
    warned = first_error(configured(env).warnings)

    assert 'has the account "acc" / IDs of accounts are 32' in warned
    assert 'has the zone "z" / IDs of zones are 32' in warned
    assert "GATEWAY_LIST_DESCRIPTION has no effect, because GATEWAY_LISTS is empty" in warned


def test_what_is_shown_and_migrated() -> None:
    """Fields may hold secrets: they are shown as sources are, and kept out of a migrated file where they do."""
    env = {
        "GATEWAY_LOCATIONS": f"{ACC}/Home{{ip4=url:https://user:hush@example.org/, keep=[198.51.100.9]}}, {ACC}/Cabin",
        "SPF_DOMAINS": "example.org",
        "ACCESS_GROUPS": f"{ACC}/g",
    }
    loaded = configured(env)
    text = "\n".join(describe(loaded))

    assert f"GATEWAY_LOCATIONS = {ACC}/Home{{…}}, {ACC}/Cabin" in text
    assert f"Gateway locations:\n {ACC}/Home: IPv4 from url:https://example.org/…; kept: 198.51.100.9/32\n" in text
    assert "SPF records:\n example.org: IPv4 from cloudflare.trace, IPv6 from cloudflare.trace" in text
    moved = migration(loaded)
    assert moved.withheld[-1:] == ("GATEWAY_LOCATIONS",)
    assert moved.document["access_groups"] == [f"{ACC}/g"]
    assert "hush" not in text + str(moved)


def test_the_json_file_takes_lists() -> None:
    """An entry an item; also as one text."""
    text = f'{{"gateway_lists": ["{ACC}/a", "{ACC}/b{{ip6=none}}"], "spf_domains": "example.org"}}'
    found = configured(files={"/c.json": text}, config_path="/c.json").settings.update

    assert [str(place) for place in found.places] == [f"{ACC}/a", f"{ACC}/b"]
    assert [str(entry) for entry in found.spf] == ["example.org"]
