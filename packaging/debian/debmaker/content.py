"""Everything that is in a package, beside what dpkg reads itself."""

from email.utils import formatdate

from debmaker import units
from debmaker.archive import Entry, gz
from debmaker.project import MAINTAINER, PACKAGE, ROOT, version

CONFFILE = "/etc/ddns/ddns.json"
_DOC = f"/usr/share/doc/{PACKAGE}"
_PACKAGING = ROOT / "packaging"


def files(program: bytes, package_version: str, epoch: int) -> list[Entry]:
    """Return the files that a package of this version installs, with the frozen program among them."""
    ours = _PACKAGING / "debian"
    entries = [
        Entry("/usr/bin/ddns", 0o755, program),
        Entry(CONFFILE, 0o640, (_PACKAGING / "systemd" / "ddns.json").read_bytes()),
        Entry("/usr/share/man/man1/ddns.1.gz", 0o644, gz((_PACKAGING / "man" / "ddns.1").read_bytes())),
        Entry(f"{_DOC}/copyright", 0o644, (ours / "copyright").read_bytes()),
        Entry(f"{_DOC}/README.Debian", 0o644, (ours / "README.Debian").read_bytes()),
        Entry(f"{_DOC}/changelog.gz", 0o644, gz((ROOT / "CHANGELOG.md").read_bytes())),
        Entry(f"{_DOC}/changelog.Debian.gz", 0o644, gz(_changelog(package_version, epoch).encode())),
        Entry(f"/usr/share/lintian/overrides/{PACKAGE}", 0o644, (ours / "lintian-overrides").read_bytes()),
    ]
    entries += [Entry(f"{units.FOLDER}/{name}", 0o644, text.encode()) for name, text in units.units().items()]
    for name, path in {
        "ddns.bash": "/usr/share/bash-completion/completions/ddns",
        "_ddns": "/usr/share/zsh/vendor-completions/_ddns",
        "ddns.fish": "/usr/share/fish/vendor_completions.d/ddns.fish",
    }.items():
        entries.append(Entry(path, 0o644, (_PACKAGING / "completions" / name).read_bytes()))
    return entries


def _changelog(package_version: str, epoch: int) -> str:
    return (
        f"{PACKAGE} ({package_version}) unstable; urgency=medium\n\n"
        f"  * Dormouse {version()}. What changed is in changelog.gz beside this file.\n\n"
        f" -- {MAINTAINER}  {formatdate(epoch)}\n"
    )
