"""The help texts name everything and nothing else; the man page and the completions are made from the same tables."""

import runpy
import subprocess
from pathlib import Path

import pytest

from ddns.config.inputs.argv import FLAGS, SETTING_OPTIONS, VERBS
from ddns.config.settingstable import SETTINGS
from ddns.config.views.help import PAGES, help_text

ROOT = Path(__file__).parents[2]
MANUAL = runpy.run_path(str(ROOT / "script" / "manual"))["files"]()


def test_the_overview_names_every_command_and_flag() -> None:
    """It fits on one screen and says where the rest is."""
    text = help_text("")

    assert all(f"  {verb} " in text for verb in PAGES)
    assert all(f"  {flag} " in text for flag in FLAGS)
    assert "ddns help settings" in text
    assert len(text.splitlines()) < 35


@pytest.mark.parametrize("verb", PAGES)
def test_every_command_has_a_page(verb: str) -> None:
    """Its flags exist, and its exit codes are those of the program."""
    page = PAGES[verb]
    text = help_text(verb)

    assert text.startswith(f"ddns {verb}: {VERBS[verb]}")
    assert set(page.flags) <= {flag.partition(" ")[0] for flag in FLAGS}
    assert set(page.exits) <= {0, 1, 2, 3}
    assert all(flag in text for flag in page.flags)


def test_every_verb_but_help_and_version_has_a_page() -> None:
    """So that a new command is described."""
    assert set(PAGES) == set(VERBS) - {"help", "version"}


def test_the_settings_are_all_there() -> None:
    """Each with its default; what is no option is marked as a secret."""
    text = help_text("settings")

    for setting in SETTINGS:
        if setting.group != "old":
            mark = "" if setting.option in SETTING_OPTIONS else " *"
            assert f"  {setting.name}{mark} " in text
    assert "[@every 5m]" in text
    assert max(map(len, text.splitlines())) <= 120


@pytest.mark.parametrize("path", MANUAL)
def test_what_is_made_from_the_tables_is_up_to_date(path: str) -> None:
    """script/manual has been run since a table changed."""
    assert (ROOT / path).read_text("utf-8") == MANUAL[path]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["ddns", "ch"], "check"),
        (["ddns", "help", "se"], "settings"),
        (["ddns", "--log-format", ""], "text json"),
        (["ddns", "--log-format", "="], "text json"),
        (["ddns", "--log-format", "=", "j"], "json"),
        (["ddns", "plan", "--quiet", "t"], "true"),
        (["ddns", "plan", "--update-t"], "--update-timeout"),
        (["ddns", "--config", "pyproject.t"], "pyproject.toml"),
        (["ddns", "plan", "x"], ""),
    ],
)
def test_completion_in_bash(words: list[str], found: str) -> None:
    """The words that bash would offer."""
    load, ask = "source packaging/completions/ddns.bash", 'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ddns'
    script = f'{load}; {ask}; echo "${{COMPREPLY[*]}}"'
    done = subprocess.run(["bash", "-c", script, "bash", *words], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == found
    assert not done.stderr
