"""What is remembered belongs to one API and one credential."""

from ipaddress import ip_address

import pytest

from ddns import state
from ddns.app.scope import belonging
from ddns.core.memory import Memory, SeenRecords, SeenZone
from ddns.core.records import Record, Zone
from ddns.core.settings import Access, Credential

ZONE = Zone("z1", "example.org")
ACCESS = Access(Credential("a-token-that-is-invented"), "https://api.example.org/v4")
FULL = Memory(
    zones=(SeenZone(ZONE, 1.0),),
    zones_for="abc",
    records=(("z1", SeenRecords((Record("r", "a.example.org", "A", str(ip_address("192.0.2.1"))),), 1.0, "/")),),
    published=(("A a.example.org", ("192.0.2.1",)),),
    failing=(("zone.example.org", 1.0),),
    blocked_until=99.0,
)


def test_the_same_is_kept_and_no_secret_shows() -> None:
    """Once it is known whose it is; a slash at the end of the base URL is no difference."""
    known = FULL._replace(scope=belonging(FULL, ACCESS).scope)

    assert belonging(known, ACCESS) is known
    assert belonging(known, ACCESS._replace(base_url=f"{ACCESS.base_url}/")) is known
    assert ACCESS.credential.secret not in state.encode(known).decode()
    assert state.decode(state.encode(known)) == known


@pytest.mark.parametrize(
    "other",
    [
        ACCESS._replace(base_url="https://other.example.org/v4"),
        ACCESS._replace(credential=Credential("another-token")),
        ACCESS._replace(credential=ACCESS.credential._replace(email="me@example.org")),
        ACCESS._replace(zones=(("z1", Credential("its-own")),)),
    ],
)
def test_another_api_or_credential_begins_anew(other: Access) -> None:
    """Zones, readings, contents and the block are forgotten; what fails since when is our own knowledge."""
    known = FULL._replace(scope=belonging(FULL, ACCESS).scope)
    fresh = belonging(known, other)

    assert fresh == Memory(failing=FULL.failing, scope=fresh.scope)
    assert fresh.scope != known.scope
    assert belonging(fresh, other) is fresh


def test_two_machines_show_different_digests() -> None:
    """The salt is of its own everywhere, so the same token cannot be told."""
    assert belonging(Memory(), ACCESS).scope != belonging(Memory(), ACCESS).scope


def test_a_state_of_the_first_version_belongs_to_nobody() -> None:
    """It did not say whose it was: it is read, and what it believed is looked up again."""
    old = state.encode(FULL).replace(b'"scope":"",', b"")
    found = state.decode(old)

    assert b"scope" not in old
    assert found == FULL
    assert belonging(FULL, ACCESS).zones == ()
