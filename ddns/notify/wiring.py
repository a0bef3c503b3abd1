"""From settings to a fanout: what is not used is not imported."""

from typing import TYPE_CHECKING

from ddns.core.settings import Reporting
from ddns.notify.fanout import Fanout
from ddns.ports import Clock, Http, Monitor, Notifier

if TYPE_CHECKING:
    from collections.abc import Callable
    from ssl import SSLContext


def make_fanout(
    reporting: Reporting, http: Http, clock: Clock, tls: "Callable[[], SSLContext] | None" = None
) -> Fanout:
    """Return the monitors and services of checked settings; ``tls``: see ``table.notifier``."""
    return Fanout(tuple(make_monitors(reporting, http).values()), make_notifiers(reporting, http, clock, tls), clock)


def make_monitors(reporting: Reporting, http: Http) -> dict[str, Monitor]:
    """Return the monitors by name."""
    found: dict[str, Monitor] = {}
    if reporting.healthchecks:
        from ddns.notify.healthchecks import Healthchecks  # noqa: PLC0415 -- only where it is used

        found["Healthchecks"] = Healthchecks(reporting.healthchecks, http)
    if reporting.uptimekuma:
        from ddns.notify.uptimekuma import UptimeKuma  # noqa: PLC0415 -- only where it is used

        found["Uptime Kuma"] = UptimeKuma(reporting.uptimekuma, http)
    return found


def make_notifiers(
    reporting: Reporting, http: Http, clock: Clock, tls: "Callable[[], SSLContext] | None" = None
) -> tuple[Notifier, ...]:
    """Return the services in the order of the settings."""
    if not reporting.services:
        return ()
    from ddns.notify.servicetable import notifier  # noqa: PLC0415 -- only where it is used

    return tuple(notifier(text, http, tls, clock.time) for text in reporting.services)
