"""The package for OpenWrt: what is in it, and what its scripts do in a shell with stand-ins for uci and procd."""

import gzip
import hashlib
import io
import json
import os
import re
import shlex
import shutil
import stat
import subprocess
import tarfile
from pathlib import Path
from typing import NamedTuple

import pytest

from ddns.config import Inputs, load
from ddns.config.inputs.files import substitute
from ddns.config.inputs.jsonfile import parse_document, read_native
from ddns.config.settingstable import SETTINGS
from tests.fakes.packaging import ON_ROUTERS, package, packages, stand_in

ROOT = Path(__file__).parents[2]
OURS = ROOT / "packaging" / "openwrt"
SHELLS = [["sh"], *([["busybox", "ash"]] if shutil.which("busybox") else [])]
LISTS = ("entries", "list", "flag list", "lines", "places")
TOOLS = ("sed", "ls", "ln", "mv", "rm", "mkdir", "chmod")
ODD = """a  b'c"d\\e$CF_DDNS_X `id` $(id) ü\tt\r %s\\n *
second line; # & <>"""

STAND_INS = r"""
record() { { printf '%s\037' "$@"; printf '\036'; } >>"$CALLS"; }
for stub in procd_open_instance procd_set_param procd_close_instance procd_add_reload_trigger procd_send_signal; do
    eval "$stub() { record $stub \"\$@\"; }"
done
uci() { [ ! -e "$UCI_TEXT.broken" ]; }
config() { CONFIG_SECTION="$2"; config_cb "$1" "$2"; }
option() { option_cb "$@"; }
list() { list_cb "$@"; }
config_load() { CONFIG_SECTION=''; . "$UCI_TEXT"; ${CONFIG_SECTION:+config_cb}; }
logger() { echo "logger $*" >&2; }
start() {
    record procd_open_service
    start_service "$@"
    code=$?
    service_triggers
    record procd_close_service
    return "$code"
}
reload() { reload_service; }
"""
LOGGED = """#!/bin/sh
printf '%s\\n' "$0 $*" >>"$ARGUMENTS"
PATH={path} exec {name} "$@"
"""


class Instance(NamedTuple):
    """What procd knows of an instance; what ``file`` names is compared by its content."""

    command: tuple[str, ...]
    files: tuple[str, ...]
    others: tuple[tuple[str, ...], ...]


class Router:
    """A folder with the start script, its settings, and stand-ins for what OpenWrt has."""

    def __init__(self, folder: Path, shell: list[str]) -> None:
        self.folder, self.shell = folder, shell
        self.run, self.uci, self.program = folder / "run", folder / "dormouse.uci", folder / "dormouse"
        self.calls, self.arguments = folder / "calls", folder / "arguments"
        self.uci.write_text("")
        self.uci.chmod(0o600)
        (folder / "tools").mkdir()
        for name in TOOLS:
            self.tool(name, LOGGED.format(path=os.defpath, name=name))
        self.tool("../dormouse", '#!/bin/sh\nprintf "%s\\n" "$0 $*" >>"$ARGUMENTS"\ngrep -q home "$3"\n')
        text = (OURS / "ddns.init").read_text("utf-8")
        places = {"/usr/bin/dormouse": self.program, "/etc/config/dormouse": self.uci, "/var/run/dormouse": self.run}
        for there, here in places.items():
            text = text.replace(f"={there}\n", f"={here}\n")
        (folder / "init").write_text(text)

    def tool(self, name: str, text: str) -> None:
        """Write a program that is found before the real one."""
        path = self.folder / "tools" / name
        path.write_text(text)
        path.chmod(0o755)

    def write(self, *sections: str) -> None:
        """Set what config_load reads, in the form of ``uci export``."""
        self.uci.write_text("".join(sections))

    def do(self, words: str, *, works: bool = True) -> str:
        """Run a command of the start script; return what it printed and logged."""
        self.calls.write_text("")
        script = f"{STAND_INS}\n. {self.folder / 'init'}\n{words}\n"
        env = {
            "PATH": f"{self.folder / 'tools'}:{os.defpath}",
            "CALLS": str(self.calls),
            "ARGUMENTS": str(self.arguments),
            "UCI_TEXT": str(self.uci),
        }
        done = subprocess.run([*self.shell, "-c", script], env=env, capture_output=True, text=True, check=False)
        assert (done.returncode == 0) == works, done.stderr
        logged = self.arguments.read_text("utf-8") if self.arguments.exists() else ""
        return done.stdout + done.stderr + logged

    def recorded(self) -> list[list[str]]:
        """Return what procd was asked for."""
        text = self.calls.read_text("utf-8")
        return [call.split("\x1f")[:-1] for call in text.split("\x1e")[:-1]]

    def instances(self) -> dict[str, Instance]:
        """Return what procd was given, as it would compare it with what runs."""
        found: dict[str, Instance] = {}
        now = ""
        for name, *args in self.recorded():
            if name == "procd_open_instance":
                [now] = args
                found[now] = Instance((), (), ())
            elif name == "procd_set_param" and args[0] == "command":
                found[now] = found[now]._replace(command=tuple(args[1:]))
            elif name == "procd_set_param" and args[0] == "file":
                paths = (Path(path) for path in args[1:])
                sums = tuple(hashlib.md5(path.read_bytes()).hexdigest() for path in paths if path.exists())  # noqa: S324 -- as procd does
                found[now] = found[now]._replace(files=sums)
            elif name == "procd_set_param":
                found[now] = found[now]._replace(others=(*found[now].others, tuple(args)))
        return found

    def settings(self, name: str) -> dict[str, str]:
        """Return the settings of an instance, as the program reads them, and without the emoji that is always off."""
        path = str(self.run / f"{name}.json")
        document = read_native(parse_document(substitute(Path(path).read_text("utf-8"), {"CF_DDNS_X": "bad"})), path)
        assert document.problems == ()
        return {key: one.value for key, one in document.values.items() if (key, one.value) != ("EMOJI", "false")}


@pytest.fixture(params=SHELLS, ids=lambda shell: shell[-1])
def router(request: pytest.FixtureRequest, tmp_path: Path) -> Router:
    """Make a router with nothing set."""
    return Router(tmp_path, request.param)


def section(name: str, *lines: tuple[str, str, str], kind: str = "ddns") -> str:
    """Return a section as ``uci export`` writes it."""
    words = "".join(f"\t{what} {key} {shlex.quote(value)}\n" for what, key, value in lines)
    return f"config {kind} {shlex.quote(name)}\n{words}\n"


HOME = section("home", ("list", "domains", "home.example.org"), ("option", "cloudflare_api_token", "secret-0123"))
OFFICE = section("office", ("option", "enabled", "1"), ("option", "domains", "office.example.org"))


def test_one_instance(router: Router) -> None:
    """The program with a file that only root can read; the command says nothing of what is in it."""
    router.write(HOME)
    router.do("start")

    instances = router.instances()
    path = router.run / "home.json"
    assert list(instances) == ["home"]
    assert instances["home"].command == (str(router.program), "--config", str(path))
    assert ("reload_signal", "HUP") in instances["home"].others
    assert not [one for one in instances["home"].others if one[0] == "env"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(router.run.stat().st_mode) == 0o700
    assert router.settings("home") == {"DOMAINS": "home.example.org", "CLOUDFLARE_API_TOKEN": "secret-0123"}
    assert ["procd_add_reload_trigger", "dormouse"] in router.recorded()
    assert sorted(item.name for item in router.run.iterdir()) == ["home.json"]


def test_the_program_takes_the_file(router: Router) -> None:
    """From the folder of the instance to the settings of a round."""
    router.write(HOME, section("more", ("list", "domains", "a.example.org"), ("option", "watch", "0")))
    router.do("start")
    path = router.run / "home.json"
    loaded = load(Inputs((), {}, str(path)), lambda name: Path(name).read_text("utf-8"))

    assert loaded.warnings == ()
    assert loaded.settings.update.entries
    assert router.settings("more")["WATCH"] == "0"


def test_several_instances_and_one_that_is_off(router: Router) -> None:
    """Each has its own settings, also when the names of sections and options run together."""
    router.write(
        HOME,
        OFFICE,
        section("home_ip4", ("list", "domains", "other.example.org")),
        section("off", ("option", "enabled", "0"), ("option", "domains", "off.example.org")),
    )
    router.do("start")

    assert list(router.instances()) == ["home", "office", "home_ip4"]
    assert "IP4_DOMAINS" not in router.settings("home")
    assert router.settings("office") == {"DOMAINS": "office.example.org"}
    assert not (router.run / "off.json").exists()


@pytest.mark.parametrize(
    ("word", "runs"), [("1", True), ("yes", True), ("on", True), ("0", False), ("nonsense", False)]
)
def test_words_for_enabled(router: Router, word: str, runs: bool) -> None:  # noqa: FBT001 -- a column of the table
    """Those of OpenWrt; nothing is started for any other."""
    router.write(section("home", ("option", "enabled", word), ("option", "domains", "home.example.org")))
    said = router.do("start")
    assert bool(router.instances()) == runs
    assert ("nothing is started" in said) != runs


def test_every_setting_is_an_option(router: Router) -> None:
    """With any text, which arrives as it was; nothing of it is run, or is an argument of a program."""
    options = [("option", one.key, f"{one.key} {ODD} end") for one in SETTINGS]
    router.write(section("home", *options))
    said = router.do("start")

    assert router.settings("home") == {one.name: f"{one.key} {ODD} end" for one in SETTINGS}
    assert "second line" not in said
    assert "uid=" not in said


def test_every_list_is_a_list(router: Router) -> None:
    """The items are those of an array in the program's own file."""
    items = ["one 'x', \"y\"", "two\nlines", "", "-n", "\\"]
    kept = [item for item in items if item]
    names = [one for one in SETTINGS if one.kind in LISTS]
    router.write(section("home", *(("list", one.key, item) for one in names for item in items)))
    router.do("start")

    wanted = read_native({one.key: kept for one in names}, "")
    assert wanted.problems == ()
    assert router.settings("home") == {key: one.value for key, one in wanted.values.items()}


def test_secrets_are_no_arguments(router: Router) -> None:
    """Neither of a program that the script calls, nor of what procd is told: it gets that from the program ubus."""
    secrets = [one for one in SETTINGS if one.secret]
    router.write(section("home", *(("option", one.key, f"secret-{one.key}") for one in secrets)))
    said = router.do("start")

    assert router.settings("home")["CLOUDFLARE_API_TOKEN"] == "secret-cloudflare_api_token"
    assert "secret-" not in said
    assert "secret-" not in router.calls.read_text("utf-8")
    if router.shell == ["sh"]:
        assert "tools/sed -e" in said


def test_what_is_no_setting_is_said(router: Router) -> None:
    """In the log, by its name; the rest holds."""
    router.write(
        section("globals", ("option", "x", "1"), kind="other"),
        section("home", ("option", "domain", "secret-1"), ("list", "Domains", "secret-2"), ("option", "quiet", "true")),
    )
    said = router.do("start")

    assert router.settings("home") == {"QUIET": "true"}
    assert '"config other" is unknown' in said
    for name in ("domain", "Domains"):
        assert f'home has the option "{name}", which is not a setting; it was left out' in said
    assert "secret-" not in said
    assert "daemon.warn" in said


def test_the_emoji_are_off_unless_wanted(router: Router) -> None:
    """The log of a router is read in a terminal that may not have them."""
    router.write(HOME, section("more", ("option", "emoji", "true"), ("option", "domains", "x")), section("bare"))
    router.do("start")
    written = {
        name: json.loads((router.run / f"{name}.json").read_text())["emoji"] for name in ("home", "more", "bare")
    }
    assert written == {"home": "false", "more": "true", "bare": "false"}


def test_a_reload_reaches_what_changed_and_nothing_else(router: Router) -> None:
    """Procd sends SIGHUP where the files differ. The command is the same, so no restart is ever missed."""
    token = router.folder / "a token"
    token.write_text("one")
    lines = (
        ("option", "cloudflare_api_token_file", str(token)),
        ("option", "state_file", str(router.folder / "state")),
    )
    router.write(HOME, OFFICE, section("third", *lines))
    router.do("start")
    before = router.instances()

    (router.folder / "state").write_text("written by the program")
    router.do("reload")
    assert router.instances() == before

    router.write(HOME.replace("home.example", "new.example"), OFFICE, section("third", *lines))
    router.do("reload")
    after = router.instances()
    assert {name for name in before if after[name] != before[name]} == {"home"}
    assert {name: one.command for name, one in after.items()} == {name: one.command for name, one in before.items()}

    token.write_text("two")
    router.do("reload")
    last = router.instances()
    assert {name for name in after if last[name] != after[name]} == {"third"}
    assert last["third"]._replace(files=()) == after["third"]._replace(files=())


@pytest.mark.parametrize("option", ["shoutrrr_file", "cf_api_token_file", "cloudflare_zone_tokens"])
def test_other_files_with_secrets_are_watched_too(router: Router, option: str) -> None:
    """Those that the program reads again after SIGHUP."""
    value = "abc=/etc/zone" if option == "cloudflare_zone_tokens" else "/etc/zone"
    router.write(section("home", ("option", option, value)))
    router.do("start")
    assert ["procd_set_param", "file", str(router.run / "home.json"), "/etc/zone"] in router.recorded()


def test_a_section_that_is_gone_leaves_no_secret(router: Router) -> None:
    """Its file is removed, and procd, which is told of the others only, stops it."""
    router.write(HOME, OFFICE)
    router.do("start")
    router.write(OFFICE)
    router.do("reload")
    assert list(router.instances()) == ["office"]
    assert [path.name for path in router.run.iterdir()] == ["office.json"]


def test_a_file_with_a_mistake_stops_nothing(router: Router) -> None:
    """A reload says so and leaves procd alone; a start says so."""
    router.write(HOME)
    router.do("start")
    Path(f"{router.uci}.broken").touch()
    said = router.do("reload", works=False)
    assert router.recorded() == []
    assert "daemon.err" in said
    assert "is missing or cannot be read" in said
    assert (router.run / "home.json").exists()
    router.do("start", works=False)
    assert router.instances() == {}


def test_settings_that_everybody_could_read_are_closed(router: Router) -> None:
    """There may be a token in them."""
    router.write(HOME)
    router.uci.chmod(0o644)
    router.do("start")
    assert stat.S_IMODE(router.uci.stat().st_mode) == 0o600


def test_a_settings_file_instead_of_options(router: Router) -> None:
    """It is used where it is, and the command is that of every other section."""
    theirs = router.folder / "manual.json"
    theirs.write_text('{"domains": ["manual.example.org"]}')
    router.write(section("home", ("option", "config", str(theirs))))
    router.do("start")
    before = router.instances()
    assert router.settings("home") == {"DOMAINS": "manual.example.org"}
    assert before["home"].command[2] == str(router.run / "home.json")

    theirs.write_text('{"domains": ["changed.example.org"]}')
    router.do("reload")
    assert router.instances() != before


def test_what_cannot_be_written_is_left_out(router: Router) -> None:
    """And said; it does not run with the settings of before."""
    router.write(HOME, OFFICE)
    said = router.do('mv() { case "$3" in *home.json) return 1 ;; esac; command mv "$@"; }; start')
    assert list(router.instances()) == ["office"]
    assert "home.json cannot be written, so home is left out" in said


@pytest.mark.parametrize(("words", "instance"), [("round", "*"), ("round home", "home")])
def test_a_round_now(router: Router, words: str, instance: str) -> None:
    """For all instances, or the one that is named."""
    router.do(words)
    assert router.recorded() == [["procd_send_signal", "dormouse", instance, "USR1"]]


def test_a_check_starts_nothing(router: Router) -> None:
    """It goes through every section, also one that is not enabled, and fails when one is bad."""
    router.write(HOME, section("off", ("option", "enabled", "0"), ("option", "domains", "home.off.example.org")))
    said = router.do("check")
    assert router.recorded() == []
    assert "Section home:\nSection off:\n" in said
    assert f"check --config {router.run / 'off.json'}" in said

    router.write(OFFICE)
    router.do("check", works=False)


def test_a_report_has_each_instance_by_its_name(router: Router) -> None:
    """As one JSON object; what says nothing is null, and what it says beside it is not in it."""
    assert json.loads(router.do("report")) == {}
    router.write(HOME, OFFICE)
    router.do("start")
    router.tool(
        "../dormouse",
        '#!/bin/sh\necho "$*" >&2\n'
        'case "$*" in "status --json --config "*/home.json) echo "{\\"running\\":true,\\"x\\":{}}"; exit 1 ;; esac\n',
    )
    said = router.do("report")
    assert json.loads(said.splitlines()[0]) == {"home": {"running": True, "x": {}}, "office": None}
    assert router.recorded() == []


def test_the_start_script_knows_the_commands_of_openwrt() -> None:
    """rc.common runs only what is listed."""
    text = (OURS / "ddns.init").read_text("utf-8")
    [extra] = re.findall(r'^EXTRA_COMMANDS="(.*)"$', text, re.MULTILINE)
    assert text.startswith("#!/bin/sh /etc/rc.common\n")
    assert [name for name in extra.split() if f"\n{name}() {{" not in text] == []
    for line in ("START=95", "STOP=10", "USE_PROCD=1"):
        assert f"\n{line}\n" in text


def test_the_example_is_read_by_the_program(router: Router) -> None:
    """It starts nothing as it is; switched on, only its token is missing."""
    text = (OURS / "dormouse.config").read_text("utf-8")
    router.write(text)
    router.do("start")
    assert router.instances() == {}

    router.write(text.replace("enabled '0'", "enabled '1'"))
    router.do("start")
    contents = {str(router.run / "home.json"): (router.run / "home.json").read_text(), "/etc/dormouse/token": "x"}
    loaded = load(Inputs((), {}, str(router.run / "home.json")), contents.__getitem__)
    assert loaded.settings.update.entries
    assert loaded.warnings == ()


def test_the_example_of_the_page_is_read_by_the_program(router: Router) -> None:
    """Two instances without a warning."""
    page = (ROOT / "docs" / "install-router.md").read_text("utf-8")
    [text] = re.findall(r"```text\n(config ddns .*?)```", page, re.DOTALL)
    router.write(text)
    assert "left out" not in router.do("start")
    assert list(router.instances()) == ["home", "office"]
    for name in ("home", "office"):
        path = str(router.run / f"{name}.json")
        files = {path: Path(path).read_text("utf-8"), "/etc/dormouse/token": "x"}
        text = files[path].replace("the token itself", "x")
        loaded = load(Inputs((), {}, path), {**files, path: text}.__getitem__)
        assert loaded.warnings == ()


# The package.


class Package(NamedTuple):
    """A package that was read: the members, and what tar says of each file with its content."""

    members: list[str]
    control: dict[str, tuple[tarfile.TarInfo, bytes]]
    data: dict[str, tuple[tarfile.TarInfo, bytes]]


def opened(data: bytes) -> dict[str, tuple[tarfile.TarInfo, bytes]]:
    """Read a tar archive compressed by gzip."""
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(data)), mode="r:") as tar:
        return {info.name: (info, file.read() if (file := tar.extractfile(info)) else b"") for info in tar}


def read(path: Path) -> Package:
    """Read a package."""
    outer = opened(path.read_bytes())
    assert outer["./debian-binary"][1] == b"2.0\n"
    return Package(list(outer), opened(outer["./control.tar.gz"][1]), opened(outer["./data.tar.gz"][1]))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the package of every architecture."""
    return packages(tmp_path_factory.mktemp("dist"), "openwrt")


def test_every_architecture_has_its_package(made: Path) -> None:
    """By OpenWrt's name, with the program for it: one that needs no floating-point unit where there may be none."""
    found = {re.sub(r".*-1_(.*)\.ipk", r"\1", path.name): path for path in made.glob("dormouse-ddns_*.ipk")}
    arms = [name for name in found if name.startswith("arm_")]
    starts = {
        "x86_64": "amd64-plain",
        "aarch64_": "arm64-plain",
        **{name: "armhf-plain" if re.search(r"_(vfp|neon)", name) else "armv5" for name in arms},
        "i386_": "386",
        "mips_": "mips",
        "mipsel_": "mipsel",
        "riscv64_": "riscv64",
    }
    assert {"x86_64", "aarch64_generic", "aarch64_cortex-a53", "arm_arm1176jzf-s_vfp"} <= set(found)
    assert {"arm_xscale", "arm_cortex-a9", "mips_24kc", "mipsel_24kc", "mipsel_74kc"} <= set(found)
    for name, path in found.items():
        read_package = read(path)
        fields = dict(re.findall(r"^([A-Z][\w-]+): (.+)$", read_package.control["./control"][1].decode(), re.MULTILINE))
        arch = starts[name] if name in starts else starts[name.partition("_")[0] + "_"]
        assert read_package.members == ["./debian-binary", "./data.tar.gz", "./control.tar.gz"]
        assert (fields["Package"], fields["Architecture"]) == ("dormouse-ddns", name)
        assert path.name == f"dormouse-ddns_{fields['Version']}_{name}.ipk"
        assert set(fields) == {
            *("Package", "Version", "Architecture", "Maintainer", "Installed-Size", "URL"),
            *("License", "Section", "Description"),
        }
        assert read_package.data["./usr/bin/dormouse"][1] == (made / f"ddns-linux-{arch}").read_bytes()


def test_what_is_in_it_and_who_may_read_it(made: Path) -> None:
    """The settings are a conffile that only root can read; nothing has a name of OpenWrt's ddns-scripts."""
    [path] = made.glob("*_x86_64.ipk")
    found = read(path)
    modes = {name: info.mode for name, (info, _) in found.data.items() if info.isfile()}
    assert modes == {
        "./usr/bin/dormouse": 0o755,
        "./etc/init.d/dormouse": 0o755,
        "./etc/config/dormouse": 0o600,
        "./etc/hotplug.d/iface/95-dormouse": 0o644,
        "./etc/uci-defaults/95-dormouse": 0o644,
        "./lib/upgrade/keep.d/dormouse-ddns": 0o644,
    }
    assert {name: info.mode for name, (info, _) in found.control.items() if info.isfile()} == {
        "./control": 0o644,
        "./conffiles": 0o644,
        "./postinst": 0o755,
        "./prerm": 0o755,
    }
    assert found.control["./conffiles"][1] == b"/etc/config/dormouse\n"
    every = [info for info, _ in (*found.data.values(), *found.control.values())]
    assert {(info.uid, info.gid, info.uname, info.mtime) for info in every} == {(0, 0, "root", 1700000000)}
    assert {info.mode for info in every if info.isdir()} == {0o755}
    assert found.data["./etc/init.d/dormouse"][1] == (OURS / "ddns.init").read_bytes()


def test_two_runs_make_the_same_bytes(made: Path, tmp_path: Path) -> None:
    """In another folder too; another date makes other bytes."""
    stand_in(tmp_path, "armhf-plain")
    assert package(tmp_path, "openwrt", "arm_cortex-a9_neon").returncode == 0
    [ours] = tmp_path.glob("*.ipk")
    first = ours.read_bytes()
    assert first == (made / ours.name).read_bytes()
    assert package(tmp_path, "openwrt", "arm_cortex-a9_neon", SOURCE_DATE_EPOCH="1700000001").returncode == 0
    assert ours.read_bytes() != first
    apk = ours.name.replace("-1_", "-r1_").replace(".ipk", ".apk")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ddns-linux-armhf-plain", ours.name, apk]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("mips_mips32", "package: mips_mips32 is not an architecture of ours; they are x86_64, aarch64_cortex-a53, "),
        ("mipsel_24kc", "ddns-linux-mipsel is not a program for mipsel"),
        ("arm_xscale", "ddns-linux-armv5 is not a program for armv5"),
        ("x86_64", "ddns-linux-amd64-plain is missing; make it by script/freeze amd64-plain"),
        ("aarch64_generic", "ddns-linux-arm64-plain is not a program for arm64-plain"),
    ],
)
def test_what_is_missing_is_said(tmp_path: Path, name: str, says: str) -> None:
    """In one line, with what to do."""
    stand_in(tmp_path, "armhf")
    for other in ("arm64-plain", "armv5"):
        shutil.copy(tmp_path / "ddns-linux-armhf", tmp_path / f"ddns-linux-{other}")
    stand_in(tmp_path, "mips").rename(tmp_path / "ddns-linux-mipsel")
    done = package(tmp_path, "openwrt", name)
    assert (done.returncode, done.stdout) == (1, "")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.glob("*.ipk")) == []


def test_a_release_lists_it(made: Path) -> None:
    """The workflow makes it, and the list of checksums has it."""
    text = (ROOT / ".github" / "workflows" / "release.yml").read_text("utf-8")
    assert text.index("script/package openwrt") < text.index("dist/*.ipk") < text.index("script/package sums")
    assert package(made, "sums", DORMOUSE_RELEASE_KEY="").returncode == 0
    listed = {line.split()[1] for line in (made / "SHA256SUMS").read_text().splitlines()}
    assert {path.name for path in made.glob("*.ipk")} <= listed


def test_what_fetches_the_program_knows_the_sums_and_the_names(made: Path) -> None:
    """Of every program that is there, and which router needs which; it takes the place of the other package."""
    [path] = made.glob("dormouse-ram_*_all.ipk")
    found = read(path)
    fields = dict(re.findall(r"^([A-Z][\w-]+): (.+)$", found.control["./control"][1].decode(), re.MULTILINE))
    assert (fields["Provides"], fields["Conflicts"], fields["Architecture"]) == (
        "dormouse-ddns",
        "dormouse-ddns",
        "all",
    )
    sums = found.data["./usr/share/dormouse/SHA256SUMS"][1].decode()
    assert dict(line.split("  ")[::-1] for line in sums.splitlines()) == {
        f"ddns-linux-{arch}": hashlib.sha256((made / f"ddns-linux-{arch}").read_bytes()).hexdigest()
        for arch in ON_ROUTERS
    }
    architectures = dict(
        line.split() for line in found.data["./usr/share/dormouse/architectures"][1].decode().splitlines()
    )
    names = {re.sub(r".*-1_(.*)\.ipk", r"\1", path.name) for path in made.glob("dormouse-ddns_*.ipk")}
    assert set(architectures) == names
    assert set(architectures.values()) == set(ON_ROUTERS)
    assert re.fullmatch(
        r"https://github\.com/.*/releases/download/v[\w.]+\n", found.data["./usr/share/dormouse/place"][1].decode()
    )
    assert found.data["./usr/bin/dormouse"][1] == (OURS / "dormouse-ram").read_bytes()
    assert found.data["./etc/init.d/dormouse"][1] == (OURS / "ddns.init").read_bytes()


def test_without_a_program_there_is_no_sum(tmp_path: Path) -> None:
    """So there is nothing to make."""
    done = package(tmp_path, "openwrt", "all")
    assert done.returncode == 1
    assert "has no ddns-linux-ARCH whose sum dormouse-ram could have" in done.stderr


FUNCTIONS = """
default_postinst() { echo "default_postinst ${1##*/} $2"; }
default_prerm() { echo "default_prerm ${1##*/} $2"; }
"""


def script(name: str, folder: Path, *args: str, **env: str) -> str:
    """Run a script of the package with its paths below a folder, and stand-ins before the real programs."""
    tools = folder / "tools"
    tools.mkdir(exist_ok=True)
    (tools / "uci").write_text(f'#!/bin/sh\necho "uci $*" >>{folder}/calls\n')
    (tools / "uci").chmod(0o755)
    text = re.sub(r"(?<![\w/.}])/(etc|var)/", rf"{folder}/\1/", (OURS / name).read_text("utf-8"))
    text = text.replace(" /lib/", f" {folder}/lib/")
    (folder / f"dormouse-ddns.{name}").write_text(text)
    argv = ["sh", str(folder / f"dormouse-ddns.{name}"), *args]
    given = {"PATH": f"{tools}:{os.defpath}", **env}
    done = subprocess.run(argv, env=given, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_package_is_installed_in_openwrts_manner(tmp_path: Path) -> None:
    """Its own functions do it, and find the files by the name of the script; without them nothing is done."""
    assert script("postinst", tmp_path, "configure", IPKG_INSTROOT=str(tmp_path)) == ""
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "functions.sh").write_text(FUNCTIONS)
    env = {"IPKG_INSTROOT": str(tmp_path)}
    assert script("postinst", tmp_path, "configure", **env) == "default_postinst dormouse-ddns.postinst configure\n"
    assert script("postinst", tmp_path, "configure", IPKG_NO_SCRIPT="1", **env) == ""
    assert script("prerm", tmp_path, "remove", **env) == "default_prerm dormouse-ddns.prerm remove\n"


def prerm_on_the_router(folder: Path, **env: str) -> bool:
    """Run prerm as on a router; return whether the files made from the settings are still there."""
    (folder / "lib").mkdir(exist_ok=True)
    (folder / "lib" / "functions.sh").write_text(FUNCTIONS)
    made, fetched = folder / "var" / "run" / "dormouse", folder / "var" / "run" / "dormouse-ram"
    made.mkdir(parents=True, exist_ok=True)
    fetched.mkdir(exist_ok=True)
    text = (OURS / "prerm").read_text("utf-8").replace("${IPKG_INSTROOT}/lib", f"{folder}/lib")
    text = text.replace("/var/run/", f"{folder}/var/run/")
    subprocess.run(["sh", "-c", text], env={"PATH": os.defpath, **env}, capture_output=True, check=True)
    assert made.exists() == fetched.exists()
    return made.exists()


def test_a_removal_takes_the_files_with_secrets(tmp_path: Path) -> None:
    """An upgrade does not: the new version writes them anew."""
    assert prerm_on_the_router(tmp_path, PKG_UPGRADE="1")
    assert prerm_on_the_router(tmp_path, IPKG_INSTROOT="") is False


def test_the_settings_of_an_installation_by_hand_are_taken_over(tmp_path: Path) -> None:
    """Once: an upgrade does not bring back a section that was deleted."""
    (tmp_path / "etc" / "config").mkdir(parents=True)
    (tmp_path / "etc" / "config" / "dormouse").touch(0o644)
    script("uci-defaults", tmp_path)
    assert not (tmp_path / "calls").exists()
    assert stat.S_IMODE((tmp_path / "etc" / "config" / "dormouse").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "etc" / "dormouse").stat().st_mode) == 0o700

    (tmp_path / "etc" / "dormouse" / "config.json").write_text("{}")
    script("uci-defaults", tmp_path)
    calls = (tmp_path / "calls").read_text().replace(str(tmp_path), "")
    assert calls.splitlines() == [
        "uci -q set dormouse.manual=ddns",
        "uci -q set dormouse.manual.enabled=1",
        "uci -q set dormouse.manual.config=/etc/dormouse/manual.json",
        "uci -q commit dormouse",
    ]
    assert (tmp_path / "etc" / "dormouse" / "manual.json").read_text() == "{}"
    script("uci-defaults", tmp_path)
    assert (tmp_path / "calls").read_text().count("commit") == 1


@pytest.mark.parametrize(
    ("action", "interface", "rounds"),
    [("ifup", "wan", 1), ("ifupdate", "wan6", 1), ("ifup", "lan", 0), ("ifdown", "wan", 0)],
)
def test_an_uplink_that_comes_up_starts_a_round(tmp_path: Path, action: str, interface: str, rounds: int) -> None:
    """Only an uplink, and only when it is up."""
    (tmp_path / "lib" / "functions").mkdir(parents=True)
    (tmp_path / "lib" / "functions" / "network.sh").write_text(
        "network_find_wan() { wan=wan; }\nnetwork_find_wan6() { wan6=wan6; }\n"
    )
    (tmp_path / "etc" / "init.d").mkdir(parents=True)
    service = tmp_path / "etc" / "init.d" / "dormouse"
    service.write_text(f'#!/bin/sh\necho "$1" >>{tmp_path}/rounds\n')
    service.chmod(0o755)
    script("hotplug", tmp_path, ACTION=action, INTERFACE=interface)
    found = (tmp_path / "rounds").read_text().split() if (tmp_path / "rounds").exists() else []
    assert found == ["round"] * rounds
