"""The request limit of the simulated API: its headers, and the block that follows."""

from time import monotonic

from tests.fakes.cf_world import World
from tests.fakes.httpserver import Answer

BODY = b'{"success":false,"errors":[{"code":971,"message":"Please wait and consider throttling your request speed"}]}'


class Limiter:
    """Counts requests of ``world.window`` seconds; above ``world.quota`` all are refused until it ends."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._count = 0
        self._end = 0.0

    def count(self) -> tuple[dict[str, str], Answer | None]:
        """Count a request; return the headers of its answer, and the refusal if it is one too many."""
        world, now = self._world, monotonic()
        if now >= self._end:
            self._count, self._end = 0, now + world.window
        self._count += 1
        left, wait = max(world.quota - self._count, 0), max(int(self._end - now + 0.999), 1)
        headers = {
            "Ratelimit": f'"default";r={left};t={wait}',
            "Ratelimit-Policy": f'"burst";q={world.quota};w={world.window:.0f}',
        }
        if self._count <= world.quota:
            return headers, None
        return headers | {"Retry-After": str(wait)}, Answer(429, BODY, {"Content-Type": "application/json"})
