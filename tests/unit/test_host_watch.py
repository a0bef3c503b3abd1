"""The address watch: it wakes for another set of addresses, soon, once, and for nothing less."""

import errno
import os
import time

import pytest

from ddns.host import netlink
from ddns.host.watch import AddressWatch
from tests.fakes import netns

pytestmark = pytest.mark.netns


def notice(watch: AddressWatch, seconds: float = 5.0) -> bool:
    """Ask until the watch has looked, and return what it saw."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if watch.changed():
            return True
        left = watch.left()
        if left is None:
            return False
        time.sleep(left)
    raise TimeoutError


def test_a_new_address_is_noticed_once_and_so_is_its_end() -> None:
    """Each change wakes one time; what is known moves along."""

    def action() -> None:
        netns.add_link()
        watch = AddressWatch(pytest.fail)
        watch.settle()
        watch.start()
        assert not notice(watch)
        netns.add_address("192.0.2.7")
        assert notice(watch)
        assert not notice(watch)
        assert len(watch.known or ()) == 1
        netns.remove_address("192.0.2.7")
        assert notice(watch)
        watch.close()

    netns.inside(action)


def test_a_refresh_and_a_flicker_wake_nobody() -> None:
    """A new lifetime for an address that is there, and one that comes and goes at once, are no change."""

    def action() -> None:
        netns.add_link()
        netns.add_address("2001:db8::7", life=600)
        watch = AddressWatch(pytest.fail)
        watch.settle()
        watch.start()
        netns.add_address("2001:db8::7", life=900)
        assert not watch.changed()
        assert watch.left() is not None
        netns.add_address("192.0.2.7")
        netns.remove_address("192.0.2.7")
        assert not notice(watch)
        watch.close()

    netns.inside(action)


def test_a_change_between_the_start_of_the_round_and_the_wait_is_noticed() -> None:
    """Nothing is lost while nobody listens; a change before the round is part of the round."""

    def action() -> None:
        netns.add_link()
        netns.add_address("192.0.2.6")
        watch = AddressWatch(pytest.fail)
        watch.settle()
        netns.add_address("192.0.2.7")
        watch.start()
        assert notice(watch)
        netns.add_address("192.0.2.8")
        watch.settle()
        watch.start()
        assert not notice(watch)
        watch.close()

    netns.inside(action)


def test_without_a_round_before_the_first_look_counts() -> None:
    """A wait before the first round measures changes from its own start."""

    def action() -> None:
        watch = AddressWatch(pytest.fail)
        watch.start()
        assert watch.known == frozenset()
        assert len(watch.fds) == 1
        watch.close()
        assert len(watch.fds) == 0

    netns.inside(action)


def refuse() -> netlink.Events:
    """Refuse, as a seccomp filter does."""
    raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))


def test_a_refused_socket_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the kernel refuses to tell, that is said one time, and nothing is ever noticed."""
    told: list[str] = []
    watch = AddressWatch(told.append)
    with monkeypatch.context() as patch:
        patch.setattr("socket.socket", lambda *_args: refuse())
        watch.settle()
        watch.start()
        watch.start()

    assert told == ["Operation not permitted"]
    assert watch.refused == "Operation not permitted"
    assert watch.known is None
    assert not watch.changed()
    assert watch.left() is None
    watch.settle()
    assert watch.refused == ""


def test_a_socket_that_breaks_is_given_up() -> None:
    """A broken socket is closed and told, so that nobody polls it for ever; the next wait opens a new one."""
    told: list[str] = []
    watch = AddressWatch(told.append)
    watch.start()
    with open(os.devnull, "rb") as other:  # noqa: PTH123 -- its descriptor is what we want
        os.dup2(other.fileno(), watch.fds[0])

    assert not watch.changed()
    assert told == ["Socket operation on non-socket"]
    assert len(watch.fds) == 0
