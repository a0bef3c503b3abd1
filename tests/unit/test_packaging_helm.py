"""The Helm chart as text and as a file: what helm itself makes of it is tried by ``script/test-packages clusters``."""

import json
import os
import re
import runpy
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from ddns import __version__
from ddns.config import Inputs, load
from ddns.config.settingstable import LIST_NAMES, PLACE_NAMES, SETTINGS
from ddns.core.expressions.regexes import parse_regex
from tests.fakes.doors import MemoryFiles
from tests.fakes.packaging import package, stand_in

ROOT = Path(__file__).parents[2]
CHART = ROOT / "packaging" / "helm" / "dormouse"
VALUES: dict[str, Any] = yaml.safe_load((CHART / "values.yaml").read_text("utf-8"))
SCHEMA: dict[str, Any] = json.loads((CHART / "values.schema.json").read_text("utf-8"))
TEMPLATES = {path.name: path.read_text("utf-8") for path in (CHART / "templates").iterdir()}
NODES = ("node-1", "node-11", "a.b", "a-b", "a.b.c", "ip-10-0-0-1.ec2.internal")


def wrong(**values: object) -> list[str]:
    """Return where values differ from what the schema allows."""
    return [error.json_path for error in Draft7Validator(SCHEMA).iter_errors({**VALUES, **values})]


def defined(name: str) -> str:
    """Return the text of a definition of one line, with the owner of the values put in."""
    [text] = re.findall(rf'define "dormouse\.{name}" }}}}(.*?){{{{ end', TEMPLATES["_helpers.tpl"])
    return re.sub(r"{{ (regexQuoteMeta )?\.Values\.fleet\.owner }}", VALUES["fleet"]["owner"], text)


def test_the_chart_is_of_this_version() -> None:
    """Its own and that of the image."""
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text("utf-8"))
    assert (chart["version"], chart["appVersion"]) == (__version__, __version__)


def test_the_schema_is_what_the_table_gives() -> None:
    """After a change of the settings: script/schema."""
    made = runpy.run_path(str(ROOT / "script" / "schema"))
    assert made["chart"]() == SCHEMA
    assert CHART / "values.schema.json" in made["files"]()
    Draft7Validator.check_schema(SCHEMA)


def test_every_setting_can_be_set() -> None:
    """As a text, or, when it is a secret, from a Secret; the token and the path of the metrics are the chart's own."""
    plain, secret = (set(SCHEMA["properties"][name]["properties"]) for name in ("settings", "secretSettings"))
    own = {"CLOUDFLARE_API_TOKEN", "CLOUDFLARE_API_TOKEN_FILE", "METRICS_FILE"}
    system = set(SCHEMA["properties"]["system"]["properties"])
    proxies = {"HTTP_PROXY", "HTTPS_PROXY"}
    assert plain | secret | own == proxies | {setting.name for setting in SETTINGS if setting.group != "old"}
    assert secret == proxies | {setting.name for setting in SETTINGS if setting.secret and setting.group != "old"} - own
    assert proxies < system


def test_the_values_fit_the_schema() -> None:
    """And it has every value, no more and no fewer."""
    assert wrong() == []
    assert {*VALUES, "global"} == set(SCHEMA["properties"])


@pytest.mark.parametrize(
    ("values", "where"),
    [
        ({"settings": {"DOMAINZ": "a.example.org"}}, "$.settings"),
        ({"settings": {"CLOUDFLARE_API_TOKEN": "secret"}}, "$.settings"),
        ({"settings": {"HEALTHCHECKS": "https://hc-ping.com/x"}}, "$.settings"),
        ({"secretSettings": {"HEALTHCHECKS": "https://hc-ping.com/x"}}, "$.secretSettings.HEALTHCHECKS"),
        ({"settings": {"TTL": 86401}}, "$.settings.TTL"),
        ({"settings": {"POLICY": "never"}}, "$.settings.POLICY"),
        ({"token": "secret"}, "$.token"),
        ({"token": {"secret": "ddns", "key": "token", "value": "secret"}}, "$.token"),
        ({"kind": "StatefulSet"}, "$.kind"),
        ({"fleet": {"owner": "$(X)"}}, "$.fleet.owner"),
        ({"cleanup": {"nodes": ["Node 1"]}}, "$.cleanup.nodes[0]"),
        ({"replicas": 2}, "$"),
    ],
)
def test_what_is_wrong_is_refused(values: dict[str, object], where: str) -> None:
    """A misspelt setting, a token among the values, a value out of its limits."""
    assert wrong(**values) == [where]


def test_values_that_are_right_are_taken() -> None:
    """Lists, numbers and texts."""
    settings = {
        "DOMAINS": ["a.example.org", "b.example.org{proxied=true}"],
        "TTL": 300,
        "EMOJI": True,
        "WATCH": "false",
    }
    assert wrong(settings=settings, secretSettings={"SHOUTRRR": {"secret": "ddns", "key": "urls"}}) == []


def test_the_manifest_is_what_the_chart_has() -> None:
    """What was tried of one holds for the other: lookup of names, memory, user, and what the container may do."""
    manifest = yaml.safe_load((ROOT / "packaging" / "kubernetes" / "ddns.yaml").read_text("utf-8"))
    pod = manifest["spec"]["template"]["spec"]
    [container] = pod["containers"]
    assert pod["dnsConfig"] == VALUES["dnsConfig"] == {"options": [{"name": "ndots", "value": "1"}]}
    assert container["resources"] == VALUES["resources"]
    for name, value in {**pod["securityContext"], **container["securityContext"]}.items():
        written = f"{name}:" if name == "seccompProfile" else f"{name}: {str(value).lower()}"
        assert written in TEMPLATES["_helpers.tpl"] or (name, value) == ("capabilities", {"drop": ["ALL"]})


def leaves(values: dict[str, Any], before: str = "") -> set[str]:
    """Return the path of each value; what is empty is one."""
    found: set[str] = set()
    for name, value in values.items():
        found |= leaves(value, f"{before}{name}.") if isinstance(value, dict) and value else {f"{before}{name}"}
    return found


def test_templates_use_the_values_that_there_are() -> None:
    """None that is missing, and each of them."""
    used = {
        found.strip(".")
        for text in TEMPLATES.values()
        for found in re.findall(r"(?:\.Values|\$values)((?:\.\w+)+)", text)
    }
    known = leaves(VALUES)
    parts = known | {name.rsplit(".", count)[0] for name in known for count in range(1, name.count(".") + 1)}
    assert used <= parts
    assert {name for name in known if not any(name == one or name.startswith(f"{one}.") for one in used)} == set()


def test_templates_name_settings_and_definitions_that_exist() -> None:
    """Also in what they refuse."""
    text = "".join(TEMPLATES.values())
    known = {setting.name for setting in SETTINGS if setting.group != "old"}
    assert set(re.findall(r"\b[A-Z0-9]+(?:_[A-Z0-9]+)+\b", text)) <= known | {"NODE_NAME"}
    assert set(re.findall(r'include "([\w.]+)"', text)) == set(re.findall(r'define "([\w.]+)"', text))


def test_the_chart_knows_what_can_be_looked_after() -> None:
    """It refuses a release without any of it, and in a fleet the places that do not say whose entry is whose."""
    [every] = re.findall(r"wanted := .*\n{{- range tuple (.*?) -}}", TEMPLATES["_helpers.tpl"])
    assert set(re.findall(r'"(\w+)"', every)) == {*LIST_NAMES, *PLACE_NAMES}
    [alone] = re.findall(r'range tuple ("GATEWAY_LOCATIONS" .*?) -}}', TEMPLATES["_helpers.tpl"])
    assert set(re.findall(r'"(\w+)"', alone)) == set(PLACE_NAMES) - {"GATEWAY_LISTS"}


def test_every_node_knows_its_own_records_and_no_others() -> None:
    """Kubernetes puts the name of the node in; a dot in it is no "any character"."""
    for node in NODES:
        comments = {other: defined("comment").replace("$(NODE_NAME)", other) for other in NODES}
        ours = parse_regex(defined("regex").replace("$(NODE_NAME)", node))
        assert [other for other in NODES if ours.matches(comments[other])] == [node]
        assert not ours.matches(f"x{comments[node]}")


def test_the_program_takes_what_a_node_is_given() -> None:
    """The comment is one that its own expression matches, which is checked at the start."""
    put = {name: defined(name).replace("$(NODE_NAME)", "a.b") for name in ("comment", "regex")}
    env = {"CLOUDFLARE_API_TOKEN_FILE": "/run/secrets/ddns/token", "DOMAINS": "www.example.org", "NODE_NAME": "a.b"}
    env |= {"RECORD_COMMENT": put["comment"], "MANAGED_RECORDS_COMMENT_REGEX": put["regex"], "DELETE_ON_STOP": "true"}
    loaded = load(Inputs((), env), MemoryFiles({"/run/secrets/ddns/token": "x"}))
    assert not [note for note in loaded.notes if "COMMENT" in str(note) or "NODE" in str(note)]


def test_nothing_that_protects_is_left_out() -> None:
    """In the one pod that all variants share."""
    pod = TEMPLATES["_helpers.tpl"]
    for line in (
        "automountServiceAccountToken: false",
        "runAsNonRoot: true",
        "seccompProfile: {type: RuntimeDefault}",
        "readOnlyRootFilesystem: true",
        "allowPrivilegeEscalation: false",
        "capabilities: {drop: [ALL]}",
    ):
        assert f"{line}\n" in pod
    kinds = {name: text for name, text in TEMPLATES.items() if re.search(r"^kind: (?!PodMonitor)", text, re.MULTILINE)}
    assert set(kinds) == {"deployment.yaml", "daemonset.yaml", "cronjob.yaml", "cleanup.yaml"}
    assert all('include "dormouse.pod"' in text and "containers:" not in text for text in kinds.values())


def packed(dist: Path) -> tuple[Path, dict[str, tarfile.TarInfo], dict[str, bytes]]:
    """Make the file of a release; return it, what tar says of each file in it, and the contents."""
    done = package(dist, "helm")
    assert done.returncode == 0, done.stderr
    [path] = dist.glob("*.tgz")
    with tarfile.open(path) as tar:
        return (
            path,
            {info.name: info for info in tar},
            {info.name: file.read() for info in tar if (file := tar.extractfile(info))},
        )


def test_the_file_of_a_release_is_the_folder(tmp_path: Path) -> None:
    """All of it below the chart's name, Chart.yaml first, as helm reads it; nobody owns it."""
    path, infos, contents = packed(tmp_path)
    files = [each for each in CHART.rglob("*") if each.is_file()]

    assert path.name == f"dormouse-{__version__}.tgz"
    assert contents == {f"dormouse/{each.relative_to(CHART)}": each.read_bytes() for each in files}
    assert next(iter(infos)) == "dormouse/Chart.yaml"
    assert {(info.mode, info.uid, info.mtime, info.isfile()) for info in infos.values()} == {
        (0o644, 0, 1700000000, True)
    }


def test_what_is_to_be_ignored_is_not_in_it(tmp_path: Path) -> None:
    """By the patterns of .helmignore, in every folder."""
    copy = tmp_path / "dormouse"
    shutil.copytree(CHART, copy)
    for name in (".values.yaml.swp", "templates/daemonset.yaml.orig", "templates/.DS_Store"):
        (copy / name).touch()
    code = "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path; from debmaker import helm\n"
    code += "helm.CHART = Path(sys.argv[2]); print(helm.make(Path(sys.argv[3])))"
    argv = [sys.executable, "-B", "-c", code, str(ROOT / "packaging/debian"), str(copy), str(tmp_path)]
    env = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}
    made = subprocess.run(argv, env=env, capture_output=True, text=True, check=True).stdout.strip()

    assert packed(tmp_path)[0].read_bytes() == Path(made).read_bytes()


def test_two_runs_make_the_same_bytes(tmp_path: Path) -> None:
    """In another folder too; another date makes other bytes; nothing else is left in the folder."""
    first = packed(tmp_path)[0].read_bytes()
    assert packed(tmp_path / "other")[0].read_bytes() == first
    assert package(tmp_path / "other", "helm", SOURCE_DATE_EPOCH="1700000001").returncode == 0
    [again] = (tmp_path / "other").iterdir()
    assert again.read_bytes() != first


def test_a_release_has_the_chart(tmp_path: Path) -> None:
    """The workflow hands it on, the list of checksums names it, and the page installs that of this version."""
    text = (ROOT / ".github" / "workflows" / "release.yml").read_text("utf-8")
    order = ("script/test-packages clusters", "script/package helm", "dist/dormouse-*.tgz", "script/package sums")
    places = [text.index(words) for words in order]
    assert places == sorted(places)
    assert re.findall(r"name: helm-chart\n +path: (\S+)", text) == ["dist/dormouse-*.tgz", "dist"]

    stand_in(tmp_path, "amd64")
    path = packed(tmp_path)[0]
    assert package(tmp_path, "sums").returncode == 0
    assert f"  {path.name}\n" in (tmp_path / "SHA256SUMS").read_text()
    page = (ROOT / "docs" / "install-cluster.md").read_text("utf-8")
    assert re.findall(r"^version=(.+)$", page, re.MULTILINE) == [__version__]
    assert "/releases/download/v$version/dormouse-$version.tgz" in page


def test_a_chart_of_another_version_is_refused(tmp_path: Path) -> None:
    """It would be a file whose name helm does not expect."""
    copy = tmp_path / "dormouse"
    shutil.copytree(CHART, copy)
    (copy / "Chart.yaml").write_text((CHART / "Chart.yaml").read_text("utf-8").replace(f'"{__version__}"', '"9.9.9"'))
    code = "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path; from debmaker import errors, helm\n"
    code += "helm.CHART = Path(sys.argv[2])\ntry: helm.make(Path())\nexcept errors.PackageError as error: print(error)"
    argv = [sys.executable, "-B", "-c", code, str(ROOT / "packaging/debian"), str(copy)]
    said = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    assert said.startswith("packaging/helm/dormouse/Chart.yaml says ")
    assert "9.9.9" in said
