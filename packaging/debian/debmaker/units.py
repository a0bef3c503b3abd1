"""The units of packaging/systemd, as the package needs them; what protects the system has one home, there."""

from debmaker.errors import PackageError
from debmaker.project import ROOT

NAMES = ("ddns.service", "ddns-once.service", "ddns-once.timer")
FOLDER = "/usr/lib/systemd/system"
GROUP = "dormouse"
TOKEN = "/etc/ddns/token"  # noqa: S105 -- where it is, not what it is
_PROGRAM = ("/usr/local/bin/ddns", "/usr/bin/ddns")
_AFTER = {
    "Description=": "Documentation=man:ddns(1) file:///usr/share/doc/dormouse-ddns/README.Debian",
    "After=network-online.target": f"# Nothing starts, and nothing fails, before there is a token.\n"
    f"ConditionFileNotEmpty={TOKEN}",
    "DynamicUser=yes": f"# /etc/ddns/ddns.json is readable for this group only.\nSupplementaryGroups={GROUP}\n"
    '# For a "state_file": /var/lib/ddns/state.json; empty until one is set.\nStateDirectory=ddns',
}


def units() -> dict[str, str]:
    """Return the text of every unit by its name. PackageError: a unit has no place for what the package must add."""
    return {name: _adapted(name, (ROOT / "packaging" / "systemd" / name).read_text("utf-8")) for name in NAMES}


def _adapted(name: str, text: str) -> str:
    """Drop the comment on installing by hand, name the package's program, add what only the package can rely on."""
    lines = text[text.index("[Unit]") :].replace(*_PROGRAM).splitlines()
    wanted = _AFTER if name.endswith(".service") else {"Description=": _AFTER["Description="]}
    out: list[str] = []
    met = set()
    for line in lines:
        out.append(line)
        for start, more in wanted.items():
            if line.startswith(start):
                out.append(more)
                met.add(start)
    if missing := set(wanted) - met:
        raise PackageError(f"packaging/systemd/{name} has no line {min(missing)}; see {__name__}")
    return "\n".join(out) + "\n"
