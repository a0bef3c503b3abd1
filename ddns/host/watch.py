"""Notices that this machine's global addresses have become others, soon after it happens and never for less."""

import time
from collections.abc import Callable

from ddns.host import netlink

DEBOUNCE = 0.4
"""Seconds from the first event to our look: one change is several events (our choice; a wake is due within 1 s)."""


class AddressWatch:
    """Compares the addresses with those at the start of the last round. ``complain`` is told once when it cannot."""

    __slots__ = ("_complain", "_due", "_events", "_known", "_told", "refused")

    def __init__(self, complain: Callable[[str], None]) -> None:
        """Open nothing yet."""
        self._complain = complain
        self._events: netlink.Events | None = None
        self._known: netlink.Addresses | None = None
        self._due: float | None = None
        self._told = False
        self.refused = ""
        """Why the addresses could not be read at the start of the last round; "" when they could."""

    @property
    def known(self) -> netlink.Addresses | None:
        """Return the addresses a change is measured from; None when they could not be read."""
        return self._known

    @property
    def fds(self) -> tuple[int, ...]:
        """Return what to poll: readable after an event."""
        return (self._events.fileno(),) if self._events else ()

    def settle(self) -> None:
        """Take what is there now as known: a round begins, and will see it."""
        self._due = None
        try:
            self._known = netlink.addresses()
            self.refused = ""
        except OSError as error:
            self._known = None  # said when somebody wants to watch
            self.refused = _reason(error)

    def start(self) -> None:
        """Begin, or go on, to watch; a change since ``settle`` is noticed as one that happens now."""
        try:
            if self._events is None:
                self._events = netlink.open_events()
            now = netlink.addresses()
        except OSError as error:
            self._give_up(error)
            return
        if self._known is None:
            self._known = now
        if now != self._known:
            self._noticed()

    def changed(self) -> bool:
        """Whether the addresses are others now. Call it after each poll."""
        try:
            if self._events and netlink.drain(self._events):
                self._noticed()
            if self._due is None or time.monotonic() < self._due:
                return False
            self._due = None
            before, self._known = self._known, netlink.addresses()
        except OSError as error:
            self._give_up(error)
            return False
        return before != self._known

    def left(self) -> float | None:
        """Return the seconds until ``changed`` should be called again; None when only an event can tell."""
        return None if self._due is None else max(0.0, self._due - time.monotonic())

    def close(self) -> None:
        """Close the socket."""
        if self._events:
            self._events.close()
        self._events = self._due = None

    def _noticed(self) -> None:
        if self._due is None:
            self._due = time.monotonic() + DEBOUNCE

    def _give_up(self, error: OSError) -> None:
        self.close()
        if not self._told:
            self._told = True
            self._complain(_reason(error))


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
