"""Before the first round after a boot: a default route and a clock that is set, for as long as BOOT_WAIT says."""

from ddns.core.addresses.families import FAMILIES
from ddns.detect.local import outward
from ddns.host.waiter import SystemWaiter
from ddns.net.explain import PLAUSIBLE_SINCE
from ddns.output import life
from ddns.output.printer import Printer
from ddns.ports import Clock, Wake

_LOOK_SECONDS = 1.0
"""How often it is looked whether the machine is ready."""
_UNSET = "Until the clock is set, certificates may be refused as not valid yet: let it get the time (NTP)."
"""The frozen program checks them for its own date at least (build/native/certificates.c); a package install cannot."""


def missing(clock: Clock) -> tuple[str, str]:
    """Return what a round would fail for, and a remark on it; the route first, because time comes through it.

    Two empty texts: nothing is missing.
    """
    if not any(map(outward, FAMILIES)):
        return "a default route", ""
    if (now := clock.time()) < PLAUSIBLE_SINCE:
        return "the clock to be set", f" (it says {life.moment(now)})"
    return "", ""


def wait_for_boot(seconds: float, clock: Clock, waiter: SystemWaiter, printer: Printer) -> Wake | None:
    """Wait until nothing is missing, at most this long; return the signal that ended it, if one did.

    Afterwards the first round begins in any case: it tells better than this what is still wrong.
    """
    end = clock.monotonic() + seconds
    told = ""
    while (found := missing(clock))[0]:
        what, remark = found
        left = end - clock.monotonic()
        if left <= 0.0:
            printer.show([life.boot_over(seconds, what + remark, _UNSET if remark else "")])
            return None
        if what != told:
            printer.show([life.boot_wait(left, what + remark)])
            told = what
        if (wake := waiter.nap(None, min(_LOOK_SECONDS, left), watch=False)) is not None:
            return wake
    return None
