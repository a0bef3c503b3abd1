"""Who is told, and how the log looks: read apart from the rest, so that even a bad configuration can be reported."""

from collections import Counter

from ddns.config.access.token import read_file
from ddns.config.notes import Notes
from ddns.config.raw import Reader
from ddns.config.settingstable import BY_NAME
from ddns.config.values.parsers import parse_bool, parse_choice, parse_path
from ddns.config.values.urlvalues import parse_url
from ddns.core.settings import Output, Reporting

_UPTIMEKUMA_USUAL = {"status=up", "msg=OK", "ping=", ""}


def read_reporting(notes: Notes, read: Reader) -> Reporting:
    """Return whoever is well configured; the others are left out, with a problem each."""
    return Reporting(
        notes.parse("HEALTHCHECKS", lambda text: _healthchecks(notes, text), ""),
        notes.parse("UPTIMEKUMA", lambda text: _uptimekuma(notes, text), ""),
        _services(notes, read),
        notes.text("ON_CHANGE"),
        notes.parse("METRICS_FILE", parse_path, ""),
        notes.parse("STATUS_PAGE", parse_path, ""),
    )


def read_output(notes: Notes) -> Output:
    """Return how the log looks; what cannot be read has its default."""
    return Output(
        notes.parse("EMOJI", parse_bool, fallback=True),
        notes.parse("QUIET", parse_bool, fallback=False),
        _choice(notes, "LOG_FORMAT") == "json",
        notes.parse("LOG_TIMESTAMPS", parse_bool, fallback=False),
        "all" if _choice(notes, "LOG_ROUNDS") == "all" else "changes",
    )


def _choice(notes: Notes, name: str) -> str:
    setting = BY_NAME[name]
    return notes.parse(name, lambda text: parse_choice(text, setting.choices), setting.default)


def _healthchecks(notes: Notes, text: str) -> str:
    if not text:
        return ""
    url = parse_url(text)
    if "?" in text or url.fragment:
        raise ValueError("must be the plain ping URL, without anything after a ? or #")
    _warn_http(notes, "HEALTHCHECKS", url.scheme, loopback=url.loopback)
    return text.rstrip("/")


def _uptimekuma(notes: Notes, text: str) -> str:
    """Return the push URL without its query, which is ours to write."""
    if not text:
        return ""
    url = parse_url(text)
    _warn_http(notes, "UPTIMEKUMA", url.scheme, loopback=url.loopback)
    if set(url.query.split("&")) - _UPTIMEKUMA_USUAL:
        notes.warn("UPTIMEKUMA", "has parameters after the ?, which are ignored", "remove them")
    return text.partition("#")[0].partition("?")[0]


def _warn_http(notes: Notes, name: str, scheme: str, *, loopback: bool) -> None:
    if scheme == "http" and not loopback:
        notes.warn(name, "uses http, so anybody on the way can read and forge reports", "use https if you can")


def _services(notes: Notes, read: Reader) -> tuple[str, ...]:
    """Return the URLs of SHOUTRRR and SHOUTRRR_FILE, which must be alike where both are set."""
    inline = _lines(notes, "SHOUTRRR", notes.text("SHOUTRRR")) if notes.given("SHOUTRRR") else None
    if not notes.given("SHOUTRRR_FILE"):
        return inline or ()
    text = read_file(notes, "SHOUTRRR_FILE", read)
    if text is None:
        return inline or ()
    filed = _lines(notes, "SHOUTRRR_FILE", text)
    if inline is not None and Counter(inline) != Counter(filed):
        notes.problem("SHOUTRRR_FILE", "lists other URLs than SHOUTRRR", "remove one, or make them the same")
    return filed


def _lines(notes: Notes, name: str, text: str) -> tuple[str, ...]:
    """Return the URLs of a text, one a line; ``#`` begins a comment line."""
    found: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        url = line.strip()
        if not url or url.startswith("#"):
            continue
        scheme, mark, _ = url.partition("://")
        if not mark or not scheme.replace("+", "").replace("-", "").isalnum():
            notes.problem(name, f"has a line {number} that is not a URL", "write one URL a line")
        elif url.count("://") > 1 and any(part.partition("://")[1] for part in url.split()[1:]):
            notes.problem(name, f"has several URLs in line {number}", "write one a line (in YAML use |, not >)")
        elif _usable(notes, name, number, url):
            found.append(url)
    if not found:
        notes.warn(name, "lists no URL", "remove it, or write one URL a line")
    return tuple(found)


def _usable(notes: Notes, name: str, number: int, url: str) -> bool:
    """Whether a service of that URL is known and has all its parts."""
    from ddns.core.services.forms import FORMS, parse_service  # noqa: PLC0415 -- only for those who want notifications

    if any(part.strip().partition("://")[0] in FORMS for part in url.split(",")[1:]):
        notes.problem(name, f"has several URLs in line {number}", "write one a line")
        return False
    address, _, fragment = url.partition("#")
    before, _, query = address.partition("?")
    if any(mark.isspace() for mark in before + fragment) or query != query.rstrip():
        notes.problem(
            name, f"has more than a URL in line {number}", "remove it, or write %20 for a space that is meant"
        )
        return False
    if len(query.split()) > 1:
        notes.warn(name, f"has spaces inside the URL in line {number}", "write %20 if they are meant")
    try:
        service = parse_service(url)
    except ValueError as error:
        notes.problem(name, f"cannot be used in line {number}", str(error))
        return False
    if service.url.scheme.startswith("generic+") and service.url.param("template").lower() == "json":
        notes.warn(
            name, f"passes template=json on in line {number}", "write generic:// if it is meant for this program"
        )
    return True
