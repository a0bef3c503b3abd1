"""Each notification service against a recording server: the request is the one its documentation describes."""

import base64
import json
from typing import Any
from urllib.parse import parse_qsl, quote

import pytest

from ddns.core.services.forms import FORMS
from ddns.errors import DdnsError, NetError
from ddns.notify.servicetable import notifier
from tests.fakes.httpserver import Answer, Call
from tests.fakes.notifykit import hub

OK = {
    "slack": b"ok",
    "telegram": b'{"ok":true}',
    "pushover": b'{"status":1}',
    "rocketchat": b'{"success":true}',
    "join": b'{"success":true}',
    "zulip": b'{"result":"success"}',
    "bark": b'{"code":200}',
    "teams": b"1",
    "teams+https": b"1",
}
TITLE, TEXT = "Dormouse: é", "a.example: 1.2.3.4 → 5.6.7.8"
BOTH = f"{TITLE}\n{TEXT}"


def send(url: str, *answers: Answer, title: str = TITLE, message: str = TEXT) -> tuple[list[str], list[Call]]:
    """Send a message to a service; return the origins asked and the calls that arrived."""
    usual = Answer(200, OK.get(url.partition(":")[0], b"{}"))
    with hub(*(answers or (usual,))) as found:
        notifier(url, found).send(title, message)
        return found.origins, list(found.calls)


def only(url: str, *answers: Answer) -> tuple[str, Call]:
    """Send a message that makes one request."""
    (origin,), (call,) = send(url, *answers)
    return origin, call


def body(call: Call) -> Any:  # noqa: ANN401 -- JSON
    """Return the JSON of a request, which must say that it is some."""
    assert call.headers["content-type"] == "application/json"
    return json.loads(call.body)


def fields(call: Call) -> dict[str, str]:
    """Return the form of a request."""
    assert call.headers["content-type"] == "application/x-www-form-urlencoded"
    return dict(parse_qsl(call.body.decode(), keep_blank_values=True))


def signed(call: Call) -> str:
    """Return name and password of a request."""
    return base64.b64decode(call.headers["authorization"].removeprefix("Basic ")).decode()


RESPONDERS = "team:NOC,user:me@x.example,team:4513b7ea-3b91-438f-b7e4-e3e54af9147c"
CARD = {"@type": "MessageCard", "@context": "https://schema.org/extensions"}
CASES: list[tuple[str, str, str, dict[str, object]]] = [
    (
        "discord://tok_en@123?username=u&avatar=http://x/y",
        "https://discord.com",
        "/api/webhooks/123/tok_en",
        {"content": BOTH, "allowed_mentions": {"parse": []}, "username": "u", "avatar_url": "http://x/y"},
    ),
    (
        "slack://bot@T0/B0/XX?icon=sunny&channel=%23c",
        "https://hooks.slack.com",
        "/services/T0/B0/XX",
        {"text": BOTH, "username": "bot", "icon_emoji": ":sunny:", "channel": "#c"},
    ),
    (
        "slack://hook:T0-B0-XX@webhook?botname=b&icon=http://x/y",
        *("https://hooks.slack.com", "/services/T0/B0/XX"),
        {"text": BOTH, "username": "b", "icon_url": "http://x/y"},
    ),
    (
        "telegram://11:AA_-@telegram?chats=@c&notification=no&preview=no",
        "https://api.telegram.org",
        "/bot11:AA_-/sendMessage",
        {"chat_id": "@c", "text": BOTH, "link_preview_options": {"is_disabled": True}, "disable_notification": True},
    ),
    (
        "telegram://11:AA@telegram?chats=-100:7",
        *("https://api.telegram.org", "/bot11:AA/sendMessage"),
        {"chat_id": "-100", "message_thread_id": 7, "text": BOTH, "link_preview_options": {"is_disabled": False}},
    ),
    ("mattermost://h.example/tok", "https://h.example", "/hooks/tok", {"text": BOTH}),
    (
        "mattermost://bot@h.example:81/tok/chan?icon=smiley&disabletls=yes",
        *("http://h.example:81", "/hooks/tok"),
        {"text": BOTH, "username": "bot", "channel": "chan", "icon_emoji": ":smiley:"},
    ),
    (
        "mattermost://h.example/tok?icon=http://x/y",
        *("https://h.example", "/hooks/tok"),
        {"text": BOTH, "icon_url": "http://x/y"},
    ),
    (
        "mattermost://h.example/tok?color=good&icon_url=https://x/y",
        *("https://h.example", "/hooks/tok"),
        {"attachments": [{"fallback": BOTH, "text": BOTH, "color": "good"}], "icon_url": "https://x/y"},
    ),
    (
        "slack://T0/B0/XX?color=%23ff8000&icon_emoji=:sun:",
        *("https://hooks.slack.com", "/services/T0/B0/XX"),
        {"attachments": [{"fallback": BOTH, "text": BOTH, "color": "#ff8000"}], "icon_emoji": ":sun:"},
    ),
    (
        "slack://T0/B0/XX?color=ff8000",
        *("https://hooks.slack.com", "/services/T0/B0/XX"),
        {"attachments": [{"fallback": BOTH, "text": BOTH, "color": "#ff8000"}]},
    ),
    ("rocketchat://h.example/a/b", "https://h.example", "/hooks/a/b", {"text": BOTH}),
    (
        "rocketchat://me@h.example/hooks/a/b/chan",
        *("https://h.example", "/hooks/a/b"),
        {"text": BOTH, "username": "me", "channel": "#chan"},
    ),
    ("rocketchat://h.example/a/b/@me", "https://h.example", "/hooks/a/b", {"text": BOTH, "channel": "@me"}),
    ("rocketchat://h.example/a/b#c", "https://h.example", "/hooks/a/b", {"text": BOTH, "channel": "#c"}),
    (
        "teams://grp@ten/alt/own/ext?host=x.webhook.office.com&color=%23ff0000",
        "https://x.webhook.office.com",
        "/webhookb2/grp@ten/IncomingWebhook/alt/own/ext",
        {
            "@type": "MessageCard",
            "@context": "https://schema.org/extensions",
            "summary": TITLE,
            "title": TITLE,
            "text": TEXT,
            "themeColor": "ff0000",
        },
    ),
    (
        "teams+https://x.webhook.office.com/webhookb2/g@t/IncomingWebhook/alt/own?title=Mine",
        *("https://x.webhook.office.com", "/webhookb2/g@t/IncomingWebhook/alt/own"),
        {**CARD, "summary": "Mine", "title": "Mine", "text": TEXT},
    ),
    (
        "teams://g@t/alt/own",
        *("https://outlook.office.com", "/webhook/g@t/IncomingWebhook/alt/own"),
        {**CARD, "summary": TITLE, "title": TITLE, "text": TEXT},
    ),
    (
        "https://discord.com/api/webhooks/123/tok",
        *("https://discord.com", "/api/webhooks/123/tok"),
        {"content": BOTH, "allowed_mentions": {"parse": []}},
    ),
    (
        "googlechat://chat.googleapis.com/v1/spaces/F/messages?key=k&token=t%3D",
        *("https://chat.googleapis.com", "/v1/spaces/F/messages"),
        {"text": BOTH},
    ),
    (
        "ntfy://ntfy.sh/topic?priority=high&tags=a,%20b&click=http://x&delay=1h&title=Mine",
        *("https://ntfy.sh", "/"),
        {
            "topic": "topic",
            "title": "Mine",
            "message": TEXT,
            "priority": 4,
            "tags": ["a", "b"],
            "click": "http://x",
            "delay": "1h",
        },
    ),
    (
        "ntfy:///topic?priority=5&markdown=yes",
        "https://ntfy.sh",
        "/",
        {"topic": "topic", "title": TITLE, "message": TEXT, "priority": 5, "markdown": True},
    ),
    (
        "ntfy://h.example/t?scheme=http&priority=9",
        "http://h.example",
        "/",
        {"topic": "t", "title": TITLE, "message": TEXT},
    ),
    (
        "pushbullet://tok/dev",
        *("https://api.pushbullet.com", "/v2/pushes"),
        {"type": "note", "title": TITLE, "body": TEXT, "device_iden": "dev"},
    ),
    (
        "bark://:key@h.example/sub?sound=bell&group=g&scheme=http",
        *("http://h.example", "/sub/push"),
        {"device_key": "key", "title": TITLE, "body": TEXT, "sound": "bell", "group": "g"},
    ),
    ("bark://key@h.example", "https://h.example", "/push", {"device_key": "key", "title": TITLE, "body": TEXT}),
    ("ifttt://key/?events=ev", "https://maker.ifttt.com", "/trigger/ev/with/key/key", {"value2": BOTH}),
    (
        "ifttt://key/?events=ev&messagevalue=1&titlevalue=3&value2=x",
        *("https://maker.ifttt.com", "/trigger/ev/with/key/key"),
        {"value1": TEXT, "value2": "x", "value3": TITLE},
    ),
    (
        "opsgenie://api.eu.opsgenie.com/key?priority=p1&tags=a%20b,c&alias=z&description=more&details=k:v:w,%20l:m&actions=do%20it,x&responders="
        + RESPONDERS,
        *("https://api.eu.opsgenie.com", "/v2/alerts"),
        {
            "message": TITLE,
            "description": f"{TEXT}\nmore",
            "details": {"k": "v:w", "l": "m"},
            "actions": ["do it", "x"],
            "priority": "P1",
            "tags": ["a b", "c"],
            "alias": "z",
            "responders": [
                {"type": "team", "name": "NOC"},
                {"type": "user", "username": "me@x.example"},
                {"type": "team", "id": "4513b7ea-3b91-438f-b7e4-e3e54af9147c"},
            ],
        },
    ),
    ("http://h.example:82/hook?x=1", "http://h.example:82", "/hook", {"message": TEXT}),
    ("generic://h.example/p/?template=json", "https://h.example", "/p/", {"title": TITLE, "message": TEXT}),
    (
        "generic://h.example/?messageKey=m&titleKey=t&$extra=1&disabletls=yes",
        *("http://h.example", "/"),
        {"t": TITLE, "m": TEXT, "extra": "1"},
    ),
]


@pytest.mark.parametrize(("url", "origin", "path", "wanted"), CASES, ids=[case[0].partition("?")[0] for case in CASES])
def test_json_services(url: str, origin: str, path: str, wanted: dict[str, object]) -> None:
    """The message is posted as JSON to the place and in the shape the service documents."""
    asked, call = only(url)

    assert (asked, call.method, call.path) == (origin, "POST", path)
    assert body(call) == wanted


def test_discord_threads() -> None:
    """A thread is named in the query, whatever else the URL's query holds."""
    assert only("discord://tok@123?thread_id=5&foo=bar")[1].target == "/api/webhooks/123/tok?thread_id=5"


def test_google_chat_signs_in_the_query() -> None:
    """Key and token of a space stay in the query."""
    call = only("googlechat://chat.googleapis.com/v1/spaces/F/messages?key=k&token=t%3D")[1]

    assert (call.one("key"), call.one("token")) == ("k", "t=")


def test_slack_bots() -> None:
    """A bot token posts to a channel by chat.postMessage, and the answer must say ok."""
    asked, call = only("slack://xoxb:123-abc@C01", Answer(200, b'{"ok":true}'))

    assert (asked, call.path) == ("https://slack.com", "/api/chat.postMessage")
    assert call.headers["authorization"] == "Bearer xoxb-123-abc"
    assert body(call) == {"channel": "C01", "text": BOTH}
    with pytest.raises(DdnsError, match="channel_not_found"):
        send("slack://xoxb:123-abc@C01", Answer(200, b'{"ok":false,"error":"channel_not_found"}'))


@pytest.mark.parametrize("title", [TITLE, ""])
def test_workflows_of_teams_get_an_adaptive_card(title: str) -> None:
    """Path and query, which signs, stay as they are; 202 is the usual answer."""
    url = "https://p.westeurope.logic.azure.com/workflows/3f/triggers/manual/paths/invoke?sp=%2Ft%2Fm&sv=1.0&sig=a-B"
    (origin,), (call,) = send(url, Answer(202, b""), title=title, message="a\nb")

    assert origin == "https://p.westeurope.logic.azure.com"
    assert call.target == "/workflows/3f/triggers/manual/paths/invoke?sp=%2Ft%2Fm&sv=1.0&sig=a-B"
    (attached,) = body(call)["attachments"]
    assert attached["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert [block["text"] for block in attached["content"]["body"]] == [*([title] if title else []), "a\n\nb"]


def test_the_logger_only_answers() -> None:
    """The message is the answer, for a test; nothing is sent."""
    with hub() as found:
        assert notifier("logger://", found).send("Title", "text") == "Title\ntext"
        assert found.calls == []


def test_slack_text_is_escaped() -> None:
    """Characters Slack gives a meaning to arrive as themselves."""
    _, (call,) = send("slack://T/B/X", title="", message="a < b & c > d")

    assert body(call)["text"] == "a &lt; b &amp; c &gt; d"


def test_telegram_serves_every_chat() -> None:
    """Each chat gets the message; one that fails does not keep it from the others."""
    refused = Answer(400, b'{"ok":false,"description":"Bad Request: chat not found"}')
    with hub(refused, Answer(200, OK["telegram"])) as found:
        with pytest.raises(DdnsError, match="chat not found"):
            notifier("telegram://1:A@telegram?chats=a,%20b,", found).send(TITLE, TEXT)

        assert [body(call)["chat_id"] for call in found.calls] == ["a", "b"]


@pytest.mark.parametrize(
    ("url", "path", "priority"),
    [
        ("gotify://h.example/sub/tok", "/sub/message", None),
        ("gotify://h.example/sub?token=tok&priority=-1", "/sub/message", -1),
    ],
)
def test_gotify(url: str, path: str, priority: int | None) -> None:
    """The token travels in a header, wherever it stood in the URL."""
    _, call = only(url)

    assert call.path == path
    assert call.headers["x-gotify-key"] == "tok"
    assert body(call).get("priority") == priority
    assert (body(call)["title"], body(call)["message"]) == (TITLE, TEXT)
    assert "tok" not in call.target


def test_gotify_without_tls() -> None:
    """Both spellings of plain http are understood."""
    assert send("gotify+http://h.example/t")[0] == ["http://h.example"]
    assert send("gotify://h.example/t?disabletls=yes")[0] == ["http://h.example"]
    assert send("gotify+https://h.example/t")[0] == ["https://h.example"]


def test_ntfy_signs_in() -> None:
    """By name and password, or by an access token in either place."""
    assert signed(only("ntfy://me:pass@h.example/t")[1]) == "me:pass"
    assert "authorization" not in only("ntfy://me@h.example/t")[1].headers
    assert only("ntfy://:tk@h.example/t")[1].headers["authorization"] == "Bearer tk"
    assert only("ntfy://me:pass@h.example/t?token=tk")[1].headers["authorization"] == "Bearer tk"


BUTTONS = ["view, Open; x, https://h.example/?a=1", '[{"action":"view","label":"é","url":"https://h.example"}]']


@pytest.mark.parametrize("buttons", BUTTONS)
def test_ntfy_buttons_and_switches(buttons: str) -> None:
    """They travel in the query, in the form the user wrote."""
    call = only(f"ntfy://h.example/sub/t?actions={quote(buttons)}&cache=no&firebase=false")[1]

    assert (call.path, call.one("actions"), call.one("cache"), call.one("firebase")) == ("/sub", buttons, "no", "no")
    assert only("ntfy://h.example/t?cache=yes")[1].target == "/"


def test_pushover() -> None:
    """A form with token and user; an emergency says how often it is repeated."""
    asked, call = only("pushover://shoutrrr:tok@user/?devices=a,b&priority=2")

    assert (asked, call.path) == ("https://api.pushover.net", "/1/messages.json")
    assert fields(call) == {
        "token": "tok",
        "user": "user",
        "title": TITLE,
        "message": TEXT,
        "device": "a,b",
        "priority": "2",
        "retry": "60",
        "expire": "3600",
    }
    assert fields(only("pushover://tok@user")[1])["token"] == "tok"
    own = fields(only("pushover://tok@user?priority=2&retry=30&expire=90")[1])
    assert (own["retry"], own["expire"]) == ("30", "90")


def test_pushbullet_targets() -> None:
    """Devices, channels and mail addresses are told apart; the token travels in a header."""
    _, calls = send("pushbullet://tok/me@x.example/%23chan#other")

    assert [call.headers["access-token"] for call in calls] == ["tok"] * 3
    assert body(calls[0])["email"] == "me@x.example"
    assert [body(call)["channel_tag"] for call in calls[1:]] == ["chan", "other"]
    assert "device_iden" not in body(only("pushbullet://tok")[1])


def test_join() -> None:
    """Everything travels in the query."""
    asked, call = only("join://shoutrrr:key@join/?devices=a,b&icon=i")

    assert asked == "https://joinjoaomgcd.appspot.com"
    assert call.path == "/_ah/api/messaging/v1/sendPush"
    assert {name: call.one(name) for name in call.query} == {
        "deviceIds": "a,b",
        "apikey": "key",
        "text": TEXT,
        "title": TITLE,
        "icon": "i",
    }


def test_ifttt_triggers_every_event() -> None:
    """Each event is triggered."""
    paths = [call.path for call in send("ifttt://key/?events=a,b")[1]]

    assert paths == ["/trigger/a/with/key/key", "/trigger/b/with/key/key"]


def test_opsgenie_signs_with_its_key() -> None:
    """The key travels in a header of its own kind, not in the path."""
    call = only("opsgenie://api.opsgenie.com/key?visibleTo=team:NOC", Answer(202, b"{}"))[1]

    assert call.headers["authorization"] == "GenieKey key"
    assert body(call)["visibleTo"] == [{"type": "team", "name": "NOC"}]


def test_opsgenie_takes_json() -> None:
    """Lists and details may be written as the API takes them; what is not JSON after all is a list with commas."""
    query = '?tags=["a b","c"]&details={"k":"v"}&responders=[{"name":"NOC","type":"team"}]&visibleto=["user:me@x"]'
    found = body(only(f"opsgenie://h.example/key{query}", Answer(202, b"{}"))[1])
    assert (found["tags"], found["details"]) == (["a b", "c"], {"k": "v"})
    assert found["responders"] == [{"name": "NOC", "type": "team"}]
    assert found["visibleTo"] == [{"type": "user", "username": "me@x"}]

    found = body(only("opsgenie://h.example/key?tags=[a,b&details={a:b", Answer(202, b"{}"))[1])
    assert (found["tags"], found["details"]) == (["[a", "b"], {"{a": "b"})


@pytest.mark.parametrize(
    ("url", "topic"),
    [
        ("zulip://bot@x.example:key@h.example/?stream=s", TITLE),
        ("zulip://bot%40x.example:key@h.example/?to=s&topic=t", "t"),
    ],
)
def test_zulip(url: str, topic: str) -> None:
    """A form signed by the bot's address and key, to a channel and topic."""
    asked, call = only(url)

    assert (asked, call.path, signed(call)) == ("https://h.example", "/api/v1/messages", "bot@x.example:key")
    assert fields(call) == {"type": "stream", "to": "s", "topic": topic, "content": TEXT}


def test_generic_text_headers_and_parameters() -> None:
    """Without a template the message is the body; headers, login, method and other parameters are passed on."""
    query = "@acceptLanguage=de&@X-Key=1&foo=b%20r&_title=t&__method=+g%2F&__x=1&contenttype=text/x&method=put"
    asked, call = only(f"generic://me:pw@h.example/p?{query}")

    assert (asked, call.method, call.target) == ("https://h.example", "PUT", "/p?foo=b%20r&title=t&method=+g%2F&__x=1")
    assert (call.headers["accept-language"], call.headers["x-key"]) == ("de", "1")
    assert call.headers["content-type"] == "text/x"
    assert signed(call) == "me:pw"
    assert call.body.decode() == BOTH


def test_generic_text_says_what_it_is() -> None:
    """Plain text is labelled so, and plain http is only used when asked for."""
    asked, call = only("generic://h.example/?disabletls=yes")

    assert asked == "http://h.example"
    assert call.headers["content-type"] == "text/plain; charset=utf-8"


OWN = "method=get&title=a&template=xml&disabletls=yes&_x=1&__title=b&=&y=%2F+%61"


@pytest.mark.parametrize("scheme", ["https", "http", "generic+https", "generic+http"])
@pytest.mark.parametrize("tail", ["/a//b%2Fc/?" + OWN, "?" + OWN, "//a/", "/~a/@b", "/?"])
def test_targets_written_out_stay_as_they_are(scheme: str, tail: str) -> None:
    """Path and query belong to the target, whatever names of ours are in them."""
    asked, call = only(f"{scheme}://h.example{tail}")

    assert (asked, call.method) == (f"{scheme.removeprefix('generic+')}://h.example", "POST")
    assert call.target == f"/{tail.removeprefix('/')}".removesuffix("?")


def test_marks_in_targets_written_out() -> None:
    """``generic+`` still takes headers and fields from the query; a plain URL passes even these on."""
    call = only("generic+https://h.example/?@x-key=1&$f=2&y=3")[1]
    assert (call.target, call.headers["x-key"]) == ("/?y=3", "1")
    assert body(call) == {"title": TITLE, "message": TEXT, "f": "2"}

    call = only("https://h.example/?@x-key=1&$f=2")[1]
    assert call.target == "/?@x-key=1&$f=2"
    assert "x-key" not in call.headers
    assert body(call) == {"message": TEXT}


LONG = "word " * 5000


@pytest.mark.parametrize(
    ("url", "key", "limit"),
    [
        ("discord://tok@1", "content", 2000),
        ("slack://T/B/X", "text", 4000),
        ("telegram://1:A@telegram?chats=1", "text", 4096),
        ("mattermost://h.example/t", "text", 16383),
        ("rocketchat://h.example/a/b", "text", 5000),
        ("teams://g@t/a/b", "text", 20000),
        ("googlechat://h.example/x?key=k&token=t", "text", 4096),
        ("ntfy://h.example/t", "message", 4096),
        ("pushover://tok@user", "message", 1024),
        ("pushbullet://tok", "body", 10000),
        ("bark://k@h.example", "body", 2500),
        ("gotify://h.example/t", "message", 10000),
        ("zulip://b:k@h.example?stream=s", "content", 10000),
        ("opsgenie://h.example/k", "description", 15000),
        ("ifttt://k?events=e", "value2", 10000),
        ("generic://h.example?template=json", "message", 32000),
    ],
)
def test_long_messages_fit(url: str, key: str, limit: int) -> None:
    """No message is longer than its service allows, and there are few of them."""
    _, calls = send(url, message=LONG * 2)
    form = calls[0].headers["content-type"].startswith("application/x-www")
    texts = [(fields(call) if form else body(call))[key] for call in calls]

    assert 1 <= len(texts) <= 5
    assert all(limit * 0.6 < len(text) <= limit for text in texts[:1])
    assert all(len(text) <= limit for text in texts)
    assert texts[-1].endswith("…") or sum(map(len, texts)) > 2 * len(LONG) - 50


HTTP_KINDS = sorted(set(FORMS) - {"smtp", "logger"})
SECRETS = {
    "discord": "discord://hushhush@123",
    "slack": "slack://T0/B0/hushhush",
    "telegram": "telegram://11:hushhush@telegram?chats=hushhush",
    "gotify": "gotify://h.example/hushhush",
    "ntfy": "ntfy://:hushhush@h.example/hushhush",
    "pushover": "pushover://:hushhush@hushhush",
    "pushbullet": "pushbullet://hushhush",
    "matrix": "matrix://:hushhush@h.example",
    "mattermost": "mattermost://h.example/hushhush",
    "rocketchat": "rocketchat://h.example/a/hushhush",
    "teams": "teams://hushhush@t/hushhush/b",
    "zulip": "zulip://b:hushhush@h.example/?stream=s",
    "googlechat": "googlechat://h.example/x?key=hushhush&token=hushhush",
    "opsgenie": "opsgenie://h.example/hushhush",
    "bark": "bark://:hushhush@h.example",
    "join": "join://:hushhush@join?devices=hushhush",
    "ifttt": "ifttt://hushhush?events=e",
    "generic": "generic://h.example/hushhush?x=hushhush",
    "lark": "lark://open.feishu.cn/hushhush?secret=hushhush",
    "notifiarr": "notifiarr://hushhush",
    "pagerduty": "pagerduty:///hushhush",
    "signal": "signal://u:hushhush@h.example/+1/group.hushhush",
    "wecom": "wecom://hushhush",
}


@pytest.mark.parametrize("kind", HTTP_KINDS)
@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 302])
def test_refusals_are_told_without_secrets(kind: str, status: int) -> None:
    """Every status but success raises; what may work later is a NetError; nothing of the URL is shown."""
    answer = Answer(status, b'{"description":"https://x/hushhush is bad","error":"HUSHHUSH"}')
    with pytest.raises(DdnsError, match=str(status)) as caught:
        send(SECRETS[kind], answer)

    assert isinstance(caught.value, NetError) == (status in {429, 500})
    assert "hushhush" not in f"{caught.value.message} {caught.value.hint}".lower()


@pytest.mark.parametrize("kind", sorted(set(OK) & set(SECRETS)))
def test_success_must_be_said(kind: str) -> None:
    """Where the service says in the body whether it took the message, status 200 alone is not enough."""
    with pytest.raises(DdnsError, match="did not take the message"):
        send(SECRETS[kind], Answer(200, b'{"ok":false,"success":false,"status":0,"code":400,"result":"error"}'))
    with pytest.raises(DdnsError, match="did not take the message"):
        send(SECRETS[kind], Answer(200, b"<html>"))


def test_an_unreachable_service_is_a_net_error() -> None:
    """The host is named, for the person who must act; nothing else of the URL is."""
    with hub() as found:
        found.server.close()
        with pytest.raises(NetError, match="Discord cannot be reached") as caught:
            notifier(SECRETS["discord"], found).send(TITLE, TEXT)
    assert "hushhush" not in caught.value.message
