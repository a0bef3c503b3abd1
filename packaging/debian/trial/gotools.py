"""Tools and data that come as Go modules: each version is fixed here, and Go checks it against its public checksums."""

import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

from trial.report import SkipError, TrialError

TOOLS = {
    "helm": "helm.sh/helm/v3/cmd/helm@v3.22.0",
    "kubeconform": "github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0",
    "promtool": "github.com/prometheus/prometheus/cmd/promtool@v0.316.0",
    "node_exporter": "github.com/prometheus/node_exporter@v1.9.1",
    "hclfmt": "github.com/hashicorp/hcl/v2/cmd/hclfmt@v2.25.0",
}
KUBERNETES = ("1.32.13", "1.34.3", "1.37.2")
"""The versions whose schemas the chart is held against."""
SERVER = "1.34.3"
"""The version that is built and run."""
ETCD = "3.6.15"
COMPOSE = "2.40.3"
OPERATOR = "github.com/prometheus-operator/prometheus-operator@v0.85.0"
"""Where the definition of PodMonitor is."""


def tool(name: str, cache: Path) -> str:
    """Return the path of a tool, built when it is not in the cache. SkipError: there is no Go."""
    folder = cache / "go" / re.sub(r"[^\w.]+", "-", TOOLS[name])
    if not (folder / name).exists():
        _go("install", "-ldflags=-s -w", TOOLS[name], GOBIN=str(folder), CGO_ENABLED="0")
    return str(folder / name)


def own(name: str, source: str, cache: Path) -> str:
    """Return the path of a static program of one file, which needs no module."""
    folder = cache / "go" / f"{name}-{hashlib.sha256(source.encode()).hexdigest()[:16]}"
    if not (folder / name).exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "main.go").write_text(source)
        _go("build", "-ldflags=-s -w", "-o", name, "main.go", cwd=folder, CGO_ENABLED="0")
    return str(folder / name)


def module(name: str) -> Path:
    """Return the folder of a module's files."""
    return Path(json.loads(_go("mod", "download", "-json", name))["Dir"])


def swagger(version: str) -> Path:
    """Return the description of every object that this version of Kubernetes takes."""
    return module(f"k8s.io/kubernetes@v{version}") / "api" / "openapi-spec" / "swagger.json"


def kubernetes(name: str, cache: Path) -> str:
    """Return the path of a program of Kubernetes. Its parts are modules of their own, which its go.mod must be told."""
    theirs = (module(f"k8s.io/kubernetes@v{SERVER}") / "go.mod").read_text("utf-8")
    parts = re.findall(r"^\t(k8s\.io/\S+) => \./staging/", theirs, re.MULTILINE)
    lines = [f"replace {part} => {part} v0.{SERVER.partition('.')[2]}" for part in parts]
    says = f"-s -w -X k8s.io/component-base/version.gitVersion=v{SERVER}"
    return _built(name, f"k8s.io/kubernetes/cmd/{name}", [f"require k8s.io/kubernetes v{SERVER}", *lines], says, cache)


def etcd(cache: Path) -> str:
    """Return the path of etcd's server."""
    return _built("etcd", "go.etcd.io/etcd/server/v3", [f"require go.etcd.io/etcd/server/v3 v{ETCD}"], "-s -w", cache)


def compose(cache: Path) -> str:
    """Return the path of Docker Compose."""
    needs = f"require github.com/docker/compose/v2 v{COMPOSE}"
    return _built("docker-compose", "github.com/docker/compose/v2/cmd", [needs], "-s -w", cache)


def _built(name: str, package: str, lines: list[str], ldflags: str, cache: Path) -> str:
    """Build a program whose own go.mod works only where it was written: as a part of a module of ours."""
    folder = cache / "go" / re.sub(r"[^\w.]+", "-", f"{name} {lines[0]}")
    if not (folder / name).exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "go.mod").write_text("\n".join(["module trial", "go 1.24.0", *lines, ""]))
        _go("build", "-mod=mod", f"-ldflags={ldflags}", "-o", name, package, cwd=folder)
    return str(folder / name)


def _go(*args: str, cwd: Path | None = None, **env: str) -> str:
    if shutil.which("go") is None:
        raise SkipError("go not found; install it (1.26 or newer, or one that may fetch it)")
    done = subprocess.run(["go", *args], env={**os.environ, **env}, cwd=cwd or "/", capture_output=True, check=False)
    if done.returncode:
        raise TrialError(f"go {' '.join(args)} ended with {done.returncode}:\n{done.stderr.decode()[-2000:]}")
    return done.stdout.decode()
