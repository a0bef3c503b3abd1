"""``ddns doctor``: what could be wrong outside the configuration, each finding with its remedy; changes nothing."""

from collections.abc import Iterator
from typing import NamedTuple

from ddns.app.kit import Kit, make_kit
from ddns.app.process import Process
from ddns.cloudflare.doctor import Finding
from ddns.core.addresses import Unknown, family_name
from ddns.core.intents import questions
from ddns.core.settings import Settings
from ddns.errors import NetError
from ddns.output.lines import Level, Line, Meaning
from ddns.ports import Clock, Request

CLOCK_SECONDS = 120.0
"""A clock may be this wrong before it is a finding (our choice: certificates and cron still work)."""


class _Look(NamedTuple):
    level: Level
    meaning: Meaning


_LOOKS: dict[str, _Look] = {
    "good": _Look("notice", "unchanged"),
    "remark": _Look("notice", "hint"),
    "bad": _Look("error", "error"),
}


def examine(settings: Settings, process: Process, clock: Clock) -> tuple[Finding, ...]:
    """Return every finding: clock and CA roots, token and zones, addresses per family."""
    kit = make_kit(settings.access, settings.update, process, clock, lambda: False)
    try:
        return (*_reach(kit, settings, clock), *kit.api.verify(), *_addresses(kit, settings))
    finally:
        kit.http.drop_idle()


def finding_line(finding: Finding) -> Line:
    """Return a finding as a line."""
    look = _LOOKS[finding.level]
    remedy = f". {finding.remedy[:1].upper()}{finding.remedy[1:]}" if finding.remedy else ""
    text = f"{finding.what[:1].upper()}{finding.what[1:]}{remedy}"
    return Line(look.level, look.meaning, text, {"finding": finding.level, "remedy": finding.remedy})


def _reach(kit: Kit, settings: Settings, clock: Clock) -> Iterator[Finding]:
    """Connect once without the token: name lookup, CA roots, and the difference of the clocks."""
    url = f"{settings.access.base_url}/ips"
    try:
        answer = kit.http.send(Request("GET", url, limit=1 << 20))
    except NetError as error:
        yield Finding("bad", error.message, error.hint)
        return
    yield Finding("good", "Cloudflare's API is reachable and its certificate is trusted")
    theirs = _date(answer.headers.get("date", ""))
    if theirs is None:
        return
    off = clock.time() - theirs
    if abs(off) > CLOCK_SECONDS:
        yield Finding(
            "bad",
            f"this machine's clock is {abs(off):.0f} s {'ahead' if off > 0 else 'behind'}",
            "let it get the time (NTP)",
        )
    else:
        yield Finding("good", "the clock is right")


def _date(text: str) -> float | None:
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 -- only the doctor reads dates

    try:
        return parsedate_to_datetime(text).timestamp()
    except ValueError:
        return None


def _addresses(kit: Kit, settings: Settings) -> Iterator[Finding]:
    for source, family in questions(settings.update):
        answer = kit.tools.detector.detect(source, family)
        name = f"{family_name(family)} from {source.describe()}"
        if isinstance(answer, Unknown):
            remedy = answer.hint or f"if this network has no {family_name(family)}, set IP{family}_PROVIDER=none"
            yield Finding("bad", f"no {name}: {answer.reason}", remedy)
        else:
            found = ", ".join(str(item.ip) for item in answer.found) or "known to be empty"
            yield Finding("good", f"{name}: {found}")
