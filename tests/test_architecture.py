"""The import direction and the homes of effects are rules of the codebase, so they are tests."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "ddns"
MAY_IMPORT: dict[str, set[str]] = {  # package or top-level module -> ddns names it may use (besides itself)
    "errors": set(),
    "embedded": set(),
    "jsonio": set(),
    "shell": set(),
    "rtnetlink": set(),
    "core": {"errors"},
    "ports": {"core", "errors"},
    "config": {"core", "errors", "jsonio"},
    "net": {"ports", "errors", "embedded"},
    "state": {"core", "errors", "jsonio"},
    "statefile": {"state", "core", "errors"},
    "output": {"core", "errors", "jsonio"},
    "detect": {"core", "ports", "errors", "shell", "rtnetlink"},
    "cloudflare": {"core", "ports", "errors", "jsonio"},
    "notify": {"core", "ports", "errors", "jsonio"},
    "round": {"core", "ports", "errors"},
    "doctor": {"core", "ports", "errors", "round", "cloudflare"},
    "host": {"core", "ports", "errors", "shell", "rtnetlink"},
    "app": {
        *(
            "core",
            "ports",
            "config",
            "net",
            "state",
            "statefile",
            "output",
            "detect",
            "cloudflare",
            "notify",
            "round",
            "doctor",
            "host",
            "errors",
        ),
        *("jsonio", "embedded"),
    },
    "cli": {"app", "config", "output", "core", "errors"},
    "__main__": {"cli"},
    "__init__": set(),
}
IMPURE = {
    *("os", "sys", "time", "socket", "ssl", "http", "urllib", "signal", "random", "logging", "subprocess", "pathlib"),
    *("select", "threading", "tempfile", "shutil"),
}
MODULES = sorted(ROOT.rglob("*.py"))


def imports(path: Path) -> set[tuple[str, ...]]:
    """Return every imported dotted name, relative ones made absolute."""
    package = ("ddns", *path.relative_to(ROOT).parts[:-1])
    found: set[tuple[str, ...]] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {tuple(alias.name.split(".")) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            stem = (*base, *(node.module or "").split(".")) if node.module else base
            found |= {(*stem, alias.name) for alias in node.names}
    return found


def owner_of(path: Path) -> str:
    """Return the room a module belongs to."""
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_inward(path: Path) -> None:
    """A module imports only from the rooms below it; core touches no effectful stdlib module."""
    owner = owner_of(path)
    used = {name[1] for name in imports(path) if name[0] == "ddns" and len(name) > 1} - {owner}

    assert used <= MAY_IMPORT[owner] | {"__version__"}
    if owner == "core":
        assert not {name[0] for name in imports(path)} & IMPURE


@pytest.mark.parametrize("room", ["core", "config"])
def test_inner_rooms_form_no_circle(room: str) -> None:
    """Inside a large room, too, imports have one direction: between its folders and the files beside them."""
    uses: dict[str, set[str]] = {}
    for path in (ROOT / room).rglob("*.py"):
        part = path.relative_to(ROOT / room).parts[0].removesuffix(".py")
        names = {name[2] for name in imports(path) if name[:2] == ("ddns", room) and len(name) > 2}
        uses.setdefault(part, set()).update(names - {part} if part != "__init__" else ())

    while free := {part for part in uses if not uses[part] & uses.keys()}:
        uses = {part: names for part, names in uses.items() if part not in free}
    assert uses == {}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_effects_have_one_home(path: Path) -> None:
    """Printing only in output/, os.environ only in __main__, the clock and sleep only in host/."""
    owner, tree = owner_of(path), ast.parse(path.read_text("utf-8"))
    text = ast.unparse(tree)

    assert owner == "output" or "print(" not in text
    assert owner == "output" or ("stdout.write" not in text and "stderr.write" not in text)
    assert owner in {"__main__", "host"} or "os.environ" not in text
    assert owner == "host" or not any(call in text for call in ("time.time(", "time.sleep(", "datetime.now("))


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_nothing_that_freezing_strips_decides_anything(path: Path) -> None:
    """No assert, __doc__, __file__ or importlib.metadata: the frozen program has none of them."""
    tree = ast.parse(path.read_text("utf-8"))
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}

    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Assert)]
    assert not names & {"__doc__", "__file__"}
    assert not {name[:2] for name in imports(path)} & {("importlib", "metadata"), ("importlib", "resources")}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_codecs_are_in_the_frozen_program(path: Path) -> None:
    """Every codec that is named is one that CPython has in C, or one that freezing keeps (build/trim/early.txt)."""
    kept = (ROOT.parent / "build/trim/early.txt").read_text("utf-8").split()
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    named = {
        node.args[0].value
        for node in calls
        if isinstance(node.func, ast.Attribute) and node.func.attr in {"encode", "decode"} and node.args
        if isinstance(node.args[0], ast.Constant)
    }

    assert {"encodings." + str(name).replace("-", "_") for name in named} <= set(kept)


def test_no_two_modules_have_one_name() -> None:
    """A file is known by its name alone."""
    names = [path.stem for path in MODULES if path.stem != "__init__"]

    assert {name for name in names if names.count(name) > 1} == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_rooms_stay_small(path: Path) -> None:
    """A file has at most 300 lines, a function at most 50 without its docstring."""
    text = path.read_text("utf-8")

    assert len(text.splitlines()) <= 300
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.end_lineno is not None:
            start = node.body[1].lineno if len(node.body) > 1 and ast.get_docstring(node) else node.lineno
            assert node.end_lineno - start < 50, f"{node.name} in {path}"
