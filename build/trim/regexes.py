"""Regular expressions compiled at build time: ``re`` then starts without its parser and compiler.

The module made here stands in for ``re._compiler``. An expression that is not in its table (the user's own, say) is
compiled by the real one, which is in the program under another name and is imported only then.
"""

# ruff: noqa: E402 -- the spy is in place before anything else is imported
import re
from typing import Any

_compiler: Any = re._compiler  # type: ignore[attr-defined]  # noqa: SLF001 -- private, of the one version we freeze
_parser: Any = re._parser  # type: ignore[attr-defined]  # noqa: SLF001 -- likewise
_real = _compiler.compile
_asked: dict[tuple[str | bytes, int], None] = {("", 0): None}


def _spy(pattern: Any, flags: int = 0) -> Any:  # noqa: ANN401 -- as re._compiler.compile
    if isinstance(pattern, (str, bytes)):
        _asked[pattern, int(flags)] = None
    return _real(pattern, flags)


_compiler.compile = _spy

import array
import ast
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

_LATE = frozenset({"__main__", "cli", "h2", "http2", "contrib", "idnadata", "uts46data", "emscripten", "codec"})
"""Parts of names of modules that a round never imports."""

_INLINE = ("re.match", "re.fullmatch", "re.search", "re.sub", "re.split", "re.findall", "re.finditer")
_SOURCE = """
import _sre
from ._constants import *
_TABLE = {table!r}
def isstring(obj):
    return isinstance(obj, (str, bytes))
def compile(p, flags=0):
    found = _TABLE.get((p, int(flags))) if isstring(p) else None
    if found is None:
        import _ddns_recompiler
        return _ddns_recompiler.compile(p, flags)
    final, code, groups, index, names = found
    return _sre.compile(p, final, memoryview(code).cast('I').tolist(), groups, index, names)
"""


def table(
    asked: dict[tuple[str | bytes, int], None], bits: int, order: str
) -> dict[tuple[str | bytes, int], tuple[Any, ...]]:
    """Compile expressions to what ``_sre.compile`` takes on a machine with this byte order."""

    def in_order(words: array.array[int]) -> array.array[int]:
        if order != sys.byteorder:
            words.byteswap()
        return words

    # Sets of characters are tables of bytes, which the program reads as words.
    _compiler._bytes_to_codes = lambda data: in_order(array.array("I", data)).tolist()  # noqa: SLF001 -- likewise
    # "Without end" is the largest size there is, but never more than 32 bits (Modules/_sre/sre.h).
    _parser.MAXREPEAT = _compiler.MAXREPEAT = type(_parser.MAXREPEAT)(min(2 ** (bits - 1) - 1, 2**32 - 1), "MAXREPEAT")
    made = {}
    for pattern, flags in asked:
        tree = _parser.parse(pattern, flags)
        code = in_order(array.array("I", _compiler._code(tree, flags))).tobytes()  # noqa: SLF001 -- likewise
        names = [None] * tree.state.groups
        for name, number in tree.state.groupdict.items():
            names[number] = name
        groups = tree.state.groups - 1
        made[pattern, flags] = (flags | tree.state.flags, code, groups, dict(tree.state.groupdict), tuple(names))
    return made


def modules(top: Path) -> Iterator[str]:
    """Yield our modules; what they import comes with them."""
    for path in sorted(top.glob("ddns/**/*.py")):
        parts = path.relative_to(top).with_suffix("").parts
        if not _LATE & set(parts):
            yield ".".join(parts).removesuffix(".__init__")


def inline(path: Path) -> Iterator[tuple[str | bytes, int]]:
    """Yield the expressions that a module gives to re.match and its like without compiling them first."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in _INLINE and isinstance(node.args[0], ast.Constant):
            text = node.args[0].value
            if isinstance(text, (str, bytes)):
                yield text, 0


def main(top: Path, bits: int, order: str) -> None:
    """Write the stand-in for ``re._compiler``, and the real one under its other name, beside the program."""
    sys.path.insert(0, str(top))
    for name in modules(top):
        importlib.import_module(name)
        _asked.update(dict.fromkeys(inline(Path(importlib.import_module(name).__file__ or ""))))
    real = Path(_compiler.__file__).read_text()
    for name in ("_parser", "_constants", "_casefix"):
        real = real.replace(f"from . import {name}", f"from re import {name}")
        real = real.replace(f"from .{name} import", f"from re.{name} import")
    (top / "_ddns_recompiler.py").write_text(real)
    (top / "re._compiler").write_text(_SOURCE.format(table=table(_asked, bits, order)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
