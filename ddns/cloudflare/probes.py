"""What ``ddns doctor`` asks the API beside what a round asks. Nothing here changes anything."""

from datetime import datetime
from typing import Any, Literal, NamedTuple

from ddns.cloudflare.ask import Ask, row
from ddns.cloudflare.refusals import clean
from ddns.cloudflare.transport import Transport
from ddns.cloudflare.zonequeries import segment
from ddns.core.records import Zone
from ddns.errors import ApiError, AuthError, Gone

_NOBODY = "0" * 32
"""An ID that no record has: a change of it cannot succeed."""
Right = Literal["yes", "no", "unknown"]


class TokenState(NamedTuple):
    """What the verifier says of a token. ``expires`` is UNIX seconds, 0 for never."""

    status: str
    expires: float = 0.0


class Permission(NamedTuple):
    """Whether we may write somewhere; ``error`` is what Cloudflare answered when we may not, or that is unclear."""

    right: Right
    error: ApiError | None = None


class ZoneDetails(NamedTuple):
    """What matters of a zone beside its name: ``type`` is full, partial or secondary."""

    status: str
    type: str
    paused: bool


class Probes:
    """Made by ``Cloudflare.probes``. Every call may raise ApiError where it does not say otherwise."""

    def __init__(self, transport: Transport) -> None:
        """Nothing is sent yet."""
        self._transport = transport

    def token(self, account: str = "") -> TokenState:
        """Verify the general token; with an account ID, as one that is owned by this account."""
        path = f"/accounts/{segment(account, 'account')}/tokens/verify" if account else "/user/tokens/verify"
        found = self._row(Ask("GET", path, "verify the token"))
        return TokenState(clean(str(found.get("status")), ""), _moment(found.get("expires_on")))

    def zone(self, zone: Zone) -> ZoneDetails:
        """Return the details of a zone."""
        found = self._row(Ask("GET", f"/zones/{segment(zone.id, 'zone')}", f"read the zone {zone.name}"))
        status, type_ = str(found.get("status") or "active"), str(found.get("type") or "")
        return ZoneDetails(status, type_, found.get("paused") is True)

    def may_write_records(self, zone: Zone) -> Permission:
        """Whether the records of a zone may be changed: a record that cannot exist is patched. Never raises."""
        path = f"/zones/{segment(zone.id, 'zone')}/dns_records/{_NOBODY}"
        return self._may(Ask("PATCH", path, f"change records of the zone {zone.name}", b'{"comment":""}'))

    def may_write(self, method: str, path: str, noun: str, body: bytes) -> Permission:
        """Whether a place may be changed: one that cannot exist is written, below this path. Never raises."""
        return self._may(Ask(method, f"{path}/{_NOBODY}", f"change a {noun}", body))

    def _may(self, ask: Ask) -> Permission:
        try:
            self._transport.ask(ask, self._transport.deadline())
        except Gone:
            return Permission("yes")
        except AuthError as error:
            return Permission("no", error)
        except ApiError as error:
            return Permission("unknown", error)
        return Permission("unknown")

    def _row(self, ask: Ask) -> dict[str, Any]:
        return row(ask, self._transport.ask(ask, self._transport.deadline()))


def _moment(text: object) -> float:
    """Return an RFC 3339 time as UNIX seconds; 0 for anything else."""
    try:
        return datetime.fromisoformat(text).timestamp() if isinstance(text, str) else 0.0
    except ValueError:
        return 0.0
