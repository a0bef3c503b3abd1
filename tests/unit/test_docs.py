"""The pages say what the tables of the program say."""

import json
import re
import runpy
from pathlib import Path
from typing import get_args
from xml.etree import ElementTree as ET

import pytest

from ddns.cloudflare import refusals
from ddns.config import Inputs, load
from ddns.config.entries.placeentries import SETTINGS as PLACE_SETTINGS
from ddns.config.settingstable import PLACE_NAMES, SETTINGS
from ddns.config.values.fields import FIELDS
from ddns.config.values.sources import parse_source
from ddns.config.views.describe import _TITLES
from ddns.config.views.help import PAGES as HELP
from ddns.core.addresses.families import Family, Known
from ddns.core.entries import Source
from ddns.core.memory import Memory
from ddns.core.places import LIST_TYPES, NOUNS, PlaceType
from ddns.core.planning.objects.kinds import KINDS
from ddns.core.planning.permissions import _OF_PLACES
from ddns.core.reports.roundreport import Detection, Result, RoundReport
from ddns.core.services.forms import FORMS, parse_service
from ddns.detect.sourcetable import WAYS
from ddns.host.onchange import Change, _facts
from ddns.output.metrics import render
from tests.fakes.doors import MemoryFiles

DOCS = Path(__file__).parents[2] / "docs"
SETTINGS_PAGE = (DOCS / "settings.md").read_text("utf-8")
ROW = re.compile(r"^\| `([A-Z0-9_]+)` \| (?:`(.*?)`)? ?\| (.+?) \|(?: (?:`(.*?)`)? ?\|)?$", re.MULTILINE)
OZNU = (
    *("API_KEY", "API_KEY_FILE", "EMAIL", "ZONE", "ZONE_FILE", "SUBDOMAIN", "SUBDOMAIN_FILE", "PROXIED", "RRTYPE"),
    *("DELETE_ON_STOP", "INTERFACE", "CUSTOM_LOOKUP_CMD", "DNS_SERVER", "CRON", "CF_API", "PUID", "PGID", "TZ"),
)
TIMOTHYMILLER = (
    *("CF_ACCOUNT_ID", "DOMAINS", "IP4_DOMAINS", "IP6_DOMAINS", "IP4_PROVIDER", "IP6_PROVIDER", "IP4_POLICY"),
    *("UPDATE_CRON", "UPDATE_ON_START", "DELETE_ON_STOP", "DELETE_ON_FAILURE", "TTL", "PROXIED", "RECORD_COMMENT"),
    *("MANAGED_RECORDS_COMMENT_REGEX", "WAF_LISTS", "WAF_LIST_DESCRIPTION", "WAF_LIST_ITEM_COMMENT"),
    *("MANAGED_WAF_LIST_ITEMS_COMMENT_REGEX", "DETECTION_TIMEOUT", "UPDATE_TIMEOUT", "REJECT_CLOUDFLARE_IPS"),
    *("EMOJI", "QUIET", "HEALTHCHECKS", "UPTIMEKUMA", "SHOUTRRR", "CONFIG_PATH", "authentication.api_token"),
    *("zone_id", "subdomains", "proxied", "a", "aaaa", "purgeUnknownRecords", "ttl", "ip4_provider", "load_balancer"),
)
FAVONIA = (
    *("CLOUDFLARE_API_TOKEN", "CF_API_TOKEN_FILE", "IP4_DEFAULT_PREFIX_LEN", "IP6_DETECTION_FILTER", "HTTPS_PROXY"),
    *(
        "CACHE_EXPIRATION",
        "SHOUTRRR_FILE",
        *(name for name in TIMOTHYMILLER[:26] if name not in {"DELETE_ON_FAILURE", "REJECT_CLOUDFLARE_IPS"}),
    ),
)


def rows() -> dict[str, tuple[str, str]]:
    """Return the settings of the page with their defaults and examples."""
    return {name: (default, example) for name, default, _, example in ROW.findall(SETTINGS_PAGE)}


def test_every_setting_is_on_the_page_with_its_default() -> None:
    """No more and no fewer."""
    assert {name: default for name, (default, _) in rows().items()} == {one.name: one.default for one in SETTINGS}


def test_every_field_of_an_entry_is_on_the_page() -> None:
    """The table of fields is whole too."""
    part = SETTINGS_PAGE.partition("## Fields of an entry")[2].partition("## The file")[0]

    assert set(re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE)) == set(FIELDS)


def test_every_notification_service_is_on_its_page() -> None:
    """No more and no fewer; the forms are ones the program takes, and the settings name the same services."""
    page = (DOCS / "notifications.md").read_text("utf-8")
    found = dict(re.findall(r"^\| (\w+) \| (`\w+://.+?) \|", page, re.MULTILINE))

    assert set(found) == set(FORMS)
    for kind, urls in found.items():
        for url in re.findall(r"`(.+?)`", urls):
            assert parse_service(url.replace("PORT", "25")).kind == kind
    listed = re.findall(r"URLs of notification services, one a line: (.+?)\.", SETTINGS_PAGE)[0]
    assert set(listed.split(", ")) == set(FORMS)


@pytest.mark.parametrize("name", [name for name, (_, example) in rows().items() if example])
def test_examples_are_accepted(name: str) -> None:
    """An example that is copied works."""
    example = rows()[name][1].replace("\\|", "|").removeprefix(f"{name}=").replace("…", "x")
    environ = {"CLOUDFLARE_API_TOKEN": "x", "DOMAINS": "home.example.org"}
    if name.startswith("WAF_LIST_") or "WAF_LIST_" in name:
        environ |= {"WAF_LISTS": f"{'a' * 32}/home", "WAF_LIST_ITEM_COMMENT": "home router"}
    if name == "MANAGED_RECORDS_COMMENT_REGEX":
        environ["RECORD_COMMENT"] = "home router"
    files = {"/run/secrets/cloudflare": "x", "/run/secrets/notify": "ntfy://ntfy.sh/topic"}

    loaded = load(Inputs((), {**environ, name: example}), MemoryFiles(files))
    assert name in loaded.raw


def test_the_file_on_the_page_is_accepted() -> None:
    """The JSON example too."""
    text = re.findall(r"```json\n(.*?)```", SETTINGS_PAGE, re.DOTALL)[0]
    files = {"/c.json": text, "/run/secrets/cloudflare": "x"}

    assert len(load(Inputs((), {}, "/c.json"), MemoryFiles(files)).settings.update.entries) == len(
        json.loads(text)["domains"]
    )


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("cloudflare.trace", 4),
        ("cloudflare.trace:https://example.org/cdn-cgi/trace", 6),
        ("cloudflare.doh", 4),
        ("dns.whoami:1.1.1.1", 4),
        ("dns.opendns", 4),
        ("ipify", 6),
        ("url:https://example.org", 4),
        ("url.via4:https://example.org", 6),
        ("local", 4),
        ("local.iface:eth0", 4),
        ("local.iface.first:eth0", 4),
        ("local.iface.stable:eth0", 6),
        ("static:203.0.113.7", 4),
        ("static.empty", 4),
        ("file:/run/ip", 4),
        ("cmd:echo", 4),
        ("first(local, ipify)", 4),
        ("agree(2, local, ipify)", 4),
        ("none", 4),
    ],
)
def test_every_source_is_on_the_page_and_is_read(text: str, family: Family) -> None:
    """The table of sources names what the reader takes."""
    word = re.split(r"[:(]", text)[0]

    parse_source(text, family)
    assert re.search(rf"`{re.escape(word)}[`:(]", (DOCS / "sources.md").read_text("utf-8"))


@pytest.mark.parametrize(
    ("page", "names"),
    [("migrate-oznu.md", OZNU), ("migrate-timothymiller.md", TIMOTHYMILLER), ("migrate-favonia.md", FAVONIA)],
)
def test_every_setting_of_the_others_has_a_row(page: str, names: tuple[str, ...]) -> None:
    """In the first column of a table."""
    text = (DOCS / page).read_text("utf-8")
    first = " ".join(line.split(" | ")[0] for line in text.splitlines() if line.startswith("| "))

    assert [name for name in names if f"`{name}`" not in first] == []


def test_every_metric_and_every_fact_is_on_the_page() -> None:
    """What other programs read has names that stay."""
    results = (
        Result("a", "A", "changed", (), ("192.0.2.1",)),
        Result("x/y", "LIST", "unchanged"),
        Result("x/z", "GROUP", "unchanged"),
    )
    known = Detection(4, Source("local"), Known(()))
    text = render(RoundReport(0.0, 1.0, (known,), results), Memory(failing=(("x", 1.0),)), "1")

    written = set(re.findall(r"^# TYPE (\w+)", text, re.MULTILINE))
    assert written == set(re.findall(r"`(dormouse_\w+)", SETTINGS_PAGE))
    assert set(re.findall(r"`(DDNS_[A-Z]+)`", SETTINGS_PAGE)) - {"DDNS_DIALECT"} == set(
        _facts(Change(("a",), "A", (), ()))
    )


PAGES = [DOCS.parent / "README.md", *sorted(DOCS.glob("*.md"))]
BLOCK = re.compile(r"^ *```sh\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
ASSIGNED = re.compile(r"(?:^|\s|-e )([A-Z][A-Z0-9_]+)=", re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_examples_name_settings_that_exist(page: Path) -> None:
    """Nothing misspelt, no old name, no deprecated source."""
    known = {one.name for one in SETTINGS if one.group != "old"} | set(OZNU if page.stem == "migrate-oznu" else ())
    for block in BLOCK.findall(page.read_text("utf-8")):
        assert set(ASSIGNED.findall(block)) <= known, block
        assert "ipify" not in re.sub(r"\S*ipify\.org", "", block), block


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    """A page or a file that is named is there."""
    for target in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_examples_work_when_they_are_pasted(page: Path) -> None:
    """A setting on a line of its own is exported, or the program would not see it."""
    for block in BLOCK.findall(page.read_text("utf-8")):
        lines = block.replace("\\\n", "").splitlines()
        assert [line for line in lines if re.fullmatch(r"\s*[A-Z][A-Z0-9_]+=('[^']*'|\S*)(\s*#.*)?", line)] == []


def test_settings_of_the_packaged_examples_exist() -> None:
    """Compose, Kubernetes and systemd; OpenWrt's is read in test_packaging_openwrt.py."""
    folder = DOCS.parent / "packaging"
    known = {one.name for one in SETTINGS if one.group != "old"}
    compose = re.findall(
        r"^      (?:# )?([A-Z0-9_]+): ", (folder / "compose" / "compose.yaml").read_text("utf-8"), re.MULTILINE
    )
    pod = re.findall(r"\{name: ([A-Z0-9_]+), value", (folder / "kubernetes" / "ddns.yaml").read_text("utf-8"))
    assert (
        f"```yaml\n{(folder / 'compose' / 'compose.yaml').read_text('utf-8')}```"
        in (DOCS / "quick-start.md").read_text()
    )
    assert "DOMAINS" in compose
    assert "DOMAINS" in pod
    assert {*compose, *pod} <= known
    files = {"/c.json": (folder / "systemd" / "ddns.json").read_text("utf-8")}
    assert load(Inputs((), {"CLOUDFLARE_API_TOKEN": "x"}, "/c.json"), MemoryFiles(files)).settings.update.entries


def test_files_that_are_named_exist() -> None:
    """On the pages and in CONTRIBUTING.md, by their path from the top."""
    top = r"(?:ddns|docs|packaging|tests|build|bench|script)/[\w./*-]*\w"
    more = (DOCS.parent / "CONTRIBUTING.md", DOCS.parent / "packaging" / "README.md", *(DOCS / "design").glob("*.md"))
    for page in (*PAGES, *more):
        for name in re.findall(rf"(?<![\w/.-])({top})(?![\w/*<…])", page.read_text("utf-8")):
            assert "NEW" in name or list(DOCS.parent.glob(name)), f"{page.name} names {name}"


def test_every_refusal_is_on_its_page() -> None:
    """Each code and each remedy, and words of the program that no table of it holds."""
    page = (DOCS / "troubleshooting.md").read_text("utf-8")
    codes = {*refusals.HINTS, *refusals.AUTH, *refusals.EXISTS, *refusals.GONE}
    remedies = (*refusals.HINTS.values(), *refusals.PERMISSIONS.values(), refusals.DNS, refusals.LOCATION_HINT)

    assert [code for code in codes if f"({code})" not in page] == []
    assert [one for one in (*remedies, refusals.MALFORMED_HINT) if one[1:] not in page] == []
    source = "".join(path.read_text("utf-8") for path in (DOCS.parent / "ddns").rglob("*.py"))
    for words in ("rate limit is used up", "could not confirm", "has no IPv6 address", "a year before 2025"):
        assert f"*{words}*" in page
        assert words in source


@pytest.mark.parametrize("script", ["pages", "picture"])
def test_what_is_made_from_the_code_is_up_to_date(script: str) -> None:
    """script/pages has been run since a message changed, script/picture since a stage of the round did."""
    for path, content in runpy.run_path(str(DOCS.parent / "script" / script))["files"]().items():
        assert (DOCS.parent / path).read_text("utf-8") == content


def test_the_recording_is_what_the_demo_says() -> None:
    """script/record has been run since the program says something else: the demo is played here."""
    made = runpy.run_path(str(DOCS.parent / "script" / "record.py"))
    picture = made["picture"](made["played"]())
    assert (DOCS / "demo.svg").read_text("utf-8") == picture
    assert ET.fromstring(picture).find("{http://www.w3.org/2000/svg}title") is not None  # noqa: S314 -- our own file


def test_every_source_is_on_its_page() -> None:
    """A new one that nobody described is found here."""
    page = (DOCS / "sources.md").read_text("utf-8")
    missing = [kind for kind in WAYS if not re.search(rf"`{re.escape(kind)}[`:(]", page)]
    assert missing == ["debug.unavailable"]


def test_every_target_and_place_is_described() -> None:
    """In the README of the build, and on the page of places."""
    build = DOCS.parent / "build"
    text = (build / "README.md").read_text("utf-8")
    assert [path.stem for path in (build / "targets").glob("*.toml") if path.stem not in text] == []
    installed = text + (DOCS / "install-pi.md").read_text("utf-8") + (DOCS / "install-router.md").read_text("utf-8")
    targets = {path.stem for path in (build / "targets").glob("*.toml") if "released = true" in path.read_text("utf-8")}
    assert {name for name in targets if f"ddns-linux-{name}`" in installed} == targets
    places = (DOCS / "places.md").read_text("utf-8")
    assert [name for name in PLACE_NAMES if f"`{name}=" not in places] == []


def test_every_way_to_install_is_in_the_table() -> None:
    """Each page of steps, and each form that script/package makes, with what was tried of it."""
    text = (DOCS / "install.md").read_text("utf-8")
    assert [path.name for path in DOCS.glob("install-*.md") if path.name not in text] == []
    assert [
        form for form in (".deb", ".ipk", ".apk", ".tgz", "luci-app-dormouse", "dormouse-ram") if form not in text
    ] == []


def test_every_kind_of_place_is_in_every_table() -> None:
    """See docs/design/new-place.md; what is missing would otherwise be a KeyError for its first user."""
    kinds = set(get_args(PlaceType))
    lists = {"LIST"}
    assert kinds == set(NOUNS) - {"SPF"} == set(_TITLES) == set(_OF_PLACES)
    assert kinds - lists == {setting.type for setting in PLACE_SETTINGS.values()}
    assert set(KINDS) == kinds - LIST_TYPES
    for kind in KINDS.values():
        assert any(part in kind.path("account") for part in refusals.PERMISSIONS), kind.noun
    for page in ("places.md", "token.md"):
        text = (DOCS / page).read_text("utf-8")
        assert [right for right in _OF_PLACES.values() if right not in text] == []


def test_every_command_is_on_a_page() -> None:
    """Those of the help are also named in the README or on a page."""
    text = "".join(page.read_text("utf-8") for page in PAGES)
    assert [verb for verb in HELP if f"ddns {verb}" not in text] == []


def test_the_pictures_are_made_from_the_tables() -> None:
    """bench/plots.py has been run since a figure changed; each picture is XML and has a form for dark pages."""
    made = runpy.run_path(str(DOCS.parent / "bench" / "plots.py"))["pictures"]()
    assert sorted(made) == ["memory.svg", "requests.svg"]
    for name, picture in made.items():
        assert (DOCS / name).read_text("utf-8") == picture
        assert "prefers-color-scheme: dark" in picture
        assert ET.fromstring(picture).find("{http://www.w3.org/2000/svg}title") is not None  # noqa: S314 -- our own file
