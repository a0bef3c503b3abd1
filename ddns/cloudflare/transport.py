"""Signed requests to the API: inside a deadline, repeated only where that is safe, at a pace Cloudflare allows."""

from ipaddress import ip_address
from math import inf
from typing import Final
from urllib.parse import urlsplit

from ddns.cloudflare.ask import Answer, Ask, unusable
from ddns.cloudflare.envelope import read
from ddns.cloudflare.pacing import Pace
from ddns.core.settings import Access
from ddns.errors import AuthError, NetError, RateLimited, Refused, Unavailable
from ddns.ports import Clock, Http, Request

_PAUSES: Final = (0.5, 1.5)
"""Seconds before the second and the third try."""
_NEW: Final = "access to this feature"
"""What a refusal says, with 401 or 403, for a moment after a token was made (seen in public issues up to 2026)."""
LEAST_SHARE: Final = 1.0
"""Seconds that a request needs where the connection is slow."""


class Transport:
    """Asks the API. ``requests`` counts what was sent; ``pace`` knows of limits and blocks.

    A question that changes nothing is tried three times. One that writes is repeated only when it certainly did not
    arrive; when it may have, the error is Unconfirmed. A 429 is a definite no: what it forbade is asked again once its
    time is over, where that is before the deadline.
    """

    __slots__ = ("_access", "_clock", "_end", "_http", "_timeout", "_until", "pace", "requests")

    def __init__(self, http: Http, access: Access, clock: Clock, timeout: float) -> None:
        """Send nothing yet. ``timeout``: seconds for all requests of one call of a port."""
        self._http, self._access, self._clock, self._timeout = http, access, clock, timeout
        self.pace = Pace(clock)
        self.requests = 0
        self._end = self._until = inf

    @property
    def clock(self) -> Clock:
        """Return the clock."""
        return self._clock

    def deadline(self) -> float:
        """Return when a call of a port that begins now must end, in monotonic seconds."""
        return min(self._clock.monotonic() + self._timeout, self._until)

    def hurry(self, seconds: float) -> None:
        """End everything that begins from now on inside so many seconds, all calls together."""
        self._end = self._until = self._clock.monotonic() + seconds

    def share(self, parts: int) -> None:
        """Give what comes next one of so many equal parts of the time that is left in a hurry, and a second at least.

        Where there are more parts than seconds the first of them are done, instead of none.
        """
        left = max(0.0, self._end - self._clock.monotonic())
        self._until = self._clock.monotonic() + min(left, max(left / parts, LEAST_SHARE))

    def ask(self, ask: Ask, deadline: float) -> Answer:
        """Return the result; any ApiError otherwise."""
        while True:
            try:
                return self._tried(ask, deadline)
            except RateLimited as error:
                if self._clock.monotonic() + error.retry_after >= deadline:
                    raise

    def _tried(self, ask: Ask, deadline: float) -> Answer:
        """Try as often as is safe."""
        for pause in _PAUSES:
            try:
                return self._once(ask, deadline, share=0.5)
            except (Unavailable, AuthError) as error:
                if isinstance(error, AuthError) and _NEW not in error.message.lower():
                    raise
                if self._clock.monotonic() + pause >= deadline:
                    raise
                self._clock.sleep(pause)
        return self._once(ask, deadline)

    def _once(self, ask: Ask, deadline: float, share: float = 1.0) -> Answer:
        """Try once, in a share of the time left, so that a silent connection leaves some for another try."""
        self.pace.wait(ask, deadline)
        left = deadline - self._clock.monotonic()
        if left <= 0:
            hint = "raise UPDATE_TIMEOUT if this happens often" if self._end == inf else ""
            raise Unavailable(f"there was no time left to {ask.aim}", hint)
        seconds = left if ask.writes else left * share
        request = Request(ask.method, self._url(ask), self._headers(ask), ask.body, 0, seconds, ask.limit)
        self.requests += 1
        try:
            response = self._http.send(request)
        except NetError as error:
            if ask.writes and not error.sent:
                raise Unavailable(f"could not {ask.aim}: {error.message}", error.hint) from None
            raise unusable(ask, error.message, error.hint) from None
        self.pace.note(response.headers)
        try:
            return read(ask, response, self._access.signing(ask.path).secret)
        except RateLimited as error:
            self.pace.block(error.retry_after)
            raise

    def _url(self, ask: Ask) -> str:
        """Return the whole URL; Refused when the secret would travel in clear to another machine."""
        base = self._access.base_url.rstrip("/")
        if not _safe(base):
            hint = "CLOUDFLARE_API_BASE_URL must begin with https:// (http:// only for this machine itself)"
            raise Refused(f"could not {ask.aim}: the token is never sent without TLS to another machine", hint)
        return base + ask.path

    def _headers(self, ask: Ask) -> dict[str, str]:
        credential = self._access.signing(ask.path)
        headers = {"Accept": "application/json"}
        if credential.email:
            headers |= {"X-Auth-Email": credential.email, "X-Auth-Key": credential.secret}
        else:
            headers["Authorization"] = f"Bearer {credential.secret}"
        return headers | ({"Content-Type": "application/json"} if ask.body else {})


def _safe(base: str) -> bool:
    """Whether a secret may be sent there: a URL that parsers read in different ways (backslashes) never is."""
    if "\\" in base:
        return False
    parts = urlsplit(base)
    if parts.scheme == "https":
        return True
    try:
        return parts.scheme == "http" and (
            parts.hostname == "localhost" or ip_address(parts.hostname or "").is_loopback
        )
    except ValueError:
        return False
