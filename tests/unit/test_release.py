"""What is released, by whom, and from where: the workflows, and the addresses that must not be in the repository."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
HOSTS = (
    "deb.debian" + ".org",
    "snapshot.debian" + ".org",
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "registry" + ".npm",
)
ARCHIVES = "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path; from freezer.archive import archives"


def test_one_workflow_makes_the_release() -> None:
    """Two of them made the same release once, and the second failed."""
    making = [path.name for path in WORKFLOWS if "gh release create" in path.read_text("utf-8")]
    assert making == ["release.yml"]


def test_what_is_published_is_what_was_tried() -> None:
    """The image is pushed from the archive of ``script/images``, and all becomes public in the last job only."""
    text = (ROOT / ".github" / "workflows" / "release.yml").read_text("utf-8")
    jobs = dict(re.findall(r"\n  ([a-z]+):\n(.*?)(?=\n\n|\Z)", text.partition("\njobs:")[2], re.DOTALL))

    assert "docker buildx build" not in text
    assert "-m build" not in text
    assert [name for name, job in jobs.items() if "oci-archive:dist/dormouse-image.tar" in job] == ["publish"]
    assert "--draft --verify-tag" in jobs["publish"]
    assert [name for name, job in jobs.items() if "--draft=false" in job or ":latest" in job] == ["announce"]
    assert "needs: index" in jobs["announce"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows_can_do_little_and_run_what_is_there(path: Path) -> None:
    """Every job says what it may write, actions are pinned, and each script exists."""
    text = path.read_text("utf-8")
    assert "\npermissions: {}\n" in text
    assert text.count("\n    permissions:\n") == text.count("\n    runs-on:")
    pinned = re.findall(r"uses: \S+@(\S+)", text)
    assert all(re.fullmatch("[0-9a-f]{40}", at) for at in pinned)
    for script in re.findall(r"\b((?:script|bench)/[a-z-]+)", text):
        assert (ROOT / script).is_file(), script


def test_a_release_takes_nothing_from_a_cache() -> None:
    """What a pull request's run has cached must not get into a release."""
    assert "actions/cache" not in (ROOT / ".github" / "workflows" / "release.yml").read_text("utf-8")


def test_no_address_of_an_archive_is_in_the_repository() -> None:
    """Debian's archive is the one that apt uses; the Python index is the one that pip uses."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split(
        "\n"
    )
    texts = [ROOT / name for name in listed if name] or [*ROOT.glob("build/**/*.*"), *ROOT.glob(".github/**/*.yml")]
    found = [
        f"{path.name}: {host}"
        for path in texts
        if path.is_file()
        for host in HOSTS
        if host in path.read_text("utf-8", errors="replace")
    ]
    assert not found


def test_links_of_the_readme_hold_outside_the_repository() -> None:
    """The Python index shows it too; what links name in this repository is there."""
    links = re.findall(r"\]\(([^)]+)\)", (ROOT / "README.md").read_text("utf-8"))
    assert [link for link in links if not link.startswith(("https://", "#"))] == []
    own = re.compile(r"https://(?:raw\.githubusercontent|github)\.com/dormouse-ddns/dormouse/(?:blob/)?main/([^#]+)")
    named = [match[1] for link in links if (match := own.match(link))]
    assert "docs/memory.svg" in named
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_where_apt_looks(tmp_path: Path) -> None:
    """Both forms of sources, without archives of others and without what is switched off."""
    folder = tmp_path / "sources.list.d"
    folder.mkdir()
    (tmp_path / "sources.list").write_text(
        "# deb http://no.example/debian x main\n"
        "deb [arch=amd64 signed-by=/x] http://one.example/debian/ trixie main\n"
        "deb-src http://src.example/debian trixie main\n"
        "deb file:/media/debian trixie main\n"
    )
    (folder / "a.sources").write_text(
        "Types: deb deb-src\nURIs: https://two.example/debian\n https://x\nSuites: trixie\n\n"
        "Types: deb\nEnabled: no\nURIs: https://off.example/debian\n\nTypes: deb-src\nURIs: https://src.example/debian\n"
    )
    (folder / "b.list").write_text("deb https://other.example/node nodistro main\n")
    (folder / "c.save").write_text("deb https://old.example/debian trixie main\n")
    code = f"{ARCHIVES}; print(*archives(Path(sys.argv[2])))"
    argv = [sys.executable, "-B", "-c", code, str(ROOT / "build"), str(tmp_path)]
    out = subprocess.run(argv, env={"DORMOUSE_DEBIAN": "http://mine.example/debian"}, capture_output=True, check=True)
    assert out.stdout.decode().split() == [
        "http://mine.example/debian",
        "http://one.example/debian",
        "https://two.example/debian",
    ]
