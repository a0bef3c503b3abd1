"""What is told of an answer, and what a redirect does."""

import json

import pytest

from ddns.errors import DdnsError, NetError
from ddns.notify.servicetable import notifier
from ddns.ports import Request, Response
from tests.fakes.httpserver import Answer
from tests.fakes.notifykit import Hub, Script, hub


def refuse(url: str, answer: Answer) -> None:
    """Send a message to a service that answers so."""
    with hub(answer) as found:
        notifier(url, found).send("t", "m")


ECHOED = (
    *("slack://hook:aaa-bbb-ccc@webhook", "generic://u:pw@h.example/?@authorization=Bearer%20xyz&$key=k1"),
    *("matrix://me:pw@h.example", "discord://t%2Fk%C3%A9n@77", "zulip://b@x.example:k%20y@h.example/?stream=s"),
    *("telegram://1:AbC@telegram?chats=5", "googlechat://h.example/x?key=k%2Fy&token=t%3Dn"),
)


@pytest.mark.parametrize("url", ECHOED)
@pytest.mark.parametrize("status", [200, 400, 401, 503])
def test_nothing_a_server_answered_is_shown(url: str, status: int) -> None:
    """A server that sends back all it got, in every spelling, puts none of it into a message of ours."""

    def echo(request: Request) -> Response:
        session = {"access_token": "SESSION", "room_id": "ROOM", "joined_rooms": ["ROOM"]}
        said = [request.url, *map(str, request.headers.values()), request.body.decode()]
        if request.url.endswith(("/login", "/joined_rooms")):
            return Response(200, {}, json.dumps(session).encode(), request.url)
        words = {"error": " ".join(said), "message": said[0], "description": said[-1], "errors": said}
        return Response(status, {"location": request.url}, json.dumps(words).encode(), request.url)

    script = Script(echo)
    service = notifier(url, script)
    if status == 200 and url.startswith(("generic", "matrix", "discord", "googlechat")):
        assert service.send("t", "m") == "status 200"
        return
    with pytest.raises(DdnsError) as caught:
        service.send("t", "m")
    assert f"status {status})" in caught.value.message
    assert not any(part in caught.value.message for part in ("SESSION", "://", "Basic", "Bearer", "hook:", "AbC"))


@pytest.mark.parametrize(
    "answer",
    [
        b"no_service",
        b' "no_service"\n',
        b'{"error":"no_service"}',
        b'{"message":"x","errors":[{"reason":"no_service"}]}',
    ],
)
def test_documented_reasons_are_told(answer: bytes) -> None:
    """A text that is exactly one we know is told in our own copy of it."""
    with pytest.raises(DdnsError, match=r"status 404: no_service\)$"):
        refuse("slack://T/B/X", Answer(404, answer))


@pytest.mark.parametrize("answer", [b"[1]", b'{"message":7}', b'{"message":""}', b"\xff", b'[[[[["no_service"]]]]]'])
def test_other_reasons_are_left_out(answer: bytes) -> None:
    """Whatever the answer's body is, the message stays plain."""
    with pytest.raises(DdnsError, match=r"status 404\)$"):
        refuse("discord://token@1", Answer(404, answer))


def moved(location: str, status: int = 308) -> Answer:
    """Return a redirect."""
    return Answer(status, b"", {"Location": location})


def sent(found: Hub) -> list[tuple[str, str, str, str]]:
    """Return what arrived: origin, path, the header that signs it, and how long the body was."""
    return [
        (origin, call.path, call.headers.get("authorization", ""), str(bool(call.body)))
        for origin, call in zip(found.origins, found.calls, strict=True)
    ]


def test_a_redirect_that_keeps_the_method_is_followed() -> None:
    """At the same host, http and https at their usual ports, with everything."""
    with hub(moved("https://H.example:443/a"), moved("/b", 307), Answer(200, b"")) as found:
        assert notifier("generic+http://u:p@h.example/x", found).send("t", "m") == "status 200"

        basic = "Basic dTpw"
        assert sent(found) == [
            ("http://h.example", "/x", basic, "True"),
            ("https://H.example:443", "/a", basic, "True"),
            ("https://H.example:443", "/b", basic, "True"),
        ]
        assert {call.method for call in found.calls} == {"POST"}


@pytest.mark.parametrize("location", ["https://other.example/x", "https://h.example:8443/x", "https://[2001:db8::1]/x"])
def test_credentials_stay_with_their_host(location: str) -> None:
    """Another host or port gets the message, and no header but what kind of text it is."""
    with hub(moved(location), Answer(200, b"")) as found:
        notifier("generic://u:p0p@h.example/?@x-key=k1&template=json", found).send("t", "m")

        assert "x-key" in found.calls[0].headers
        assert sent(found)[1][2:] == ("", "True")
        assert found.calls[1].headers["content-type"] == "application/json"
        assert "x-key" not in found.calls[1].headers


@pytest.mark.parametrize(
    ("url", "answers"),
    [
        ("bark://:k%C3%A9y@h.example", []),
        ("generic://h.example/?$secret=k1", []),
        ("pushover://:app@uuu", []),
        ("matrix://me:pw@h.example", []),
    ],
)
def test_a_message_with_a_secret_inside_goes_nowhere_else(url: str, answers: list[Answer]) -> None:
    """Some services want their key in the body: then another host gets nothing."""
    with hub(*answers, moved("https://other.example/")) as found:
        with pytest.raises(DdnsError, match="another host, which must not get its credentials"):
            notifier(url, found).send("t", "m")
        assert "https://other.example" not in found.origins


@pytest.mark.parametrize(
    "location",
    [
        *("", "http://h.example/", "ftp://h.example/", "https://", "https://u@h.example/", "https://h.example:x/"),
        *("https://[::1/", "https://other.example\\@h.example/", "//"),
    ],
)
def test_a_redirect_to_nowhere_safe_is_refused(location: str) -> None:
    """No way down from TLS, and no address that two readers understand differently; the address is not shown."""
    with hub(moved(location), Answer(200, b"")) as found:
        with pytest.raises(DdnsError, match="redirects to an address without TLS, or to none") as caught:
            notifier("generic+http://h.example/x", found).send("t", "m")
        assert len(found.calls) == 1
    assert "://" not in caught.value.message


def test_redirects_end() -> None:
    """A circle ends as a refusal; what is not there is named without its address, for a server wrote it."""
    with hub(moved("https://h.example/x")) as found:
        with pytest.raises(DdnsError, match="status 308"):
            notifier("generic://h.example/x", found).send("t", "m")
        assert len(found.calls) == 4

    def gone(request: Request) -> Response:
        if "secret" in request.url:
            raise NetError(f"{request.url} cannot be reached")
        return Response(307, {"location": "https://secret.example/"}, b"", request.url)

    with pytest.raises(NetError, match="redirects to an address that cannot be reached") as caught:
        notifier("generic://h.example/x", Script(gone)).send("t", "m")
    assert "secret" not in caught.value.message


def test_a_found_after_the_work_was_done_is_delivered_where_that_is_documented() -> None:
    """A web app of Google Apps Script shows its output elsewhere; any other 302 may as well be a page to sign in."""
    with hub(moved("https://script.googleusercontent.com/macros/echo?x=1", 302)) as found:
        assert notifier("https://script.google.com/macros/s/key/exec", found).send("t", "m") == "status 302"
        assert len(found.calls) == 1
    with hub(moved("https://login.example/", 302)) as found, pytest.raises(DdnsError, match="status 302"):
        notifier("https://h.example/hook", found).send("t", "m")
