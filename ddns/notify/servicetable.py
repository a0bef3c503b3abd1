"""All notification services. A new one is a row here, a form in ``core.services.forms``, and a function."""

from functools import partial
from typing import TYPE_CHECKING

from ddns.core.services.forms import Service, parse_service
from ddns.core.services.serviceurls import Url
from ddns.notify.business import lark, notifiarr, pagerduty, signal, wecom
from ddns.notify.chat import discord, googlechat, mattermost, rocketchat, slack, teams, telegram, zulip
from ddns.notify.delivery import Accepted, Row, deliver, send_parts, whole
from ddns.notify.generic import generic
from ddns.notify.push import bark, gotify, ifttt, join, ntfy, opsgenie, pushbullet, pushover
from ddns.ports import Http, Notifier, Request

if TYPE_CHECKING:
    from collections.abc import Callable
    from ssl import SSLContext

ROWS = {
    "bark": Row("Bark", bark, Accepted("code", 200)),
    "discord": Row("Discord", discord),
    "generic": Row("The web hook", generic),
    "googlechat": Row("Google Chat", googlechat),
    "gotify": Row("Gotify", gotify),
    "ifttt": Row("IFTTT", ifttt),
    "join": Row("Join", join, Accepted("success")),
    "lark": Row("Lark", lark, Accepted("code", 0)),
    "mattermost": Row("Mattermost", mattermost),
    "notifiarr": Row("Notifiarr", notifiarr),
    "ntfy": Row("ntfy", ntfy),
    "opsgenie": Row("Opsgenie", opsgenie),
    "pagerduty": Row("PagerDuty", pagerduty, Accepted("status", "success")),
    "pushbullet": Row("Pushbullet", pushbullet),
    "pushover": Row("Pushover", pushover, Accepted("status", 1)),
    "rocketchat": Row("Rocket.Chat", rocketchat, Accepted("success")),
    "signal": Row("Signal", signal),
    "teams": Row("Teams", teams, Accepted(body=("", "1"))),
    "telegram": Row("Telegram", telegram, Accepted("ok")),
    "wecom": Row("WeCom", wecom, Accepted("errcode", 0)),
    "zulip": Row("Zulip", zulip, Accepted("result", "success")),
}
_SLACK_HOOK = Row("Slack", slack, Accepted(body=("ok",)))
_SLACK_BOT = Row("Slack", slack, Accepted("ok"))


class Messenger:
    """``ports.Notifier`` for the services that are one row of the table."""

    __slots__ = ("_http", "_row", "_url")

    def __init__(self, row: Row, url: Url, http: Http) -> None:
        """Keep the collaborators; nothing is sent yet."""
        self._row = row
        self._url = url
        self._http = http

    def send(self, title: str, message: str, done: set[int] | None = None) -> str:
        """See the port."""
        found = self._row.requests(self._url, title, message)
        several = [item for item in found if isinstance(item, list)]
        receivers = several or [[item for item in found if isinstance(item, Request)]]
        return send_parts(([partial(self._deliver, one) for one in requests] for requests in receivers), done)

    def _deliver(self, request: Request) -> str:
        response = deliver(self._http, self._row.name, self._url, request, self._row.accepted)
        return f"status {response.status}"


class Logged:
    """``ports.Notifier`` for ``logger://``: whoever tells it puts the message into the log too."""

    def send(self, title: str, message: str, done: set[int] | None = None) -> str:  # noqa: ARG002 -- the port
        """See the port; the answer is the message."""
        return whole(Url("logger"), title, message)


def notifier(
    text: str, http: Http, tls: "Callable[[], SSLContext] | None" = None, now: "Callable[[], float]" = lambda: 0.0
) -> Notifier:
    """Return the service of a URL that ``parse_service`` accepts (ValueError otherwise).

    ``tls`` makes a new context to send mail with (None: with the roots of the system); ``now`` returns the UNIX seconds
    that requests are signed with.
    """
    service = parse_service(text)
    if service.kind == "smtp":
        from ddns.notify.mail import Mail  # noqa: PLC0415 -- mail brings modules nobody else needs

        return Mail(service.url, tls)
    if service.kind == "logger":
        return Logged()
    if service.kind == "matrix":
        from ddns.notify.matrix import Matrix  # noqa: PLC0415 -- rarely needed

        return Matrix(service.url, http)
    return Messenger(_row(service, now), service.url, http)


def _row(service: Service, now: "Callable[[], float]") -> Row:
    if service.kind == "lark":
        return ROWS["lark"]._replace(requests=partial(lark, now=now))
    if service.kind != "slack":
        return ROWS[service.kind]
    return _SLACK_HOOK if service.url.path else _SLACK_BOT
