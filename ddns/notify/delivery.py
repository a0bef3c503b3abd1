"""What the services share: requests, answers, and messages that fit."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from ddns import jsonio
from ddns.core.services.serviceurls import Url, encode
from ddns.errors import DdnsError, NetError
from ddns.ports import Http, Request, Response

SECONDS = 10.0
"""How long one request may take."""

MOST_PARTS = 5
"""In how many messages one is split at most; what is beyond is cut."""

_RETRIED = frozenset({408, 425, 429})
_MOVED = frozenset({307, 308})
_MOST_MOVES = 3
_APPS_SCRIPT = "https://script.googleusercontent.com/"
"""Where web apps made with Google Apps Script send on those who want their output, after they have done their work
(https://developers.google.com/apps-script/guides/content, 2026-08)."""

Size = Callable[[str], int]
Requests = Callable[[Url, str, str], list[Request] | list[list[Request]]]
"""A service as a pure function: its URL, a title and a message become requests.

Those to one receiver are sent in order, and none after one that failed; a service with several receivers returns a
list for each.
"""


class Accepted(NamedTuple):
    """When an answer means that the message was taken: a status of 200 to 299, and this key of a JSON body.

    A 302 counts where it is documented to follow the work that was done.

    ``field`` must have the value ``wanted``; without it the body counts only if ``body`` is not empty (then it must
    be one of these texts, white space around them not counted).
    """

    field: str = ""
    wanted: object = True
    body: tuple[str, ...] = ()

    def by(self, response: Response) -> bool:
        """Whether an answer says so."""
        if response.status == 302 and response.headers.get("location", "").startswith(_APPS_SCRIPT):
            return True
        if not 200 <= response.status < 300:
            return False
        if self.field:
            return _json(response).get(self.field) == self.wanted
        return not self.body or response.body.decode(errors="replace").strip() in self.body


class Row(NamedTuple):
    """A row of the table of services: its name, what is sent, and what is answered when that was taken."""

    name: str
    requests: Requests
    accepted: Accepted = Accepted()


def post(url: str, body: Mapping[str, object], headers: Mapping[str, str] = {}) -> Request:
    """Return a request with a JSON body."""
    all_headers = {"Content-Type": "application/json", **headers}
    return Request("POST", url, all_headers, jsonio.dumps(dict(body)), seconds=SECONDS)


def form(url: str, pairs: Mapping[str, str], headers: Mapping[str, str] = {}) -> Request:
    """Return a request with the body of a form."""
    all_headers = {"Content-Type": "application/x-www-form-urlencoded", **headers}
    return Request("POST", url, all_headers, encode(pairs.items()).encode(), seconds=SECONDS)


def bearer(token: str) -> dict[str, str]:
    """Return the header that signs with a token."""
    return {"Authorization": f"Bearer {token}"}


def basic(user: str, password: str) -> dict[str, str]:
    """Return the header that signs with a name and a password."""
    from base64 import b64encode  # noqa: PLC0415 -- only where somebody signs in this way

    return {"Authorization": f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"}


def given(**fields: str) -> dict[str, str]:
    """Return the fields that are not empty."""
    return {name: value for name, value in fields.items() if value}


def scheme(url: Url) -> str:
    """Return the transport a URL asks for: https unless it says otherwise."""
    plain = url.flag("disabletls") or url.param("scheme").lower() == "http" or url.scheme.endswith("+http")
    return "http" if plain else "https"


def headline(url: Url, title: str) -> str:
    """Return the title the user wants instead of ours, or ours."""
    return url.param("title", default=title)


def whole(url: Url, title: str, message: str) -> str:
    """Return title and message as one text, for services without titles."""
    shown = headline(url, title)
    return f"{shown}\n{message}" if shown else message


def utf16(text: str) -> int:
    """Return the length in UTF-16 code units, in which some services count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def octets(text: str) -> int:
    """Return the length in bytes of UTF-8."""
    return len(text.encode(errors="replace"))


def cut(text: str, limit: int, size: Size = len) -> str:
    """Return the text, shortened to at most ``limit`` with an ellipsis at its end."""
    return text if size(text) <= limit else f"{_fitting(text, limit - size('…'), size)}…"


def split(text: str, limit: int, size: Size = len) -> list[str]:
    """Return the text in parts of at most ``limit``, broken at line ends or spaces where there are any."""
    parts: list[str] = []
    rest = text
    while size(rest) > limit and len(parts) < MOST_PARTS - 1:
        head = _fitting(rest, limit, size)
        ends = (head.rfind("\n"), head.rfind(" "), len(head))
        break_at = next(end for end in ends if end > len(head) // 2)
        parts.append(head[:break_at])
        rest = rest[break_at:].lstrip(" \n")
    return [*parts, cut(rest, limit, size)]


def _fitting(text: str, limit: int, size: Size) -> str:
    """Return the longest beginning that fits."""
    low, high = 0, min(len(text), limit)
    while low < high:
        middle = (low + high + 1) // 2
        if size(text[:middle]) <= limit:
            low = middle
        else:
            high = middle - 1
    return text[:low]


def deliver(http: Http, name: str, url: Url, request: Request, accepted: Accepted) -> Response:
    """Send a request and check the answer; a redirect to https that keeps the method is followed.

    NetError: it may work another time. Any other DdnsError: the service refuses, and will again. Neither message
    holds any part of the URL but its host, nor anything the service wrote.
    """
    try:
        response = http.send(request)
    except NetError as error:
        raise NetError(f"{name} cannot be reached: {error.message}", error.hint, sent=error.sent) from None
    if response.status in _MOVED:
        response = _moved(http, name, url, request, response)
    if accepted.by(response):
        return response
    from ddns.notify.answers import known_words  # noqa: PLC0415 -- only a failure needs words

    words = known_words(response)
    said = f"{name} did not take the message (status {response.status}{words and f': {words}'})"
    if response.status >= 500 or response.status in _RETRIED:
        raise NetError(said)
    raise DdnsError(said, "Check its URL in the settings, and what the service allows it")


def _moved(http: Http, name: str, url: Url, request: Request, response: Response) -> Response:
    """Follow redirects that keep the method; return the last answer."""
    from ddns.notify.redirects import onward  # noqa: PLC0415 -- rarely needed

    for _ in range(_MOST_MOVES):
        if response.status not in _MOVED:
            break
        request = onward(name, url, request, response)
        try:
            response = http.send(request)
        except NetError:  # its words may hold a host that the service wrote
            raise NetError(f"{name} redirects to an address that cannot be reached") from None
    return response


def send_parts(receivers: Iterable[Iterable[Callable[[], str]]], done: set[int] | None) -> str:
    """Send the parts for each receiver in order, but for those whose numbers are in ``done``; add what arrives to it.

    Each part returns what was answered, or raises a DdnsError; then the receiver's later parts are left, and that
    error, or one that says the rest may be sent later, is raised when every receiver was tried.
    """
    arrived = set() if done is None else done
    failed: DdnsError | None = None
    number, answer = 0, "everything was delivered before"
    for parts in receivers:
        whole = True
        for part in parts:
            if whole and number not in arrived:
                try:
                    answer = part()
                    arrived.add(number)
                except DdnsError as error:
                    whole = False
                    if failed is None or (isinstance(error, NetError) and not isinstance(failed, NetError)):
                        failed = error
            number += 1
    if failed is not None:
        raise failed
    return answer


def _json(response: Response) -> dict[str, object]:
    try:
        found = jsonio.loads_answer(response.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
