"""The Helm chart: packed, linted, and each variant rendered and held against the schemas of versions of Kubernetes."""

import json
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import yaml
from debmaker.helm import CHART, make
from debmaker.project import ROOT

from trial import gotools
from trial.report import TrialError, expect, run

PLAIN = ROOT / "packaging" / "kubernetes" / "ddns.yaml"
NAMES = "settings.DOMAINS={a.example.org,b.example.org}"
METRICS = ("metrics.enabled=true", "metrics.podMonitor.enabled=true", "metrics.podMonitor.labels.release=prometheus")
VARIANTS: dict[str, tuple[str, ...]] = {
    "a Deployment": ("kind=Deployment", NAMES),
    "a Deployment without the network of the host": ("kind=Deployment", NAMES, "hostNetwork=false"),
    "a Deployment with everything": (
        *("kind=Deployment", NAMES, *METRICS, "cleanup.onUninstall=true", "imagePullSecrets[0].name=registry"),
        *("secretSettings.SHOUTRRR.secret=ddns", "secretSettings.SHOUTRRR.key=urls", "settings.TTL=300"),
        *("system.HTTPS_PROXY=http://proxy:3128", "system.SSL_CERT_FILE=/var/lib/ddns/ca.pem"),
        *("nodeSelector.disk=ssd", "tolerations[0].operator=Exists", "podAnnotations.a=b", "podLabels.c=d"),
        *("priorityClassName=system-node-critical", "extraVolumes[0].name=state", "extraVolumes[0].emptyDir.medium="),
        *("extraVolumeMounts[0].name=state", "extraVolumeMounts[0].mountPath=/var/lib/ddns"),
    ),
    "a CronJob": ("kind=CronJob", NAMES, "cleanup.onUninstall=true"),
    "a DaemonSet": ("kind=DaemonSet", NAMES),
    "a DaemonSet with everything": (
        *("kind=DaemonSet", NAMES, *METRICS, "cleanup.onUninstall=true", "cleanup.nodes={node-3,node-4.internal}"),
        *("settings.WAF_LISTS=0123456789abcdef0123456789abcdef/home", "settings.DELETE_ON_STOP=false"),
    ),
}
REFUSED = {
    "kind=Deployment": "nothing to look after",
    "settings.DOMAINZ=x": "DOMAINZ",
    "settings.CLOUDFLARE_API_TOKEN=x": "CLOUDFLARE_API_TOKEN",
    "kind=StatefulSet": "kind",
    "kind=DaemonSet,settings.RECORD_COMMENT=x": "fleet.owner",
    "kind=DaemonSet,settings.SPF_DOMAINS=example.org": "use kind: Deployment",
    "kind=CronJob,settings.DELETE_ON_STOP=true": "each round is followed by a stop",
    "kind=CronJob,metrics.enabled=true": "nothing is left running",
    "metrics.podMonitor.enabled=true": "nothing to scrape",
    "cleanup.nodes={node-1}": "only with kind: DaemonSet",
}


def sets(values: tuple[str, ...]) -> list[str]:
    """Return the values as options of helm."""
    return [part for value in values for part in ("--set", value)]


def render(helm: str, values: tuple[str, ...], version: str = gotools.SERVER, chart: Path = CHART) -> str:
    """Return the objects of a release as YAML."""
    return run([helm, "template", "ddns", str(chart), "--kube-version", version, *sets(values)])


def packed(cache: Path) -> None:
    """Compare the file that a release has with what helm makes of the folder, and let helm read it."""
    helm = gotools.tool("helm", cache)
    with tempfile.TemporaryDirectory(prefix="chart-") as name:
        ours = make(Path(name))
        (Path(name) / "theirs").mkdir()
        run([helm, "package", str(CHART), "--destination", f"{name}/theirs"])
        one, other = _files(ours), _files(Path(name) / "theirs" / ours.name)
        expect(one.keys() == other.keys(), f"{ours.name} has the files that helm packs")
        changed = [path for path, content in one.items() if other[path] != content]
        expect(changed == ["dormouse/Chart.yaml"], "with the same content; of Chart.yaml helm writes the fields anew")
        fields = [yaml.safe_load(each["dormouse/Chart.yaml"]) for each in (one, other)]
        expect(fields[0] == fields[1], "and they are the same")
        said = run([helm, "lint", "--strict", "--kube-version", gotools.SERVER, str(ours)])
        expect("0 chart(s) failed" in said, "helm lint has nothing against it")
        for title, values in VARIANTS.items():
            expect(render(helm, values, chart=ours) == render(helm, values), f"{title} is the same from it")


def _files(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as tar:
        return {info.name: file.read() for info in tar if (file := tar.extractfile(info))}


def templates(cache: Path) -> None:
    """Lint the chart, render every variant, and check each object against the schemas."""
    helm, kubeconform = gotools.tool("helm", cache), gotools.tool("kubeconform", cache)
    said = run([helm, "lint", "--strict", "--kube-version", gotools.SERVER, str(CHART)])
    expect("0 chart(s) failed" in said, "helm lint has nothing against the chart")
    with tempfile.TemporaryDirectory(prefix="schemas-") as name:
        folder = Path(name)
        for version in gotools.KUBERNETES:
            write_schemas(version, folder / version)
        for title, values in VARIANTS.items():
            for version in gotools.KUBERNETES:
                path = folder / f"{version}.yaml"
                path.write_text(render(helm, values, version))
                conforms(kubeconform, path, folder / version)
            expect(values, f"{title} fits {', '.join(gotools.KUBERNETES)}")
        for version in gotools.KUBERNETES:
            conforms(kubeconform, PLAIN, folder / version)
        expect(PLAIN, "packaging/kubernetes/ddns.yaml fits them too")
        wrong = folder / "wrong.yaml"
        wrong.write_text(render(helm, ("kind=Deployment", NAMES)).replace("readinessProbe:", "readynessProbe:"))
        said = run([kubeconform, *_options(folder / gotools.SERVER), str(wrong)], code=1)
        expect("readynessProbe" in said, "a misspelt key would be found")
    for wrongly, says in REFUSED.items():
        said = run([helm, "template", "ddns", str(CHART), "--kube-version", gotools.SERVER, "--set", wrongly], code=1)
        expect(says in said, f"helm refuses {wrongly}")


def conforms(kubeconform: str, path: Path, schemas: Path) -> None:
    """Check the objects of a file. TrialError: one does not fit, or there is none."""
    said = json.loads(run([kubeconform, "-output", "json", "-summary", *_options(schemas), str(path)], code=None))
    counts = said["summary"]
    if counts["invalid"] or counts["errors"] or counts["skipped"] or not counts["valid"]:
        raise TrialError(f"{path} does not fit {schemas.name}: {json.dumps(said, indent=1)[:3000]}")


def _options(schemas: Path) -> list[str]:
    return ["-strict", "-schema-location", f"{schemas}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json"]


def write_schemas(version: str, folder: Path) -> None:
    """Write a JSON Schema for each kind of object of a version, and for PodMonitor."""
    folder.mkdir()
    definitions = json.loads(gotools.swagger(version).read_text("utf-8"))["definitions"]
    (folder / "definitions.json").write_text(json.dumps({"definitions": strict(definitions)}))
    for name, definition in definitions.items():
        for kind in definition.get("x-kubernetes-group-version-kind", ()):
            _write(folder, kind, {"$ref": f"definitions.json#/definitions/{name}"})
    crd = yaml.safe_load(pod_monitor().read_text("utf-8"))["spec"]
    for each in crd["versions"]:
        kind = {"group": crd["group"], "version": each["name"], "kind": crd["names"]["kind"]}
        _write(folder, kind, strict(each["schema"]["openAPIV3Schema"]))


def pod_monitor() -> Path:
    """Return the definition of PodMonitor."""
    folder = gotools.module(gotools.OPERATOR) / "example" / "prometheus-operator-crd"
    return folder / "monitoring.coreos.com_podmonitors.yaml"


def _write(folder: Path, kind: dict[str, str], schema: object) -> None:
    parts = [kind["kind"], kind["group"].partition(".")[0], kind["version"]]
    (folder / f"{'-'.join(part.lower() for part in parts if part)}.json").write_text(json.dumps(schema))


def strict(schema: Any) -> Any:  # noqa: ANN401 -- JSON
    """Return a schema that takes no key it does not name, and a number where Kubernetes takes a number or a text."""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("format") == "int-or-string" or schema.get("x-kubernetes-int-or-string") is True:
        return {"type": ["integer", "string"]}
    made = {key: strict(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type", "object") == "object":
        made.setdefault("additionalProperties", bool(schema.get("x-kubernetes-preserve-unknown-fields")))
    if schema.get("properties", {}).keys() >= {"apiVersion", "kind", "metadata"} and "metadata" in schema["properties"]:
        made["properties"]["metadata"] = _metadata(made["properties"]["metadata"])
    return made


def _metadata(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of metadata; that of a definition of one's own says only that it is an object."""
    return schema if "$ref" in schema else {"type": "object"}
