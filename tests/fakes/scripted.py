"""An ``Http`` that answers from a script, and the answers Cloudflare gives as values."""

from collections.abc import Mapping
from typing import Any

import orjson

from ddns.cloudflare.transport import Transport
from ddns.core.settings import Access, Credential
from ddns.errors import NetError
from ddns.ports import Request, Response
from tests.fakes.ticking import TickingClock

SECRET = "an-invented-secret"


class ScriptedHttp:
    """Gives the answers in order, raising those that are errors; ``sent`` holds the requests."""

    def __init__(self, *answers: Response | NetError) -> None:
        self.answers = list(answers)
        self.sent: list[Request] = []

    def send(self, request: Request) -> Response:
        """See the port. One request too many is an AssertionError."""
        self.sent.append(request)
        assert self.answers, f"one request too many: {request.method} {request.url}"
        answer = self.answers.pop(0)
        if isinstance(answer, NetError):
            raise answer
        return answer

    def drop_idle(self) -> None:
        """See the port."""

    def abort(self) -> None:
        """See the port."""


def raw(body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return an answer of any form."""
    return Response(status, headers or {}, body, "")


def good(
    result: Any,  # noqa: ANN401 -- any JSON
    info: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a success; of a list, unless ``info`` says otherwise, the only page."""
    if info is None and isinstance(result, list):
        info = {"page": 1, "count": len(result), "total_count": len(result), "total_pages": 1}
    envelope = {"success": True, "errors": [], "messages": [], "result": result, "result_info": info}
    return raw(orjson.dumps(envelope), 200, headers)


def bad(
    status: int,
    code: int,
    text: str = "no",
    chain: Mapping[int, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a refusal."""
    links = [{"code": key, "message": value} for key, value in (chain or {}).items()]
    error = {"code": code, "message": text} | ({"error_chain": links} if links else {})
    return raw(orjson.dumps({"success": False, "errors": [error]}), status, headers)


def scripted(*answers: Response | NetError, timeout: float = 30.0) -> tuple[Transport, ScriptedHttp, TickingClock]:
    """Return a transport over a script, the script, and its clock."""
    http, clock = ScriptedHttp(*answers), TickingClock()
    return Transport(http, Access(Credential(SECRET)), clock, timeout), http, clock
