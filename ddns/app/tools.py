"""From settings to the tools of a round."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from ddns import embedded
from ddns.app.process import AGENT, Process
from ddns.cloudflare.client import Cloudflare
from ddns.core.addresses.families import FAMILIES, Known
from ddns.core.planning.intents import sources
from ddns.core.settings import Access, Settings, UpdateSettings
from ddns.detect.options import Options
from ddns.detect.sourcetable import Detectors
from ddns.errors import ConfigProblem
from ddns.net import Http, Roots
from ddns.ports import Clock
from ddns.round.carrier import Tools

_LOCAL = ("local", "local.iface", "local.iface.first")
_LOCAL_HINT = "a source on the network, such as cloudflare.trace, tells the public address"


class Adapters(NamedTuple):
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


def make_adapters(
    access: Access, update: UpdateSettings, process: Process, clock: Clock, stopping: Callable[[], bool]
) -> Adapters:
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
    return Adapters(http, api, tools)


@contextmanager
def adapters_of(settings: Settings, process: Process, clock: Clock) -> Iterator[Adapters]:
    """Wire the adapters for a command that no signal stops in the middle; close the connections at its end."""
    adapters = make_adapters(settings.access, settings.update, process, clock, lambda: False)
    try:
        yield adapters
    finally:
        adapters.http.drop_idle()


def local_remarks(settings: Settings, process: Process, clock: Clock) -> tuple[ConfigProblem, ...]:
    """Return a remark for each local source with an address nobody on the Internet reaches; asks the kernel only."""
    asked = {(family, pair[at]) for pair in sources(settings.update) for at, family in enumerate(FAMILIES)}
    local = [(family, one) for family, one in sorted(asked, key=str) if one is not None and one.kind in _LOCAL]
    with adapters_of(settings, process, clock) as adapters:
        answers = [(family, one, adapters.tools.detector.detect(one, family)) for family, one in local]
    return tuple(
        ConfigProblem(f"IP{family}_PROVIDER", f"{source.describe()}: {answer.note}", _LOCAL_HINT)
        for family, source, answer in answers
        if isinstance(answer, Known) and answer.note
    )
