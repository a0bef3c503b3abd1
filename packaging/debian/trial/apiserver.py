"""A real API server with its etcd on loopback, and the chart installed, changed and uninstalled there.

No controller and no node: objects are admitted and kept, no pod runs.
"""

import json
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from debmaker.helm import make

from trial import chart, gotools
from trial.report import TrialError, expect, run

TOKEN = "trial"  # noqa: S105 -- of a server that lives as long as the trial
SPACE = {
    "apiVersion": "v1",
    "kind": "Namespace",
    "metadata": {"name": "strict", "labels": {"pod-security.kubernetes.io/warn": "restricted"}},
}


class Cluster(NamedTuple):
    """Programs that speak to the server, and the file that says how."""

    kubectl: str
    helm: str
    config: Path

    def kube(self, *args: str) -> str:
        """Run kubectl."""
        return run([self.kubectl, f"--kubeconfig={self.config}", *args], seconds=120)

    def charted(self, verb: str, *args: str) -> str:
        """Run helm."""
        return run([self.helm, f"--kubeconfig={self.config}", verb, "ddns", "--namespace=strict", *args], seconds=120)


def applied(cache: Path) -> None:
    """Install every variant in turn, over the one before, and uninstall the last."""
    server, etcd = gotools.kubernetes("kube-apiserver", cache), gotools.etcd(cache)
    helm = gotools.tool("helm", cache)
    kubectl = shutil.which("kubectl") or gotools.kubernetes("kubectl", cache)
    with tempfile.TemporaryDirectory(prefix="cluster-") as name, running(Path(name), kubectl, server, etcd) as config:
        cluster, folder = Cluster(kubectl, helm, config), Path(name)
        (folder / "space.json").write_text(json.dumps(SPACE))
        cluster.kube("apply", "-f", str(folder / "space.json"))
        cluster.kube("apply", "--server-side", "-f", str(chart.pod_monitor()))
        cluster.kube("wait", "--for=condition=Established", "crd/podmonitors.monitoring.coreos.com", "--timeout=60s")
        for title, values in chart.VARIANTS.items():
            path = folder / "objects.yaml"
            path.write_text(chart.render(helm, values))
            said = cluster.kube("apply", "-n", "strict", "--dry-run=server", "--validate=strict", "-f", str(path))
            expect("created (server dry run)" in said, f"the server takes {title}, hooks and all, key by key")
            hostless = "hostNetwork=false" in values
            expect(
                ("Warning" in said) != hostless, f"{'no' if hostless else 'the'} warning of Pod Security: restricted"
            )
        _lives(cluster, folder)
        cluster.kube("apply", "-n", "strict", "--validate=strict", "-f", str(chart.PLAIN))
        expect(True, "the server takes packaging/kubernetes/ddns.yaml")


def _lives(cluster: Cluster, folder: Path) -> None:
    """Install the chart of a release, upgrade from each kind to the next, and uninstall; no one runs a hook's pod."""
    verb, last = "install", "other"
    packed = make(folder)
    for kind in ("Deployment", "CronJob", "DaemonSet"):
        cluster.charted(verb, str(packed), *chart.sets((f"kind={kind}", chart.NAMES)))
        found = json.loads(cluster.kube("get", "-n", "strict", "deployments,cronjobs,daemonsets", "-o", "json"))[
            "items"
        ]
        expect([each["kind"] for each in found] == [kind], f"helm {verb}: there is a {kind} and no {last}")
        verb, last = "upgrade", kind
    cluster.charted("uninstall")
    left = cluster.kube("get", "-n", "strict", "deployments,cronjobs,daemonsets,jobs,secrets", "-o", "name")
    expect(not left.strip().replace("No resources found in strict namespace.", ""), "helm uninstall leaves nothing")


@contextmanager
def running(folder: Path, kubectl: str, server: str, etcd: str, more: tuple[str, ...] = ()) -> Iterator[Path]:
    """Run etcd and the API server on loopback; return a kubeconfig. TrialError: they do not come up.

    ``more``: lines of further tokens, as ``--token-auth-file`` has them.
    """
    ports = [free() for _ in range(3)]
    (folder / "key.pem").write_bytes(key())
    (folder / "tokens.csv").write_text("\n".join((f"{TOKEN},admin,1,system:masters", *more, "")))
    store, peers = (f"http://127.0.0.1:{port}" for port in ports[:2])
    keeps = [etcd, f"--data-dir={folder}/etcd", f"--listen-client-urls={store}", f"--advertise-client-urls={store}"]
    keeps += [
        f"--listen-peer-urls={peers}",
        f"--initial-advertise-peer-urls={peers}",
        f"--initial-cluster=default={peers}",
    ]
    serves = [server, f"--etcd-servers={store}", "--bind-address=127.0.0.1", f"--secure-port={ports[2]}"]
    serves += [f"--cert-dir={folder}/certs", f"--token-auth-file={folder}/tokens.csv", "--authorization-mode=Node,RBAC"]
    serves += ["--enable-admission-plugins=NodeRestriction"]
    serves += ["--service-cluster-ip-range=10.0.0.0/24", "--service-account-issuer=https://trial"]
    serves += [f"--service-account-{word}-file={folder}/key.pem" for word in ("key", "signing-key")]
    config = folder / "kubeconfig"
    config.write_text(json.dumps(kubeconfig(f"https://127.0.0.1:{ports[2]}", TOKEN)))
    with ExitStack() as stack:
        for argv in (keeps, serves):
            stack.enter_context(beside(argv, folder))
        _ready([kubectl, f"--kubeconfig={config}", "get", "--raw=/readyz"], folder)
        yield config


@contextmanager
def beside(argv: list[str], folder: Path) -> Iterator[None]:
    """Run a program; what it says is in the folder."""
    with (folder / f"{Path(argv[0]).name}.log").open("wb") as log:
        child = subprocess.Popen(argv, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            yield
        finally:
            _end(child)


def key() -> bytes:
    """Return a new key, for the tokens of service accounts."""
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return made.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def kubeconfig(server: str, token: str) -> dict[str, object]:
    """Return how a program reaches a server that has signed its certificate itself."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "trial",
        "clusters": [{"name": "trial", "cluster": {"server": server, "insecure-skip-tls-verify": True}}],
        "users": [{"name": "trial", "user": {"token": token}}],
        "contexts": [{"name": "trial", "context": {"cluster": "trial", "user": "trial"}}],
    }


def _ready(argv: list[str], folder: Path) -> None:
    end = time.monotonic() + 180
    while subprocess.run(argv, capture_output=True, check=False).stdout != b"ok":
        if time.monotonic() > end:
            said = (folder / "kube-apiserver.log").read_text(errors="replace")[-2000:]
            raise TrialError(f"the API server is not ready after 180 seconds:\n{said}")
        time.sleep(1)


def _end(child: "subprocess.Popen[bytes]") -> None:
    child.terminate()
    try:
        child.wait(30)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def free() -> int:
    """Return a port of loopback that nobody uses."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])
