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
    monitors: list[Monitor] = []
    notifiers: list[Notifier] = []
    if reporting.healthchecks:
        from ddns.notify.healthchecks import Healthchecks  # noqa: PLC0415 -- only where it is used

        monitors.append(Healthchecks(reporting.healthchecks, http))
    if reporting.uptimekuma:
        from ddns.notify.uptimekuma import UptimeKuma  # noqa: PLC0415 -- only where it is used

        monitors.append(UptimeKuma(reporting.uptimekuma, http))
    if reporting.services:
        from ddns.notify.table import notifier  # noqa: PLC0415 -- only where it is used

        notifiers += [notifier(text, http, tls) for text in reporting.services]
    return Fanout(monitors, notifiers, clock)
