"""A plain HTTP client for tests of the simulator itself: no part of the program is in between."""

import http.client
import ssl
from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from tests.fakes.cloudflare import BASE, Cloudflare


class Got(NamedTuple):
    """An answer: header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401 -- JSON is whatever it is
        """Return the document."""
        return orjson.loads(self.body)

    @property
    def result(self) -> Any:  # noqa: ANN401 -- JSON is whatever it is
        """Return the result of a success."""
        assert self.status == 200, self.body
        return self.json["result"]

    @property
    def codes(self) -> list[int]:
        """Return the status, the code of the first error, and those of its chain."""
        first = self.json["errors"][0]
        return [self.status, first["code"], *(each["code"] for each in first.get("error_chain", []))]


def ask(sim: Cloudflare, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> Got:
    """Send one request over a connection of its own. A path that begins with ``//`` is not below the base URL."""
    if sim.scheme == "https":
        context = ssl.create_default_context(cafile=sim.ca_file)
        connection: http.client.HTTPConnection = http.client.HTTPSConnection("localhost", sim.port, context=context)
    else:
        connection = http.client.HTTPConnection("127.0.0.1", sim.port)
    sent = {"User-Agent": "test/0", "Authorization": f"Bearer {sim.token}"} | dict(headers or {})
    target = path[1:] if path.startswith("//") else BASE + path
    try:
        data = body if isinstance(body, bytes) else orjson.dumps(body) if body is not None else None
        connection.request(method, target, data, {key: value for key, value in sent.items() if value})
        answer = connection.getresponse()
        return Got(answer.status, {key.lower(): value for key, value in answer.getheaders()}, answer.read())
    finally:
        connection.close()
