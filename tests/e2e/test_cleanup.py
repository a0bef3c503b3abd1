"""``ddns cleanup``: shows what this configuration owns, and deletes it only when told to."""

import pytest

from tests.e2e.program import FOUR, Program, eventually, stop
from tests.fakes.cloudflare import Cloudflare

HOME, OTHER = "home.example.org", "other.example.org"
ENV = {"DOMAINS": HOME, "RECORD_COMMENT": "node-1", "MANAGED_RECORDS_COMMENT_REGEX": "^node-1$"}


@pytest.fixture
def owned(sim: Cloudflare) -> None:
    """One record of ours, one at our name that is not, one at another name."""
    sim.add_record("example.org", "A", HOME, FOUR, comment="node-1")
    sim.add_record("example.org", "A", HOME, "9.9.9.1", comment="node-2")
    sim.add_record("example.org", "A", OTHER, "9.9.9.2", comment="node-1")


@pytest.mark.usefixtures("owned")
def test_it_shows_and_deletes_nothing(ddns: Program, sim: Cloudflare) -> None:
    """Exit 3, what would be deleted, and how to do it."""
    for args in (["cleanup"], ["cleanup", "--dry-run"]):
        result = ddns.run(*args, **ENV)

        assert result.code == 3
        assert f"A {HOME} {FOUR}" in result.out
        assert "9.9.9.1" not in result.out
        assert "ddns cleanup --yes" in result.lines[-1]
    assert len(sim.records("example.org")) == 3
    assert not sim.requests("POST")


@pytest.mark.usefixtures("owned")
def test_it_deletes_what_is_ours(ddns: Program, sim: Cloudflare) -> None:
    """Records of other owners and other names stay; asked again, there is nothing left to do."""
    result = ddns.run("cleanup", "--yes", **ENV)

    assert result.code == 0
    assert f"A {HOME}: {FOUR} → (none)" in result.out
    assert sorted(content for _, _, content in sim.records("example.org")) == ["9.9.9.1", "9.9.9.2"]
    again = ddns.run("cleanup", **ENV)
    assert (again.code, again.lines[-1]) == (0, "Nothing to do")


@pytest.mark.usefixtures("owned")
def test_no_address_is_asked_for(ddns: Program, sim: Cloudflare) -> None:
    """It works for a machine that is gone, and where every source of addresses is down."""
    assert ddns.run("cleanup", "--yes", IP4_PROVIDER="url:http://127.0.0.1:9/", **ENV).code == 0
    assert len(sim.records("example.org")) == 2


@pytest.mark.usefixtures("owned")
def test_what_cannot_be_read_is_not_deleted(ddns: Program, sim: Cloudflare) -> None:
    """A zone that is not found is an error, and so is the policy that never deletes a reason to do nothing."""
    result = ddns.run("cleanup", "--yes", **{**ENV, "DOMAINS": "home.example.com"})
    assert result.code == 1
    result = ddns.run("cleanup", "--yes", POLICY="upsert-only", **ENV)
    assert (result.code, len(sim.records("example.org"))) == (0, 3)
    assert "POLICY=upsert-only never deletes" in result.out


def test_it_does_not_work_against_the_running_program(ddns: Program, sim: Cloudflare) -> None:
    """The next round would create the records again, so it says which process to stop."""
    ddns.env["DOMAINS"] = HOME
    child = ddns.start()
    eventually(ddns.healthy)
    result = ddns.run("cleanup", "--yes")
    stop(child)

    assert (result.code, len(sim.records("example.org"))) == (1, 1)
    assert f"process {child.pid} keeps these records up to date. Stop it first." in result.out


def test_yes_is_for_cleanup_only(ddns: Program) -> None:
    """Anywhere else it is an error, and with --dry-run it contradicts itself."""
    for args in (["run", "--yes"], ["cleanup", "--yes", "--dry-run"]):
        result = ddns.run(*args, DOMAINS=HOME)
        assert result.code == 2
        assert "--yes is for ddns cleanup" in result.out
