"""Whether a request goes through a proxy, by the rules of HTTP_PROXY, HTTPS_PROXY and NO_PROXY."""

from base64 import b64encode
from collections.abc import Mapping
from ipaddress import ip_address, ip_network

from ddns.errors import NetError
from ddns.net.sockets import TimedSocket
from ddns.net.urlparts import Origin, Target, parse_target


def proxy_for(origin: Origin, proxies: Mapping[str, str]) -> Target | None:
    """Return the proxy for an origin, None for a direct connection. NetError when the proxy's URL cannot be used.

    ``proxies`` may hold ``http`` and ``https`` (a proxy's URL, or host:port) and ``no``: names (with everything under
    them), addresses, ranges, each maybe with a port, or ``*``, separated by commas. This machine itself is never asked
    through a proxy (as Go's net/http has it, whose rules favonia's users know).
    """
    proxy = proxies.get(origin.scheme, "")
    if not proxy or _is_loopback(origin.host) or any(_excludes(item, origin) for item in _items(proxies.get("no", ""))):
        return None
    target = parse_target(proxy if "://" in proxy else f"http://{proxy}")
    if target.origin.scheme != "http":
        raise NetError("the proxy's address must begin with http://", "check HTTP_PROXY and HTTPS_PROXY", sent=False)
    return target


def _items(text: str) -> list[str]:
    return [item.strip().lower() for item in text.split(",") if item.strip()]


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.rstrip(".") == "localhost"


def _excludes(item: str, origin: Origin) -> bool:
    try:
        return ip_address(origin.host) in ip_network(item, strict=False)
    except ValueError:
        pass
    name, _, port = item.rpartition(":") if item.count(":") == 1 or "]:" in item else (item, "", "")
    if port and port != str(origin.port):
        return False
    bare = name.strip("[]").removeprefix("*").lstrip(".")
    host = origin.host.rstrip(".")
    return item == "*" or (bool(bare) and (host == bare or host.endswith(f".{bare}")))


class ProxyRefused(OSError):
    """The proxy did not open the way; the argument is its HTTP status."""


def login_header(login: str) -> str:
    """Return the value of an (Proxy-)Authorization header for ``user:password``."""
    return "Basic " + b64encode(login.encode()).decode()


def open_tunnel(sock: TimedSocket, origin: Origin, proxy: Target) -> None:
    """Ask the proxy at the other end of a socket for a way to the origin. OSError when there is none.

    Read byte by byte: what follows the proxy's answer belongs to TLS.
    """
    host = f"[{origin.host}]" if ":" in origin.host else origin.host
    login = f"Proxy-Authorization: {login_header(proxy.login)}\r\n" if proxy.login else ""
    where = f"{host}:{origin.port}"
    sock.sendall(f"CONNECT {where} HTTP/1.1\r\nHost: {where}\r\n{login}\r\n".encode("ascii"))
    status = _status(sock)
    while status.startswith("1"):  # an interim answer (RFC 9110 §15.2)
        status = _status(sock)
    if not status.startswith("2"):
        raise ProxyRefused(status)


def _status(sock: TimedSocket) -> str:
    """Read the head of an answer to its end; return its status, empty when it is none of HTTP."""
    answer, byte = bytearray(), bytearray(1)
    while not answer.endswith(b"\r\n\r\n"):
        if not sock.recv_into(byte):
            raise ConnectionResetError
        answer += byte
    status = bytes(answer[9:12])
    return status.decode("ascii") if answer.startswith(b"HTTP/1.") and status.isdigit() else ""
