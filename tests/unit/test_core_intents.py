"""From answers to intents: the unknown can only abort, and one impossible pair blocks only its names."""

from ipaddress import IPv6Address, ip_address, ip_interface, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns.core.addresses.families import Detected, Known, Unknown
from ddns.core.addresses.hostids import HostId
from ddns.core.entries import ListRef, Metadata, Source
from ddns.core.expressions.selectors import parse_filter
from ddns.core.places import Networks, covers
from ddns.core.planning.intents import (
    Answers,
    decide,
    disputed,
    filtered,
    intent_of,
    merged,
    questions,
    wanted,
)
from ddns.core.planning.plan import Abort, Clear, Goal, Preserve, Update, Wanted
from ddns.core.settings import UpdateSettings, WafSettings
from tests.fakes.roundkit import V4, V6, entry

REF = ListRef("acc", "home")
HOME = entry("home.example.org", six=V6)


def known(*texts: str) -> Known:
    """Return known addresses."""
    return Known(tuple(ip_interface(text) for text in texts))


def list_goals(waf: WafSettings, answers: Answers) -> tuple[Goal, Goal]:
    """Return what the one list should hold."""
    (goals,) = decide(UpdateSettings(waf=waf), answers).places
    return goals.goals


def test_questions_are_asked_once_ipv4_first() -> None:
    """Sources of entries and of lists, each once per family; those of lists only when there are lists."""
    waf = WafSettings((REF,), (V4, Source("local")))
    settings = UpdateSettings((HOME, HOME, entry("x.test", four=None, six=V6)), waf)

    assert questions(settings) == ((V4, 4), (V6, 6), (Source("local"), 6))
    assert questions(settings._replace(waf=waf._replace(lists=()))) == ((V4, 4), (V6, 6))


@pytest.mark.parametrize("detected", [Unknown("?"), known()])
def test_a_filter_changes_neither_unknown_nor_known_empty(detected: Detected) -> None:
    """What is unknown stays unknown for its own reason; static.empty stays empty."""
    assert filtered(detected, parse_filter("addr-in(10.0.0.0/8)", 4), 4) == detected


def test_a_filter_keeps_what_it_matches() -> None:
    """Without a filter all stays; with nothing left the address is unknown."""
    found = known("192.0.2.1", "198.51.100.1")

    assert filtered(found, None, 4) == found
    assert filtered(found, parse_filter("addr-in(192.0.2.0/24)", 4), 4) == known("192.0.2.1")
    nothing = filtered(found, parse_filter("addr-in(10.0.0.0/8)", 4), 4)
    assert isinstance(nothing, Unknown)
    assert "IP4_DETECTION_FILTER" in nothing.hint


def test_the_four_intents() -> None:
    """Out of scope, unknown, known-empty, known."""
    assert intent_of(entry("x.test", four=None), 4, {}) == Preserve()
    assert intent_of(HOME, 4, {(V4, 4): Unknown("no route")}) == Abort("no route")
    assert intent_of(HOME, 4, {(V4, 4): known()}) == Clear()
    assert intent_of(HOME, 4, {(V4, 4): known("192.0.2.2", "192.0.2.1")}) == Update(
        (ip_address("192.0.2.1"), ip_address("192.0.2.2"))
    )


def test_answers_that_cannot_be_right_are_unknown() -> None:
    """A source that was not asked, or answered with the other family, aborts."""
    assert intent_of(HOME, 4, {}) == Abort("the source was not asked")
    assert isinstance(intent_of(HOME, 4, {(V4, 4): known("2001:db8::1")}), Abort)


def test_host_ids_multiply_addresses_and_one_impossible_pair_aborts() -> None:
    """Each address with each host ID, sorted and once; a reason instead of an address blocks this name."""
    hosts = (HostId("preserve", "preserve"), HostId("literal", "::5", 5))
    mac = HostId("mac", "mac(02:00:00:00:00:01)", 0x020000000001)
    found: Answers = {(V6, 6): known("2001:db8::1/80")}

    assert intent_of(entry("x.test", six=V6, hostids=hosts), 6, found) == Update(
        (IPv6Address("2001:db8::1"), IPv6Address("2001:db8::5"))
    )
    assert isinstance(intent_of(entry("x.test", six=V6, hostids=(*hosts, mac)), 6, found), Abort)
    assert isinstance(intent_of(HOME, 6, found), Update)


def test_host_ids_do_not_concern_ipv4() -> None:
    """The A records of the same name are the addresses themselves."""
    odd = entry("x.test", hostids=(HostId("literal", "::5", 5),))

    assert intent_of(odd, 4, {(V4, 4): known("192.0.2.1")}) == Update((ip_address("192.0.2.1"),))


def test_wanted_carries_the_declared_fields_and_leaves_out_what_is_out_of_scope() -> None:
    """One item for each family in scope."""
    one = entry("x.test", fallback=Metadata(300), enforce=frozenset({"ttl"}))
    (goals,) = decide(UpdateSettings((one,)), {(V4, 4): known("192.0.2.1")}).entries

    made = wanted(goals, "x.test")

    assert made == (Wanted("x.test", "A", Update((ip_address("192.0.2.1"),)), Metadata(300), frozenset({"ttl"})),)


def test_merged_is_sorted_and_contradictions_abort() -> None:
    """Equal wishes are one; different ones for the same name and type change nothing."""
    one, other = Wanted("b", "A", Clear()), Wanted("a", "A", Clear())
    torn = merged([one, other, one, other._replace(fallback=Metadata(300))])

    assert [(item.name, type(item.intent)) for item in torn] == [("a", Abort), ("b", Clear)]
    assert [item.name for item in disputed([one, other], torn)] == ["a"]
    assert disputed([one, other._replace(intent=Abort("?"))], torn) == ()


def test_list_targets_are_masked_ranges() -> None:
    """The outermost of them, by family; unknown and out of scope stay what they are."""
    waf = WafSettings((REF,), (V4, V6))
    answers: Answers = {
        (V4, 4): Unknown("no route"),
        (V6, 6): known("2001:db8:1::1/64", "2001:db8::1/48", "2001:db8::2/64"),
    }

    four, six = list_goals(waf, answers)

    assert four == Abort("no route")
    assert six == Networks((ip_network("2001:db8::/48"), ip_network("2001:db8:1::/64")))
    assert list_goals(WafSettings((REF,)), {}) == (Preserve(), Preserve())


def test_ranges_a_list_does_not_take_abort() -> None:
    """Wider than /8 or /12 is refused before Cloudflare does."""
    waf = WafSettings((REF,), (V4, V6))

    four, six = list_goals(waf, {(V4, 4): known("10.0.0.1/7"), (V6, 6): known("2001:db8::1/12")})

    assert isinstance(four, Abort)
    assert isinstance(six, Networks)


ranges = st.tuples(st.sampled_from(("10.0.0.0", "10.0.1.0", "192.0.2.0", "::", "2001:db8::")), st.integers(0, 32)).map(
    lambda pair: ip_network(f"{pair[0]}/{pair[1]}", strict=False)
)


@given(ranges, ranges)
def test_covers_is_containment(outer: object, inner: object) -> None:
    """The same as the standard library's subnet_of, for families alike."""
    one, two = ip_network(str(outer)), ip_network(str(inner))
    expected = one.version == two.version and two.subnet_of(one)  # type: ignore[arg-type]  # of one family here

    assert covers(one, two) is expected


@given(st.lists(ranges.filter(lambda net: net.version == 4 and net.prefixlen >= 8)))
def test_targets_cover_all_and_none_lies_inside_another(nets: list[object]) -> None:
    """Whatever is detected, the ranges wanted are a minimal cover of it."""
    found = known(*(str(net) for net in nets))
    target, _ = list_goals(WafSettings((REF,), (V4, None)), {(V4, 4): found})

    assert isinstance(target, Networks)
    assert all(any(covers(outer, item.network) for outer in target.ranges) for item in found.found)
    assert not any(covers(one, two) for one in target.ranges for two in target.ranges if one != two)
