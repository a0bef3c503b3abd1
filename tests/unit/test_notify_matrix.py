"""Matrix: a conversation with a server."""

import json

import pytest

from ddns.errors import DdnsError, NetError
from ddns.notify.servicetable import notifier
from tests.fakes.httpserver import Answer
from tests.fakes.notifykit import Hub, hub

OK = Answer(200, b"{}")
API = "/_matrix/client/v3"


def answer(**fields: object) -> Answer:
    """Return an answer with these fields."""
    return Answer(200, json.dumps(fields).encode())


def talk(found: Hub) -> list[tuple[str, str]]:
    """Return what was asked, transactions left out."""
    asked = ((call.method, call.target.removeprefix(API)) for call in found.calls)
    return [(method, path.partition("/m.room.message/")[0]) for method, path in asked]


def test_a_token_sends_to_the_rooms_named() -> None:
    """Each room is joined (which does nothing when one is in it) and gets the message as plain text."""
    url = "matrix://:tok@h.example:81/?rooms=!a:h.example,b:h.example,%23c:h.example"
    answers = [one for name in "abc" for one in (answer(room_id=f"!{name}"), OK)]
    with hub(*answers) as found:
        notifier(url, found).send("Title", "text")

        joins = [f"/join/{name}" for name in ("%21a%3Ah.example", "%23b%3Ah.example", "%23c%3Ah.example")]
        assert talk(found)[::2] == [("POST", join) for join in joins]
        assert talk(found)[1::2] == [("PUT", f"/rooms/%21{name}/send") for name in "abc"]
        assert {call.headers["authorization"] for call in found.calls} == {"Bearer tok"}
        assert json.loads(found.calls[-1].body) == {"msgtype": "m.text", "body": "Title\ntext"}
        assert set(found.origins) == {"https://h.example:81"}
        assert len({call.target for call in found.calls}) == 6


def test_a_room_that_cannot_be_joined_silences_no_other() -> None:
    """The other rooms are told once, and only that room is tried again."""
    done: set[int] = set()
    with hub(Answer(503, b""), answer(room_id="!b"), OK, answer(room_id="!a"), OK) as found:
        service = notifier("matrix://:tok@h.example/?rooms=a,b", found)
        with pytest.raises(NetError):
            service.send("", "text", done)
        assert done == {1}
        service.send("", "text", done)

        assert done == {0, 1}
        assert talk(found) == [
            *(("POST", "/join/%23a"), ("POST", "/join/%23b"), ("PUT", "/rooms/%21b/send")),
            *(("POST", "/join/%23a"), ("PUT", "/rooms/%21a/send")),
        ]


def test_without_rooms_every_joined_one_is_told() -> None:
    """The server is asked which rooms the user is in."""
    with hub(answer(joined_rooms=["!a", 5]), OK) as found:
        notifier("matrix://:tok@h.example/?disableTLS=yes", found).send("", "text")

        assert talk(found) == [("GET", "/joined_rooms"), ("PUT", "/rooms/%21a/send")]
        assert found.origins[0] == "http://h.example"


def test_a_password_signs_in_and_out() -> None:
    """With a user name a session is opened, used and closed again."""
    with hub(answer(access_token="t1"), answer(joined_rooms=["!a"]), OK) as found:
        notifier("matrix://me:pw@h.example", found).send("", "text")

        assert [path for _, path in talk(found)] == ["/login", "/joined_rooms", "/rooms/%21a/send", "/logout"]
        login = json.loads(found.calls[0].body)
        assert login["type"] == "m.login.password"
        assert login["identifier"] == {"type": "m.id.user", "user": "me"}
        assert found.calls[3].headers["authorization"] == "Bearer t1"


def test_a_failed_sending_still_signs_out() -> None:
    """The session is closed, and the first failure is the one that is told."""
    with hub(answer(access_token="t1"), Answer(403, b'{"errcode":"M_FORBIDDEN","error":"t1"}')) as found:
        with pytest.raises(DdnsError, match="status 403: M_FORBIDDEN"):
            notifier("matrix://me:pw@h.example", found).send("", "text")

        assert talk(found)[-1] == ("POST", "/logout")


@pytest.mark.parametrize(
    ("url", "body", "words"),
    [
        ("matrix://me:pw@h.example", b"{}", "no access token"),
        ("matrix://:tok@h.example", b'{"joined_rooms":[]}', "no room this user is in"),
        ("matrix://:tok@h.example", b'{"joined_rooms":5}', "no room this user is in"),
        ("matrix://:tok@h.example?room=a", b"[]", "no room id"),
        ("matrix://:tok@h.example?room=a", b"<html>", "no room id"),
    ],
)
def test_odd_answers_are_told(url: str, body: bytes, words: str) -> None:
    """An answer that lacks what is needed is a failure in plain words."""
    with hub(Answer(200, body)) as found, pytest.raises(DdnsError, match=words):
        notifier(url, found).send("", "text")
