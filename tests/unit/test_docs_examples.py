"""What the pages tell people to paste works: the program reads it, and says nothing against it."""

import json
import re
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from ddns import __version__
from ddns.config import Inputs, load
from ddns.config.inputs.argv import FLAGS, SETTING_OPTIONS, VERBS
from ddns.config.settingstable import PLACE_NAMES
from ddns.core.planning.permissions import token_link

TOP = Path(__file__).parents[2]
PAGES = [TOP / "README.md", *sorted((TOP / "docs").glob("*.md"))]
BLOCK = re.compile(r"^ *```(\w+)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
SETTING = re.compile(r"([A-Z][A-Z0-9_]+)=(.*)", re.DOTALL)
NAMED = {"DOMAINS", "IP4_DOMAINS", "IP6_DOMAINS", "ZONE", *PLACE_NAMES}
OPTIONS = {*SETTING_OPTIONS, *(name.partition(" ")[0] for name in FLAGS)}


def blocks(page: Path, language: str) -> list[str]:
    """Return the fenced blocks of a language on a page."""
    return [text for found, text in BLOCK.findall(page.read_text("utf-8")) if found == language]


def lines(block: str) -> Iterator[list[str]]:
    """Return the words of each command, without comments and the text of here-documents."""
    for line in block.replace("\\\n", " ").splitlines():
        yield shlex.split(line, comments=True)


def environments(block: str) -> Iterator[dict[str, str]]:
    """Return what is set for each ``ddns`` of a block, and what is exported at its end."""
    exported: dict[str, str] = {}
    for words in lines(block):
        pairs = [
            (match[1], match[2].replace("$HOME", "/home/me")) for word in words if (match := SETTING.fullmatch(word))
        ]
        if words[:1] == ["export"]:
            exported |= pairs
        elif pairs:
            yield {**exported, **dict(pairs)}
    if exported:
        yield exported


def token(path: str) -> str:
    """Give every file that an example names the same content; there is no other configuration."""
    if path.endswith(".json"):
        raise FileNotFoundError(2, "No such file or directory", path)
    return "x" if path.endswith(("token", "Token")) else "192.0.2.1"


def assert_accepted(environ: Mapping[str, str]) -> None:
    """Read settings as the program does: no problem and no warning."""
    given = dict(environ)
    if not NAMED & set(given):
        given["DOMAINS"] = "home.example.org"
    if not {"CLOUDFLARE_API_TOKEN", "CLOUDFLARE_API_TOKEN_FILE", "API_KEY", "API_KEY_FILE"} & set(given):
        given["CLOUDFLARE_API_TOKEN"] = "x"
    said = load(Inputs((), given), token).warnings
    assert [one for one in said if "HTTP_PROXY" not in one.what] == [], given


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_settings_of_examples_are_accepted(page: Path) -> None:
    """Nothing misspelt, nothing deprecated, no bad value."""
    for block in blocks(page, "sh"):
        for environ in environments(block):
            assert_accepted(environ)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_commands_of_examples_exist(page: Path) -> None:
    """The words after ``ddns``, and its options."""
    for block in blocks(page, "sh"):
        for words in lines(block):
            for at, word in enumerate(words):
                if Path(word).name not in {"ddns", "dormouse"} or "." in word or "/" in word:
                    continue
                after = words[at + 1 :]
                if (
                    words[0] in {"docker", "helm", "kubectl", "journalctl", "logread"}
                    or "systemctl" in words
                    or "install" in words
                ):
                    continue
                assert not after or after[0].startswith(("-", "&", ">", "|", ";")) or after[0] in VERBS, words
                assert {one.partition("=")[0] for one in after if one.startswith("--")} <= OPTIONS, words


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_waits_for_somebody_is_the_last_of_its_block(page: Path) -> None:
    """Or the lines that are pasted after it would go into the editor, or into the file with the token."""
    waiting = re.compile(r"cat > [^<]*$|\b(sudoedit|vi|nano)\b|^(journalctl|docker|kubectl|logread)\b.* -f$|^ddns$")
    for block in blocks(page, "sh"):
        written = [line.partition(" #")[0].strip() for line in block.splitlines()]
        commands = [line for line in written if line]
        assert [line for line in commands[:-1] if waiting.search(line)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_json_examples_are_json(page: Path) -> None:
    """A comma too many is found here."""
    for block in blocks(page, "json"):
        json.loads(block)


def test_links_of_the_readme_lead_somewhere() -> None:
    """They are absolute, so that they work where the package is shown; each leads to a file of this repository."""
    text = "".join(page.read_text("utf-8") for page in PAGES)
    found = re.findall(r"dormouse-ddns/dormouse/(?:blob/)?main/([^)#\s]+)", text)

    assert len(found) > 10
    assert [name for name in found if not (TOP / name).exists()] == []


def test_the_link_for_a_token_is_that_of_the_program() -> None:
    """Before the program is there, the page gives it."""
    environ = {"CLOUDFLARE_API_TOKEN": "x", "DOMAINS": "home.example.org"}
    link = token_link(load(Inputs((), environ), token).settings.update)
    assert f"({link})" in (TOP / "docs" / "token.md").read_text("utf-8")


def test_the_readme_installs_this_version() -> None:
    """By the image, the file and the package."""
    text = (TOP / "README.md").read_text("utf-8")
    named = re.findall(r"dormouse:(\d[\d.]*\d)|download/v(\d[\d.]*\d)|dormouse-ddns==(\d[\d.]*\d)", text)

    assert [next(filter(None, one)) for one in named] == [__version__] * 3


def test_a_reload_of_the_service_reads_the_settings() -> None:
    """Files of variables are read only at the start, so the settings are in the file of --config."""
    for name in ("ddns.service", "ddns-once.service"):
        unit = (TOP / "packaging" / "systemd" / name).read_text("utf-8")
        assert "EnvironmentFile" not in unit
        assert "--config /etc/ddns/ddns.json" in unit
    assert "ExecReload=/bin/sh -c 'kill -HUP $MAINPID'" in (TOP / "packaging" / "systemd" / "ddns.service").read_text(
        "utf-8"
    )


def test_examples_and_packaged_scripts_are_shell() -> None:
    """What is pasted, and what a router runs, is read by any POSIX shell."""
    scripts = [block for page in PAGES for block in blocks(page, "sh")]
    scripts += [(TOP / "packaging" / "openwrt" / name).read_text("utf-8") for name in ("ddns.init", "hotplug")]
    for script in scripts:
        done = subprocess.run(["sh", "-n"], input=script, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr + script
