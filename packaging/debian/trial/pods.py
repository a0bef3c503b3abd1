"""The chart and packaging/kubernetes/ddns.yaml as pods: run by a kubelet, with the simulated Cloudflare outside."""

import json
import re
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from debmaker.helm import make

from tests.fakes.cf_world import Token
from tests.fakes.cloudflare import Cloudflare
from trial import chart, container, machine, node, ociimage, service
from trial.container import ready
from trial.report import SkipError, TrialError, expect

SPACE, RELEASE, OURS = "strict", "ddns-dormouse", "app.kubernetes.io/component=client"
CA = "/etc/simulator/ca.pem"
LIMIT = 32 << 20
"""The memory limit of the chart and of the manifest."""
HELD = "trial.invalid/held"
"""Keeps a pod that has ended, so that its end can be read."""
eventually = partial(service.eventually, seconds=240)


class Trial(NamedTuple):
    """What the steps share."""

    nodes: node.Nodes
    cloud: Cloudflare
    chart: Path
    values: Path

    def kube(self, *args: str) -> str:
        """Run kubectl in the namespace of the release."""
        return self.nodes.cluster.kube(f"--namespace={SPACE}", *args)

    def helm(self, verb: str, *values: str) -> None:
        """Install or upgrade the release with these values beside those of every release here."""
        given = (str(self.chart), f"--values={self.values}", *chart.sets(values))
        self.nodes.cluster.charted(verb, *given, "--wait", "--timeout=110s")

    def uninstall(self) -> None:
        """Uninstall the release; return when nothing of it runs."""
        self.nodes.cluster.charted("uninstall", "--wait", "--timeout=110s")
        eventually(lambda: not self.pods(), "helm uninstall: nothing is left running")

    def pods(self, label: str = OURS) -> list[Any]:
        """Return the pods."""
        return list(json.loads(self.kube("get", "pods", f"--selector={label}", "--output=json"))["items"])

    def pod(self, label: str = OURS) -> tuple[Any, machine.Machine]:
        """Return the one pod, and its node. TrialError: there is another number of them."""
        found = self.pods(label)
        if len(found) != 1:
            raise TrialError(f"there are {len(found)} pods instead of one")
        return found[0], self.nodes.machines[found[0]["spec"]["nodeName"]]

    def records(self) -> dict[str, set[str]]:
        """Return the addresses of each name."""
        found: dict[str, set[str]] = {}
        for name, _, content in self.cloud.records("example.org"):
            found.setdefault(name.partition(".")[0], set()).add(content)
        return found


def on_a_kubelet(cache: Path, dist: Path) -> None:
    """Run every step. SkipError: no machine can be started here, or there is no program for it."""
    machine.possible()
    if not any((dist / name).exists() for name in (ociimage.BUILT, "ddns-linux-amd64")):
        raise SkipError(f"a kubelet needs an image, of what script/freeze amd64 makes in {dist}")
    with tempfile.TemporaryDirectory(prefix="pods-") as name, Cloudflare(["example.org"]) as cloud:
        folder = Path(name)
        with node.running(cache, dist, folder) as nodes:
            trial = Trial(nodes, cloud, make(folder), folder / "values.json")
            try:
                _prepared(trial, folder)
                for step in (deployment, token, restricted, cron, plain, fleet, lost):
                    step(trial)
            except TrialError as error:
                raise TrialError(f"{error}\n{_story(trial)}") from None


def _prepared(trial: Trial, folder: Path) -> None:
    """Make the namespace, the Secret as the documentation does, the simulator's roots, and the values for all."""
    trial.nodes.cluster.kube("create", "namespace", SPACE)
    (folder / "token").write_text(trial.cloud.token + "\n")
    trial.kube("create", "secret", "generic", "ddns", f"--from-file={folder / 'token'}")
    trial.kube("create", "configmap", "ca", f"--from-file=ca.pem={trial.cloud.ca_file}")
    trial.cloud.set_address("9.9.9.9")
    values = {
        "settings": _settings(trial),
        "system": {"SSL_CERT_FILE": CA},
        "extraVolumes": [{"name": "ca", "configMap": {"name": "ca"}}],
        "extraVolumeMounts": [{"name": "ca", "mountPath": str(Path(CA).parent), "readOnly": True}],
    }
    trial.values.write_text(json.dumps(values))


def _settings(trial: Trial) -> dict[str, str]:
    return {
        "CLOUDFLARE_API_BASE_URL": f"https://{node.NAMES[0]}:{trial.cloud.port}/client/v4",
        "IP4_PROVIDER": f"local.iface:{node.LINK}",
        "IP6_PROVIDER": "none",
    }


def deployment(trial: Trial) -> None:
    """Install, look into the container, change the node's address, upgrade, delete the pod."""
    trial.helm("install", "settings.DOMAINS=home.example.org")
    pod, where = trial.pod()
    own = f"9.9.9.{pod['spec']['nodeName'][-1]}"
    expect(ready(pod), "helm install --wait: a Deployment's pod is ready, by `ddns healthcheck`")
    expect(trial.records() == {"home": {own}}, "the record has the node's own address")
    container.hardened(where, pod)
    container.frugal(where, pod, LIMIT)
    _moves(trial, where, own, f"{own}0")
    _moves(trial, where, f"{own}0", own)
    trial.helm("upgrade", "settings.DOMAINS=nas.example.org")
    expect(len(trial.records().get("nas", ())) == 1, "helm upgrade --wait: the record of another name is there")
    _ends(trial, "deleted", lambda pod: trial.kube("delete", "pod", pod, "--wait=false"))
    eventually(lambda: [ready(each) for each in trial.pods()] == [True], "another one takes its place")


def _moves(trial: Trial, where: machine.Machine, old: str, new: str) -> None:
    """Give a node another address."""
    where.sh(f"ip address add {new}/32 dev {node.LINK}; ip address del {old}/32 dev {node.LINK}")
    eventually(lambda: trial.records() == {"home": {new}}, f"the node's address becomes {new}, and so does the record")


def token(trial: Trial) -> None:
    """Look for the token; let Cloudflare take it back; store another one in the Secret."""
    trial.helm("upgrade", "settings.DOMAINS=nas.example.org", "settings.UPDATE_CRON=@every 5s", "probe.periodSeconds=5")
    pod, where = trial.pod()
    kinds = ("pods", "deployments", "replicasets", "secrets", "events")
    seen = [*(trial.kube("describe", kind) for kind in kinds), trial.kube("get", "pods", "--output=yaml")]
    seen += [*map(container.logs, trial.nodes.machines.values()), *container.shown(where, pod)]
    expect("CLOUDFLARE_API_TOKEN_FILE=/run" in seen[-2], "the container has the token as a file")
    expect(not any(trial.cloud.token in text for text in seen), "no description, log, variable or argument shows it")
    other = trial.cloud.token[::-1]
    trial.cloud.world.tokens = {other: Token()}
    eventually(lambda: not ready(trial.pod()[0]), "Cloudflare takes the token back: the pod is not ready")
    trial.kube("patch", "secret", "ddns", "--patch", json.dumps({"stringData": {"token": f"{other}\n"}}))
    eventually(lambda: ready(trial.pod()[0]), "another token in the Secret: it is ready again")
    container.frugal(where, trial.pod()[0], LIMIT)
    _uninstalled(trial)


def restricted(trial: Trial) -> None:
    """Install without the host's network, where only pods of the level "restricted" are let in; read the metrics."""
    level = "pod-security.kubernetes.io/enforce"
    trial.nodes.cluster.kube("label", "namespace", SPACE, f"{level}=restricted")
    trace = f"cloudflare.trace:https://{node.NAMES[1]}:{trial.cloud.port}/cdn-cgi/trace"
    more = ("hostNetwork=false", "metrics.enabled=true", f"settings.IP4_PROVIDER={trace}")
    trial.helm("install", "settings.DOMAINS=pod.example.org", *more)
    pod, where = trial.pod()
    expect(ready(pod), "a pod with a network of its own is ready, where only “restricted” ones are let in")
    expect(trial.records() == {"pod": {"9.9.9.9"}}, "the record has the address that others see")
    container.hardened(where, pod)
    said = container.asked(where, pod["status"]["podIP"], 9119)
    expect(re.search(r"^dormouse_\w+(\{.*\})? \S+$", said, re.MULTILINE), "the second container serves the metrics")
    trial.nodes.cluster.kube("label", "namespace", SPACE, f"{level}-")
    _uninstalled(trial)


def cron(trial: Trial) -> None:
    """Install a CronJob, wait for its time, uninstall with the cleaning job."""
    trial.helm(
        "install", "kind=CronJob", "settings.DOMAINS=job.example.org", "schedule=* * * * *", "cleanup.onUninstall=true"
    )
    eventually(lambda: _succeeded(trial), "a CronJob: when its time has come, a job ends well")
    expect(len(trial.records().get("job", ())) == 1, "and the record is there")
    trial.uninstall()
    expect(not trial.records(), "and `ddns cleanup` has deleted the record")


def _succeeded(trial: Trial) -> bool:
    jobs = json.loads(trial.kube("get", "jobs", "--output=json"))["items"]
    if failed := [job["metadata"]["name"] for job in jobs if job["status"].get("failed")]:
        raise TrialError(f"{failed[0]} failed")
    return any(job["status"].get("succeeded") for job in jobs)


def plain(trial: Trial) -> None:
    """Apply the manifest, told of the simulator, as it is otherwise."""
    made = yaml.safe_load(chart.PLAIN.read_text("utf-8"))
    spec = made["spec"]["template"]["spec"]
    [one] = spec["containers"]
    one["env"] += [{"name": name, "value": text} for name, text in {**_settings(trial), "SSL_CERT_FILE": CA}.items()]
    one["volumeMounts"].append({"name": "ca", "mountPath": str(Path(CA).parent), "readOnly": True})
    spec["volumes"].append({"name": "ca", "configMap": {"name": "ca"}})
    path = trial.values.with_name("ddns.json")
    path.write_text(json.dumps(made))
    trial.kube("apply", "-f", str(path))
    eventually(lambda: len(trial.records().get("home", ())) == 1, "ddns.yaml: the record is there")
    pod, where = trial.pod("app=ddns")
    container.hardened(where, pod)
    container.frugal(where, pod, LIMIT)
    trial.kube("set", "env", "deployment/ddns", "DOMAINS=nas.example.org")
    eventually(lambda: len(trial.records().get("nas", ())) == 1, "another name in it: its record is there")
    _ends(trial, "deleted", lambda _: trial.kube("delete", "-f", str(path), "--wait=false"), label="app=ddns")
    _forget(trial)


def fleet(trial: Trial) -> None:
    """Install on every node, then do what docs/install-cluster.md says of a node that leaves."""
    first, last = node.NODES
    trial.helm("install", "kind=DaemonSet", "settings.DOMAINS=www.example.org")
    expect(
        _owners(trial) == {first: "9.9.9.1", last: "9.9.9.2"}, "a DaemonSet: each node has its own record of one name"
    )
    trial.nodes.cluster.kube("label", "node", "--all", "dormouse=yes")
    _upgrade(trial, "--set-string", "nodeSelector.dormouse=yes")
    trial.kube("rollout", "status", f"daemonset/{RELEASE}", "--timeout=110s")
    eventually(lambda: len(_owners(trial)) == len(node.NODES), "helm upgrade with a label: each has it still")
    _ends(trial, "without the label", lambda _: trial.nodes.cluster.kube("label", "node", last, "dormouse-"), on=last)
    eventually(lambda: _owners(trial) == {first: "9.9.9.1"}, "and its record is gone, the other one is not")
    trial.nodes.cluster.kube("drain", last, "--ignore-daemonsets", "--timeout=60s")
    expect(True, "kubectl drain has nothing against it")
    trial.nodes.cluster.kube("uncordon", last)
    trial.nodes.cluster.kube("label", "node", last, "dormouse=yes")
    eventually(lambda: _owners(trial).get(last) == "9.9.9.2", "a node that comes back has its record again")


def lost(trial: Trial) -> None:
    """Cut the power of a node, and clean up after it."""
    first, last = node.NODES
    trial.nodes.machines.pop(last).kill()
    trial.nodes.cluster.kube("wait", f"node/{last}", "--for=condition=Ready=Unknown", "--timeout=110s")
    expect(set(_owners(trial)) == {first, last}, "a node that died leaves its record")
    _upgrade(trial, "--set", f"cleanup.nodes={{{last}}}")
    expect(
        _owners(trial) == {first: "9.9.9.1"}, "helm upgrade with cleanup.nodes: the job has deleted it, and no other"
    )
    container.frugal(trial.nodes.machines[first], _on(trial, first)[0], LIMIT)
    trial.nodes.cluster.kube("delete", "node", last)
    trial.uninstall()
    expect(not trial.records(), "and the last node takes its record along")


def _upgrade(trial: Trial, *args: str) -> None:
    """Upgrade the release as the documentation does."""
    trial.nodes.cluster.charted("upgrade", str(trial.chart), "--reuse-values", *args)


def _owners(trial: Trial) -> dict[str, str]:
    """Return the address of each node's record, by the node its comment names."""
    found = trial.cloud.zone("example.org").records.values()
    return {each["comment"].removeprefix("dormouse/"): each["content"] for each in found}


def _on(trial: Trial, name: str, label: str = OURS) -> list[Any]:
    return [each for each in trial.pods(label) if name in {"", each["spec"].get("nodeName")}]


def _ends(trial: Trial, why: str, act: Callable[[str], object], *, on: str = "", label: str = OURS) -> None:
    """Do what ends a pod, and read how it ended. TrialError: by force, or not at all."""
    name = _on(trial, on, label)[0]["metadata"]["name"]
    trial.kube("patch", "pod", name, "--type=merge", "--patch", json.dumps({"metadata": {"finalizers": [HELD]}}))
    act(name)
    found: dict[str, Any] = {}

    def ended() -> bool:
        pod = next(each for each in trial.pods(label) if each["metadata"]["name"] == name)
        found.update(container.status(pod).get("state", {}).get("terminated", {}))
        return bool(found)

    eventually(ended, f"{why}: the pod ends")
    trial.kube("patch", "pod", name, "--type=merge", "--patch", json.dumps({"metadata": {"finalizers": None}}))
    expect(found["exitCode"] == 0, "by itself, with 0, before its time was over")


def _uninstalled(trial: Trial) -> None:
    trial.uninstall()
    expect(trial.records(), "and the records are left where they were")
    _forget(trial)


def _forget(trial: Trial) -> None:
    trial.cloud.zone("example.org").records.clear()


def _story(trial: Trial) -> str:
    """Return what helps to understand a failure."""
    parts = [trial.kube("get", "all", "--output=wide"), trial.kube("get", "events", "--sort-by=.lastTimestamp")]
    parts += [trial.kube("describe", "pods")]
    for each in trial.nodes.machines.values():
        parts += [container.logs(each), each.sh("journalctl --no-pager -n 40 -u kubelet -u containerd", None)]
    return "\n".join(part[-4000:] for part in parts)
