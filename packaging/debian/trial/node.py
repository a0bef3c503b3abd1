"""A cluster of two nodes: kubelet, containerd and runc in a virtual machine each; the control plane runs on loopback.

A machine's network has no way out but to loopback here, where the API server and the simulated Cloudflare are. Each has
an address of its own on a second interface, as a node with a public address would, and its default route there.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import yaml
from debmaker.helm import CHART
from debmaker.project import version

from trial import apiserver, gotools, machine, ociimage
from trial.apiserver import Cluster
from trial.machine import Machine
from trial.report import expect

NODES = ("node-1", "node-2")
IMAGE = "ghcr.io/dormouse-ddns/dormouse"
LINK = "wan0"
"""The interface with the address that is published."""
NAMES = ("api.cloudflare.com", "cloudflare-dns.com")
"""What the cluster's resolver knows: the simulator's certificate is for these. It refuses others, as one may that a
search domain leads to; the program's C library, musl, gives up then."""
EXPORTER = "docker.io/prom/node-exporter"
_PAUSE = "trial.invalid/pause:1"
_SOURCE = """package main

import ("os"; "os/signal"; "syscall")

func main() {
	ends := make(chan os.Signal, 1)
	signal.Notify(ends, syscall.SIGTERM, syscall.SIGINT)
	<-ends
}
"""
"""What holds a pod's namespaces open: every pod has a container of it."""
_CONTAINERD = f"""
version = 2
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "{_PAUSE}"
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "/usr/lib/cni"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
SystemdCgroup = true
"""
_START = f"""#!/bin/sh
# Started in a machine with its number.
set -eux
at=10.0.$1.15
ip link set eth0 up
ip address add "$at/24" dev eth0
ip link add {LINK} type dummy
ip link set {LINK} up
ip address add "9.9.9.$1/32" dev {LINK}
ip route add default dev {LINK}
mkdir -p /etc/containerd /etc/cni/net.d /var/lib/trial
cp /opt/containerd.toml /etc/containerd/config.toml
for each in network settings names; do sed "s/NUMBER/$1/" "/opt/$each" >"/var/lib/trial/$each"; done
cp /var/lib/trial/network /etc/cni/net.d/10-pods.conf
systemctl restart containerd
for each in /opt/images/*; do
    ctr -n k8s.io images import --index-name "$(cat "$each/name")" "$each/image.tar"
done
ctr -n k8s.io images tag "$(cat /opt/images/ddns/name)" {IMAGE}:latest
systemd-run --unit=names dnsmasq --keep-in-foreground --bind-interfaces --listen-address="$at" --no-resolv --no-hosts \\
    --conf-file=/var/lib/trial/names
systemd-run --unit=kubelet --property=Restart=on-failure /opt/kubelet --config=/var/lib/trial/settings \\
    --kubeconfig="/opt/kubeconfig-$1" --node-ip="$at"
"""
_KUBELET = {
    "apiVersion": "kubelet.config.k8s.io/v1beta1",
    "kind": "KubeletConfiguration",
    "authentication": {"anonymous": {"enabled": True}, "webhook": {"enabled": False}},
    "authorization": {"mode": "AlwaysAllow"},  # in a network that nobody else is in
    "cgroupDriver": "systemd",
    "containerRuntimeEndpoint": "unix:///run/containerd/containerd.sock",
    "clusterDNS": ["10.0.NUMBER.15"],
    "syncFrequency": "10s",
    "clusterDomain": "cluster.local",
    "resolvConf": "",
}
_NETWORK = {
    "cniVersion": "0.4.0",
    "name": "pods",
    "type": "bridge",
    "bridge": "pods0",
    "isGateway": True,
    "ipMasq": True,
    "ipam": {"type": "host-local", "ranges": [[{"subnet": "10.88.NUMBER.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]},
}


class Nodes(NamedTuple):
    """A cluster and its machines by their names."""

    cluster: Cluster
    machines: dict[str, Machine]


@contextmanager
def running(cache: Path, dist: Path, folder: Path) -> Iterator[Nodes]:
    """Start everything; return when both nodes are ready. TrialError: they are not."""
    kubectl = shutil.which("kubectl") or gotools.kubernetes("kubectl", cache)
    server, etcd = gotools.kubernetes("kube-apiserver", cache), gotools.etcd(cache)
    controls = [gotools.kubernetes(name, cache) for name in ("kube-controller-manager", "kube-scheduler")]
    tokens = [f"{_token(name)},system:node:{name},{name},system:nodes" for name in NODES]
    helm, base = gotools.tool("helm", cache), machine.disk(cache)
    with ExitStack() as stack:
        config = stack.enter_context(apiserver.running(folder, kubectl, server, etcd, tuple(tokens)))
        for program in controls:
            argv = [program, f"--kubeconfig={config}", "--leader-elect=false", "--secure-port=0"]
            stack.enter_context(apiserver.beside(argv, folder))
        extra = _payload(cache, dist, folder, json.loads(config.read_text())["clusters"][0]["cluster"]["server"])
        machines: dict[str, Machine] = {}
        for number, name in enumerate(NODES, 1):
            network = ["-netdev", f"user,id=out,ipv6=off,net=10.0.{number}.0/24,host=10.0.{number}.2"]
            network += ["-device", "virtio-net-pci,netdev=out"]
            machines[name] = stack.enter_context(machine.started(name, base, extra, folder, network))
            machines[name].sh("mount -o ro /dev/vdb /opt")
            machines[name].run("/opt/start", str(number), seconds=600)
        cluster = Cluster(kubectl, helm, config)
        for name in NODES:
            for condition in ("create", "condition=Ready"):
                cluster.kube("wait", f"node/{name}", f"--for={condition}", "--timeout=110s")
        said = [line.split() for line in cluster.kube("get", "nodes", "-o", "wide", "--no-headers").splitlines()]
        expect(len(said) == len(NODES), f"nodes are ready: kubelet {said[0][4]}, {said[0][-1]}")
        yield Nodes(cluster, machines)


def _token(name: str) -> str:
    return f"{apiserver.TOKEN}-{name}"


def _payload(cache: Path, dist: Path, folder: Path, server: str) -> Path:
    """Write the second disk: the kubelet, images, and the files by which they are started."""
    made = folder / "payload"
    made.mkdir()
    shutil.copy(gotools.kubernetes("kubelet", cache), made)
    _images(cache, dist, made / "images")
    texts = {
        "containerd.toml": _CONTAINERD,
        "start": _START,
        "names": "".join(f"address=/{name}/10.0.NUMBER.2\nlocal=/{name}/\n" for name in NAMES),
        "settings": json.dumps(_KUBELET),
        "network": json.dumps(_NETWORK),
    }
    for number, name in enumerate(NODES, 1):
        reached = server.replace("127.0.0.1", f"10.0.{number}.2")
        texts[f"kubeconfig-{number}"] = json.dumps(apiserver.kubeconfig(reached, _token(name)))
    for name, text in texts.items():
        (made / name).write_text(text)
    (made / "start").chmod(0o755)
    size = sum(path.stat().st_size for path in made.rglob("*") if path.is_file())
    machine.filesystem(folder / "payload.disk", made, f"{size * 5 // 4 // 1024 + 16384}K")
    shutil.rmtree(made)
    return folder / "payload.disk"


def _images(cache: Path, dist: Path, folder: Path) -> None:
    """Put the images there, each beside its name: the release's own when script/images has left it."""
    nobody: dict[str, object] = {"Entrypoint": ["/bin/node_exporter"], "User": "65534:65534"}
    others: dict[str, tuple[str, dict[str, object]]] = {
        f"{EXPORTER}:{_exporter()}": (gotools.tool("node_exporter", cache), nobody),
        _PAUSE: (gotools.own("pause", _SOURCE, cache), {"Entrypoint": ["/bin/pause"]}),
    }
    for number, (name, (path, config)) in enumerate(others.items()):
        (folder / str(number)).mkdir(parents=True)
        (folder / str(number) / "name").write_text(name)
        ociimage.program(Path(path), f"/bin/{Path(path).name}", folder / str(number) / "image.tar", config)
    (folder / "ddns").mkdir()
    (folder / "ddns" / "name").write_text(f"{IMAGE}:{version()}")
    target = folder / "ddns" / "image.tar"
    if (dist / ociimage.BUILT).exists():
        shutil.copy(dist / ociimage.BUILT, target)
        expect(True, f"the image is {ociimage.BUILT}, as script/images has left it")
    else:
        ociimage.program(dist / "ddns-linux-amd64", "/bin/ddns", target, ociimage.config_of_recipe())
        expect(
            True, f"the image is ddns-linux-amd64 alone, by {ociimage.RECIPE.name}, for there is no {ociimage.BUILT}"
        )


def _exporter() -> str:
    """Return the tag of the chart's image for metrics."""
    name, _, tag = str(yaml.safe_load((CHART / "values.yaml").read_text("utf-8"))["metrics"]["image"]).partition(":")
    expect(
        f"docker.io/{name}" == EXPORTER and tag in gotools.TOOLS["node_exporter"], f"metrics are served by {name}:{tag}"
    )
    return tag
