"""Which file is read, and the snapshot."""

import pytest

from ddns.config.inputs.files import find, substitute
from ddns.config.inputs.inputs import Inputs, Recorder, refuse
from tests.fakes.configuring import Files

FOREIGN = '{"cloudflare": []}'


def test_an_explicit_file_wins() -> None:
    """--config is read whatever else is there."""
    files = Files({"/a.json": "{}", "/c/config.json": "[]"})
    found = find(Inputs(environ={"CONFIG_PATH": "/c"}, config_path="/a.json"), files, foreign=True)

    assert (found.path, found.problem) == ("/a.json", None)
    assert files.read == ["/a.json"]


def test_the_folder_of_config_path() -> None:
    """CONFIG_PATH names a folder."""
    assert (
        find(Inputs(environ={"CONFIG_PATH": "/c/"}), Files({"/c/config.json": "{}"}), foreign=True).path
        == "/c/config.json"
    )


@pytest.mark.parametrize("name", ["DOMAINS", "IP4_DOMAINS", "IP6_DOMAINS", "WAF_LISTS", "ZONE", "ZONE_FILE"])
def test_the_file_of_this_folder_is_read_only_when_nothing_else_says_what_to_do(name: str) -> None:
    """A name or list in the environment, or on the command line, is enough."""
    files = Files({"./config.json": "{}"})

    assert find(Inputs(), files, foreign=True).path == "./config.json"
    assert find(Inputs(environ={name: " "}), files, foreign=True).path == "./config.json"
    assert find(Inputs(environ={name: "x"}), files, foreign=True).path == ""
    assert find(Inputs(options=((name, "x"),)), files, foreign=True).path == ""


def test_missing_files() -> None:
    """One that was asked for is a problem; one that might have been there is none."""
    assert find(Inputs(), Files(), foreign=True).problem is None
    assert find(Inputs(environ={"CONFIG_PATH": "/c", "DOMAINS": "a.b"}), Files(), foreign=True).problem is None
    for inputs, who in ((Inputs(config_path="/a"), "--config"), (Inputs(environ={"CONFIG_PATH": "/c"}), "CONFIG_PATH")):
        problem = find(inputs, Files(), foreign=True).problem
        assert problem is not None
        assert who in problem.what


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (PermissionError(13, "Permission denied"), "Permission denied"),
        (ValueError("embedded null byte"), "cannot be opened"),
        (b"\xff", "not a text file"),
        ("{", "not valid JSON at line 1"),
    ],
)
def test_files_that_cannot_be_used(content: str | bytes | OSError | ValueError, what: str) -> None:
    """The problem names the file and why."""
    problem = find(Inputs(), Files({"./config.json": content}), foreign=True).problem

    assert problem is not None
    assert problem.origin == "file ./config.json"
    assert what in problem.what


def test_a_file_of_timothymiller() -> None:
    """A cloudflare array tells, where that dialect is allowed."""
    files = Files({"./config.json": FOREIGN})

    assert find(Inputs(), files, foreign=True).foreign
    assert not find(Inputs(), files, foreign=False).foreign
    assert not find(Inputs(), Files({"./config.json": '{"cloudflare": 1}'}), foreign=True).foreign


def test_variables_in_a_file() -> None:
    """Both spellings are replaced, whole names only, as JSON strings have them; unknown ones stay."""
    environ = {"CF_DDNS_A": 'q"\\', "CF_DDNS_AB": "2", "OTHER": "x"}

    assert substitute('["$CF_DDNS_A", ${CF_DDNS_AB}, $CF_DDNS_AB]', environ) == '["q\\"\\\\", 2, 2]'
    assert substitute("$CF_DDNS_C ${CF_DDNS_D} $OTHER", environ) == "$CF_DDNS_C ${CF_DDNS_D} $OTHER"
    assert substitute("$OTHER", environ) == "$OTHER"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('{"ttl": $CF_DDNS_T}', "./config.json needs CF_DDNS_T, which is not set"),
        ('{"ttl": "$CF_DDNS_T", "domains": ["${CF_DDNS_S}"]}', "needs CF_DDNS_S and CF_DDNS_T, which are not set"),
        ('{"cloudflare": $CF_DDNS_T}', "needs CF_DDNS_T, which is not set"),
    ],
)
def test_variables_that_are_missing(text: str, what: str) -> None:
    """A file that needs a variable nobody set cannot be used; a foreign one is left to its dialect."""
    problem = find(Inputs(), Files({"./config.json": text}), foreign=True).problem

    assert problem is not None
    assert what in problem.what
    theirs = '{"cloudflare": ["$CF_DDNS_T"]}'
    assert find(Inputs(), Files({"./config.json": theirs}), foreign=True).problem is None


def test_the_snapshot_answers_first_and_grows() -> None:
    """What was read once is not read again; what failed is asked again."""
    files = Files({"/b": "new", "/a": "text"})
    recorder = Recorder(Inputs(files=(("/b", "old"),)), files)

    assert [recorder.read("/b"), recorder.read("/a"), recorder.read("/a")] == ["old", "text", "text"]
    assert files.read == ["/a"]
    assert recorder.snapshot() == (("/a", "text"), ("/b", "old"))
    with pytest.raises(FileNotFoundError):
        refuse("/a")


def test_inputs_show_nothing() -> None:
    """Tokens are in there."""
    inputs = Inputs(environ={"CLOUDFLARE_API_TOKEN": "s3cret"}, files=(("/a", "s3cret"),))

    assert "s3cret" not in repr(inputs)
    assert inputs.fresh().files == ()
