"""The doctor's findings that a black box cannot bring about."""

from io import StringIO
from ipaddress import IPv6Address, ip_interface

import pytest

from ddns.app.diagnosis import _token, examine, finding_line
from ddns.app.process import Process
from ddns.app.tools import make_adapters
from ddns.cloudflare.probes import Probes
from ddns.core.addresses.families import Detected, Family, Known, Unknown
from ddns.core.entries import Source
from ddns.core.places import Place
from ddns.core.planning.permissions import permissions, token_link
from ddns.core.settings import Access, Credential, Lifecycle, Settings, UpdateSettings
from ddns.doctor.finding import Finding
from ddns.doctor.machine import examine_sources, temporary
from ddns.doctor.zonechecks import examine_zones
from ddns.errors import Refused, Unavailable
from tests.fakes import cf_places
from tests.fakes.cf_world import Token
from tests.fakes.cloudflare import Cloudflare as Simulator
from tests.fakes.faults import Fault, too_many
from tests.fakes.roundkit import V4, V6, Clock, Kit, entry
from tests.fakes.scripted import bad, good, scripted
from tests.fakes.wired import RealClock

IF_INET6 = (
    "20010db8000000000000000000000001 02 40 00 01 eth0\n"
    "20010db8000000000000000000000002 02 40 00 80 eth0\n"
    "fe800000000000000000000000000001 02 40 20 80 eth0\n"
    "short\n"
)
LINK_ONLY = "fe800000000000000000000000000001 02 40 20 80 eth0\n"


class Answers:
    """A detector that gives one answer to everybody."""

    def __init__(self, answer: Detected) -> None:
        self.answer = answer

    def detect(self, source: Source, family: Family) -> Detected:
        """See the port."""
        del source, family
        return self.answer


def sources(answer: Detected, files: dict[str, str], kind: str = "local") -> list[Finding]:
    """Examine one IPv6 source on a machine with these files."""

    def read(path: str) -> str:
        if path not in files:
            raise FileNotFoundError(path)
        return files[path]

    update = UpdateSettings((entry("a.example.org", four=None, six=Source(kind)),))
    settings = Settings(Access(Credential("x")), update)
    return list(examine_sources(settings, Answers(answer), Clock(), read))


def test_temporary_and_local_addresses() -> None:
    """Of an interface they will not last, or reach nobody; what a server saw is no matter."""
    found = Known((ip_interface("2001:db8::1/64"), ip_interface("fd00::1/64")))

    assert temporary(IF_INET6.splitlines()) == {IPv6Address("2001:db8::1")}
    told = " ".join(each.what for each in sources(found, {"/proc/net/if_inet6": IF_INET6}))
    assert "2001:db8::1 will not last" in told
    assert "fd00::1 is not public" in told
    assert "will not last" not in " ".join(
        each.what for each in sources(found, {"/proc/net/if_inet6": IF_INET6}, "cloudflare.trace")
    )


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"/proc/net/if_inet6": IF_INET6}, ""),
        ({"/proc/net/if_inet6": LINK_ONLY}, "This machine has no IPv6 address"),
        ({}, "This machine has no IPv6 address"),
        ({"/.dockerenv": ""}, "This container has no IPv6 address"),
        ({"/run/.containerenv": ""}, "This container has no IPv6 address"),
    ],
)
def test_why_there_is_no_ipv6(files: dict[str, str], said: str) -> None:
    """The machine's or the container's fault."""
    found = [each.what for each in sources(Unknown("no route"), files)]

    assert "No IPv6 from local" in found[0]
    assert found[1:] == ([said] if said else [])


def test_what_the_probes_cannot_tell() -> None:
    """Neither forbidden nor not found is unknown."""
    transport, _, _ = scripted(
        bad(400, 9999, "odd"), good({"id": "x"}), good({"status": "active", "expires_on": "soon"})
    )
    probes = Probes(transport)

    assert (odd := probes.may_write("PUT", "/x", "thing", b"{}")).right == "unknown"
    assert odd.error is not None
    assert probes.may_write("PUT", "/x", "thing", b"{}") == ("unknown", None)
    assert probes.token().expires == 0.0


def test_a_rate_limit_and_an_unknown_right() -> None:
    """Nothing is claimed that is not known."""
    kit = Kit()
    transport, _, _ = scripted(
        *[good({"status": "active", "type": "partial", "paused": True}), bad(400, 9999, "odd")] * 2
    )
    kit.dns.listing = False
    update = UpdateSettings((entry("home.example.org", six=V6),))

    found = list(
        examine_zones(
            update, Access(Credential("x"), zones=(("z-example.org", Credential("y")),)), kit.tools(), Probes(transport)
        )
    )

    whats = [each.what for each in found]
    assert whats[:2] == [
        "Cloudflare is paused for the zone example.org",
        "The zone example.org is a partial (CNAME) zone",
    ]
    assert "Whether its own token may write records of example.org is unknown" in whats
    assert "The token sees more than 200 zones" in whats
    kit.dns.faults.before["list_zones"] = [None, Refused("no"), Refused("no")]
    kit.dns.faults.before["records"] = [Unavailable("no way")]
    assert "no way" in [
        each.what for each in examine_zones(update, Access(Credential("x")), kit.tools(), Probes(transport))
    ]


def process() -> Process:
    """Return a process without an environment."""
    return Process((), {}, StringIO())


def settings_for(
    sim: Simulator, credential: Credential | None = None, update: UpdateSettings | None = None
) -> Settings:
    """Return settings for a simulator."""
    access = Access(credential or Credential(sim.token), sim.base_url)
    return Settings(access, update or UpdateSettings((entry("home.example.org", four=Source("static", "9.9.9.9")),)))


def test_tokens_and_keys() -> None:
    """A global key, one that expires soon, and a verifier that is out of order."""
    with Simulator(tls=False) as sim:
        sim.world.keys["me@example.org"] = "k" * 40
        key = settings_for(sim, Credential("k" * 40, "me@example.org"))
        assert "A global API key is in use" in [each.what for each in examine(key, process(), RealClock())]

        result = '{"status":"active","expires_on":"2001-01-01T00:00:00Z"}'
        body = f'{{"success":true,"errors":[],"messages":[],"result":{result}}}'
        sim.fault(Fault("answer", "GET", "verify", body=body, headers={"Content-Type": "application/json"}))
        soon = [each.what for each in examine(settings_for(sim), process(), RealClock())]
        assert "The token expires in 0 days" in soon

        sim.fault(too_many(3600, path="verify"))
        kit = make_adapters(settings_for(sim).access, UpdateSettings(), process(), RealClock(), lambda: False)
        (limited,) = _token(settings_for(sim), kit, RealClock())
        kit.http.drop_idle()
        assert limited.level == "bad"


def test_a_rate_limit_ends_the_search_for_zones() -> None:
    """It is told once."""
    with Simulator(tls=False) as sim:
        sim.fault(too_many(3600, path="/zones"))
        found = [each.what for each in examine(settings_for(sim), process(), RealClock())]

    assert any("429" in each or "wait" in each for each in found)


def test_paths_without_a_folder_and_zone_tokens_alone() -> None:
    """The folder of a bare name is the present one; without a general token there is none to verify."""
    with Simulator(tls=False) as sim:
        settings = settings_for(sim, Credential("-"))._replace(lifecycle=Lifecycle(state_file="ddns.state"))
        found = [each.what for each in examine(settings, process(), RealClock())]

    assert "STATE_FILE (ddns.state) can be written" in found
    assert not any("valid and active" in each for each in found)


def test_a_pool_of_a_zone_is_not_probed() -> None:
    """Whether it may be written is unknown, as its account is not known to the doctor."""
    with Simulator(tls=False) as sim:
        cf_places.pool(sim.world, sim.account, "web", ("one", "192.0.2.1"))
        sim.world.tokens[sim.token] = Token()
        place = Place("ORIGIN", f"zone:{sim.zone('example.org').id}", "web", (V4, None), "one")
        update = UpdateSettings(places=(place,))
        found = [each.what for each in examine(settings_for(sim, update=update), process(), RealClock())]

    assert any(each.startswith("Whether the origin") for each in found)
    assert permissions(update) == ("Account - Load Balancing: Monitors and Pools - Edit",)
    assert "permissionGroupKeys=%5B%5D" in token_link(update)


def test_a_finding_as_a_line() -> None:
    """Sentences; one that begins with a name keeps it."""
    assert finding_line(Finding("bad", "example.org has no SPF record", "why", "do it!")).text == (
        "example.org has no SPF record. Why. Do it!"
    )
