"""The machine: the way to the API, the clock, the paths, and what each source of addresses says."""

from collections.abc import Callable, Iterator, Sequence
from ipaddress import IPv6Address, ip_network

from ddns.core.addresses.families import Address, Detected, Family, Unknown, family_name
from ddns.core.entries import Source
from ddns.core.planning.intents import questions
from ddns.core.settings import Settings
from ddns.doctor.finding import Finding
from ddns.errors import NetError
from ddns.ports import Clock, Detector, Http, Request

CLOCK_SECONDS = 120.0
"""A clock may be this wrong before it is a finding (our choice: certificates and cron still work)."""
_SHARED = ip_network("100.64.0.0/10")
_LOCAL6 = ip_network("fc00::/7")
_TEMPORARY = 0x01
"""IFA_F_TEMPORARY in the flags of /proc/net/if_inet6 (Linux, include/uapi/linux/if_addr.h)."""
_SCOPE_GLOBAL = 0
Read = Callable[[str], str]


def examine_way(http: Http, settings: Settings, clock: Clock) -> Iterator[Finding]:
    """Connect once without the token: name lookup, CA roots, and the difference of the clocks."""
    try:
        answer = http.send(Request("GET", f"{settings.access.base_url}/ips", limit=1 << 20))
    except NetError as error:
        yield Finding("bad", error.message, "Cloudflare's API cannot be reached, so nothing is updated", error.hint)
        return
    yield Finding("good", "Cloudflare's API is reachable and its certificate is trusted")
    theirs = _date(answer.headers.get("date", ""))
    if theirs is None:
        return
    off = clock.time() - theirs
    if abs(off) > CLOCK_SECONDS:
        what = f"The clock of this machine is {abs(off):.0f} s {'ahead' if off > 0 else 'behind'}"
        yield Finding("bad", what, "Certificates look expired or not yet valid, and schedules shift", "Turn on NTP")
    else:
        yield Finding("good", "The clock is right")


def _date(text: str) -> float | None:
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 -- only the doctor reads dates

    try:
        return parsedate_to_datetime(text).timestamp()
    except ValueError:
        return None


def examine_sources(settings: Settings, detector: Detector, clock: Clock, read: Read) -> Iterator[Finding]:
    """Ask every source, and every part of one that asks several, with the time it took."""
    answers: dict[Family, dict[str, set[Address]]] = {4: {}, 6: {}}
    for source, family in questions(settings.update):
        for asked in (source, *source.parts):
            began = clock.monotonic()
            answer = detector.detect(asked, family)
            seconds = clock.monotonic() - began
            yield from _answer(asked, family, answer, seconds, inner=asked is not source)
            if not isinstance(answer, Unknown):
                answers[family][asked.describe()] = {item.ip for item in answer.found}
            elif family == 6 and asked is source:
                yield from _no_ipv6(read)
            yield from _odd(asked, answer, read)
    yield from _agreement(answers)


def _answer(source: Source, family: Family, answer: Detected, seconds: float, *, inner: bool) -> Iterator[Finding]:
    name = f"{family_name(family)} from {source.describe()}"
    if isinstance(answer, Unknown):
        remedy = answer.hint or f"without {family_name(family)}, set IP{family}_PROVIDER=none"
        why = f"Records and lists that need {family_name(family)} stay as they are"
        yield Finding("remark" if inner else "bad", f"No {name} in {seconds:.1f} s: {answer.reason}", why, remedy)
    else:
        found = ", ".join(str(item.ip) for item in answer.found) or "known to be empty"
        yield Finding("good", f"{name}: {found} (in {seconds:.1f} s)")


def _odd(source: Source, answer: Detected, read: Read) -> Iterator[Finding]:
    """Remark on addresses that are there and still of little use."""
    for address in [] if isinstance(answer, Unknown) else [item.ip for item in answer.found]:
        if address in _SHARED:
            why = "Your provider shares one public address among customers (carrier-grade NAT): nobody can reach it"
            yield Finding("remark", f"{address} is not public", why, "Ask for a public IPv4 address, or use IPv6")
        elif address in _LOCAL6:
            why = "It is a unique local address, which only your own network can reach"
            yield Finding("remark", f"{address} is not public", why, "Use local.iface.stable or cloudflare.trace")
        elif isinstance(address, IPv6Address) and address in temporary(_lines(read)):
            why = "It is a temporary address, which changes daily and stops to work after a week"
            remedy = "Use local.iface.stable for addresses of an interface"
            if source.kind.startswith("local"):
                yield Finding("remark", f"{address} will not last", why, remedy)


def _agreement(answers: dict[Family, dict[str, set[Address]]]) -> Iterator[Finding]:
    for family, found in answers.items():
        sets = {tuple(sorted(map(str, addresses))) for addresses in found.values() if addresses}
        if len(sets) > 1:
            told = "; ".join(f"{name}: {', '.join(sorted(map(str, each)))}" for name, each in found.items())
            why = "Several uplinks, a VPN or a proxy answer with addresses of their own"
            remedy = "Use the source whose address you want to publish"
            yield Finding("remark", f"The sources of {family_name(family)} disagree ({told})", why, remedy)


def _lines(read: Read) -> Sequence[str]:
    try:
        return read("/proc/net/if_inet6").splitlines()
    except (OSError, UnicodeDecodeError):
        return ()


def temporary(lines: Sequence[str]) -> set[IPv6Address]:
    """Return the temporary addresses among the lines of /proc/net/if_inet6: address, index, length, scope, flags."""
    fields = [line.split() for line in lines]
    return {IPv6Address(int(row[0], 16)) for row in fields if len(row) == 6 and int(row[4], 16) & _TEMPORARY}


def _no_ipv6(read: Read) -> Iterator[Finding]:
    """Say so when this machine, or its container, has no IPv6 at all."""
    rows = [line.split() for line in _lines(read)]
    if any(len(row) == 6 and int(row[3], 16) == _SCOPE_GLOBAL for row in rows):
        return
    if _contained(read):
        why = "A container has the network of its engine, which mostly has no IPv6"
        remedy = "Run it with the host's network (network_mode: host), or set IP6_PROVIDER=none"
        yield Finding("remark", "This container has no IPv6 address", why, remedy)
    else:
        remedy = "Turn on IPv6 in the router, or set IP6_PROVIDER=none"
        yield Finding("remark", "This machine has no IPv6 address", "No source can find one", remedy)


def _contained(read: Read) -> bool:
    for path in ("/.dockerenv", "/run/.containerenv"):
        try:
            read(path)
        except (OSError, UnicodeDecodeError):
            continue
        return True
    return False
