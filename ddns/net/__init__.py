"""The one HTTP client, on urllib3: forced address families, whole-request deadlines, errors in plain words."""

from ddns.net.httpclient import Http, Stats
from ddns.net.tls import Roots

__all__ = ["Http", "Roots", "Stats"]
