"""STATE_FILE: careful to write, for one program at a time, and never in place of what is not ours."""

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ddns.core.memory import Memory
from ddns.errors import StateError
from ddns.state import encode
from ddns.statefile import StateFile
from tests.unit.test_state import FULL

OTHER = """
import sys
from ddns.statefile import StateFile
file = StateFile(sys.argv[1])
file.load()
print("holds", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def file(tmp_path: Path) -> Iterator[StateFile]:
    """Use a path at which nothing is yet."""
    found = StateFile(str(tmp_path / "state.json"))
    yield found
    found.close()


def kept(path: str | Path) -> Memory:
    """Return what a file holds, as a later process reads it."""
    file = StateFile(str(path))
    try:
        return file.load()
    finally:
        file.close()


def refuses(file: StateFile, what: str) -> None:
    """Check that a file is neither read nor written, and that both are told the same way."""
    for use in (file.load, lambda: file.save(FULL)):
        with pytest.raises(StateError, match=what):
            use()


def test_the_file_is_written_once_and_then_only_for_something_new(tmp_path: Path, file: StateFile) -> None:
    """When the last round was is no reason to write; what a restart must know is."""
    assert file.save(FULL)
    assert file.load() == FULL
    assert stat.S_IMODE(Path(file.path).stat().st_mode) == 0o600

    assert not file.save(FULL._replace(rounds=8, last=None, next_round=600.0, started=5.0, calm_at=7.0))
    assert file.load() == FULL
    assert file.save(FULL._replace(said=frozenset()))
    file.close()
    assert kept(file.path).said == frozenset()
    assert os.listdir(tmp_path) == ["state.json"]  # noqa: PTH208 -- names are what is compared


def test_a_file_that_was_removed_is_made_again(file: StateFile) -> None:
    """Nothing is held of it any more, and nobody is in the way."""
    file.save(FULL)
    Path(file.path).unlink()

    assert file.load() == Memory()
    assert file.fd == -1
    assert file.save(FULL)
    assert file.load() == FULL


def test_a_missing_file_or_folder_is_a_cold_start(tmp_path: Path) -> None:
    """Nothing there is nothing known."""
    assert kept(tmp_path / "none" / "state.json") == Memory()
    (tmp_path / "file").touch()
    assert kept(tmp_path / "file" / "state.json") == Memory()


@pytest.mark.parametrize("content", [b"", b"\0" * 512, b"\n", b'{"dormouse":1,"sta', b'{"dormouse":9}'])
def test_our_damaged_file_is_replaced(content: bytes, file: StateFile) -> None:
    """What a power cut leaves of our own file is a cold start, and is written anew."""
    Path(file.path).write_bytes(content)

    assert file.load() == Memory()
    assert file.save(FULL)
    file.close()
    assert kept(file.path) == FULL


@pytest.mark.parametrize("content", [b'{"domains":["a.example"]}', b"root:x:0:0", b"\xff\xfe"])
def test_a_file_that_is_not_ours_is_left_alone(content: bytes, file: StateFile) -> None:
    """A wrong STATE_FILE does not cost anybody a file."""
    path = Path(file.path)
    path.write_bytes(content)

    refuses(file, "not a state file of this program")
    assert path.read_bytes() == content


def test_what_is_no_file_is_left_alone(tmp_path: Path) -> None:
    """A pipe without a writer does not hold us up; a folder, a device and a huge file are not touched."""
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "huge").open("wb") as huge:
        huge.truncate((16 << 20) + 1)

    for path in (str(tmp_path), str(tmp_path / "pipe"), "/dev/null", str(tmp_path / "huge")):
        refuses(StateFile(path), "not a state file of this program")


def test_a_file_that_cannot_be_read_is_left_alone(file: StateFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be whole, and somebody else's: it is told and stays."""
    path = Path(file.path)
    path.write_bytes(encode(FULL))
    really = os.open

    def refuse(name: str, flags: int, mode: int = 0o777) -> int:
        if name == file.path:
            raise PermissionError(errno.EACCES, "Permission denied")
        return really(name, flags, mode)

    with monkeypatch.context() as patch:
        patch.setattr("os.open", refuse)
        refuses(file, "cannot be read \\(Permission denied\\)")
        file.hold()
    assert path.read_bytes() == encode(FULL)
    assert file.load() == FULL


def test_a_link_is_followed(tmp_path: Path) -> None:
    """A linked state file stays linked; its target is replaced."""
    (tmp_path / "link").symlink_to(tmp_path / "real")
    file = StateFile(str(tmp_path / "link"))
    assert file.save(FULL)
    assert file.save(Memory())
    file.close()

    assert (tmp_path / "link").is_symlink()
    assert kept(tmp_path / "real") == Memory()


def test_a_single_file_mount_is_written_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: StateFile) -> None:
    """Where the file exists but cannot be replaced, as in a container, it is written in place."""

    def busy(*_args: object) -> None:
        raise OSError(errno.EBUSY, "Device or resource busy")

    Path(file.path).write_bytes(encode(FULL))
    monkeypatch.setattr("os.replace", busy)
    assert file.save(Memory())
    assert file.load() == Memory()
    with pytest.raises(StateError, match="busy"):
        StateFile(str(tmp_path / "new.json")).save(FULL)
    assert sorted(item.name for item in tmp_path.iterdir()) == ["state.json"]


def test_a_full_disk_is_told_and_keeps_the_old_file(monkeypatch: pytest.MonkeyPatch, file: StateFile) -> None:
    """The error names the file and what still works; the old state stays whole."""
    file.save(FULL)

    def full(_fd: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StateError, match="No space left on device") as caught:
        file.save(Memory())
    assert "Rounds go on" in caught.value.hint
    assert file.load() == FULL


@pytest.fixture
def other(file: StateFile) -> Iterator["subprocess.Popen[str]"]:
    """Let another program use a state file."""
    Path(file.path).write_bytes(encode(FULL))
    command = [sys.executable, "-c", OTHER, file.path]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "holds\n"
        yield child
        child.kill()


def test_two_programs_do_not_share_a_file(file: StateFile, other: "subprocess.Popen[str]") -> None:
    """The second is told and runs without; it may use the file once the first has ended."""
    refuses(file, "in use by another running program")
    with Path(file.path).open():  # a descriptor that is open already, but holds no lock
        refuses(file, "in use by another running program")
    assert Path(file.path).read_bytes() == encode(FULL)

    other.communicate()
    assert file.load() == FULL
    assert file.save(Memory())


def test_two_programs_that_make_the_file_at_once(tmp_path: Path, file: StateFile) -> None:
    """The one whose new file is locked wins; the other is told, and takes nothing of it."""
    beside = tmp_path / "state.json.new"
    beside.write_bytes(b"half of it")
    code = OTHER.replace("file.load()", "file._lock(__import__('os').stat(sys.argv[1]))")
    command = [sys.executable, "-c", code, str(beside)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        child.stdout.readline()
        with pytest.raises(StateError, match="in use by another"):
            file.save(FULL)
        assert beside.read_bytes() == b"half of it"
        child.kill()


def test_a_file_that_appears_in_the_last_moment_is_not_replaced(
    file: StateFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program made it between our look and our writing."""
    really = os.path.realpath

    def slow(path: str) -> str:
        Path(file.path).write_bytes(b"theirs")
        return really(path)

    monkeypatch.setattr("os.path.realpath", slow)
    with pytest.raises(StateError, match="in use by another"):
        file.save(FULL)
    assert Path(file.path).read_bytes() == b"theirs"


def test_a_file_that_is_replaced_all_the_time_is_left_to_others(
    file: StateFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever does that is not waited for."""
    Path(file.path).write_bytes(encode(FULL))
    monkeypatch.setattr("os.path.samestat", lambda *_both: False)

    refuses(file, "in use by another")


def test_the_lock_comes_through_execve(file: StateFile) -> None:
    """An inherited descriptor is the lock; it is ours alone again at once, and nothing is said of another program."""
    file.save(FULL)
    os.set_inheritable(file.fd, True)
    code = """
import os, sys
from ddns.statefile import StateFile
file = StateFile(sys.argv[1])
file.hold()
print(file.fd == int(sys.argv[2]), os.get_inheritable(file.fd), file.load().rounds)
"""
    command = [sys.executable, "-c", code, file.path, str(file.fd)]
    assert subprocess.check_output(command, close_fds=False, text=True) == "True False 7\n"


@pytest.mark.parametrize("error", [errno.ENOLCK, errno.EOPNOTSUPP])
def test_where_files_cannot_be_locked_it_goes_without(
    file: StateFile, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    """Some network file systems have no locks."""

    def refuse(_fd: int, _how: int) -> None:
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr("fcntl.flock", refuse)
    assert file.save(FULL)
    assert file.load() == FULL


def test_without_proc_the_file_is_locked_all_the_same(file: StateFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the way through hibernation needs /proc, and without it there is no hibernation."""

    def refuse(_path: str) -> list[str]:
        raise FileNotFoundError(errno.ENOENT, "No such file or directory")

    Path(file.path).write_bytes(encode(FULL))
    monkeypatch.setattr("os.listdir", refuse)
    assert file.load() == FULL
    assert file.fd >= 0
