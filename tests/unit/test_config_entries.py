"""Domain entries and lists."""

import pytest

from ddns.config.entries.domainentries import Defaults, finish, read_entry
from ddns.config.entries.lists import read_names, read_waf_lists
from ddns.config.notes import Notes
from ddns.config.raw import RawValue
from ddns.config.values.fields import RawEntry, take_apart
from ddns.core.addresses.families import Family
from ddns.core.domains import Domain
from ddns.core.entries import Entry, ListRef, Metadata, Source
from tests.fakes.spelling import spell_entry

TRACES = (Source("cloudflare.trace"), Source("cloudflare.trace"))
BOTH: frozenset[Family] = frozenset({4, 6})
TRACE = Source("cloudflare.trace")
ZONE = "023e105f4ecef8ad9ca31a8372d0c353"


def notes(**settings: str) -> Notes:
    """Return notes on settings of the environment."""
    return Notes({name: RawValue(text, "environment", name) for name, text in settings.items()})


def entry(text: str, defaults: Defaults | None = None) -> Entry:
    """Return the one entry of a list for both families."""
    (raw,) = take_apart(text).entries
    return finish(read_entry(raw, BOTH, "DOMAINS").entry, defaults or Defaults((TRACE, TRACE)))


def test_every_field() -> None:
    """A whole entry; the fields of the record become declared state."""
    read = entry(
        'home.Example.org { proxied=true, ttl=300, comment="x, y", tags=["a:b", c:d], '
        "ip4=local.iface:ppp0, ip6=none, hostid6=[::1, mac(aa:bb:cc:dd:ee:f0)], }"
    )

    assert read.domain == Domain("home.example.org")
    assert read.sources == (Source("local.iface", "ppp0"), None)
    assert read.fallback == Metadata(300, proxied=True, comment="x, y", tags=("a:b", "c:d"))
    assert read.enforce == {"proxied", "ttl", "comment", "tags"}
    assert [host.text for host in read.hostids] == ["::1", "mac(aa:bb:cc:dd:ee:f0)"]


def test_defaults_fill_what_is_not_written() -> None:
    """Unwritten fields have the general fallback and the general declaration."""
    defaults = Defaults((TRACE, None), Metadata(60, comment="mine"), frozenset({"comment"}))

    assert entry("a.b", defaults) == Entry(
        Domain("a.b"), (TRACE, None), Metadata(60, comment="mine"), frozenset({"comment"})
    )
    assert entry("a.b{ttl=1}", defaults).enforce == {"comment", "ttl"}
    assert entry("a.b{enforce}", defaults).enforce == {"proxied", "ttl", "comment", "tags"}
    assert entry("a.b{enforce=false, ttl=1}", defaults).enforce == {"ttl"}
    assert entry("a.b{comment=''}", defaults).fallback.comment == ""


def test_names_in_a_zone_known_by_its_id() -> None:
    """With a zone the name is relative to it."""
    assert entry(f"@{{zone={ZONE}}}") == Entry(Domain("@"), (TRACE, TRACE), zone_id=ZONE)
    assert entry(f"www{{zone={ZONE}, zone={ZONE}}}").domain == Domain("www")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a.b{proxid=true}", "did you mean proxied?"),
        ("a.b{xyzzy=1}", "the fields are"),
        ("a.b{ttl}", "without a value"),
        ("a.b{ttl=}", "without a value"),
        ("a.b{ttl=300,,comment=x}", "empty field"),
        ("a.b{ttl=300 comment=x}", "the field ttl of a.b"),
        ("a.b{ttl=300", "cannot be read"),
        ("a.b{ttl=300} c.d", 'after "a.b"'),
        ("c.d a.b{ttl=300}", "missing a comma"),
        ("{ttl=300}", "without a name"),
        ("a.b{ttl=7}", "the field ttl of a.b must be 1"),
        ("a.b{proxied=yes}", "did you mean true?"),
        ("a.b{ttl=60, ttl=61}", "written twice"),
        ("a.b{ip4=ipfy}", "did you mean ipify?"),
        ("a.b{hostid6=x}", "the field hostid6 of a.b"),
        ("a.b{zone=x}", "32 characters"),
        (f"www{{zone={ZONE}, zone={'0' * 32}}}", "one zone ID"),
        ("localhost, a..b", "too few labels"),
        ("localhost, a..b", "two dots"),
    ],
)
def test_bad_entries_say_what_is_wrong(text: str, what: str) -> None:
    """Each fault is a problem of its own, and every faulty name is named."""
    found = notes(DOMAINS=text)

    assert not read_names(found).complete
    assert what in "\n".join(f"{problem.what}; {problem.hint}" for problem in found.problems)


def test_no_fault_repeats_what_stands_in_braces() -> None:
    """Sources in fields may hold secrets."""
    for text in (
        "a.b {ip4=cmd:s3cret} c.d",
        "{ip4=cmd:s3cret}",
        "a.b{ip4=cmd:s3cret, ip4=local}",
        "a.b{ip4=cmd:(s3cret}",
    ):
        found = notes(DOMAINS=text)

        assert not read_names(found).complete
        assert "s3cret" not in str(found.problems)


@pytest.mark.parametrize(
    ("text", "names", "warnings"),
    [
        ("b.c, a.b,", ["a.b", "b.c"], 0),
        (",a.b", ["a.b"], 1),
        ("a.b,,b.c", ["a.b", "b.c"], 1),
        (",", [], 1),
        ("a.b b.c\nc.d", ["a.b", "b.c", "c.d"], 1),
        ("z.b, *.z.b, a.z.b, A.z.b.", ["*.z.b", "a.z.b", "z.b"], 0),
        ("", [], 0),
    ],
)
def test_commas_are_tolerated_and_names_sorted(text: str, names: list[str], warnings: int) -> None:
    """Extra and missing commas give one warning; the order of the list does not matter."""
    found = notes(DOMAINS=text)

    assert [one.domain.ascii for one in read_names(found).named] == names
    assert len(found.warnings) == warnings


def test_lists_are_joined() -> None:
    """A name in a list of one family gets that family; equal fields may be repeated, in any list."""
    found = notes(
        DOMAINS="a.b{ttl=60}",
        IP4_DOMAINS="a.b{proxied=true}, c.d{ip4=local}",
        IP6_DOMAINS="a.b{ttl=60, ip6=local}, e.f",
    )
    entries = [finish(one, Defaults((TRACE, TRACE))) for one in read_names(found).named]

    assert found.problems == []
    assert [(one.domain.ascii, one.sources) for one in entries] == [
        ("a.b", (TRACE, Source("local"))),
        ("c.d", (Source("local"), None)),
        ("e.f", (None, TRACE)),
    ]
    assert entries[0].fallback == Metadata(60, proxied=True)


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("ttl", "60", "61"),
        ("hostid6", "::1", "::2"),
        ("ip6", "local", "none"),
        ("comment", "x", "y"),
        ("tags", "a:b", "a:c"),
    ],
)
def test_lists_that_disagree(field: str, one: str, other: str) -> None:
    """The problem names both places, and the field."""
    found = notes(DOMAINS=f"a.b{{{field}={one}}}", IP6_DOMAINS=f"a.b{{{field}={other}}}")
    read_names(found)

    (problem,) = found.problems
    assert f"the field {field} of a.b" in problem.what
    assert "DOMAINS (environment) and IP6_DOMAINS (environment)" in problem.what


@pytest.mark.parametrize(
    "settings",
    [{"IP4_DOMAINS": "a.b{hostid6=::1}"}, {"IP4_DOMAINS": "a.b{ip6=local}"}, {"IP6_DOMAINS": "a.b{ip4=local}"}],
)
def test_fields_of_the_other_family_are_refused(settings: dict[str, str]) -> None:
    """A list of one family has no use for fields of the other."""
    found = notes(**settings)
    read_names(found)

    assert "is of no use in" in found.problems[0].what


def test_warnings_about_fields() -> None:
    """What a field's reader remarks is said with the name."""
    found = notes(DOMAINS="a.b{ttl=30, ip4=ipify, hostid6=mac(00:00:00:00:00:00)}")
    read_names(found)

    said = [warning.what for warning in found.warnings]
    assert len(said) == 3
    assert all(line.startswith("DOMAINS has a field of a.b that ") for line in said)


def test_waf_lists() -> None:
    """Lists are sorted and without duplicates; an odd account is only warned of."""
    found = notes(WAF_LISTS=f"{ZONE}/home, acc/b, {ZONE} / home,")

    assert read_waf_lists(found, TRACES) == (ListRef(ZONE, "home"), ListRef("acc", "b"))
    assert len(found.warnings) == 1
    assert not found.problems


def test_waf_lists_on_lines_and_with_sources_of_their_own() -> None:
    """As every place: what a field does not say is the general source."""
    found = notes(WAF_LISTS=f"{ZONE}/a\n{ZONE}/b{{ip4=local, ip6=none}}\n\n{ZONE}/c {{ip6=local}}")

    assert read_waf_lists(found, TRACES) == (
        ListRef(ZONE, "a"),
        ListRef(ZONE, "b", (Source("local"), None)),
        ListRef(ZONE, "c", (TRACES[0], Source("local"))),
    )
    assert (found.warnings, found.problems) == ([], [])


@pytest.mark.parametrize(
    "text",
    [
        *(
            "home",
            "/home",
            f"{ZONE}/Home",
            f"{ZONE}/",
            '"x',
            f"{ZONE}/a{{keep=[1.1.1.1]}}",
            f"{ZONE}/a{{ip4=clodflare}}",
        ),
        f"{ZONE}/a{{ip4=local",
    ],
)
def test_bad_waf_lists(text: str) -> None:
    """A list needs an account and a name in small letters."""
    found = notes(WAF_LISTS=text)

    assert read_waf_lists(found, TRACES) == ()
    assert len(found.problems) == 1


def test_a_waf_list_with_two_minds() -> None:
    """One list cannot have two sources."""
    found = notes(WAF_LISTS=f"{ZONE}/a, {ZONE}/a{{ip4=local}}")
    read_waf_lists(found, TRACES)

    assert ["twice, with different fields" in problem.what for problem in found.problems] == [True]


def test_an_entry_can_be_written_back() -> None:
    """Declared fields, sources, host IDs and the zone are spelt so that they read the same."""
    metadata = 'proxied=true, comment="a, \\"b\\"", tags=["x:y,z"]'
    sources = 'ip4="static:192.0.2.1,192.0.2.2", ip6=none, hostid6=[::1, ::2]'
    text = f"www{{zone={ZONE}, {metadata}, {sources}}}"
    first = entry(text)

    assert entry(spell_entry(first, BOTH)) == first
    plain = entry("a.b{hostid6=preserve}")
    assert spell_entry(plain, BOTH) == "a.b{ip4=cloudflare.trace, ip6=cloudflare.trace, hostid6=preserve}"
    assert spell_entry(plain._replace(sources=(None, None), hostids=()), frozenset()) == "a.b"
    assert (
        str(RawEntry("a.b", (("comment", "'x'"), ("tags", ""), ("ip4", "cmd:("))))
        == 'a.b{comment="\'x\'", tags="", ip4="cmd:("}'
    )
