"""What is in an image, read from the OCI archive that buildx writes: no engine is asked."""

import io
import json
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from imager.run import ImageError

PLATFORMS = ("linux/amd64", "linux/arm64", "linux/arm/v6", "linux/arm/v7")
LARGEST = 4_900_000
"""Compressed bytes of an image, CA roots and time zones included, that the project allows itself."""


class Platform(NamedTuple):
    """One image of the index: its platform, its compressed size in bytes, and the digest of its binary's layer."""

    name: str
    size: int
    layer: str


def check(path: Path, platforms: Sequence[str]) -> tuple[Platform, ...]:
    """Return the platforms, or raise ImageError with everything that is not as it must be."""
    found: list[Platform] = []
    wrong: list[str] = []
    with tarfile.open(path) as archive:
        index = _manifests(archive, _read(archive, "index.json"))
        for entry in index:
            manifest = _blob(archive, entry["digest"])
            config = _blob(archive, manifest["config"]["digest"])
            told = entry.get("platform") or config  # an archive of one image has no word of it in its index
            name = "/".join(filter(None, (told.get(part) for part in ("os", "architecture", "variant"))))
            layers = manifest["layers"]
            found.append(Platform(name, sum(layer["size"] for layer in layers), layers[-1]["digest"]))
            wrong += [f"{name}: {what}" for what in _faults(archive, config, layers)]
    names = tuple(platform.name for platform in found)
    if sorted(names) != sorted(platforms):
        wrong.append(f"the platforms are {', '.join(names)} instead of {', '.join(platforms)}")
    if len({platform.layer for platform in found if "/arm/" in platform.name}) > 1:
        wrong.append("v6 and v7 are not the same binary")
    if wrong:
        raise ImageError("the image is not as it must be:\n" + "\n".join(f"  {what}" for what in wrong))
    return tuple(found)


def _manifests(archive: tarfile.TarFile, index: Any) -> list[Any]:  # noqa: ANN401 -- JSON
    """Return the entries of the index, which may be an index of one index."""
    entries = list(index["manifests"])
    while len(entries) == 1 and ("index" in entries[0]["mediaType"] or "list" in entries[0]["mediaType"]):
        entries = list(_blob(archive, entries[0]["digest"])["manifests"])
    return entries


def _faults(archive: tarfile.TarFile, image: Any, layers: Any) -> list[str]:  # noqa: ANN401 -- JSON
    """Return what is wrong with one image."""
    config = image["config"]
    labels = config.get("Labels") or {}
    expected = {
        "user 1000:1000": config.get("User") == "1000:1000",
        "entry point /bin/ddns": config.get("Entrypoint") == ["/bin/ddns"],
        "stop signal SIGTERM": config.get("StopSignal") == "SIGTERM",
        "a health check": config.get("Healthcheck", {}).get("Test") == ["CMD", "/bin/ddns", "healthcheck"],
        "its title": labels.get("org.opencontainers.image.title") == "Dormouse",
        "its licence": labels.get("org.opencontainers.image.licenses") == "MIT",
        "no volume or port": not config.get("Volumes") and not config.get("ExposedPorts"),
        "one file, /bin/ddns, executable by all": _files(archive, layers) == {"bin/ddns": 0o755},
    }
    return [f"should have {what}" for what, there in expected.items() if not there]


def _files(archive: tarfile.TarFile, layers: Any) -> dict[str, int]:  # noqa: ANN401 -- JSON
    """Return all files of all layers with their modes."""
    found: dict[str, int] = {}
    for layer in layers:
        with tarfile.open(fileobj=io.BytesIO(_bytes(archive, layer["digest"]))) as content:
            found |= {item.name.lstrip("./"): item.mode for item in content if not item.isdir()}
    return found


def _bytes(archive: tarfile.TarFile, digest: str) -> bytes:
    member = archive.extractfile(f"blobs/{digest.replace(':', '/')}")
    if member is None:
        raise ImageError(f"the archive lacks {digest}")
    return member.read()


def _blob(archive: tarfile.TarFile, digest: str) -> Any:  # noqa: ANN401 -- JSON
    return json.loads(_bytes(archive, digest))


def _read(archive: tarfile.TarFile, name: str) -> Any:  # noqa: ANN401 -- JSON
    member = archive.extractfile(name)
    if member is None:
        raise ImageError(f"the archive lacks {name}")
    return json.loads(member.read())
