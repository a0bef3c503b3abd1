"""``ddns notify --test``: one message to every monitor and service, and what each answered."""

from collections.abc import Callable, Iterator
from functools import partial

from ddns.app.process import Process
from ddns.app.tools import make_http, make_roots
from ddns.core.reports.messages import TEST, Kind
from ddns.core.services.forms import parse_service
from ddns.core.settings import Reporting
from ddns.errors import DdnsError
from ddns.net.tls import client_context
from ddns.notify.wiring import make_monitors, make_notifiers
from ddns.output.lines import Line
from ddns.ports import Clock, Monitor

_PINGS: dict[str, Kind] = {"Healthchecks": "log", "Uptime Kuma": "ok"}
"""What is sent to a monitor: a log says nothing about success, but not every monitor has one."""


def test_all(reporting: Reporting, process: Process, clock: Clock) -> Iterator[Line]:
    """Send one message to each in turn; a line for each, of level ``error`` when it did not take it."""
    http = make_http(process, clock)
    title, text = TEST
    try:
        for name, monitor in make_monitors(reporting, http).items():
            yield _tried(name, partial(_ping, monitor, _PINGS[name], text))
        notifiers = make_notifiers(reporting, http, clock, lambda: client_context(make_roots(process)))
        for number, (url, service) in enumerate(zip(reporting.services, notifiers, strict=True), 1):
            name = f"Notification service {number} ({parse_service(url).kind})"
            yield _tried(name, partial(service.send, title, text))
    finally:
        http.drop_idle()


def _ping(monitor: Monitor, kind: Kind, text: str) -> str:
    monitor.ping(kind, text)
    return "it counts"


def _tried(name: str, send: Callable[[], str]) -> Line:
    facts = {"to": name, "delivered": True}
    try:
        return Line("notice", "unchanged", f"{name}: delivered ({send()})", facts)
    except DdnsError as error:
        hint = f". {error.hint}" if error.hint else ""
        return Line("error", "error", f"{name}: {error.message}{hint}", {**facts, "delivered": False})
