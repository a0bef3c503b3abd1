"""The doors: the entry point, the error boundary, and the seams that look different in the frozen program."""

import contextlib
import gc
import io
import os
import runpy
import signal
import ssl
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

import ddns
from ddns import __main__, cli, embedded, errors, jsonio
from ddns.app.process import Process
from ddns.core.settings import Credential, Reporting

ROOT = Path(ddns.__path__[0])


@pytest.fixture
def _own_end() -> Iterator[None]:
    """Give back what a process at its end does not need: signals (every child would inherit them blocked), and gc."""
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    yield
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    gc.enable()


@pytest.mark.usefixtures("_own_end")
def test_the_entry_point_exits_with_the_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Arguments come from the process, the exit code goes to it."""
    monkeypatch.setattr(sys, "argv", ["ddns", "--version"])
    with pytest.raises(SystemExit) as exit_:
        __main__.run()

    assert exit_.value.code == 0
    assert ddns.__version__ in capsys.readouterr().out


def test_without_standard_output_words_go_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """A daemon may be started with its output closed; what is no file of the system is taken as it is."""
    monkeypatch.setattr(sys, "stdout", None)
    nowhere = __main__.output()
    nowhere.write("x")
    assert __main__.handed_on(nowhere)
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert __main__.output() is sys.stdout


@pytest.mark.usefixtures("_own_end")
def test_last_words_nobody_takes_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process ends at once with its own code: the interpreter would try them again, and fail."""
    ended: list[int] = []
    monkeypatch.setattr(os, "_exit", ended.append)
    monkeypatch.setattr(sys, "argv", ["ddns", "--version"])
    with contextlib.suppress(OSError), Path("/dev/full").open("w", encoding="utf-8") as full:
        monkeypatch.setattr(sys, "stdout", full)
        __main__.run()

    assert ended == [0]


def test_a_closed_stream_leaves_no_number_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file or a connection would get it, and be written to as the stream."""
    taken: list[str] = []

    def known(number: int) -> None:
        if number == 1:
            raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(os, "fstat", known)
        patch.setattr(os, "open", lambda path, _flags: taken.append(path))
        __main__.occupy()

    assert taken == ["/"]


def boundary(error: BaseException) -> tuple[int, str]:
    """Return the exit code and the words for an error."""

    def fail() -> int:
        raise error

    out = io.StringIO()
    return cli.guarded(Process((), {"EMOJI": "false"}, out), fail), out.getvalue()


def test_known_errors_are_one_line() -> None:
    """Message and hint, exit 1."""
    assert boundary(errors.DdnsError("It failed", "Do this")) == (1, "It failed. Do this\n")


def test_an_end_by_the_keyboard_has_no_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C is 130, as shells have it, also while the program is still being loaded."""
    assert boundary(KeyboardInterrupt()) == (130, "")

    def interrupted(name: str, *_rest: object) -> None:
        if name == "ddns.cli":
            raise KeyboardInterrupt

    monkeypatch.delitem(sys.modules, "ddns.cli")
    monkeypatch.delattr(sys.modules["ddns"], "cli")
    monkeypatch.setattr(sys, "meta_path", [SimpleNamespace(find_spec=interrupted), *sys.meta_path])
    monkeypatch.setattr(os, "_exit", sys.exit)
    with pytest.raises(SystemExit) as caught:
        runpy.run_path(str(ROOT / "__main__.py"))
    assert caught.value.code == 130


def test_an_unexpected_error_shows_no_text() -> None:
    """Kind and place only: the text of an error may hold a secret."""
    code, out = boundary(KeyError("s3cret"))

    assert (code, "s3cret" in out, "KeyError (fail of " in out) == (1, False, True)


def test_an_error_that_was_never_raised_has_no_place() -> None:
    """The place is read from the traceback."""
    assert errors.place(KeyError()) == "an unknown place"


def test_json_without_orjson(monkeypatch: pytest.MonkeyPatch) -> None:
    """The standard library reads and writes the same, where orjson is missing."""
    monkeypatch.setitem(sys.modules, "orjson", None)
    plain = runpy.run_path(str(ROOT / "jsonio.py"))
    value = {"a": [1, "é", None, True]}

    assert plain["dumps"](value) == jsonio.dumps(value)
    assert plain["loads"](jsonio.dumps(value)) == jsonio.loads(jsonio.dumps(value)) == value


def test_a_package_install_has_no_data_of_its_own() -> None:
    """No roots and no time zones inside: those of the system are used."""
    assert embedded.load_roots(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)) is False
    assert embedded.zone("Europe/Paris") is None


def test_the_frozen_program_brings_its_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is frozen in is used where it is there."""
    inside = SimpleNamespace(load_roots=lambda _context: True, zone=lambda _key: b"TZif")
    monkeypatch.setitem(sys.modules, "_ddns_data", inside)
    frozen = runpy.run_path(str(ROOT / "embedded.py"))

    assert (frozen["load_roots"](None), frozen["zone"]("UTC")) == (True, b"TZif")


def test_settings_show_no_secrets() -> None:
    """The values that hold secrets say so when somebody prints them."""
    shown = repr((Credential("s3cret"), Reporting("https://hc.example/s3cret")))

    assert shown == "(Credential(redacted), Reporting(redacted))"
