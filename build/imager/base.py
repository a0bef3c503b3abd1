"""The base of the builder stages where no registry can be reached: made by debootstrap, under the name it has there."""

import shutil
import subprocess
from pathlib import Path

from freezer.archive import archive

from imager.run import ImageError, run

NAME = "debian:trixie-slim"
_ROOTS = Path("/usr/local/share/ca-certificates")


def base_image(env: dict[str, str], cache: Path) -> None:
    """Make the base image, unless the engine has it or can pull it."""
    if run(["docker", "images", "--quiet", NAME], env).strip() or _pulled(env):
        return
    if shutil.which("debootstrap") is None:
        run(["apt-get", "install", "-qq", "-y", "--no-install-recommends", "debootstrap"])
    root = cache / "base"
    shutil.rmtree(root, ignore_errors=True)
    run(["debootstrap", "--variant=minbase", "--include=ca-certificates", "trixie", str(root), archive()], seconds=1800)
    local = sorted(_ROOTS.glob("*.crt"))  # the machine's own roots: without them nothing can be fetched behind a proxy
    for certificate in local:
        shutil.copy(certificate, root / _ROOTS.relative_to("/"))
    if local:
        run(["chroot", str(root), "update-ca-certificates"])
    with subprocess.Popen(["tar", "-C", str(root), "-c", "."], stdout=subprocess.PIPE) as packed:
        done = subprocess.run(
            ["docker", "import", "-", NAME], stdin=packed.stdout, env=env, capture_output=True, check=False
        )
    if done.returncode or packed.returncode:
        raise ImageError(f"the base image could not be imported: {done.stderr.decode(errors='replace')}")
    shutil.rmtree(root, ignore_errors=True)


def _pulled(env: dict[str, str]) -> bool:
    try:
        run(["docker", "pull", "--quiet", NAME], env, seconds=300)
    except ImageError:
        return False
    return True
