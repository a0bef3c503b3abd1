"""Scripted faults: which request of a server goes wrong, and how."""

import re
import threading
from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

Kind = Literal[
    "reset", "reset-after", "delay", "delay-after", "truncate", "slow", "answer", "answer-after", "huge", "early"
]


class Fault(NamedTuple):
    """One fault. It hits matching requests number ``nth`` to ``nth + times - 1`` (``times`` 0: all from ``nth`` on).

    ``method`` "" is any; ``path`` is a regular expression searched in path and query. Kinds:

    - ``reset`` / ``reset-after``: the connection is reset before / after the request is applied;
    - ``delay`` / ``delay-after``: ``seconds`` pass before / after it is applied, then it is answered as usual;
    - ``truncate``: applied; the body ends in the middle of what Content-Length promised;
    - ``slow``: applied; the answer comes byte by byte, ``seconds`` apart;
    - ``answer`` / ``answer-after``: not applied / applied; ``status``, ``headers`` and ``body`` are answered instead;
    - ``huge``: not applied; ``size`` bytes of blanks are the body;
    - ``early``: interim answers (102, 103) come first, ``seconds`` before the answer.
    """

    kind: Kind
    method: str = ""
    path: str = ""
    nth: int = 1
    times: int = 1
    seconds: float = 0.0
    status: int = 200
    headers: Mapping[str, str] = {}
    body: str | bytes = ""
    size: int = 0

    def matches(self, method: str, target: str) -> bool:
        """Whether the fault means this request."""
        return self.method in {"", method} and bool(re.search(self.path, target))


def too_many(retry_after: int | None = 7, *, method: str = "", path: str = "", times: int = 1) -> Fault:
    """Return a 429 with Retry-After (None: without), as the limiter answers it."""
    body = (
        '{"success":false,"errors":[{"code":971,"message":"Please wait and consider throttling your request speed"}]}'
    )
    headers = {"Content-Type": "application/json"} | ({} if retry_after is None else {"Retry-After": str(retry_after)})
    return Fault("answer", method, path, times=times, status=429, headers=headers, body=body)


def broken(status: int = 503, *, method: str = "", path: str = "", times: int = 1, applied: bool = False) -> Fault:
    """Return a 5xx of the edge: HTML, not the envelope."""
    body = f"<html><head><title>{status}</title></head><body>cloudflare</body></html>"
    headers = {"Content-Type": "text/html", "CF-Ray": "8f00000000000000-SIM"}
    kind: Kind = "answer-after" if applied else "answer"
    return Fault(kind, method, path, times=times, status=status, headers=headers, body=body)


def refused(code: int, text: str, status: int = 200, *, method: str = "", path: str = "") -> Fault:
    """Return ``success: false`` with any status, 200 among them."""
    body = f'{{"success":false,"errors":[{{"code":{code},"message":"{text}"}}],"messages":[],"result":null}}'
    return Fault("answer", method, path, status=status, headers={"Content-Type": "application/json"}, body=body)


def answer(body: str, status: int = 200, *, method: str = "", path: str = "", times: int = 1) -> Fault:
    """Return any body with any status, as JSON by its header."""
    headers = {"Content-Type": "application/json"}
    return Fault("answer", method, path, times=times, status=status, headers=headers, body=body)


class Faults:
    """The faults of a server, and how often each has been met."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        """Begin with these faults."""
        self._lock = threading.Lock()
        self._pairs = [(fault, [0]) for fault in faults]

    def add(self, *faults: Fault) -> None:
        """Add faults; each counts matching requests from now on."""
        with self._lock:
            self._pairs += [(fault, [0]) for fault in faults]

    def clear(self) -> None:
        """Forget all faults."""
        with self._lock:
            self._pairs.clear()

    def take(self, method: str, target: str) -> Fault | None:
        """Count a request for every fault that means it; return the first one that is due."""
        due: Fault | None = None
        with self._lock:
            for fault, seen in self._pairs:
                if fault.matches(method, target):
                    seen[0] += 1
                    last = fault.nth + fault.times - 1
                    if due is None and seen[0] >= fault.nth and (fault.times == 0 or seen[0] <= last):
                        due = fault
        return due
