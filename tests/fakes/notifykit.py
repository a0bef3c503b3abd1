"""A recording server that stands for every notification service at once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

from ddns.net import Http, Roots
from ddns.ports import Request, Response
from tests.fakes.httpserver import Answer, Call, Server
from tests.fakes.wired import RealClock


class Hub:
    """``ports.Http``: the real client, but every request goes to one server on loopback.

    ``origins`` are the places the requests were meant for, ``calls`` what arrived, ``answers`` what is answered (the
    last one again and again).
    """

    def __init__(self) -> None:
        self.origins: list[str] = []
        self.answers: list[Answer] = [Answer(200, b"")]
        self.server = Server(self._answer)
        self._http = Http(Roots(), "ddns-test/0", RealClock())

    @property
    def calls(self) -> list[Call]:
        """What arrived so far."""
        return self.server.log

    def send(self, request: Request) -> Response:
        """See the port."""
        parts = urlsplit(request.url)
        self.origins.append(f"{parts.scheme}://{parts.netloc}")
        here = urlunsplit(("http", f"127.0.0.1:{self.server.port}", parts.path, parts.query, ""))
        return self._http.send(request._replace(url=here))

    def drop_idle(self) -> None:
        """See the port."""
        self._http.drop_idle()

    def abort(self) -> None:
        """See the port."""
        self._http.abort()

    def _answer(self, _: Call) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def hub(*answers: Answer) -> Iterator[Hub]:
    """Give a hub that answers so."""
    found = Hub()
    found.answers = list(answers) or found.answers
    try:
        yield found
    finally:
        found.abort()
        found.server.close()


class Script:
    """``ports.Http`` out of a function, for what no server can be made to do in time."""

    def __init__(self, answer: Callable[[Request], Response]) -> None:
        self.requests: list[Request] = []
        self._answer = answer

    def send(self, request: Request) -> Response:
        """See the port."""
        self.requests.append(request)
        return self._answer(request)

    def drop_idle(self) -> None:
        """See the port."""

    def abort(self) -> None:
        """See the port."""
