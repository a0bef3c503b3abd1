"""Which notification services there are, and when a URL of theirs is whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns.core.services.forms import FORMS, parse_service
from ddns.notify.servicetable import ROWS

GOOD = [
    ("discord", "discord://token@123456"),
    ("discord", "discord://token@123456?thread_id=5"),
    ("slack", "slack://T0/B0/XX"),
    ("slack", "slack://bot@T0/B0/XX"),
    ("slack", "slack://hook:T0-B0-XX@webhook"),
    ("slack", "slack://xoxb:123-456-abc@C001"),
    ("telegram", "telegram://110:AAA@telegram?chats=@channel,-100"),
    ("telegram", "telegram://110:AAA@telegram?channels=1"),
    ("telegram", "telegram://110:AAA@telegram?chats=1, 2"),
    ("gotify", "gotify://host.example/token"),
    ("gotify", "gotify+http://host.example/sub/?token=t"),
    ("gotify", "gotify+https://host.example/token"),
    ("ntfy", "ntfy://ntfy.sh/topic"),
    ("ntfy", "ntfy:///topic"),
    ("ntfy", "ntfy://:tk@host.example/topic"),
    ("pushover", "pushover://shoutrrr:token@user"),
    ("pushover", "pushover://token@user"),
    ("pushover", "pushover://token@user?priority=-2&retry=30&expire=10800"),
    ("pushbullet", "pushbullet://token/device"),
    ("pushbullet", "pushbullet://token#channel"),
    ("matrix", "matrix://:token@host.example/?rooms=a"),
    ("mattermost", "mattermost://bot@host.example/token/channel"),
    ("rocketchat", "rocketchat://host.example/a/b/@me"),
    ("teams", "teams://group@tenant/alt/owner?host=x.webhook.office.com"),
    ("zulip", "zulip://bot%40x.example:key@host.example/?stream=s"),
    ("zulip", "zulip://bot@x.example:key@host.example/?stream=s&topic=t"),
    ("googlechat", "googlechat://chat.googleapis.com/v1/spaces/F/messages?key=k&token=t"),
    ("googlechat", "hangouts://chat.googleapis.com/v1/spaces/F/messages?key=k&token=t"),
    ("opsgenie", "opsgenie://api.eu.opsgenie.com/key"),
    ("opsgenie", "opsgenie://api.eu.opsgenie.com/key?priority=p1&responders=team:a, user:b@c&visibleTo=[{}]"),
    ("bark", "bark://:key@api.day.app"),
    ("join", "join://shoutrrr:key@join/?devices=a,b"),
    ("ifttt", "ifttt://key/?events=e"),
    ("ifttt", "ifttt://key/?events=e&messagevalue=1&titlevalue=2"),
    ("smtp", "smtp://u:p@host.example:587/?from=a@b.example&to=c@d.example"),
    ("smtp", "smtp://host.example/?fromAddress=a@b.example&toAddresses=c@d.example&encryption=None"),
    ("generic", "generic://host.example/x?template=JSON"),
    ("generic", "generic+http://host.example/x"),
    ("generic", "https://host.example/x"),
    ("generic", "https://host.example/x?template=xml&method=a%20b"),
    ("generic", "generic+https://host.example/x?template=xml&method=a%20b"),
    ("generic", "http://[::1]:80/x"),
    ("generic", "https://bücher.example/x"),
    ("lark", "lark://open.feishu.cn/token?secret=s"),
    ("notifiarr", "notifiarr://key?channel=1&color=ff8000"),
    ("pagerduty", "pagerduty:///key"),
    ("pagerduty", "pagerduty://events.eu.pagerduty.com/key?severity=info&action=resolve&dedup_key=d&contexts=[{}]"),
    ("signal", "signal://localhost:8080/+12025550100/+12025550101/u:me.01/group.YWI=?textmode=styled"),
    ("wecom", "wecom://693a-7aoc"),
    ("logger", "logger://"),
]


@pytest.mark.parametrize(("kind", "text"), GOOD)
def test_whole_urls_are_accepted(kind: str, text: str) -> None:
    """Every documented form of every service is read as that service."""
    assert parse_service(text).kind == kind


def test_every_service_has_a_form_and_a_row() -> None:
    """The table that checks and the table that sends know the same services."""
    assert set(FORMS) == {kind for kind, _ in GOOD}
    assert set(FORMS) == set(ROWS) | {"smtp", "matrix", "slack", "logger"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("foo://secret", "no notification service of this scheme.*discord"),
        ("discord+http", "does not begin with a scheme"),
        ("discord+ftp://secret@1", "no notification service"),
        ("discord://secret", "before @.*discord://TOKEN@WEBHOOK_ID"),
        ("slack://secret", "two parts after the host or the part between : and @"),
        ("slack://foo:secret@webhook", "slack://hook:"),
        ("slack://hook:secret@webhook", "three parts"),
        ("telegram://secret@telegram", "parameter chats or the parameter channels"),
        ("gotify://sec ret/token", "no host can have"),
        ("gotify://secret.example", "lacks the part after the host or the parameter token"),
        ("gotify://sec%2Fret/token", "no host can have"),
        ("ntfy://secret", "lacks the part after the host"),
        ("ntfy://sec%2Fret/topic", "no host can have"),
        ("pushover://secret", "between : and @ or the part before @"),
        ("pushover://secret@user?priority=3", "priority must be -2, -1, 0, 1 or 2"),
        ("pushover://secret@user?priority=secret", "priority must be"),
        ("pushover://secret@user?priority=2&retry=29", "retry must be seconds, from 30 to 10800"),
        ("pushover://secret@user?expire=secret", "expire must be seconds, from 1 to 10800"),
        ("pushover://secret@user?expire=99999999999", "expire must be"),
        ("opsgenie://api.opsgenie.com/secret?priority=high", "priority must be P1"),
        ("opsgenie://api.opsgenie.com/secret?responders=team:a,secret", "responders are written"),
        ("opsgenie://api.opsgenie.com/secret?visibleTo=robot:secret", "visibleto are written"),
        ("matrix://secret@host.example", "between : and @"),
        ("zulip://secret:key@host.example", "parameter stream or the parameter to"),
        ("join://:secret@join", "parameter devices"),
        ("ifttt://secret", "parameter events"),
        ("ifttt://secret?events=e&messagevalue=4", "must be 1, 2 or 3"),
        ("ifttt://secret?events=e&titlevalue=x", "must be 1, 2 or 3"),
        ("ifttt://secret?events=e&titlevalue=2", "must differ"),
        ("smtp://secret.example?to=a", "parameter from"),
        ("smtp://secret.example?from=a", "parameter to"),
        ("smtp://secret.example?from=a&to=b&encryption=x", "encryption must be"),
        ("smtp://secret.example?from=a&to=b&auth=OAuth2", "OAuth2"),
        ("generic://", "lacks its host"),
        ("generic://secret.example?template=xml", "can only be json"),
        ("generic://secret.example?method=a%20b", "name of an HTTP method"),
        ("https://", "lacks its host"),
        ("https://secret.é..example", "host that no name can be"),
        ("ntfy://secret\u2603.ex ample/t", "host that no name can be"),
        ("teams://secret@t/a/b?host=a/b", "parameter host"),
        ("teams://secret@t/a", "two parts"),
    ],
)
def test_incomplete_urls_are_refused(text: str, words: str) -> None:
    """What is missing is named, and how the URL is written, never what stands in it."""
    with pytest.raises(ValueError, match=words) as caught:
        parse_service(text)
    assert "secret" not in str(caught.value)


def test_international_hosts_become_ascii() -> None:
    """A host may be written in any script."""
    assert parse_service("gotify://Bücher.example/t").url.host == "xn--bcher-kva.example"


def test_a_service_shows_its_kind_only() -> None:
    """Neither repr nor str of a service holds its URL."""
    assert repr(parse_service("discord://secret@1")) == "Service(discord, redacted)"


@given(st.sampled_from(sorted(FORMS)), st.text(max_size=40))
def test_only_value_errors(kind: str, rest: str) -> None:
    """Whatever follows the scheme, the answer is a service or a ValueError."""
    try:
        parse_service(f"{kind}://{rest}")
    except ValueError:
        return
