"""What holds for every configuration, however odd."""

import contextlib
import json

from hypothesis import given
from hypothesis import strategies as st

from ddns.config import Inputs, load, refuse, reporting_of
from ddns.config.entries.domainentries import Defaults, finish, read_entry
from ddns.config.inputs.argv import parse_argv
from ddns.config.settingstable import SETTINGS
from ddns.config.values.fields import take_apart
from ddns.config.values.scan import quote, split_outside, unquote
from ddns.config.values.sources import parse_source
from ddns.core.addresses.families import Family
from ddns.core.addresses.hostids import parse_hostids
from ddns.core.domains import Domain
from ddns.core.entries import FIELDS, Entry, Metadata, Source
from ddns.errors import ConfigError
from tests.fakes.configuring import Files
from tests.fakes.spelling import spell_entry

BOTH: frozenset[Family] = frozenset({4, 6})
NAMES = [setting.name for setting in SETTINGS]
OTHERS = ["API_KEY", "ZONE", "SUBDOMAIN", "RRTYPE", "CONFIG_PATH", "IP4_DOMIANS"]
TEXTS = st.one_of(
    st.text(max_size=20), st.sampled_from(["true", "@once", "5m", "a.b", "local", "auto", "none", "oznu"])
)
ODD = st.text('ab:,(){}[]"=\\ .@*', max_size=30)
ARGUMENTS = st.text("ab,(){}[]\"'\\ .=:", min_size=1, max_size=12).filter(lambda text: text == text.strip())
PUBLIC = st.ip_addresses(v=4).filter(lambda ip: ip.is_global and not ip.is_multicast).map(str)
STATIC = st.lists(PUBLIC, min_size=1, max_size=3, unique=True).map(lambda found: Source("static", ",".join(found)))
BARE = st.sampled_from(["cloudflare.trace", "cloudflare.doh", "dns.whoami", "local"]).map(Source)
KINDS = st.sampled_from(["cmd", "local.iface", "local.iface.stable"])
PLAIN = st.one_of(BARE, STATIC, st.tuples(KINDS, ARGUMENTS).map(lambda pair: Source(*pair)))
PARTS = st.lists(PLAIN, min_size=1, max_size=3, unique=True).map(tuple)
NESTED = PARTS.map(lambda parts: Source("first", parts=parts))
AGREED = st.lists(st.one_of(PLAIN, NESTED), min_size=1, max_size=3, unique=True).map(
    lambda parts: Source("agree", parts=tuple(parts), quorum=len(parts))
)
UNION = st.tuples(PARTS, st.integers(0, 1)).map(lambda pair: Source("all", parts=pair[0], quorum=pair[1]))
SOURCES = st.one_of(PLAIN, NESTED, AGREED, UNION)
COMMENTS = st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs"]), max_size=30)
TAGS = st.lists(st.text("ab,\"'{[", max_size=5).map("t:{}".format), max_size=3, unique=True).map(tuple)
HOSTS = st.sampled_from(["::1", "preserve", "[::1, ::2]", "mac(aa:bb:cc:dd:ee:f0)"]).map(parse_hostids)


@given(st.dictionaries(st.sampled_from([*NAMES, *OTHERS]), TEXTS), st.text(max_size=30))
def test_loading_ends_in_settings_or_problems(environ: dict[str, str], file: str) -> None:
    """Whatever the texts: settings that a snapshot gives again, or a ConfigError; monitors can always be asked for."""
    inputs = Inputs(environ=environ)
    files = Files({"./config.json": file, "/config.json": file})
    reporting_of(inputs, files)
    with contextlib.suppress(ConfigError):
        loaded = load(inputs, files)
        assert load(loaded.inputs, refuse) == loaded


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["name", "ttl", "ip4", "x"]), inner)
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([setting.key for setting in SETTINGS]), JSON))
def test_any_document_ends_in_settings_or_problems(document: dict[str, object]) -> None:
    """No JSON value in any place is more than a problem."""
    with contextlib.suppress(ConfigError):
        load(Inputs(), Files({"./config.json": json.dumps(document)}))


@given(
    st.lists(
        st.one_of(st.sampled_from(["--ttl", "check", "--once", "--config", "--quiet", "--ttl=1"]), ODD, st.text()),
        max_size=5,
    )
)
def test_any_command_line_ends_in_a_command_or_problems(argv: list[str]) -> None:
    """Arguments are understood or refused."""
    with contextlib.suppress(ConfigError):
        parse_argv(argv)


@given(ODD)
def test_any_text_is_split_or_refused(text: str) -> None:
    """Joining what was split gives an equal list; quoting always comes back."""
    assert unquote(quote(text)) == text
    with contextlib.suppress(ValueError):
        parts = split_outside(text, ",")
        assert split_outside(",".join(parts), ",") == parts


@given(
    st.one_of(
        ODD, st.text(), st.tuples(st.sampled_from(["first", "agree", "static:", "url:", "cmd:"]), ODD).map("".join)
    )
)
def test_any_source_is_read_or_refused(text: str) -> None:
    """A source that can be read can be typed back."""
    with contextlib.suppress(ValueError):
        source = parse_source(text, 4).source
        assert source is None or parse_source(str(source), 4).source == source


@given(SOURCES)
def test_a_source_can_be_typed_back(source: Source) -> None:
    """Reading what a source prints gives the source, with every odd argument."""
    assert parse_source(str(source), 4).source == source


@given(st.one_of(ODD, st.text()))
def test_any_list_of_names_is_taken_apart(text: str) -> None:
    """No text is more than a fault, and what is a name comes back from its own text."""
    for raw in take_apart(text).entries:
        with contextlib.suppress(ValueError):
            read_entry(raw, BOTH, "")
            assert take_apart(str(raw)).entries == (raw,)


@given(
    st.builds(
        Entry,
        st.sampled_from(["a.b", "*.a.b", "xn--wgv71a.jp"]).map(Domain),
        st.tuples(st.one_of(st.none(), SOURCES), st.sampled_from([None, Source("local")])),
        st.builds(Metadata, st.sampled_from([1, 30, 86400]), st.booleans(), COMMENTS.map(str.strip), TAGS),
        st.just(frozenset(FIELDS)),
        st.one_of(st.just(()), HOSTS),
        st.just(""),
    )
)
def test_an_entry_can_be_typed_back(entry: Entry) -> None:
    """Reading what is spelt of an entry gives the entry."""
    (raw,) = take_apart(spell_entry(entry, BOTH)).entries

    assert finish(read_entry(raw, BOTH, "").entry, Defaults((None, None))) == entry
