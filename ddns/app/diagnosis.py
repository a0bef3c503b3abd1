"""``ddns doctor``: every examination in order, and its findings as lines."""

import os
from collections.abc import Iterator

from ddns.app.process import Process, read_file
from ddns.app.tools import Adapters, adapters_of
from ddns.core.planning.permissions import permissions, token_link
from ddns.core.settings import Settings
from ddns.doctor.finding import Finding
from ddns.doctor.machine import examine_sources, examine_way
from ddns.doctor.placechecks import examine_places
from ddns.doctor.zonechecks import examine_zones
from ddns.errors import ApiError, AuthError
from ddns.output.lines import Level, Line, Meaning
from ddns.ports import Clock

MONTH = 30 * 86400.0
"""A token that expires sooner is a finding."""
_LOOKS: dict[str, tuple[Level, Meaning]] = {
    "good": ("notice", "good"),
    "remark": ("notice", "hint"),
    "bad": ("error", "error"),
}


def examine(settings: Settings, process: Process, clock: Clock) -> Iterator[Finding]:
    """Yield every finding as it is made: the machine, the token, zones and names, places, sources, paths."""
    with adapters_of(settings, process, clock) as adapters:
        yield from examine_way(adapters.http, settings, clock)
        if settings.access.credential.secret != "-":  # noqa: S105 -- stands for no general token (files with zone tokens)
            yield from _token(settings, adapters, clock)
        yield from examine_zones(settings.update, settings.access, adapters.tools, adapters.api.probes())
        yield from examine_places(settings.update, adapters.tools, adapters.api.probes())
        yield from examine_sources(settings, adapters.tools.detector, clock, read_file)
        yield from _paths(settings)


def finding_line(finding: Finding) -> Line:
    """Return a finding as a line."""
    level, meaning = _LOOKS[finding.level]
    facts = {"finding": finding.level, "what": finding.what, "why": finding.why, "remedy": finding.remedy}
    return Line(level, meaning, finding.sentence(), facts)


def link_line(settings: Settings) -> Line:
    """Return the link that makes the right token."""
    needed, link = permissions(settings.update), token_link(settings.update)
    text = f"A token needs {'; '.join(needed)}. This link prefills what it can: {link}"
    return Line("notice", "hint", text, {"permissions": list(needed), "link": link})


def _token(settings: Settings, adapters: Adapters, clock: Clock) -> Iterator[Finding]:
    """Verify the token, whose verifier does not know tokens owned by an account: these are verified there."""
    if settings.access.credential.email:
        why = "It may do everything in the account, which no updater needs"
        yield Finding("remark", "A global API key is in use", why, "Use an API token instead")
        return
    probes = adapters.api.probes()
    try:
        state = probes.token()
    except AuthError as error:
        try:
            zones = adapters.tools.dns.list_zones() or ()
            state = probes.token(next((zone.account_id for zone in zones if zone.account_id), ""))
        except ApiError:
            yield Finding("bad", error.message, "Nothing can be read or written", error.hint)
            return
    except ApiError as error:
        yield Finding("bad", error.message, "Whether the token is valid is not known", error.hint)
        return
    if state.status != "active":
        remedy = "Make a new token, or activate this one, in the dashboard"
        yield Finding("bad", f"The token is {state.status}", "Nothing can be read or written", remedy)
        return
    yield Finding("good", "The token is valid and active")
    left = state.expires - clock.time()
    if state.expires and left < MONTH:
        why = "From then on nothing is updated"
        what = f"The token expires in {max(0, round(left / 86400))} days"
        yield Finding("remark", what, "From then on nothing is updated", "Make a new token in time")


def _paths(settings: Settings) -> Iterator[Finding]:
    """Say whether the files that are written can be."""
    reporting = settings.reporting
    named = (
        ("STATE_FILE", settings.lifecycle.state_file),
        ("METRICS_FILE", reporting.metrics_file),
        ("STATUS_PAGE", reporting.status_page),
    )
    for name, path in named:
        if not path:
            continue
        folder = os.path.dirname(path) or "."  # noqa: PTH120 -- pathlib is not imported elsewhere
        if os.access(folder, os.W_OK | os.X_OK) and (not os.path.exists(path) or os.access(path, os.W_OK)):  # noqa: PTH110 -- likewise
            yield Finding("good", f"{name} ({path}) can be written")
        else:
            remedy = "Make its folder writable for this user, or leave the setting out"
            yield Finding("bad", f"{name} ({path}) cannot be written", "What it is for does not work", remedy)
