"""The page in LuCI: its menu, its rights, and what it calls. script/test-packages runs its code."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from ddns.config.settingstable import SETTINGS
from tests.fakes.packaging import package, stand_in
from tests.unit.test_packaging_openwrt import LISTS, read

ROOT = Path(__file__).parents[2]
OURS = ROOT / "packaging" / "openwrt"
PAGE = (OURS / "luci" / "instances.js").read_text("utf-8")
MENU = json.loads((OURS / "luci" / "menu.json").read_text("utf-8"))
ACL = json.loads((OURS / "luci" / "acl.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Make the package; return its files."""
    dist = tmp_path_factory.mktemp("dist")
    stand_in(dist, "amd64-plain")
    assert package(dist, "openwrt", "all").returncode == 0
    [path] = dist.glob("luci-app-dormouse_*_all.ipk")
    return {name.removeprefix("."): data for name, (info, data) in read(path).data.items() if info.isfile()}


def test_the_menu_leads_to_a_page_that_is_there(files: dict[str, bytes]) -> None:
    """With the rights that are in the package, and only where there are settings to edit."""
    [(place, entry)] = MENU.items()
    assert place == "admin/services/dormouse"
    assert entry["action"]["type"] == "view"
    assert f"/www/luci-static/resources/view/{entry['action']['path']}.js" in files
    assert entry["depends"] == {"acl": list(ACL), "uci": {"dormouse": True}}


def test_where_its_files_are(files: dict[str, bytes]) -> None:
    """LuCI and rpcd look there; nothing else is in the package."""
    assert {name: data.decode() for name, data in files.items()} == {
        "/usr/share/luci/menu.d/luci-app-dormouse.json": (OURS / "luci" / "menu.json").read_text("utf-8"),
        "/usr/share/rpcd/acl.d/luci-app-dormouse.json": (OURS / "luci" / "acl.json").read_text("utf-8"),
        "/www/luci-static/resources/view/dormouse/instances.js": PAGE,
    }


def test_its_rights_are_what_it_calls() -> None:
    """Not a command more, each whole; who may only look can start no round."""
    [rights] = ACL.values()
    assert set(rights) == {"description", "read", "write"}
    granted = {kind: rights[kind]["file"] for kind in ("read", "write")}
    [service] = re.findall(r"^const SERVICE = '(.+)';$", PAGE, re.MULTILINE)
    called = [
        *re.findall(r"fs\.exec\(SERVICE, \['(\w+)'\]\)", PAGE),
        *re.findall(r"\bbutton\('(\w+)'", PAGE),
    ]
    assert len(re.findall(r"\bfs\.", PAGE)) == 2  # the report, and what a button starts
    assert sorted(called) == ["check", "report", "round"]
    assert granted == {
        "read": {f"{service} report": ["exec"]},
        "write": {f"{service} check": ["exec"], f"{service} round": ["exec"]},
    }
    assert (rights["read"]["uci"], rights["write"]["uci"]) == (["dormouse"], ["dormouse"])
    assert set(re.findall(r"uci\.\w+\('(\w+)'", PAGE)) == {"dormouse"}


def test_its_commands_are_those_of_the_service() -> None:
    """As /etc/init.d/dormouse lists them."""
    [extra] = re.findall(r'^EXTRA_COMMANDS="(.*)"$', (OURS / "ddns.init").read_text("utf-8"), re.MULTILINE)
    assert sorted(extra.split()) == ["check", "report", "round"]


def test_its_fields_are_settings() -> None:
    """What has several values is a list; each field is one that the last field leaves to it."""
    [listed] = re.findall(r"^const FIELDS = \[(.*?)\];", PAGE, re.MULTILINE | re.DOTALL)
    fields = re.findall(r"'(\w+)'", listed)
    kinds = {one.key: one.kind for one in SETTINGS}
    assert [name for name in fields if name not in kinds] == ["enabled", "config"]
    lists = re.findall(r"field\(form\.DynamicList, '([a-z]\w*)'", PAGE)
    assert lists == ["domains", "waf_lists"]
    assert [name for name in lists if kinds[name] not in LISTS] == []
    assert [name for name in fields if f"'{name}', " not in PAGE.split("function fields", 1)[1]] == []


def test_a_router_is_told_of_the_page(tmp_path: Path) -> None:
    """LuCI forgets the menu that it knew, and rpcd reads the rights; not while a firmware image is made."""
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "killall").write_text(f'#!/bin/sh\necho "$*" >>{tmp_path}/calls\nexit 1\n')
    (tmp_path / "tools" / "killall").chmod(0o755)
    index = tmp_path / "luci-indexcache.1234.json"
    text = (OURS / "luci" / "postinst").read_text("utf-8").replace("/tmp/", f"{tmp_path}/")  # noqa: S108 -- as on a router
    for root in ("/some/image", ""):
        index.touch()
        env = {"PATH": f"{tmp_path / 'tools'}:{os.defpath}", "IPKG_INSTROOT": root}
        subprocess.run(["sh", "-c", text], env=env, check=True)
        assert index.exists() == bool(root)
    assert (tmp_path / "calls").read_text() == "-HUP rpcd\n"
