"""Lark, Notifiarr, PagerDuty, Signal and WeCom against a recording server: requests as the services document them."""

import base64
import hmac
import json
from typing import Any

import pytest

from ddns.core.services.forms import parse_service
from ddns.core.settings import Reporting
from ddns.errors import DdnsError, NetError
from ddns.notify.servicetable import notifier
from ddns.notify.wiring import make_notifiers
from tests.fakes.httpserver import Answer, Call
from tests.fakes.notifykit import hub
from tests.fakes.ticking import TickingClock

OK = {
    "lark": b'{"StatusCode":0,"StatusMessage":"success","code":0,"data":{},"msg":"success"}',
    "notifiarr": b'{"result":"success"}',
    "pagerduty": b'{"status":"success","message":"Event processed","dedup_key":"samplekeyhere"}',
    "signal": b'{"timestamp":"1730000000123"}',
    "wecom": b'{"errcode":0,"errmsg":"ok"}',
}
STATUS = {"pagerduty": 202, "signal": 201}
TITLE, TEXT = "Dormouse: é", "a.example: 1.2.3.4 → 5.6.7.8"
BOTH = f"{TITLE}\n{TEXT}"
KEY = "e93facc04764012d7bfb002500d5d1a6"
SIGNED_AT = 1599360473.9
SIGN = "l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8="


def send(url: str, *answers: Answer, title: str = TITLE, message: str = TEXT) -> tuple[list[str], list[Call]]:
    """Send a message to a service; return the origins asked and the calls that arrived."""
    kind = url.partition(":")[0]
    usual = Answer(STATUS.get(kind, 200), OK[kind])
    with hub(*(answers or (usual,))) as found:
        notifier(url, found, now=lambda: SIGNED_AT).send(title, message)
        return found.origins, list(found.calls)


def body(call: Call) -> Any:  # noqa: ANN401 -- JSON
    """Return the JSON of a request, which must say that it is some."""
    assert call.headers["content-type"] == "application/json"
    return json.loads(call.body)


def post_of(*, title: str = TITLE, link: str = "") -> dict[str, object]:
    """Return the body that Lark documents for a text with a title, and a link below."""
    tail = [[{"tag": "a", "text": link, "href": link}]] if link else []
    said = {"title": title, "content": [[{"tag": "text", "text": TEXT}], *tail]}
    return {"msg_type": "post", "content": {"post": {"en_us": said}}}


ALERT = {"summary": BOTH, "severity": "error", "source": "Dormouse"}
SMS = {"number": "+12025550100", "text_mode": "normal", "message": BOTH}
CASES: list[tuple[str, str, str, dict[str, object]]] = [
    ("lark://open.larksuite.com/tok", "https://open.larksuite.com", "/open-apis/bot/v2/hook/tok", post_of()),
    (
        "lark://open.feishu.cn/tok?title=Mine&link=https://h.example/?a=1&secret=demo",
        *("https://open.feishu.cn", "/open-apis/bot/v2/hook/tok"),
        {**post_of(title="Mine", link="https://h.example/?a=1"), "timestamp": "1599360473", "sign": SIGN},
    ),
    (
        "notifiarr://k-1",
        *("https://notifiarr.com", "/api/v1/notification/passthrough/k-1"),
        {"notification": {"name": "Dormouse"}, "discord": {"text": {"title": TITLE, "description": TEXT}}},
    ),
    (
        "notifiarr://k-1?channel=123456789012345678&name=Home&id=7&color=%23ff8000&thumbnail=http://x/t&image=http://x/i",
        *("https://notifiarr.com", "/api/v1/notification/passthrough/k-1"),
        {
            "notification": {"name": "Home", "event": "7"},
            "discord": {
                "color": "ff8000",
                "images": {"thumbnail": "http://x/t", "image": "http://x/i"},
                "ids": {"channel": 123456789012345678},
                "text": {"title": TITLE, "description": TEXT},
            },
        },
    ),
    (
        f"pagerduty:///{KEY}",
        *("https://events.pagerduty.com", "/v2/enqueue"),
        {"routing_key": KEY, "event_action": "trigger", "payload": ALERT},
    ),
    (
        (
            f"pagerduty://events.eu.pagerduty.com/{KEY}?severity=Info&source=home&action=resolve&dedup_key=d&client=c"
            "&client_url=http://x&details=k:v&contexts=link:http://x/a,%20image:https://x/b"
        ),
        *("https://events.eu.pagerduty.com", "/v2/enqueue"),
        {
            "routing_key": KEY,
            "event_action": "resolve",
            "dedup_key": "d",
            "client": "c",
            "client_url": "http://x",
            "links": [{"href": "http://x/a"}],
            "images": [{"src": "https://x/b"}],
            "payload": {"summary": BOTH, "severity": "info", "source": "home", "custom_details": {"k": "v"}},
        },
    ),
    (
        f'pagerduty:///{KEY}?details={{"n":1}}&contexts=[{{"type":"image","src":"https://x/b","alt":"c"}},{{"href":"u"}}]',
        *("https://events.pagerduty.com", "/v2/enqueue"),
        {
            "routing_key": KEY,
            "event_action": "trigger",
            "links": [{"href": "u"}],
            "images": [{"src": "https://x/b", "alt": "c"}],
            "payload": {**ALERT, "custom_details": {"n": 1}},
        },
    ),
    (
        "signal://h.example/+12025550100/+12025550101",
        *("https://h.example:8080", "/v2/send"),
        {**SMS, "recipients": ["+12025550101"]},
    ),
    (
        "signal://h.example:81/+12025550100/group.YWI=?disabletls=yes&title=Mine",
        *("http://h.example:81", "/v2/send"),
        {**SMS, "message": f"Mine\n{TEXT}", "recipients": ["group.YWI="]},
    ),
    (
        "wecom://k-1",
        *("https://qyapi.weixin.qq.com", "/cgi-bin/webhook/send"),
        {"msgtype": "text", "text": {"content": BOTH}},
    ),
    (
        "wecom://k-1?mentioned_list=@all,%20me&mentioned_mobile_list=13800001111",
        *("https://qyapi.weixin.qq.com", "/cgi-bin/webhook/send"),
        {
            "msgtype": "text",
            "text": {"content": BOTH, "mentioned_list": ["@all", "me"], "mentioned_mobile_list": ["13800001111"]},
        },
    ),
]


@pytest.mark.parametrize(("url", "origin", "path", "wanted"), CASES, ids=[case[0].partition("?")[0] for case in CASES])
def test_requests(url: str, origin: str, path: str, wanted: dict[str, object]) -> None:
    """The message is posted as JSON to the place and in the shape the service documents."""
    (asked,), (call,) = send(url)

    assert (asked, call.method, call.path) == (origin, "POST", path)
    assert body(call) == wanted
    assert "authorization" not in call.headers


def test_the_key_of_wecom_is_in_the_query() -> None:
    """And nothing else is."""
    _, (call,) = send("wecom://k-1?mentioned_list=a")
    assert call.target == "/cgi-bin/webhook/send?key=k-1"


def test_lark_signs_with_the_time_of_the_clock() -> None:
    """Services made from settings sign with what the clock says when they send."""
    clock = TickingClock()
    with hub(Answer(200, OK["lark"])) as found:
        (service,) = make_notifiers(Reporting(services=("lark://open.feishu.cn/t?secret=demo",)), found, clock)
        service.send(TITLE, TEXT)
        sent = body(found.calls[0])

    assert sent["timestamp"] == str(int(clock.time()))
    digest = hmac.new(f"{sent['timestamp']}\ndemo".encode(), b"", "sha256").digest()
    assert sent["sign"] == base64.b64encode(digest).decode()


def test_lark_without_a_title() -> None:
    """The field is left out."""
    _, (call,) = send("lark://open.feishu.cn/t", title="")
    assert body(call)["content"]["post"]["en_us"] == {"content": [[{"tag": "text", "text": TEXT}]]}


NUMBERS = "/+12025550100/+12025550101,+1 (202) 555-0102/u:me.01/group.YWI="


def test_signal_serves_every_recipient() -> None:
    """Each gets a request of its own, and one that is refused does not keep it from the others."""
    refused = Answer(400, b'{"error":"no such user"}')
    with hub(refused, Answer(201, OK["signal"])) as found:
        with pytest.raises(DdnsError, match=r"Signal did not take the message \(status 400\)"):
            notifier(f"signal://h.example{NUMBERS}", found).send(TITLE, TEXT)
        sent = [body(call)["recipients"] for call in found.calls]

    assert sent == [["+12025550101"], ["+1 (202) 555-0102"], ["u:me.01"], ["group.YWI="]]


def test_signal_repeats_to_those_who_did_not_get_it() -> None:
    """What arrived is remembered by receiver and part."""
    with hub(Answer(201, b""), Answer(503, b""), Answer(201, b"")) as found:
        service, done = notifier("signal://h.example/+1/+2,+3", found), set[int]()
        with pytest.raises(NetError):
            service.send(TITLE, TEXT, done)
        service.send(TITLE, TEXT, done)

        assert [body(call)["recipients"] for call in found.calls] == [["+2"], ["+3"], ["+3"]]


def test_signal_signs_in() -> None:
    """By name and password, or by a token, which wins."""

    def signed(url: str) -> str:
        return send(url)[1][0].headers["authorization"]

    assert signed("signal://me:pw@h.example/+1/+2") == f"Basic {base64.b64encode(b'me:pw').decode()}"
    assert signed("signal://me:pw@h.example/+1/+2?token=t") == "Bearer t"
    assert signed("signal://h.example/+1/+2?apikey=t") == "Bearer t"


@pytest.mark.parametrize(("title", "wanted"), [("a*b", "**a\\*b**\n\\*.x \\~ \\`y\\`"), ("", "\\*.x \\~ \\`y\\`")])
def test_signal_styles_the_title_only(title: str, wanted: str) -> None:
    """Characters with a meaning arrive as themselves."""
    _, (call,) = send("signal://h.example/+1/+2?textmode=Styled", title=title, message="*.x ~ `y`")

    assert (body(call)["text_mode"], body(call)["message"]) == ("styled", wanted)


LONG = "wörd " * 6000


def texts(url: str) -> list[str]:
    """Return the texts of a long message as they were sent."""
    kind = url.partition(":")[0]
    sent = [body(call) for call in send(url, message=LONG)[1]]
    if kind == "lark":
        return [item["content"]["post"]["en_us"]["content"][0][0]["text"] for item in sent]
    if kind == "notifiarr":
        return [item["discord"]["text"]["description"] for item in sent]
    return [item["text"]["content"] if kind == "wecom" else item["message"] for item in sent]


@pytest.mark.parametrize(
    ("url", "limit", "encoding"),
    [
        ("lark://open.feishu.cn/t", 9000, "utf-8"),
        ("notifiarr://k", 4096, "utf-32-le"),
        ("signal://h.example/+1/+2", 2000, "utf-8"),
        ("wecom://k", 2048, "utf-8"),
    ],
)
def test_long_messages_are_split(url: str, limit: int, encoding: str) -> None:
    """No part is longer than its service allows, and there are few of them."""
    found = texts(url)
    sizes = [len(text.encode(encoding)) // (4 if encoding == "utf-32-le" else 1) for text in found]

    assert 2 <= len(found) <= 5
    assert all(limit * 0.6 < size for size in sizes[:-1])
    assert all(size <= limit for size in sizes)


def test_long_titles_are_cut() -> None:
    """Those of embeds and of Lark have limits of their own."""
    (call,) = send("notifiarr://k", title="é" * 300)[1]
    assert len(body(call)["discord"]["text"]["title"]) == 256
    (call,) = send("lark://open.feishu.cn/t", title="é" * 300)[1]
    assert len(body(call)["content"]["post"]["en_us"]["title"].encode()) <= 250


def test_wecom_mentions_once() -> None:
    """The later parts of a long text call nobody again."""
    found = [body(call)["text"] for call in send("wecom://k?mentioned_list=@all", message=LONG)[1]]

    assert ["mentioned_list" in text for text in found] == [True, False, False, False, False]


def test_pagerduty_puts_a_long_text_into_the_details() -> None:
    """One event, for two would be two alerts."""
    (call,) = send(f"pagerduty:///{KEY}?details=k:v", message=LONG)[1]
    payload = body(call)["payload"]

    assert (len(payload["summary"]), payload["summary"][-1]) == (1024, "…")
    assert payload["custom_details"] == {"message": LONG, "k": "v"}


SECRETS = {
    "lark": "lark://open.feishu.cn/hushhush?secret=hushhush",
    "notifiarr": "notifiarr://hushhush",
    "pagerduty": "pagerduty:///hushhush",
    "signal": "signal://hushhush:hushhush@h.example/+12025550100/group.hushhush?token=hushhush",
    "wecom": "wecom://hushhush",
}


@pytest.mark.parametrize(
    ("kind", "answer", "words"),
    [
        ("lark", b'{"code":19021,"msg":"hushhush"}', r"Lark did not take the message \(status 200\)"),
        ("lark", b'{"code":19024,"msg":"Key Words Not Found"}', "status 200: Key Words Not Found"),
        ("lark", b'{"msg":"success"}', "status 200"),
        ("wecom", b'{"errcode":93000,"errmsg":"invalid webhook url, hint: [hushhush]"}', r"WeCom .*\(status 200\)"),
        ("wecom", b"[]", "status 200"),
        ("pagerduty", b'{"status":"invalid event","errors":["hushhush"]}', r"PagerDuty .*\(status 200\)"),
    ],
)
def test_refusals_with_status_200(kind: str, answer: bytes, words: str) -> None:
    """Where the service says in the body whether it took the message, that counts; no more than known words is told."""
    with pytest.raises(DdnsError, match=words) as caught:
        send(SECRETS[kind], Answer(200, answer))

    assert not isinstance(caught.value, NetError)
    assert "hushhush" not in f"{caught.value.message} {caught.value.hint}"


def test_pagerduty_tells_of_a_wrong_key() -> None:
    """The words are the documented ones."""
    words = "Length of 'routing_key' is incorrect (should be 32 characters)"
    said = {"status": "invalid event", "message": "Event object is invalid", "errors": [words]}
    with pytest.raises(DdnsError, match="status 400: Length of 'routing_key' is incorrect"):
        send(SECRETS["pagerduty"], Answer(400, json.dumps(said).encode()))


@pytest.mark.parametrize("kind", sorted(SECRETS))
@pytest.mark.parametrize("status", [400, 401, 404, 429, 500])
def test_refusals_are_told_without_secrets(kind: str, status: int) -> None:
    """What may work later is a NetError; nothing of the URL is shown."""
    with pytest.raises(DdnsError, match=f"status {status}") as caught:
        send(SECRETS[kind], Answer(status, b'{"error":"hushhush"}'))

    assert isinstance(caught.value, NetError) == (status in {429, 500})
    assert not any(part in caught.value.message for part in ("hushhush", "+1202"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("lark://open.feishu.cn", "lacks the part after the host.*lark://open.larksuite.com/TOKEN"),
        ("lark://secret.example/t", "host must be open.larksuite.com, or open.feishu.cn"),
        ("lark://open.feishu.cn:81/secret", "host must be"),
        ("notifiarr://", "lacks its host"),
        ("notifiarr://secret?channel=general", "channel must be the number"),
        ("notifiarr://secret?channel=٣", "channel must be the number"),
        ("notifiarr://secret?channel=12345678901234567890", "channel must be the number"),
        ("notifiarr://secret?color=red", "color must be six digits"),
        ("pagerduty://secret", "lacks the part after the host"),
        ("pagerduty:///secret?severity=high", "severity must be"),
        ("pagerduty:///secret?action=close", "action must be"),
        ("pagerduty:///secret?action=resolve", "lacks the parameter dedup_key"),
        ("pagerduty:///secret?contexts=link:http://x,text:secret", "contexts are written"),
        ("pagerduty://sec%2Fret/k", "no host can have"),
        ("signal://secret.example/+1", "two parts after the host"),
        ("signal:///+1/+2", "lacks its host"),
        ("signal://h.example/secret/+2", "phone number messages are sent from"),
        ("signal://h.example/,/,", "phone number messages are sent from"),
        ("signal://h.example/+1/,", "recipients are phone numbers, group.ID or u:NAME"),
        ("signal://h.example/+1/+2,secret", "recipients are"),
        ("signal://h.example/+1/+2?textmode=secret", "textmode must be normal or styled"),
        ("wecom://?key=secret", "lacks its host"),
    ],
)
def test_incomplete_urls_are_refused(text: str, words: str) -> None:
    """What is missing is named, and how the URL is written, never what stands in it."""
    with pytest.raises(ValueError, match=words) as caught:
        parse_service(text)
    assert "secret" not in str(caught.value)
