"""Nomad, Ansible and NixOS as text; their own tools read them in ``script/test-packages clusters``."""

import re
from pathlib import Path
from typing import Any

import yaml

from ddns import __version__
from ddns.config.settingstable import SETTINGS

PACKAGING = Path(__file__).parents[2] / "packaging"
ROLE = PACKAGING / "ansible" / "roles" / "dormouse"
NAMES = {setting.name for setting in SETTINGS if setting.group != "old"}
JOB = (PACKAGING / "nomad" / "ddns.nomad.hcl").read_text("utf-8")
MODULE = (PACKAGING / "nixos" / "module.nix").read_text("utf-8")
UNIT = (PACKAGING / "systemd" / "ddns.service").read_text("utf-8")


def read(path: Path) -> Any:  # noqa: ANN401 -- YAML
    """Return what is in a file."""
    return yaml.safe_load(path.read_text("utf-8"))


def test_nomad_names_settings_and_this_version() -> None:
    """Its environment, and the image."""
    inner = JOB.partition("      env {\n")[2].partition("}\n\n")[0]
    assert {"DOMAINS", "CLOUDFLARE_API_TOKEN_FILE"} <= set(re.findall(r"^ +([A-Z_]+) +=", inner, re.MULTILINE)) <= NAMES
    assert f'"ghcr.io/dormouse-ddns/dormouse:{__version__}"' in JOB
    for line in ("readonly_rootfs = true", 'cap_drop        = ["all"]', 'user   = "1000:1000"', "count = 1"):
        assert line in JOB


def test_the_role_takes_what_it_says_it_takes() -> None:
    """The defaults are those of its description, of this version; the playbook's settings are of the program."""
    defaults = read(ROLE / "defaults" / "main.yaml")
    said = read(ROLE / "meta" / "argument_specs.yaml")["argument_specs"]["main"]["options"]
    assert {name: option["default"] for name, option in said.items()} == defaults
    assert defaults["dormouse_version"] == __version__
    [play] = read(PACKAGING / "ansible" / "playbook.yaml")
    assert {name.upper() for name in play["roles"][0]["vars"]["dormouse_settings"]} <= NAMES


def test_the_role_keeps_the_token_secret_and_installs_our_unit() -> None:
    """Where the token is in a task, nothing of it is logged; each handler that is asked for is there."""
    tasks = read(ROLE / "tasks" / "present.yaml")
    assert [task["no_log"] for task in tasks if "dormouse_token" in str(task)] == [True, True]
    handlers = {each["name"] for each in read(ROLE / "handlers" / "main.yaml")}
    assert {task["notify"] for task in tasks if "notify" in task} == handlers
    [unit] = [task["ansible.builtin.copy"]["src"] for task in tasks if task["name"] == "Install the unit"]
    assert Path(unit.replace("{{ role_path }}", str(ROLE))).resolve() == PACKAGING / "systemd" / "ddns.service"
    assert set(read(ROLE / "vars" / "main.yaml")["dormouse_architectures"].values()) == {"amd64", "arm64", "armhf"}
    [token] = [task["ansible.builtin.copy"] for task in tasks if task["name"] == "Store the token"]
    assert (token["mode"], token["owner"]) == ("0600", "root")


def test_the_module_protects_as_the_unit_does() -> None:
    """Line by line; what differs is where things are, and that the settings are read again by a restart."""

    def plain(value: str) -> str:
        return {"true": "yes", "false": "no"}.get(value, value.strip('"'))

    rows = re.findall(r"^        (\w+) = (.+);$", MODULE.partition("serviceConfig = {")[2], re.MULTILINE)
    ours = {name: plain(value) for name, value in rows}
    service = UNIT.partition("[Service]\n")[2].partition("[Install]")[0]
    theirs = dict(re.findall(r"^(\w+)=(.*)$", service, re.MULTILINE))
    differ = {"LoadCredential", "ExecStart", "ExecReload", "Environment"}
    assert {name: ours.get(name) for name in theirs if name not in differ} == {
        name: value for name, value in theirs.items() if name not in differ
    }
    assert set(ours) <= set(theirs)
    environment = re.findall(r"^        ([A-Z_]+) = \"(.+)\";$", MODULE, re.MULTILINE)
    assert sorted(f"{name}={value}" for name, value in environment) == sorted(theirs["Environment"].split())
