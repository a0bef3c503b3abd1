"""Nuitka plugin: what goes into the program as C, what as bytecode, and what not at all."""

import os
from pathlib import Path
from types import CodeType

from nuitka.freezer import ImportDetection  # type: ignore[import-not-found]
from nuitka.plugins.PluginBase import NuitkaPluginBase  # type: ignore[import-not-found]

_FOLDER = Path(os.environ["DORMOUSE_TRIM"])


def words(name: str) -> frozenset[str]:
    """Read a list beside this file: one module a line, ``#`` begins a remark."""
    lines = (line.split("#")[0].strip() for line in (_FOLDER / name).read_text().splitlines())
    return frozenset(line for line in lines if line)


_COMPILED = words("compiled.txt")
_EARLY = words("early.txt")


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

    def onFrozenModuleBytecode(self, module_name: object, is_package: bool, bytecode: CodeType) -> CodeType:  # noqa: ARG002, FBT001, N802 -- Nuitka's
        """Return the code without what only a debugger reads."""
        return bytecode
