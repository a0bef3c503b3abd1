"""Where a 307 or 308 leads (RFC 9110 §15.4): the same request once more, elsewhere. Imported only when there is one."""

from urllib.parse import SplitResult, urljoin, urlsplit

from ddns import jsonio
from ddns.core.services.serviceurls import Url, quote, unsafe_host
from ddns.errors import DdnsError
from ddns.ports import Request, Response

_REMEDY = "Write the new address into its URL"


def onward(name: str, url: Url, request: Request, response: Response) -> Request:
    """Return the request for the address a redirect names; DdnsError when it must not be sent there.

    It must be https. To another host only the content goes, without any header that may sign it, and not even that when
    a part of the URL that may be a secret stands in it.
    """
    there, here = _target(request.url, response.headers.get("location", "")), urlsplit(request.url)
    if there is None:
        raise DdnsError(f"{name} redirects to an address without TLS, or to none", _REMEDY)
    if _place(there) == _place(here):
        return request._replace(url=there.geturl())
    if _holds_secret(request.body, url, here.hostname or ""):
        raise DdnsError(f"{name} redirects to another host, which must not get its credentials", _REMEDY)
    headers = {key: value for key, value in request.headers.items() if key.lower() == "content-type"}
    return request._replace(url=there.geturl(), headers=headers)


def _target(base: str, location: str) -> SplitResult | None:
    """Take the address of a redirect apart; None unless it is https at a host that every reader sees as the same."""
    try:
        there = urlsplit(urljoin(base, location))
        host = f"[{there.hostname}]" if ":" in (there.hostname or "") else there.hostname or ""
        plain = there.netloc.lower() == (host if there.port is None else f"{host}:{there.port}")
    except ValueError:
        return None
    return there if there.scheme == "https" and plain and not unsafe_host(host) and location.isprintable() else None


def _place(parts: SplitResult) -> tuple[str, int]:
    """Return host and port; http and https at their usual ports are one place."""
    return parts.hostname or "", parts.port or 443 if parts.port != 80 or parts.scheme == "https" else 443


def _holds_secret(body: bytes, url: Url, host: str) -> bool:
    """Whether a part of a service's URL, but for the host, stands in a body, as it is, in JSON or in a form."""
    token = "" if url.host.lower() == host else url.host  # some services have a token in its place
    fields = (value for key, value in url.query if key.startswith("$"))
    secrets = [part for part in (url.user, url.password, token, *fields) if part]
    forms = (form for part in secrets for form in (part.encode(), jsonio.dumps(part)[1:-1], quote(part).encode()))
    return any(form in body for form in forms)
