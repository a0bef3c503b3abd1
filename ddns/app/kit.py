"""From settings to the tools of a round."""

from collections.abc import Callable
from typing import NamedTuple

from ddns import embedded
from ddns.app.process import AGENT, Process
from ddns.cloudflare.client import Cloudflare
from ddns.core.settings import Access, UpdateSettings
from ddns.detect.options import Options
from ddns.detect.table import Detectors
from ddns.net import Http, Roots
from ddns.ports import Clock
from ddns.round.carrier import Tools


class Kit(NamedTuple):
    """The HTTP client, the API over it, and the tools a round acts through."""

    http: Http
    api: Cloudflare
    tools: Tools


def make_roots(process: Process) -> Roots:
    """Return where the CA roots are: SSL_CERT_FILE and SSL_CERT_DIR win over those inside the program."""
    environ = process.environ
    return Roots(environ.get("SSL_CERT_FILE", ""), environ.get("SSL_CERT_DIR", ""), embedded.load_roots)


def make_http(process: Process, clock: Clock) -> Http:
    """Return an HTTP client."""
    return Http(make_roots(process), AGENT, clock, process.proxies())


def make_kit(
    access: Access, update: UpdateSettings, process: Process, clock: Clock, stopping: Callable[[], bool]
) -> Kit:
    """Wire the adapters. ``access`` is that of the settings, its secret perhaps read again from its file."""
    http = make_http(process, clock)
    options = Options(
        update.detection_timeout,
        update.prefix_lengths,
        update.reject_private,
        update.reject_cloudflare,
        update.filters,
        process.environ,
    )
    api = Cloudflare(http, access, clock, update.update_timeout)
    tools = Tools(Detectors(http, clock, options), api, api.lists, api.objects, clock, stopping, api.share)
    return Kit(http, api, tools)
