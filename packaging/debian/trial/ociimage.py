"""Images as OCI archives (image-spec 1.0), made of one program, without an engine or a registry."""

import hashlib
import json
import re
from pathlib import Path

from debmaker.archive import Entry, flat_tar, tar
from debmaker.project import ROOT

RECIPE = ROOT / "Dockerfile.multiarch"
BUILT = "dormouse-image.tar"
"""What ``script/images`` leaves beside the programs."""
_TYPE = "application/vnd.oci.image"


def program(path: Path, at: str, target: Path, config: dict[str, object]) -> Path:
    """Write an image of 64-bit x86 with one file, at a path inside, and the fields of its config; return its path."""
    layer = tar([Entry(at, 0o755, path.read_bytes())], 0)
    blobs: dict[str, bytes] = {}
    image = {
        "architecture": "amd64",
        "os": "linux",
        "config": config,
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(layer).hexdigest()}"]},
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": f"{_TYPE}.manifest.v1+json",
        "config": _blob(blobs, f"{_TYPE}.config.v1+json", json.dumps(image).encode()),
        "layers": [_blob(blobs, f"{_TYPE}.layer.v1.tar", layer)],
    }
    entry = _blob(blobs, f"{_TYPE}.manifest.v1+json", json.dumps(manifest).encode())
    entry["platform"] = {"architecture": "amd64", "os": "linux"}
    index = {"schemaVersion": 2, "mediaType": f"{_TYPE}.index.v1+json", "manifests": [entry]}
    files = {"oci-layout": b'{"imageLayoutVersion": "1.0.0"}', "index.json": json.dumps(index).encode()}
    files |= {f"blobs/sha256/{name}": content for name, content in blobs.items()}
    target.write_bytes(flat_tar(files.items(), 0))
    return target


def config_of_recipe() -> dict[str, object]:
    """Return what the last stage of the project's own recipe says of the image."""
    last = RECIPE.read_text("utf-8").rpartition("\nFROM scratch\n")[2]
    said = dict(re.findall(r"^(USER|STOPSIGNAL|ENTRYPOINT) (.+)$", last, re.MULTILINE))
    return {"User": said["USER"], "StopSignal": said["STOPSIGNAL"], "Entrypoint": json.loads(said["ENTRYPOINT"])}


def _blob(blobs: dict[str, bytes], kind: str, content: bytes) -> dict[str, object]:
    digest = hashlib.sha256(content).hexdigest()
    blobs[digest] = content
    return {"mediaType": kind, "digest": f"sha256:{digest}", "size": len(content)}
