"""Other spellings of the URLs of services."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddns.core.services.forms import Service, parse_service
from ddns.core.services.serviceurls import parse_url
from ddns.core.services.spellings import usual
from ddns.notify.chat import slack
from ddns.notify.servicetable import ROWS
from ddns.ports import Request

TEAMS = "acme.webhook.office.com/webhookb2/g-1@t-2/IncomingWebhook/alt/own/ext"
FLOW = "prod-15.uksouth.logic.azure.com:443/workflows/3f/triggers/manual/paths/invoke?api-version=1&sp=%2Ft&sig=x"
POWER = "1f.ae.environment.api.powerplatform.com:443/powerautomate/workflows/3f/triggers/manual/paths/invoke"


@pytest.mark.parametrize(
    ("text", "kind", "same"),
    [
        ("https://discord.com/api/webhooks/12/tok", "discord", "discord://tok@12"),
        ("https://DiscordApp.com:443/api/webhooks/12/tok?thread_id=5", "discord", "discord://tok@12?thread_id=5"),
        ("https://canary.discord.com/api/v10/webhooks/12/tok", "discord", "discord://tok@12"),
        ("discord+https://ptb.discord.com/api/webhooks/12/tok/", "discord", "discord://tok@12"),
        ("https://hooks.slack.com/services/T0/B0/XX", "slack", "slack://T0/B0/XX"),
        ("slack+https://hooks.slack.com/services/T0/B0/XX?icon=x", "slack", "slack://T0/B0/XX?icon=x"),
        ("slack://hook:T0-B0-XX@webhook", "slack", "slack://T0/B0/XX"),
        ("slack://hook-T0-B0-XX@webhook", "slack", "slack://T0/B0/XX"),
        ("slack://T0-B0-XX@webhook", "slack", "slack://T0/B0/XX"),
        ("slack://:T0-B0-XX@webhook", "slack", "slack://T0/B0/XX"),
        ("slack://T0,B0,XX@webhook", "slack", "slack://T0/B0/XX"),
        ("slack://T0%2FB0%2FXX@C01?icon=x", "slack", "slack://T0/B0/XX?icon=x&channel=C01"),
        ("slack://xoxb-12-34-ab@C01", "slack", "slack://xoxb:12-34-ab@C01"),
        (
            "https://chat.googleapis.com/v1/spaces/F?key=k&token=t",
            "googlechat",
            "googlechat://chat.googleapis.com/v1/spaces/F?key=k&token=t",
        ),
        ("teams://g-1@t-2:alt@own?color=red", "teams", "teams://g-1@t-2/alt/own?color=red"),
    ],
)
def test_other_spellings(text: str, kind: str, same: str) -> None:
    """Each is read as the usual spelling is."""
    service = parse_service(text)

    assert service.kind == kind
    assert service.url._replace(tail="") == parse_service(same).url._replace(tail="")


@pytest.mark.parametrize("start", ["https", "teams+https"])
@pytest.mark.parametrize(
    "rest",
    [
        TEAMS,
        FLOW,
        POWER,
        "outlook.office.com/webhook/g@t/IncomingWebhook/a/o",
        "acme.Logic.Azure.us/workflows/3/invoke",
    ],
)
def test_web_hooks_of_teams(start: str, rest: str) -> None:
    """The address of a channel or of a workflow is kept as it is."""
    service = parse_service(f"{start}://{rest}")

    assert service.kind == "teams"
    assert service.url == parse_url(f"teams+https://{rest}")


@pytest.mark.parametrize(
    "text",
    [
        "http://discord.com/api/webhooks/12/tok",
        "https://discord.com:8443/api/webhooks/12/tok",
        "https://discord.com/api/webhooks/12/tok/slack",
        "https://discord.com/api/webhooks/12",
        "https://discord.com/",
        "https://notdiscord.com/api/webhooks/12/tok",
        "https://hooks.slack.com/triggers/T0/1/XX",
        "https://hooks.slack.com/services/T0/B0",
        "https://evil-webhook.office.com/webhookb2/g@t/IncomingWebhook/a/o",
        "https://acme.webhook.office.com/webhookb2/g@t/Other/a/o",
        "https://acme.webhook.office.com/IncomingWebhook",
        "https://acme.logic.azure.com/workflows/3",
        "https://acme.logic.azure.com/",
        "https://logic.azure.com.evil.example/workflows/invoke",
        "generic+https://discord.com/api/webhooks/12/tok",
    ],
)
def test_others_stay_web_hooks(text: str) -> None:
    """What is no address of these services, or says that it is generic, is."""
    assert parse_service(text).kind == "generic"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("teams+https://h.example/secret", "not the address of a web hook of Teams"),
        ("teams+https://secret%2F.logic.azure.com/workflows/invoke", "no host can have"),
        ("discord+https://discord.com/secret", "before @"),
        ("slack://secret-B0@webhook", "slack://hook:"),
        ("slack://secret--B0@webhook", "slack://hook:"),
        ("slack://hook:secret-B0@webhook", "three parts"),
        ("slack://secret:B0-C-D@webhook", "slack://hook:"),
    ],
)
def test_half_spellings_are_refused(text: str, words: str) -> None:
    """What is wrong is said without any part of the URL."""
    with pytest.raises(ValueError, match=words) as caught:
        parse_service(text)
    assert "secret" not in str(caught.value)


@given(
    st.sampled_from(
        (
            *("https://discord.com/api/webhooks/", "https://hooks.slack.com/services/", "https://chat.googleapis.com/"),
            *(
                "https://a.logic.azure.com/workflows/",
                "teams+https://a.webhook.office.com/",
                "slack://",
                "teams://a@b:",
            ),
        )
    ),
    st.text(alphabet="aB0-_:@/,?#&=%é ", max_size=30),
)
def test_only_value_errors(start: str, rest: str) -> None:
    """Whatever follows, the answer is a service that can make a request, or a ValueError."""
    try:
        service = parse_service(start + rest)
    except ValueError:
        return
    if service.kind != "generic":
        assert all(request.url.startswith("https://") for request in _sent(service))


def _sent(service: Service) -> list[Request]:
    requests = {"slack": slack, **{kind: row.requests for kind, row in ROWS.items()}}[service.kind]
    return [one for one in requests(service.url, "t", "m") if isinstance(one, Request)]


def test_what_is_usual_stays() -> None:
    """A URL in the usual spelling is given back."""
    for text in ("slack://bot@T0/B0/XX", "teams://g@t/a/o", "teams://g:secret@t/a/o", "discord://tok@12"):
        assert usual(parse_url(text)) == parse_url(text)
