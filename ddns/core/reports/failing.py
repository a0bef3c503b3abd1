"""Which problems are new, which last and which are over: the same for the log and for notifications. Pure."""

from typing import NamedTuple

from ddns.core.addresses.families import Known
from ddns.core.memory import past
from ddns.core.places import NOUNS
from ddns.core.reports.roundreport import RoundReport

Failing = tuple[tuple[str, float], ...]
"""Keys of problems, and since when each of them is there (UNIX seconds)."""

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_GOOD = frozenset({"unchanged", "changed"})


class Followed(NamedTuple):
    """What a round makes of the problems before it. ``failing`` are those it leaves, ``ended`` those that are over."""

    failing: Failing
    ended: Failing


def follow(report: RoundReport, failing: Failing) -> Followed:
    """Return which problems there are after a round. ``failing`` are those before it."""
    now = report.started
    before = {key: past(since, now) for key, since in failing}
    after = {problem.key: before.get(problem.key, now) for problem in report.problems}
    ended = tuple(item for item in before.items() if item[0] not in after and _over(item[0], report))
    after = {**{key: since for key, since in before.items() if (key, since) not in ended}, **after}
    return Followed(tuple(sorted(after.items())), ended)


def subject(key: str) -> str:
    """Return what a problem is about, from its key."""
    kind, _, rest = key.partition(".")
    words = {
        "detect": f"Detecting the IPv{rest.replace('.', ' address from ', 1)}{'' if '.' in rest else ' address'}",
        "cloudflare": "Asking Cloudflare",
        "zone": f"Updating {rest}",
        "unconfirmed": f"Updating {rest}",
        "record": f"Updating {' '.join(rest.split('.', 1)[::-1])}",
        "hostid": f"Deriving the AAAA records of {rest}",
        **{type_.lower().replace("_", "-"): f"Updating the {noun} {rest}" for type_, noun in NOUNS.items()},
        "internal": "The round",
    }
    return words.get(kind, f"What was reported as “{key}”")


def lasted(seconds: float) -> str:
    """Return a duration as people say it: ``40 s``, ``5 min``, ``2 h 5 min``, ``3 days 4 h``."""
    left = max(0, round(seconds))
    if left < _MINUTE:
        return f"{left} s"
    if left < _HOUR:
        return f"{left / _MINUTE:.0f} min"
    size, large, part, small = (_HOUR, "h", _MINUTE, "min") if left < 2 * _DAY else (_DAY, "days", _HOUR, "h")
    whole, rest = divmod(round(left / part), size // part)
    return f"{whole} {large} {rest} {small}" if rest else f"{whole} {large}"


def _over(key: str, report: RoundReport) -> bool:
    """Whether a problem that is not reported any more is surely over, and not only out of sight behind another one."""
    if report.ok:
        return True
    kind, _, rest = key.partition(".")
    if kind == "detect":
        family, _, source = rest.partition(".")
        asked = [item for item in report.detections if str(item.family) == family]
        return any(isinstance(item.detected, Known) and source in {"", item.source.describe()} for item in asked)
    places = [item for item in report.places if item.name == rest or item.name.startswith(f"{rest}/")]
    if places:
        return all(item.status in _GOOD for item in places)
    concerned = [
        item
        for item in report.records
        if rest in {item.name, f"{item.type}.{item.name}"} or (item.zone is not None and item.zone.name == rest)
    ]
    return bool(concerned) and all(item.status in _GOOD for item in concerned)
