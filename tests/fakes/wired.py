"""The real adapter on the simulator."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from ddns.cloudflare.client import Cloudflare
from ddns.core.settings import Access, Credential
from ddns.net import Http, Roots
from ddns.ports import Clock
from tests.fakes.cloudflare import Cloudflare as Simulator
from tests.fakes.ticking import TickingClock


class RealClock:
    """``ports.Clock`` as it is."""

    def time(self) -> float:
        """See the port."""
        return time.time()

    def monotonic(self) -> float:
        """See the port."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """See the port."""
        time.sleep(seconds)


@contextmanager
def wired(
    sim: Simulator, secret: str = "", email: str = "", *, timeout: float = 20.0, clock: Clock | None = None
) -> Iterator[Cloudflare]:
    """Give the adapter with a credential ("": the simulator's token); pauses cost no time unless a clock is given."""
    http = Http(Roots(sim.ca_file), "ddns-test/0", RealClock())
    access = Access(Credential(secret or sim.token, email), sim.base_url)
    try:
        yield Cloudflare(http, access, clock or TickingClock(), timeout)
    finally:
        http.abort()
