"""The smaller ways to run it, and what shows how it runs: each read by its own tool, where that can be had."""

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from debmaker.project import ROOT

from trial import gotools
from trial.report import SkipError, expect, run

PACKAGING = ROOT / "packaging"
PYTHON = ("ansible-core==2.19.14", "ansible-lint==26.10.1", "grafana-foundation-sdk==1769699998!10.1.0")
"""Tools of the Python index, in an environment of their own."""
READ_AND_WRITE = """
import json, sys
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard
register_default_plugins()
print(JSONEncoder(sort_keys=True).encode(Dashboard.from_json(json.load(open(sys.argv[1])))))
"""
EVALUATE = """
let
  lib = {{
    mkEnableOption = text: {{ }};
    mkOption = option: option;
    mkIf = when: set: if when then set else {{ }};
    types = {{ path = null; str = null; attrs = null; }};
  }};
  ours.enable = true;
  ours.program = "/nix/store/ddns";
  ours.tokenFile = "/run/keys/ddns";
  ours.settings.domains = [ "home.example.org" ];
  made = import {module} {{ inherit lib; config.services.dormouse = ours; pkgs.writeText = name: text: text; }};
in made.config.systemd.services.ddns.serviceConfig
"""


def environment(cache: Path) -> Path:
    """Return the folder of the tools, made when it is not in the cache."""
    folder = cache / "python" / "-".join(PYTHON).replace("==", "-").replace("!", "-")
    if not (folder / "bin" / "ansible-lint").exists():
        run([sys.executable, "-m", "venv", "--clear", str(folder)])
        run([str(folder / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", *PYTHON])
    return folder / "bin"


def prometheus(cache: Path) -> None:
    """Let promtool read the rules and run their test."""
    promtool, folder = gotools.tool("promtool", cache), PACKAGING / "prometheus"
    said = run([promtool, "check", "rules", "--lint=all", "--lint-fatal", str(folder / "alerts.yaml")])
    expect("7 rules found" in said, "promtool check rules")
    said = run([promtool, "test", "rules", str(folder / "alerts.test.yaml")])
    expect("SUCCESS" in said, "promtool test rules")


def grafana(cache: Path) -> None:
    """Read the dashboard as Grafana's own types and write it again: a key that they do not know would be gone."""
    path = PACKAGING / "grafana" / "dormouse.json"
    back = json.loads(run([str(environment(cache) / "python"), "-c", READ_AND_WRITE, str(path)]))
    gone = list(lost(json.loads(path.read_text("utf-8")), back))
    expect(not gone, f"Grafana's types know every key of the dashboard {gone or ''}")


def lost(ours: object, theirs: object, at: str = "") -> list[str]:
    """Return the paths of what one JSON value has and the other does not."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return [gone for key in ours for gone in lost(ours[key], theirs.get(key), f"{at}.{key}")]
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        return [
            gone
            for number, pair in enumerate(zip(ours, theirs, strict=True))
            for gone in lost(*pair, f"{at}[{number}]")
        ]
    return [] if ours == theirs else [at]


def ansible(cache: Path) -> None:
    """Let Ansible read the playbook and its role, and its linter look at them."""
    tools, folder = environment(cache), PACKAGING / "ansible"
    os.environ["PATH"] = f"{tools}:{os.environ['PATH']}"
    os.environ["ANSIBLE_ROLES_PATH"] = str(folder / "roles")
    run([str(tools / "ansible-playbook"), "--syntax-check", "--inventory=localhost,", str(folder / "playbook.yaml")])
    expect(folder, "ansible-playbook --syntax-check")
    with tempfile.TemporaryDirectory(prefix="ansible-") as name:
        copy = shutil.copytree(folder, Path(name) / "ansible")
        run([str(tools / "ansible-lint"), "--offline", "--profile=production", f"--project-dir={copy}", str(copy)])
    expect(folder, "ansible-lint has nothing to say, by its strictest profile")


def compose(cache: Path) -> None:
    """Let Docker Compose read its file; it is built where it is missing."""
    argv = ["docker", "compose"] if shutil.which("docker") else ["docker-compose"]
    if shutil.which(argv[0]) is None or "Docker Compose" not in run([*argv, "version"], code=None):
        argv = [gotools.compose(cache)]
    with tempfile.TemporaryDirectory(prefix="compose-") as name:
        shutil.copy(PACKAGING / "compose" / "compose.yaml", name)
        (Path(name) / "token").write_text("x")
        said = run([*argv, f"--project-directory={name}", f"--file={name}/compose.yaml", "config", "--format=json"])
    ddns = json.loads(said)["services"]["ddns"]
    expect(ddns["read_only"] and ddns["network_mode"] == "host", "docker compose config")


def nomad(cache: Path) -> None:
    """Let the parser of Nomad's language read the job; Nomad itself cannot be had as a module."""
    run([gotools.tool("hclfmt", cache), "-check", str(PACKAGING / "nomad" / "ddns.nomad.hcl")])
    expect(cache, "the job is HCL, in its usual form")


def nixos(_cache: Path) -> None:
    """Let Nix evaluate the module with stand-ins for nixpkgs. SkipError: there is no Nix."""
    if shutil.which("nix-instantiate") is None:
        raise SkipError("nix-instantiate not found; install it (Debian: nix-bin)")
    text = EVALUATE.format(module=PACKAGING / "nixos" / "module.nix")
    said = run(["nix-instantiate", "--eval", "--strict", "--json", "--expr", text])
    made = json.loads(said[said.index("{") :].splitlines()[0])
    expect(made["LoadCredential"] == "token:/run/keys/ddns", "the module gives a unit with the token as a credential")
    expect('{"domains":["home.example.org"]}' in made["ExecStart"], "and with the settings as a file")
