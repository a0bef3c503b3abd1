"""SPF records: our addresses are exchanged in place, and nothing else of the text moves."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns.core.domains import Domain
from ddns.core.places import SpfEntry
from ddns.core.planning.intents import SpfGoals
from ddns.core.planning.plan import Abort, Intent, Preserve, Update
from ddns.core.planning.spf import held, is_spf, joined, plan_spf, quoted
from ddns.core.records import Record

NAME = "example.org"
OUT = Preserve()


def goals(four: Intent = OUT, six: Intent = OUT, *, keep: tuple[str, ...] = (), add: bool = False) -> SpfGoals:
    """Return what the record should say."""
    entry = SpfEntry(Domain(NAME), (None, None), tuple(map(ip_network, keep)), add)
    return SpfGoals(entry, (four, six))


def to(*texts: str) -> Update:
    """Return addresses."""
    return Update(tuple(map(ip_address, texts)))


def txt(text: str, key: str = "1", *, bare: bool = False, read_only: bool = False) -> Record:
    """Return a TXT record."""
    return Record(key, NAME, "TXT", text if bare else quoted(text), read_only=read_only)


def changed(text: str, wanted: SpfGoals) -> str:
    """Return the text after the plan."""
    plan = plan_spf(wanted, [txt(text), txt("other=text", "2"), Record("3", "x.example.org", "TXT", "v=spf1")])
    assert plan.failed is None
    return joined(plan.step.content) if plan.step else text


@pytest.mark.parametrize(
    ("text", "wanted", "after"),
    [
        ("v=spf1 ip4:192.0.2.1 -all", goals(to("192.0.2.9")), "v=spf1 ip4:192.0.2.9 -all"),
        ("v=spf1  +IP4:192.0.2.1/32  -all", goals(to("192.0.2.9")), "v=spf1  +IP4:192.0.2.9/32  -all"),
        (
            "v=spf1 ip6:2001:db8::1/128 -all",
            goals(OUT, to("2001:db8::8", "2001:db8::9")),
            "v=spf1 ip6:2001:db8::8/128 ip6:2001:db8::9 -all",
        ),
        ("v=spf1 ip4:192.0.2.1 -all", goals(to("192.0.2.1")), "v=spf1 ip4:192.0.2.1 -all"),
        ("v=spf1 ip4:192.0.2.0/24 -all", goals(to("192.0.2.9")), "v=spf1 ip4:192.0.2.0/24 -all"),
        ("v=spf1 -ip4:192.0.2.1 ?all", goals(to("192.0.2.9")), "v=spf1 -ip4:192.0.2.1 ?all"),
        ("v=spf1 ip4:odd ip6:192.0.2.1 ip4 -all", goals(to("192.0.2.9")), "v=spf1 ip4:odd ip6:192.0.2.1 ip4 -all"),
        (
            "v=spf1 ip4:192.0.2.1 a mx ip6:2001:db8::1 include:x.test redirect=y.test",
            goals(to("192.0.2.9"), to("2001:db8::9")),
            "v=spf1 ip4:192.0.2.9 a mx ip6:2001:db8::9 include:x.test redirect=y.test",
        ),
        (
            "v=spf1 ip4:192.0.2.1 ip6:2001:db8::1 ~all",
            goals(Abort("?"), to("2001:db8::9")),
            "v=spf1 ip4:192.0.2.1 ip6:2001:db8::9 ~all",
        ),
        ("v=spf1 ip4:192.0.2.1 a ip4:192.0.2.2 ~all", goals(to("192.0.2.9")), "v=spf1 ip4:192.0.2.9 a ~all"),
        ("v=spf1 ip4:192.0.2.1 ~all", goals(to("192.0.2.8", "192.0.2.9")), "v=spf1 ip4:192.0.2.8 ip4:192.0.2.9 ~all"),
        (
            "v=spf1 ip4:198.51.100.9 ip4:192.0.2.1 ~all",
            goals(to("192.0.2.9"), keep=("198.51.100.9",)),
            "v=spf1 ip4:198.51.100.9 ip4:192.0.2.9 ~all",
        ),
        ("v=spf1 ip4:192.0.2.9 ip4:192.0.2.1", goals(to("192.0.2.9"), keep=("192.0.2.9",)), "v=spf1 ip4:192.0.2.9"),
        ("v=spf1 mx -all", goals(to("192.0.2.9")), "v=spf1 mx -all"),
        ("v=spf1 mx -all", goals(to("192.0.2.9"), add=True), "v=spf1 ip4:192.0.2.9 mx -all"),
        ("v=spf1", goals(to("192.0.2.9"), add=True), "v=spf1 ip4:192.0.2.9"),
    ],
)
def test_what_becomes_of_a_text(text: str, wanted: SpfGoals, after: str) -> None:
    """Row by row."""
    assert changed(text, wanted) == after
    assert changed(after, wanted) == after


def test_the_step_tells_old_and_new() -> None:
    """The addresses, without those that are kept."""
    wanted = goals(to("192.0.2.9"), keep=("198.51.100.9",))
    record = txt("v=spf1 ip4:192.0.2.1 ip4:198.51.100.9 -all")
    step = plan_spf(wanted, [record]).step

    assert step is not None
    assert (step.key, step.old, step.new) == ((NAME, "SPF"), ("192.0.2.1",), ("192.0.2.9",))
    assert held(wanted, [record]) == ("192.0.2.1",)
    assert held(wanted, []) == ()


@pytest.mark.parametrize(
    ("records", "why"),
    [
        ([], "has no SPF record"),
        ([txt("v=spf10"), txt("x v=spf1")], "has no SPF record"),
        ([txt("v=spf1 -all"), txt("V=SPF1 ~all", "2")], "has 2 SPF records"),
        ([txt("v=spf1 ip4:192.0.2.1", read_only=True)], "is managed by Cloudflare"),
        ([txt("v=spf1 ip4:192.0.2.1 " + "a " * 2100)], "would be too long"),
    ],
)
def test_what_is_left_alone(records: list[Record], why: str) -> None:
    """Nothing is created or guessed."""
    plan = plan_spf(goals(to("192.0.2.9")), records)

    assert plan.step is None
    assert plan.failed is not None
    assert why in plan.failed.problem.what


def test_strings_are_joined_and_split() -> None:
    """Bare text, split strings and quotation marks inside."""
    assert joined('"v=spf1 ip4:192.0" ".2.1 -all"') == "v=spf1 ip4:192.0.2.1 -all"
    assert joined("v=spf1 -all") == "v=spf1 -all"
    assert joined(r'"a \"b\" \\"') == 'a "b" \\'
    assert is_spf(txt("v=spf1 -all", bare=True))
    assert quoted("x" * 300) == f'"{"x" * 255}" "{"x" * 45}"'


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=700))
def test_a_text_survives_quoting(text: str) -> None:
    """Whatever is in it."""
    assert joined(quoted(text)) == text


TOKENS = st.lists(
    st.sampled_from(
        ("a", "mx", "-all", "", "ip4:192.0.2.1", "+ip4:192.0.2.2/32", "ip4:10.0.0.0/8", "ip6:2001:db8::1", "exp=x")
    ),
    max_size=8,
)


@given(TOKENS, st.sampled_from((OUT, Abort("?"), to("192.0.2.9"), to("192.0.2.1", "192.0.2.9"))))
def test_other_tokens_survive_in_order(tokens: list[str], four: Intent) -> None:
    """Only single IPv4 addresses may move, and only when the address is known."""
    text = " ".join(("v=spf1", *tokens))
    after = changed(text, goals(four))
    single = ("ip4:192.0.2", "+ip4:192.0.2")

    assert [t for t in after.split(" ") if not t.startswith(single)] == [
        t for t in text.split(" ") if not t.startswith(single)
    ]
    if not isinstance(four, Update):
        assert after == text
