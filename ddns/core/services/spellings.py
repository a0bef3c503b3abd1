"""Other spellings of the URLs of services, brought into the one that is checked and sent by.

Web addresses of web hooks as Discord, Google, Slack and Microsoft show them, and forms that versions of shoutrrr take
(https://containrrr.dev/shoutrrr/v0.8/services/overview, https://shoutrrr.nickfedor.com, 2026-08).
"""

from ddns.core.services.serviceurls import Url

_WRITTEN_OUT = {"https", "discord+https", "slack+https", "teams+https"}
_DISCORD = {"discord.com", "discordapp.com", "ptb.discord.com", "canary.discord.com"}
_CONNECTORS = ("outlook.office.com", "outlook.office365.com", ".webhook.office.com")
_WORKFLOWS = (".logic.azure.com", ".logic.azure.us", ".logic.azure.cn", ".api.powerplatform.com")


def usual(url: Url) -> Url:
    """Return the URL in the usual spelling of its service; as it is where nothing else is recognised."""
    if url.scheme in _WRITTEN_OUT and url.port in {"", "443"}:
        return _pasted(url)
    if url.scheme == "slack" and not url.path:
        return _slack(url)
    if url.scheme == "teams" and url.password and "@" in url.user:  # teams://group@tenant:alt@owner
        group, _, tenant = url.user.partition("@")
        return url._replace(user=group, password="", host=tenant, path=(url.password, url.host))
    return url


def connector(url: Url) -> bool:
    """Whether this is the address of an incoming webhook of a Teams channel."""
    return _under(url, _CONNECTORS) and "IncomingWebhook" in url.path and len(url.path) > 3


def workflow(url: Url) -> bool:
    """Whether this is the address of a Power Automate workflow, which posts adaptive cards to Teams."""
    return _under(url, _WORKFLOWS) and "workflows" in url.path and url.path[-1] == "invoke"


def _under(url: Url, places: tuple[str, ...]) -> bool:
    return f".{url.host.lower()}".endswith(tuple(f".{place.lstrip('.')}" for place in places))


def _pasted(url: Url) -> Url:
    host = url.host.lower()
    path = tuple(part for at, part in enumerate(url.path) if at != 1 or not part[1:].isdecimal())  # /api/v10/…
    if host in _DISCORD and path[:2] == ("api", "webhooks") and len(path) == 4:
        return Url("discord", path[3], host=path[2], query=url.query)
    if host == "hooks.slack.com" and url.path[:1] == ("services",) and len(url.path) == 4:
        return Url("slack", host=url.path[1], path=url.path[2:], query=url.query)
    if host == "chat.googleapis.com":
        return url._replace(scheme="googlechat")
    return url._replace(scheme="teams+https") if connector(url) or workflow(url) else url


def _slack(url: Url) -> Url:
    """Read a token before the ``@``: of a web hook (``hook:A-B-C``, ``A-B-C``, with commas) or a bot (``xoxb-…``)."""
    login = f"{url.user}:{url.password}".strip(":")
    kind, mark, rest = login[:4], login[4:5], login[5:]
    if kind.startswith("xox") and mark in {":", "-"}:
        return url._replace(user=kind, password=rest)
    token = rest if kind == "hook" and mark in {":", "-"} else login
    parts = tuple(token.replace("/", "-").replace(",", "-").split("-"))
    if len(parts) != 3 or not all(parts) or ":" in token:
        return url
    channel = () if url.host == "webhook" else (("channel", url.host),)
    return url._replace(user="", password="", host=parts[0], path=parts[1:], query=(*url.query, *channel))
