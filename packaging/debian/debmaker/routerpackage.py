"""What a package for OpenWrt is made of, before it becomes an .ipk or an .apk."""

import re
from typing import NamedTuple

from debmaker.archive import Entry
from debmaker.errors import PackageError


class RouterPackage(NamedTuple):
    """A package: ``arch`` is OpenWrt's name of an architecture, or ``all``."""

    name: str
    arch: str
    control: str
    """Fields as opkg reads them, without name, version and architecture; a line that begins with a space goes on."""
    files: tuple[Entry, ...]
    conffiles: tuple[str, ...]
    scripts: dict[str, str]
    """``postinst`` and ``prerm``, as opkg runs them."""

    def fields(self) -> dict[str, str]:
        """Return the fields of ``control`` by name, each as one line. PackageError: a line is none."""
        found: dict[str, str] = {}
        name = ""
        for line in self.control.splitlines():
            if begins := re.fullmatch(r"([A-Z][A-Za-z-]*): (.+)", line):
                name = begins[1]
                found[name] = begins[2]
            elif name and line.startswith(" "):
                found[name] += line
            else:
                raise PackageError(f"{self.name}: {line!r} is no line of a control file")
        return found

    def listed(self, field: str) -> list[str]:
        """Return the names in a field that lists packages."""
        return [name for name in self.fields().get(field, "").split(", ") if name]
