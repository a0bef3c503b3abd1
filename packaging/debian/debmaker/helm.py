"""The Helm chart as one file, as ``helm package`` makes it: its folder in a tar.gz, without what .helmignore names."""

import re
from collections.abc import Iterator
from pathlib import Path

from debmaker.archive import flat_tar, gz, replaced
from debmaker.errors import PackageError
from debmaker.project import ROOT, epoch, version

CHART = ROOT / "packaging" / "helm" / "dormouse"
_HEAD = "Chart.yaml"
"""Stands first, as helm has it."""
_VERSION = re.compile(r'^(?:version|appVersion): "?([^"\n]+)"?$', re.MULTILINE)


def make(dist: Path) -> Path:
    """Make the chart of this version; return its path in ``dist``. PackageError: the chart says another version."""
    said = _VERSION.findall((CHART / _HEAD).read_text("utf-8"))
    if said != [version()] * 2:
        raise PackageError(f"packaging/helm/dormouse/{_HEAD} says {' and '.join(said)}, not {version()} twice; set it")
    members = [(f"{CHART.name}/{path.relative_to(CHART)}", path.read_bytes()) for path in _files()]
    dist.mkdir(exist_ok=True)  # nothing else has to be there
    return replaced(dist / f"{CHART.name}-{version()}.tgz", gz(flat_tar(members, epoch())))


def _files() -> Iterator[Path]:
    ignored = (CHART / ".helmignore").read_text("utf-8").split()
    yield CHART / _HEAD
    for path in sorted(CHART.rglob("*")):
        if path.is_file() and path != CHART / _HEAD and not any(path.match(pattern) for pattern in ignored):
            yield path
