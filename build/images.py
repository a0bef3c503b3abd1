"""Builds the image for all platforms, or those named, and tries each: ``images.py [--built] [PLATFORM…]``.

Without ``--built`` the binaries are taken from ``dist/``. The OCI archive is left in ``dist/dormouse-image.tar``.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from freezer.cache import cache_folder
from freezer.recipe import image_targets, version
from imager.archive import LARGEST, PLATFORMS, check
from imager.base import base_image
from imager.engine import engine
from imager.others import compose, podman
from imager.run import ImageError, run
from imager.trial import trial

REPO = Path(__file__).resolve().parents[1]
ARCHIVE = REPO / "dist" / "dormouse-image.tar"
BINARIES = image_targets()
_HERE = "linux/amd64"
_OUTPUT = "compression=gzip,compression-level=9,force-compression=true,rewrite-timestamp=true"


def main(arguments: list[str]) -> int:
    """Return 0 when every image is as it must be, 1 with a line that says what is not, 2 for a wrong usage."""
    built = "--built" in arguments
    platforms = [name for name in arguments if name != "--built"] or list(PLATFORMS)
    if not set(platforms) <= set(PLATFORMS):
        print(f"usage: script/images [--built] [{'] ['.join(PLATFORMS)}]", file=sys.stderr)
        return 2
    try:
        images(platforms, built=built)
    except ImageError as error:
        print(f"images: {error}", file=sys.stderr)
        return 1
    return 0


def images(platforms: list[str], *, built: bool) -> None:
    """Build, look into the archive, try each platform."""
    missing = [name for name in BINARIES if not (REPO / f"dist/ddns-linux-{name}").is_file()]
    if missing and not built:
        raise ImageError(f"dist/ lacks {', '.join(missing)}; script/freeze makes them, or use --built")
    cache = cache_folder() / "engine"
    cache.mkdir(parents=True, exist_ok=True)
    with engine(cache) as env, tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        began = time.monotonic()
        if built:
            base_image(env, cache)
        ARCHIVE.unlink(missing_ok=True)
        temporary = ARCHIVE.with_suffix(".new")
        _build(env, tuple(platforms), built, "--output", f"type=oci,dest={temporary},{_OUTPUT}")
        found = check(temporary, platforms)
        temporary.rename(ARCHIVE)
        print(f"built {len(found)} platforms in {time.monotonic() - began:.0f} s: {ARCHIVE.relative_to(REPO)}")
        for one in found:
            print(f"  {one.name:13} {one.size:>9,} bytes compressed")
        for platform in platforms:
            image = f"dormouse:trial-{platform.replace('/', '-')}"
            _build(env, (platform,), built, "--load", "--tag", image)
            result = trial(platform, image, env, Path(folder))
            weight = f", {result.resident} kB asleep" if result.resident else ""
            print(f"  {platform:13} works; SIGTERM to exit {result.stop:.2f} s{weight}", flush=True)
        if _HERE in platforms:
            tried = {
                "Docker Compose": compose(f"dormouse:trial-{_HERE.replace('/', '-')}", env),
                "Podman": podman(ARCHIVE),
            }
            for name, there in tried.items():
                print(f"  {name:13} {'works' if there else 'is not on this machine: not tried'}", flush=True)
        over = [one.name for one in found if one.size > LARGEST]
        if over:
            raise ImageError(f"more than {LARGEST:,} bytes compressed: {', '.join(over)}")


def _build(env: dict[str, str], platforms: tuple[str, ...], built: bool, *output: str) -> None:  # noqa: FBT001 -- passed through
    arguments = {
        "BINARIES": "built" if built else "prebuilt",
        "VERSION": version(),
        "REVISION": _git("rev-parse", "HEAD"),
        "SOURCE": os.environ.get("DORMOUSE_SOURCE", ""),
        "SOURCE_DATE_EPOCH": _git("log", "-1", "--format=%ct") or "0",
    }
    run(
        [
            *("docker", "buildx", "build", "--provenance=false", "--platform", ",".join(platforms)),
            *(part for name, value in arguments.items() for part in ("--build-arg", f"{name}={value}")),
            *(("--network", "host") if built else ()),
            *("--file", str(REPO / "Dockerfile.multiarch"), *output, str(REPO)),
        ],
        env,
        seconds=7200,
    )


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(REPO), *arguments], capture_output=True, text=True, check=False)
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
