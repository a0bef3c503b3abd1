"""The state in memory: another process finds it, nobody changes it, nothing is on disk."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ddns.host import statusfd
from ddns.host.statusfd import Board, Instance


def test_another_process_finds_what_is_shown() -> None:
    """The latest state is found by looking through /proc; an ended process shows nothing."""
    program = (
        "import sys; from ddns.host.statusfd import Board; board = Board()\n"
        "board.publish(b'old'); board.publish(b'new'); print('up', flush=True); sys.stdin.read(); board.close()"
    )
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        assert Instance(process.pid, b"new") in statusfd.instances()
        process.communicate("")
    assert process.pid not in {instance.pid for instance in statusfd.instances()}


def test_we_do_not_find_ourselves() -> None:
    """Only other processes count."""
    board = Board()
    board.publish(b"state")

    assert os.getpid() not in {instance.pid for instance in statusfd.instances()}
    board.close()


def test_what_is_shown_cannot_be_changed() -> None:
    """The memory is sealed, and replaced as a whole; the same state again is no work."""
    board = Board()
    board.publish(b"one")
    fd = board.fd

    with pytest.raises(PermissionError):
        os.pwrite(fd, b"two", 0)
    board.publish(b"one")
    assert board.fd == fd
    board.publish(b"")
    assert statusfd.read(board.fd) == b""
    board.close()
    assert board.fd == -1
    board.close()


def test_a_large_state_is_compared_to_its_end() -> None:
    """One that differs in its last byte is another one, and so is one of another length."""
    board = Board()
    large = b"x" * (1 << 17)
    board.publish(large)
    fd = board.fd
    board.publish(bytes(large))
    assert board.fd == fd
    for other in (large[:-1] + b"y", large + b"x", large[:-1], large):
        board.publish(other)
        assert statusfd.read(board.fd) == other
    board.close()


def test_memory_of_another_kind_is_not_taken_for_the_state() -> None:
    """What is shown is then put into memory of its own."""
    with Path(os.devnull).open("rb") as other:
        board = Board(os.dup(other.fileno()))
        board.publish(b"")
        assert statusfd.read(board.fd) == b""
        board.close()


def test_only_our_own_memory_is_read() -> None:
    """A closed descriptor and one of something else hold no state."""
    with Path(os.devnull).open("rb") as other:
        assert statusfd.read(other.fileno()) is None
    assert statusfd.read(-1) is None


def test_a_descriptor_handed_over_is_taken_on() -> None:
    """The memory that came through hibernation goes on to be shown."""
    first = Board()
    first.publish(b"kept")
    second = Board(first.fd)

    second.publish(b"kept")
    assert second.fd == first.fd
    second.publish(b"next")
    assert statusfd.read(second.fd) == b"next"
    second.close()


def test_broken_and_foreign_entries_of_proc_are_passed_over(tmp_path: Path) -> None:
    """What ends while we look, what we may not read, and names that are no process give no instance."""
    (tmp_path / "7" / "fd").mkdir(parents=True)
    (tmp_path / "7" / "fd" / "0").symlink_to("/dev/null")
    (tmp_path / "7" / "fd" / "1").write_text("no link")
    (tmp_path / "7" / "fd" / "2").symlink_to("/memfd:dormouse-state (deleted)")
    (tmp_path / "8").mkdir()
    (tmp_path / "self").mkdir()

    assert statusfd.instances(str(tmp_path)) == ()
    assert statusfd.instances(str(tmp_path / "none")) == ()


def test_an_older_kernel_is_asked_without_the_new_flag(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before Linux 6.3 the flag against executable memory is unknown."""
    create = os.memfd_create

    def older(name: str, flags: int) -> int:
        if flags & 8:
            raise OSError(22, "Invalid argument")
        return create(name, flags)

    monkeypatch.setattr("os.memfd_create", older)
    board = Board()
    board.publish(b"state")
    assert statusfd.read(board.fd) == b"state"
    board.close()


def test_without_such_memory_there_is_an_error_to_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python or a kernel without memfd, and one that refuses to seal it, raise OSError and leave nothing open."""
    before = len(list(Path("/proc/self/fd").iterdir()))

    with monkeypatch.context() as patch:
        patch.setattr("fcntl.fcntl", lambda *_args: os.close(-1))
        with pytest.raises(OSError, match="descriptor"):
            Board().publish(b"state")
    with monkeypatch.context() as patch:
        patch.delattr("os.memfd_create")
        with pytest.raises(OSError, match="not implemented"):
            Board().publish(b"state")
    assert len(list(Path("/proc/self/fd").iterdir())) == before
