"""The program from memory: a shell script with stand-ins for the network, and a folder in place of the router's."""

import hashlib
import os
import shutil
import signal
import stat
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "packaging" / "openwrt" / "dormouse-ram"
SHELLS = [["sh"], *([["busybox", "ash"]] if shutil.which("busybox") else [])]
NAME = "ddns-linux-mipsel"
PLACE = "https://example.org/releases/download/v1.0"
PROGRAM = '#!/bin/sh\necho "ran {word} $*"\numask\n'
WGET = """#!/bin/sh
# The last two words are a file and an address. What is in "net" is there; "down" has a line for each try without it.
name="${0##*/}"
while [ $# -gt 2 ]; do shift; done
echo "$name $2" >>"$BOX/calls"
if [ -s "$BOX/down" ]; then
    sed -i 1d "$BOX/down"
    exit 4
fi
cp "$BOX/net/${2##*/}" "$1" 2>/dev/null || exit 8
"""
LOGGER = '#!/bin/sh\necho "logger $*" >>"$BOX/log"\n'
SLEEP = '#!/bin/sh\necho "sleep $1" >>"$BOX/calls"\n[ ! -e "$BOX/slow" ] || exec "$REAL_SLEEP" 60\n'


class Router:
    """A folder with the script and what is on a router."""

    def __init__(self, box: Path, shell: list[str]) -> None:
        self.box, self.shell = box, shell
        self.ram, self.share, self.etc, self.net = box / "run/ram", box / "share", box / "etc", box / "net"
        for folder in (self.ram.parent, self.share, self.etc, self.net, box / "tools"):
            folder.mkdir(parents=True)
        for name, text in (("wget", WGET), ("logger", LOGGER), ("sleep", SLEEP)):
            (box / "tools" / name).write_text(text)
            (box / "tools" / name).chmod(0o755)
        (box / "release").write_text("DISTRIB_ID='OpenWrt'\nDISTRIB_ARCH='mipsel_24kc'\n")
        (self.share / "architectures").write_text("x86_64 amd64\nmipsel_24kc mipsel\nmipsel_74kc mipsel\n")
        (self.share / "place").write_text(f"{PLACE}\n")
        text = SCRIPT.read_text("utf-8")
        places = {
            "RAM=/var/run/dormouse-ram ": self.ram,
            "SHARE=/usr/share/dormouse ": self.share,
            "ETC=/etc/dormouse ": self.etc,
            "RELEASE=/etc/openwrt_release\n": box / "release",
        }
        for line, here in places.items():
            assert text.count(line) == 1
            text = text.replace(line, f"{line.split('=')[0]}={here}{line[-1]}")
        # By their paths, because busybox ash may prefer its own programs to those in PATH.
        for line, name in (("exec wget -q", "wget"), ("logger -s", "logger"), ('sleep "$1" &', "sleep")):
            assert text.count(line) == 1
            text = text.replace(line, line.replace(name, str(box / "tools" / name)))
        (box / "dormouse").write_text(text)
        self.publish("one")
        self.expect("one")

    def publish(self, word: str) -> None:
        """Put a program on the net that prints a word."""
        (self.net / NAME).write_text(PROGRAM.format(word=word))

    def expect(self, word: str) -> None:
        """Make its sum the one that is in flash, among others."""
        own = hashlib.sha256(PROGRAM.format(word=word).encode()).hexdigest()
        (self.share / "SHA256SUMS").write_text(f"{'0' * 64}  ddns-linux-amd64\n{own}  {NAME}\n")

    def start(self, *args: str) -> "subprocess.Popen[str]":
        """Start the script."""
        env = {"PATH": f"{self.box / 'tools'}:{os.defpath}", "BOX": str(self.box), "REAL_SLEEP": "/bin/sleep"}
        argv = [*self.shell, str(self.box / "dormouse"), *args]
        return subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, umask=0o022)

    def run(self, *args: str, code: int = 0) -> str:
        """Run the script to its end; return what it printed."""
        with self.start(*args) as process:
            said, _ = process.communicate(timeout=60)
        assert process.returncode == code, said + self.log()
        return said

    def calls(self, word: str) -> list[str]:
        """Return the arguments of each call of a stand-in."""
        path = self.box / "calls"
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        return [line.removeprefix(f"{word} ") for line in lines if line.startswith(f"{word} ")]

    def log(self) -> str:
        """Return what was logged."""
        path = self.box / "log"
        return path.read_text("utf-8") if path.exists() else ""

    def no_network(self, tries: int) -> None:
        """Let so many fetches fail."""
        (self.box / "down").write_text("down\n" * tries)


@pytest.fixture(params=SHELLS, ids=lambda shell: shell[-1])
def router(request: pytest.FixtureRequest, tmp_path: Path) -> Router:
    """Make a router that has just started, with a network."""
    return Router(tmp_path, request.param)


CONFIG = ("--config", "/var/run/dormouse/home.json")


def test_it_becomes_the_program(router: Router) -> None:
    """With its arguments and as the same process, and without another fetch when it is there already."""
    assert router.run(*CONFIG) == f"ran one {' '.join(CONFIG)}\n0022\n"
    assert router.calls("wget") == [f"{PLACE}/{NAME}"]
    assert stat.S_IMODE(router.ram.stat().st_mode) == 0o700
    assert sorted(path.name for path in router.ram.iterdir()) == ["checked", "dormouse"]
    assert router.run("status", "--json").startswith("ran one status --json\n")
    assert len(router.calls("wget")) == 1


def test_the_service_tries_until_there_is_a_network(router: Router) -> None:
    """Slower each time, up to a minute; the log is told once."""
    router.no_network(6)
    assert router.run(*CONFIG).startswith("ran one")
    assert router.calls("sleep") == ["5", "10", "20", "40", "60", "60"]
    assert router.log().count("cannot be fetched for now") == 1
    assert router.log().endswith(f"daemon.notice {NAME} was fetched and checked\n")


def test_a_person_is_told_at_once(router: Router) -> None:
    """What is not the service does not wait."""
    router.no_network(1)
    assert router.run("check", "--config", "x", code=1) == ""
    assert "the program is not in memory yet" in router.log()
    assert router.calls("sleep") == []


def test_a_file_with_another_sum_is_never_run(router: Router) -> None:
    """It is removed, and tried again: somebody may have put the right one there meanwhile."""
    router.publish("evil")
    said = router.run("plan", code=1)
    assert "ran" not in said
    assert f"{PLACE}/{NAME} is not the file whose sum is in {router.share}/SHA256SUMS, so it is not run" in router.log()
    assert list(router.ram.iterdir()) == []


def test_half_a_file_is_never_run(router: Router) -> None:
    """Nor one that changed in memory."""
    (router.net / NAME).write_text(PROGRAM.format(word="one")[:30])
    router.run("plan", code=1)
    router.publish("one")
    router.run("plan")
    (router.ram / "dormouse").write_text(PROGRAM.format(word="evil"))
    assert router.run("plan").startswith("ran one")
    assert len(router.calls("wget")) == 3


def test_the_former_version_stays_until_the_new_one_was_checked(router: Router) -> None:
    """And goes on when the new one cannot be had; but not when it is not the one that was checked."""
    router.run(*CONFIG)
    router.expect("two")
    router.publish("evil")
    assert router.run(*CONFIG).startswith("ran one")
    assert "the version of before is still in memory, so it goes on" in router.log()
    router.publish("two")
    assert router.run(*CONFIG).startswith("ran two")

    router.expect("three")
    (router.ram / "dormouse").write_text(PROGRAM.format(word="evil"))
    assert "ran" not in router.run("plan", code=1)


@pytest.mark.parametrize(
    ("sums", "says"),
    [
        ("", "has no sum of"),
        (f"{'0' * 64}  ddns-linux-amd64\n", "has no sum of"),
        (f"{'0' * 63}  {NAME}\n", "has no sum of"),
        (f"{'$' * 64}  {NAME}\n", "has no sum of"),
    ],
)
def test_without_a_sum_nothing_is_fetched(router: Router, sums: str, says: str) -> None:
    """The log says which file lacks it."""
    (router.share / "SHA256SUMS").write_text(sums)
    router.run(*CONFIG, code=1)
    assert says in router.log()
    assert router.calls("wget") == []


def test_another_router_needs_another_file(router: Router) -> None:
    """Or has none."""
    (router.box / "release").write_text("DISTRIB_ARCH='arc_archs'\n")
    router.run(*CONFIG, code=1)
    assert "there is no program for arc_archs" in router.log()


def test_a_place_of_one_s_own(router: Router) -> None:
    """Such as a machine in the same network; the sum is what counts."""
    (router.etc / "place").write_text("http://192.168.1.2/dormouse\n")
    assert router.run("plan").startswith("ran one")
    assert router.calls("wget") == [f"http://192.168.1.2/dormouse/{NAME}"]


def test_openwrt_s_own_fetcher_is_preferred(router: Router) -> None:
    """Where there is one."""
    shutil.copy(router.box / "tools" / "wget", router.box / "tools" / "uclient-fetch")
    assert router.run("plan").startswith("ran one")
    assert router.calls("uclient-fetch") == [f"{PLACE}/{NAME}"]
    assert router.calls("wget") == []


def test_one_instance_fetches_for_all(router: Router) -> None:
    """The others wait for it; who died while fetching holds up nobody."""
    router.ram.mkdir()
    (router.ram / "lock").mkdir()
    (router.ram / "lock" / "pid").write_text(f"{os.getpid()}\n")
    router.run("plan", code=1)
    assert router.calls("wget") == []

    with subprocess.Popen(["true"]) as gone:
        pass
    (router.ram / "lock" / "pid").write_text(f"{gone.pid}\n")
    assert router.run(*CONFIG).startswith("ran one")
    assert router.calls("sleep") == ["5"]


def waiting(router: Router) -> "subprocess.Popen[str]":
    """Start the service without a network, and return when it waits for the next try."""
    router.no_network(1)
    (router.box / "slow").touch()
    process = router.start(*CONFIG)
    for _ in range(600):
        if router.calls("sleep"):
            return process
        time.sleep(0.05)
    process.kill()
    raise AssertionError(router.log())


@pytest.mark.parametrize("number", [signal.SIGUSR1, signal.SIGHUP])
def test_an_uplink_that_comes_up_starts_the_next_try(router: Router, number: signal.Signals) -> None:
    """And a reload; neither ends it."""
    with waiting(router) as process:
        process.send_signal(number)
        said, _ = process.communicate(timeout=30)
    assert said.startswith("ran one")
    assert router.calls("sleep") == ["5"]


def test_a_stop_ends_the_wait(router: Router) -> None:
    """And leaves no lock."""
    with waiting(router) as process:
        process.terminate()
        process.communicate(timeout=30)
    assert process.returncode == 143
    assert not (router.ram / "lock").exists()


# The sums of another release.


def key(folder: Path, name: str) -> Path:
    """Make a key; return the path of its private half, beside which its public half ends in .pub."""
    path = folder / name
    subprocess.run(
        ["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", str(path)],
        check=True,
        capture_output=True,
    )
    subprocess.run(
        ["openssl", "pkey", "-in", str(path), "-pubout", "-out", f"{path}.pub"], check=True, capture_output=True
    )
    return path


def sign(router: Router, private: Path, word: str) -> None:
    """Publish a signed list of sums."""
    own = hashlib.sha256(PROGRAM.format(word=word).encode()).hexdigest()
    sums = router.net / "SHA256SUMS"
    sums.write_text(f"{own}  {NAME}\n")
    argv = ["openssl", "dgst", "-sha256", "-sign", str(private), "-out", f"{sums}.sig", str(sums)]
    subprocess.run(argv, check=True, capture_output=True)


def test_signed_sums_of_another_release_are_taken(router: Router, tmp_path: Path) -> None:
    """They hold until the package is another one."""
    private = key(tmp_path, "ours.key")
    shutil.copy(f"{private}.pub", router.etc / "release.pem")
    sign(router, private, "two")
    router.publish("two")
    router.run("ram-update", "2.0")
    assert "the sums of 2.0 are those that count now" in router.log()
    assert router.run("plan").startswith("ran two")
    assert router.calls("wget")[-1] == f"https://example.org/releases/download/v2.0/{NAME}"

    router.expect("three")
    router.publish("three")
    assert router.run("plan").startswith("ran three")
    assert router.calls("wget")[-1] == f"{PLACE}/{NAME}"


def test_sums_that_are_not_signed_change_nothing(router: Router, tmp_path: Path) -> None:
    """Whatever is wrong with them; the log says what."""
    private, other = key(tmp_path, "ours.key"), key(tmp_path, "other.key")
    router.run("ram-update", "../x", code=1)
    router.run("ram-update", code=1)
    assert router.log().count("usage: dormouse ram-update VERSION") == 2
    router.run("ram-update", "2.0", code=1)
    assert "release.pem is missing" in router.log()

    shutil.copy(f"{private}.pub", router.etc / "release.pem")
    router.run("ram-update", "2.0", code=1)
    assert "SHA256SUMS cannot be fetched; nothing was changed" in router.log()
    sign(router, other, "two")
    router.run("ram-update", "2.0", code=1)
    assert "is not that of" in router.log()
    sign(router, private, "two")
    with (router.net / "SHA256SUMS").open("a") as file:
        file.write("x\n")
    router.run("ram-update", "2.0", code=1)
    assert router.log().count("is not that of") == 2
    assert not (router.etc / "ram.sums").exists()
    assert router.run("plan").startswith("ran one")
