"""Nuitka plugin: what goes into the program as C, what as bytecode, and what not at all."""

import os
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import CodeType

from nuitka.freezer import ImportDetection  # type: ignore[import-not-found]
from nuitka.plugins.PluginBase import NuitkaPluginBase  # type: ignore[import-not-found]

_FOLDER = Path(os.environ["DORMOUSE_TRIM"])
sys.path.insert(0, str(_FOLDER))

from slim import slim  # type: ignore[import-not-found]  # noqa: E402 -- Nuitka loads this file without its folder


def words(name: str) -> frozenset[str]:
    """Read a list beside this file: one module a line, ``#`` begins a remark."""
    lines = (line.split("#")[0].strip() for line in (_FOLDER / name).read_text().splitlines())
    return frozenset(line for line in lines if line)


_NO_COLUMNS, _NO_PLACE = 13, 15
"""Kinds of entries in a table of lines."""
_COMPILED = words("compiled.txt")
_EARLY = words("early.txt")
_REPLACED = tomllib.loads((_FOLDER / "replaced.toml").read_text())
_INSTEAD = {path.stem: path for path in (_FOLDER / "instead").glob("*.py")}


class Trim(NuitkaPluginBase):  # type: ignore[misc]  # Nuitka has no types
    """Keeps out what Nuitka adds to every standalone program, and decides between C and bytecode."""

    plugin_name = "dormouse-trim"
    plugin_desc = "Leaves out what the program never imports."

    def __init__(self) -> None:
        """Replace Nuitka's lists of modules that it includes whether they are used or not."""
        early, standard = ImportDetection.detectEarlyImports(), ImportDetection.detectStdlibAutoInclusionModules()
        ImportDetection._early_modules_names = tuple(name for name in early if name.asString() in _EARLY)  # noqa: SLF001 -- there is no other way in
        ImportDetection._stdlib_modules_names = tuple(name for name in standard if name.asString() in _EARLY)  # noqa: SLF001 -- likewise

    def decideCompilation(self, module_name: object) -> str | None:  # noqa: N802 -- Nuitka's name
        """Return "compiled" for the modules that must be C, "bytecode" for all others: a tenth of the size."""
        return "compiled" if str(module_name) in _COMPILED else "bytecode"

    def onModuleSourceCode(self, module_name: object, source_filename: str, source_code: str) -> str:  # noqa: ARG002, N802 -- Nuitka's
        """Return what is frozen for a module: a stand-in for a few, the source without annotations for the rest."""
        name = str(module_name)
        if name == "re._compiler":  # made by regexes.py
            return Path("re._compiler").read_text()
        if name in _INSTEAD:
            source_code = _INSTEAD[name].read_text()
        for change in _REPLACED.get(name, ()):
            if change["old"] not in source_code:
                sys.exit(f"trim/replaced.toml: {name} has no {change['old']!r} any more")
            source_code = source_code.replace(change["old"], change["new"])
        return source_code if name in _COMPILED else slim(source_code, name)

    def onFrozenModuleBytecode(self, module_name: object, is_package: bool, bytecode: CodeType) -> CodeType:  # noqa: ARG002, FBT001, N802 -- Nuitka's
        """Return the code without line numbers; our own without columns only: a report of a fault names its line."""
        return with_lines(bytecode, lines_only if str(module_name).startswith("ddns") else no_lines)


def with_lines(code: CodeType, table: Callable[[CodeType], bytes]) -> CodeType:
    """Return code with another table of lines, and the same for the code inside it."""
    constants = tuple(with_lines(item, table) if isinstance(item, CodeType) else item for item in code.co_consts)
    return code.replace(co_linetable=table(code), co_consts=constants)


def no_lines(_: CodeType) -> bytes:
    """Return an empty table."""
    return b""


def lines_only(code: CodeType) -> bytes:
    """Return a table (CPython's InternalDocs/code_objects.md) that knows lines and no columns: a third of the size."""
    table, before = bytearray(), code.co_firstlineno
    for start, end, line in code.co_lines():
        units = (end - start) // 2
        while units > 0:
            length = min(units, 8)
            units -= length
            table.append(0x80 | (_NO_PLACE if line is None else _NO_COLUMNS) << 3 | length - 1)
            if line is not None:
                table += signed(line - before)
                before = line
    return bytes(table)


def signed(value: int) -> bytes:
    """Return a number as CPython's tables hold it: six bits a byte, the sign in the lowest."""
    rest, coded = (-value << 1 | 1) if value < 0 else value << 1, bytearray()
    while rest >= 64:
        coded.append(0x40 | rest & 63)
        rest >>= 6
    return bytes((*coded, rest))
