"""Which kind of source is asked how."""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from ddns.core.addresses.accept import Rules, Undetected
from ddns.core.addresses.families import Detected, Family, Known, Unknown
from ddns.core.addresses.ranges import special_kind
from ddns.core.entries import Source
from ddns.detect.boundary import outcome
from ddns.detect.options import Options, pick
from ddns.ports import Clock, Http, Request, Response


class Detectors:
    """``ports.Detector``: asks a source; whatever goes wrong is Unknown with a reason."""

    def __init__(self, http: Http, clock: Clock, options: Options) -> None:
        """Keep what is needed; nothing is asked yet."""
        self._http, self._clock, self._options = http, clock, options

    def detect(self, source: Source, family: Family) -> Detected:
        """See ``ports.Detector``. The reason shows no URL or command: they may hold secrets."""
        inquiry = Inquiry(self._http, self._clock, self._options, source, family, self._options.timeout)
        found = outcome(lambda: _ask(inquiry))
        return found if isinstance(found, Known) else Unknown(found.message, found.hint)


class Inquiry(NamedTuple):
    """One source to be asked for one family within so many seconds, and what that takes."""

    http: Http
    clock: Clock
    options: Options
    source: Source
    family: Family
    seconds: float

    @property
    def network(self) -> Rules:
        """The rules for an address somebody else names."""
        return self.options.network_rules(self.family)

    @property
    def chosen(self) -> Rules:
        """The rules for an address the user chose."""
        return self.options.chosen_rules(self.family)


def _ask(inquiry: Inquiry) -> Known:
    way = WAYS.get(inquiry.source.kind)
    if way is None:
        raise Undetected(f"there is no source {inquiry.source.kind}")
    device = inquiry.source.device
    return way(inquiry._replace(http=Through(inquiry.http, device)) if device else inquiry)


class Through:
    """``ports.Http`` out of one network interface."""

    def __init__(self, http: Http, device: str) -> None:
        """Keep the client, whose connections these are, and the interface."""
        self._http, self._device = http, device
        self.drop_idle, self.abort = http.drop_idle, http.abort

    def send(self, request: Request) -> Response:
        """See the port."""
        return self._http.send(request._replace(device=self._device))


def _trace(q: Inquiry) -> Known:
    from ddns.detect import trace

    urls = (q.source.argument,) if q.source.argument else q.options.endpoints.trace
    return trace.ask(q.http, q.clock, urls, q.network, q.seconds)


def _doh(q: Inquiry) -> Known:
    from ddns.detect import doh

    return doh.ask(q.http, q.options.endpoints.doh, q.network, q.seconds)


def _whoami(q: Inquiry) -> Known:
    from ddns.detect import udp

    server = q.source.argument or pick(q.options.endpoints.whoami, q.family)
    return udp.whoami(server, q.clock, q.network, q.seconds)


def _opendns(q: Inquiry) -> Known:
    from ddns.detect import udp

    return udp.opendns(pick(q.options.endpoints.opendns, q.family), q.clock, q.network, q.seconds)


def _page(q: Inquiry, url: str, via: Family) -> Known:
    from ddns.detect import web

    return web.ask(q.http, url, via, q.network, q.seconds)


def _local(q: Inquiry) -> Known:
    from ddns.detect import local

    return _remarked(local.source_address(q.chosen))


def _interface(q: Inquiry) -> Known:
    from ddns.detect import interface

    name = q.source.argument
    if q.source.kind == "local.iface.first":
        return _remarked(interface.first(name, q.chosen, pick(q.options.filters, q.family)))
    if q.source.kind == "local.iface.stable":
        return interface.stable(name, q.chosen, unique_local=not q.options.reject_private)
    return _remarked(interface.addresses(name, q.chosen))


def _remarked(known: Known) -> Known:
    """Return it with a note when an address is one that nobody on the Internet reaches."""
    special = next((f"{each.ip} is {kind}" for each in known.found if (kind := special_kind(each.ip))), "")
    return known._replace(note=f"{special}: nobody on the Internet reaches it") if special else known


def _static(q: Inquiry) -> Known:
    from ddns.detect import fixed

    return fixed.static(q.source.argument, q.chosen)


def _file(q: Inquiry) -> Known:
    from ddns.detect import fixed

    return fixed.file(q.source.argument, q.chosen)


def _command(q: Inquiry) -> Known:
    from ddns.detect import command

    return command.ask(q.source.argument, q.options.environ, q.clock, q.network, q.seconds)


def _combined(q: Inquiry) -> Known:
    from ddns.detect import combine

    def ask(part: Source, seconds: float) -> Known:
        return _ask(q._replace(source=part, seconds=seconds))

    if q.source.kind == "first":
        return combine.first(q.source.parts, ask, q.clock, q.seconds)
    if q.source.kind == "all":
        return combine.union(q.source.quorum, q.source.parts, ask, q.clock, q.seconds)
    return combine.agree(q.source.quorum, q.source.parts, ask, q.clock, q.seconds)


def _unavailable(_: Inquiry) -> Known:
    raise Undetected("debug.unavailable never knows an address")


WAYS: Final[Mapping[str, Callable[[Inquiry], Known]]] = {
    "cloudflare.trace": _trace,
    "cloudflare.doh": _doh,
    "dns.whoami": _whoami,
    "dns.opendns": _opendns,
    "ipify": lambda q: _page(q, pick(q.options.endpoints.ipify, q.family), q.family),
    "url": lambda q: _page(q, q.source.argument, q.family),
    "url.via4": lambda q: _page(q, q.source.argument, 4),
    "url.via6": lambda q: _page(q, q.source.argument, 6),
    "local": _local,
    "local.iface": _interface,
    "local.iface.first": _interface,
    "local.iface.stable": _interface,
    "static": _static,
    "static.empty": lambda _: Known(()),
    "file": _file,
    "cmd": _command,
    "first": _combined,
    "agree": _combined,
    "all": _combined,
    "debug.unavailable": _unavailable,
}
"""Every kind of ``Source``."""
