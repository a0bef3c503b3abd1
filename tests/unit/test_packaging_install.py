"""install.sh below a folder, with stubs: what it checks before it changes anything, what it installs and removes."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.fakes.packaging import MACHINES

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "packaging" / "install.sh"
SHELLS = [["sh"], ["busybox", "sh"]] if shutil.which("busybox") else [["sh"]]
KEY = ec.generate_private_key(ec.SECP256R1())
# Stands in where there is no openssl: the ways in which install.sh and script/package call it.
OPENSSL = f"""#!/bin/sh
[ "$3" != -r ] || exec sha256sum "$4"
exec {sys.executable} - "$@" 3<&0 <<'CODE'
import sys
from pathlib import Path
from cryptography.hazmat.primitives import hashes, serialization as s
from cryptography.hazmat.primitives.asymmetric import ec
at = {{name: sys.argv[i + 1].replace("/dev/stdin", "/dev/fd/3") for i, name in enumerate(sys.argv[:-1])}}
if sys.argv[1] == "pkey":
    public = s.load_pem_private_key(Path(at["-in"]).read_bytes(), None).public_key()
    sys.stdout.buffer.write(public.public_bytes(s.Encoding.PEM, s.PublicFormat.SubjectPublicKeyInfo))
else:
    key = s.load_pem_public_key(Path(at["-verify"]).read_bytes())
    key.verify(Path(at["-signature"]).read_bytes(), Path(sys.argv[-1]).read_bytes(), ec.ECDSA(hashes.SHA256()))
CODE
"""
# Busybox takes its own commands before those in the path; functions come before both.
START = """for each in uname systemctl wget grep dd; do
    [ ! -e "$TOOLS/$each" ] || eval "$each() { \\"$TOOLS/$each\\" \\"\\$@\\"; }"
done
. "$0"
"""
PROGRAM = "#!/bin/sh\necho ddns 1.2.3\n"


def pem(key: ec.EllipticCurvePrivateKey, *, private: bool = False) -> str:
    """Return one half of a key as text."""
    if private:
        raw = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    else:
        raw = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return raw.decode()


class Machine:
    """A root folder, a release in another, and stubs for what tells machines apart."""

    def __init__(self, folder: Path, shell: list[str]) -> None:
        """Publish version 1.2.3; the machine has systemd and an ARMv6 processor."""
        self.shell, self.root, self.release, self.tools = (shell, folder / "root", folder / "release", folder / "tools")
        for path in (self.root / "run/systemd/system", self.release, self.tools):
            path.mkdir(parents=True)
        self.calls, self.script = folder / "calls", SCRIPT
        self.stub("uname", 'case $1 in -s) echo Linux ;; *) echo "${MACHINE:-armv6l}" ;; esac')
        self.stub("systemctl", 'echo "systemctl $*" >>"$CALLS"\ncase $* in *is-active*) exit "${ACTIVE:-3}" ;; esac')
        self.stub("dpkg-query", 'echo "${PACKAGED:-not-installed}"')
        if (openssl := shutil.which("openssl")) is not None:
            (self.tools / "openssl").symlink_to(openssl)
        else:
            (self.tools / "openssl").write_text(OPENSSL)
            (self.tools / "openssl").chmod(0o755)
        self.key = folder / "key.pem"
        self.key.write_text(pem(KEY))
        for arch in MACHINES:
            (self.release / f"ddns-linux-{arch}").write_text(PROGRAM + f"# {arch}\n")
        for name in ("ddns.service", "ddns.json"):
            shutil.copy(ROOT / "packaging" / "systemd" / name, self.release)
        self.sign()

    def stub(self, name: str, text: str) -> None:
        """Put a command first in the path."""
        (self.tools / name).write_text(f"#!/bin/sh\n{text}\n")
        (self.tools / name).chmod(0o755)

    def sign(self, key: ec.EllipticCurvePrivateKey = KEY) -> None:
        """Write the list of checksums and its signature."""
        files = sorted(path for path in self.release.iterdir() if not path.name.startswith("SHA256SUMS"))
        text = "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files)
        (self.release / "SHA256SUMS").write_text(text)
        (self.release / "SHA256SUMS.sig").write_bytes(key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))

    def run(self, *args: str, **env: str) -> "subprocess.CompletedProcess[str]":
        """Run install.sh."""
        ours = {
            "PATH": f"{self.tools}:{os.defpath}",
            "DESTDIR": str(self.root),
            "DORMOUSE_FROM": str(self.release),
            "DORMOUSE_KEY": str(self.key),
            "CALLS": str(self.calls),
            "TOOLS": str(self.tools),
        }
        argv = [*self.shell, "-c", START, str(self.script), *args]
        return subprocess.run(argv, env={**ours, **env}, capture_output=True, text=True, check=False)

    def installed(self) -> set[str]:
        """Return every file below the root."""
        return {str(path.relative_to(self.root)) for path in self.root.rglob("*") if path.is_file()}

    def called(self) -> list[str]:
        """Return what systemctl was asked for."""
        return self.calls.read_text().splitlines() if self.calls.exists() else []


@pytest.fixture(params=SHELLS, ids=" ".join)
def machine(tmp_path: Path, request: pytest.FixtureRequest) -> Machine:
    """Return a machine for each shell that is here."""
    return Machine(tmp_path, request.param)


FILES = {"usr/local/bin/ddns", "etc/ddns/ddns.json", "etc/systemd/system/ddns.service"}


def test_a_first_installation(machine: Machine) -> None:
    """Program, example and unit; nothing starts before the owner has set a token."""
    done = machine.run()
    program = machine.root / "usr/local/bin/ddns"

    assert (done.returncode, done.stderr) == (0, "")
    assert machine.installed() == FILES
    assert program.read_text().endswith("# armhf\n")
    assert program.stat().st_mode & 0o777 == 0o755
    assert machine.called() == ["systemctl daemon-reload", "systemctl --quiet is-active ddns.service"]
    assert f"{program} is version 1.2.3" in done.stdout
    assert "systemctl enable --now ddns" in done.stdout


@pytest.mark.parametrize(
    ("word", "arch"),
    [
        *(("x86_64", "amd64"), ("i686", "386"), ("aarch64", "arm64"), ("riscv64", "riscv64")),
        *(("armv7l", "armhf"), ("armv6l", "armhf"), ("armv5tel", "armv5"), ("armv5tejl", "armv5")),
        *(("ppc64le", ""), ("armv4l", ""), ("armv5teb", "")),
    ],
)
def test_the_kernel_says_which_file(machine: Machine, word: str, arch: str) -> None:
    """A machine that has none is told another way."""
    done = machine.run("--no-service", MACHINE=word)
    if arch:
        assert machine.installed() == {"usr/local/bin/ddns"}
        assert (machine.root / "usr/local/bin/ddns").read_text().endswith(f"# {arch}\n")
    else:
        assert (done.returncode, machine.installed()) == (1, set())
        assert f"there is no file for {word}" in done.stderr
        assert "pip install dormouse-ddns" in done.stderr


@pytest.mark.parametrize(
    ("unit", "arch"), [("half thumb vfp edsp", "armhf"), ("half thumb vfpv4", "armhf"), ("swp half thumb", "armv5")]
)
def test_an_arm_processor_says_whether_it_has_a_floating_point_unit(machine: Machine, unit: str, arch: str) -> None:
    """One without gets the program that needs none."""
    kernel = f'[ "$2" != /proc/cpuinfo ] || exec printf "Features\\t: {unit}\\nFeatures\\t: {unit}\\n"'
    machine.stub("grep", f'{kernel}\nexec {shutil.which("grep")} "$@"')
    assert machine.run("--no-service", MACHINE="armv7l").stderr == ""
    assert (machine.root / "usr/local/bin/ddns").read_text().endswith(f"# {arch}\n")


@pytest.mark.parametrize(("byte", "arch"), [("\\001", "mipsel"), ("\\002", "mips")])
def test_a_program_of_a_mips_machine_says_its_order(machine: Machine, byte: str, arch: str) -> None:
    """The kernel has one name for both."""
    machine.stub("dd", f"printf '{byte}'")
    assert machine.run("--no-service", MACHINE="mips").stderr == ""
    assert (machine.root / "usr/local/bin/ddns").read_text().endswith(f"# {arch}\n")


def damaged(machine: Machine) -> None:
    """Publish a program that is not the one on the list."""
    (machine.release / "ddns-linux-armhf").write_text(PROGRAM + "# armhf, and more\n")


def damaged_unit(machine: Machine) -> None:
    """Publish a unit that is not."""
    (machine.release / "ddns.service").write_text("[Service]\nExecStart=/bin/false\n")


def unlisted(machine: Machine) -> None:
    """Publish a list without the file."""
    kept = (machine.release / "ddns-linux-armhf").rename(machine.release.parent / "kept")
    machine.sign()
    kept.rename(machine.release / "ddns-linux-armhf")


def relisted(machine: Machine) -> None:
    """Make the list fit the changed program, and keep the signature."""
    damaged(machine)
    signature = (machine.release / "SHA256SUMS.sig").read_bytes()
    machine.sign()
    (machine.release / "SHA256SUMS.sig").write_bytes(signature)


def strange(machine: Machine) -> None:
    """Sign with another key."""
    machine.sign(ec.generate_private_key(ec.SECP256R1()))


def unsigned(machine: Machine) -> None:
    """Take the signature away."""
    (machine.release / "SHA256SUMS.sig").unlink()


def empty_signature(machine: Machine) -> None:
    """Leave nothing in the signature."""
    (machine.release / "SHA256SUMS.sig").write_bytes(b"")


def wrong_kind(machine: Machine) -> None:
    """Publish a program that does not run here."""
    (machine.release / "ddns-linux-armhf").write_bytes(b"\x7fELF of another machine")
    machine.sign()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (damaged, "ddns-linux-armhf is damaged or was changed by somebody"),
        (damaged_unit, "ddns.service is damaged or was changed by somebody"),
        (unlisted, "SHA256SUMS does not list ddns-linux-armhf"),
        (relisted, "the signature of"),
        (strange, "the signature of"),
        (unsigned, "SHA256SUMS.sig cannot be read"),
        (empty_signature, "the signature of"),
        (wrong_kind, "does not run on this machine"),
    ],
)
def test_nothing_is_changed_unless_everything_is_right(machine: Machine, change: object, says: str) -> None:
    """At the first installation and at an upgrade."""
    assert callable(change)
    assert machine.run().returncode == 0
    machine.calls.unlink()
    before = (machine.root / "usr/local/bin/ddns").read_text()
    change(machine)
    done = machine.run()

    assert done.returncode == 1
    assert says in done.stderr
    assert done.stderr.rstrip().endswith("Nothing was changed")
    assert (machine.root / "usr/local/bin/ddns").read_text() == before
    assert (machine.installed(), machine.called()) == (FILES, [])


def test_a_copy_without_a_key_checks_nothing_and_does_nothing(machine: Machine) -> None:
    """The key in the repository is the owner's to set; there is no way around the signature."""
    done = machine.run(DORMOUSE_KEY="")
    if "(not set)" in SCRIPT.read_text("utf-8"):
        assert "this install.sh has no key of the project" in done.stderr
    assert (done.returncode, machine.installed()) == (1, set())


def test_without_openssl_nothing_is_done(machine: Machine, tmp_path: Path) -> None:
    """It says what to install."""
    (machine.tools / "openssl").unlink()
    bare = tmp_path / "bare"
    bare.mkdir()
    for name in ("sh", "cat", "id", "grep", "busybox"):
        if (path := shutil.which(name)) is not None:
            (bare / name).symlink_to(path)
    done = machine.run(PATH=f"{machine.tools}:{bare}")
    assert (done.returncode, machine.installed()) == (1, set())
    assert "openssl is needed to check the signature; install it" in done.stderr


def test_an_upgrade_keeps_the_settings_and_restarts_what_runs(machine: Machine) -> None:
    """The program is replaced in one step: it may be running."""
    machine.run()
    program, config = machine.root / "usr/local/bin/ddns", machine.root / "etc/ddns/ddns.json"
    config.write_text("mine")
    before = program.stat().st_ino
    (machine.release / "ddns-linux-armhf").write_text(PROGRAM.replace("1.2.3", "1.3.0"))
    machine.sign()
    machine.calls.unlink()
    done = machine.run(ACTIVE="0")

    assert (done.returncode, config.read_text()) == (0, "mine")
    assert "is version 1.3.0" in done.stdout
    assert program.stat().st_ino != before
    assert machine.called()[-1] == "systemctl restart ddns.service"
    assert machine.installed() == FILES


def test_a_unit_that_was_edited_is_not_lost(machine: Machine) -> None:
    """It is kept beside the new one."""
    machine.run()
    unit = machine.root / "etc/systemd/system/ddns.service"
    unit.write_text("mine")
    done = machine.run()
    assert unit.with_name("ddns.service.old").read_text() == "mine"
    assert unit.read_text() == (machine.release / "ddns.service").read_text()
    assert "ddns.service.old" in done.stdout


def test_the_version_asked_for_is_the_one_installed(machine: Machine) -> None:
    """An older release, rightly signed, does not pass for a newer one."""
    done = machine.run("--version", "1.2.4")
    assert (done.returncode, machine.installed()) == (1, set())
    assert "has version 1.2.3, not 1.2.4. Nothing was changed" in done.stderr
    assert machine.run("--version", "v1.2.3").returncode == 0


@pytest.mark.parametrize(
    ("tool", "output"),
    [("curl", "-o"), ("wget", "-O")],
)
def test_it_asks_the_newest_release_or_the_one_named(machine: Machine, tmp_path: Path, tool: str, output: str) -> None:
    """By curl, or where there is none by wget."""
    bare = tmp_path / "bare"
    bare.mkdir()
    for name in ("sh", "busybox", "cat", "cp", "mv", "rm", "mkdir", "mktemp", "chmod", "id", "cmp", "sha256sum"):
        if (path := shutil.which(name)) is not None:
            (bare / name).symlink_to(path)
    machine.stub(
        tool,
        f"while [ $# -gt 0 ]; do case $1 in {output}) out=$2 ;; https:*) url=$1 ;; esac; shift; done\n"
        f'echo "$url" >>"$CALLS"; cp "{machine.release}/${{url##*/}}" "$out"',
    )
    env = {"DORMOUSE_FROM": "", "PATH": f"{machine.tools}:{bare}"}
    releases = "https://github.com/dormouse-ddns/dormouse/releases"

    assert machine.run("--no-service", **env).returncode == 0
    assert machine.called() == [
        f"{releases}/latest/download/{name}" for name in ("SHA256SUMS", "SHA256SUMS.sig", "ddns-linux-armhf")
    ]
    assert machine.run("--no-service", "--version", "1.2.3", **env).returncode == 0
    assert machine.called()[-1] == f"{releases}/download/v1.2.3/ddns-linux-armhf"


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("sbin/openrc-run", "rc-update add ddns"),
        ("etc/inittab", "::respawn:/usr/bin/env CLOUDFLARE_API_TOKEN_FILE="),
        ("etc/other", "There is no systemd here"),
    ],
)
def test_other_init_systems_are_told_how(machine: Machine, file: str, says: str) -> None:
    """There is no unit for them."""
    shutil.rmtree(machine.root / "run")
    (machine.root / file).parent.mkdir(parents=True)
    (machine.root / file).touch()
    done = machine.run()
    assert (done.returncode, machine.called()) == (0, [])
    assert machine.installed() == {"usr/local/bin/ddns", "etc/ddns/ddns.json", file}
    assert says in done.stdout


@pytest.mark.parametrize("purge", [False, True])
def test_a_removal_keeps_the_settings_unless_it_is_told_otherwise(machine: Machine, *, purge: bool) -> None:
    """And the token and the state with them."""
    machine.run()
    (machine.root / "etc/ddns/token").write_text("secret")
    (machine.root / "var/lib/private/ddns").mkdir(parents=True)
    (machine.root / "var/lib/private/ddns/state.json").touch()
    machine.calls.unlink()
    done = machine.run("--uninstall", *(("--purge",) if purge else ()))

    assert (done.returncode, done.stderr) == (0, "")
    assert machine.called() == ["systemctl disable --now ddns.service", "systemctl daemon-reload"]
    kept = {"etc/ddns/ddns.json", "etc/ddns/token", "var/lib/private/ddns/state.json"}
    assert machine.installed() == (set() if purge else kept)


def test_a_unit_of_somebody_else_is_left_alone(machine: Machine) -> None:
    """The name is a common one."""
    unit = machine.root / "etc/systemd/system/ddns.service"
    unit.parent.mkdir(parents=True)
    unit.write_text("[Unit]\nDescription=another updater\n")
    assert machine.run("--uninstall").returncode == 0
    assert unit.exists()


def test_the_package_of_debian_is_left_to_apt(machine: Machine) -> None:
    """Neither is it shadowed, nor are its settings removed."""
    done = machine.run(PACKAGED="installed")
    assert (done.returncode, machine.installed()) == (1, set())
    assert "upgrade it by apt" in done.stderr
    (machine.root / "etc/ddns").mkdir(parents=True)
    assert machine.run("--uninstall", "--purge", PACKAGED="installed").returncode == 1
    assert (machine.root / "etc/ddns").exists()


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--versoin", "1"), "--versoin is not an option"),
        (("--version",), "--version needs a value"),
        (("--version", "../1"), "../1 is not a version"),
        (("--purge",), "--purge goes with --uninstall"),
    ],
)
def test_a_wrong_call_is_explained(machine: Machine, args: tuple[str, ...], says: str) -> None:
    """And does nothing."""
    done = machine.run(*args)
    assert (done.returncode, machine.installed()) == (2, set())
    assert says in done.stderr
    assert "usage: install.sh" in done.stderr


def test_help(machine: Machine) -> None:
    """Every option is in it."""
    done = machine.run("--help")
    assert done.returncode == 0
    for option in ("--version", "--no-service", "--from", "--key", "--uninstall", "--purge"):
        assert option in done.stdout


def test_half_of_the_script_does_nothing(machine: Machine, tmp_path: Path) -> None:
    """A download that broke off."""
    text = SCRIPT.read_text("utf-8")
    machine.script = half = tmp_path / "half.sh"
    for part in range(1, 20):
        half.write_text(text[: len(text) * part // 20])
        machine.run()
        assert (machine.installed(), machine.called()) == (set(), [])


def sums(machine: Machine, key: str) -> "subprocess.CompletedProcess[str]":
    """Run script/package sums on the release, with a key."""
    for path in machine.release.glob("SHA256SUMS*"):
        path.unlink()
    argv = [sys.executable, "-B", str(ROOT / "packaging/debian/make.py"), "--dist", str(machine.release), "sums"]
    env = {**os.environ, "PATH": f"{machine.tools}:{os.defpath}", "DORMOUSE_RELEASE_KEY": key}
    return subprocess.run(argv, env=env, capture_output=True, text=True, check=False)


def test_a_release_without_a_key_is_not_signed(machine: Machine) -> None:
    """It says so, and lists all the same."""
    (machine.release / "dormouse-ddns_1.2.3-1_armhf.deb").touch()
    done = sums(machine, "")
    listed = [line.split("  ")[1] for line in (machine.release / "SHA256SUMS").read_text().splitlines()]
    assert done.returncode == 0
    assert "warning: not signed" in done.stderr
    assert listed == sorted(path.name for path in machine.release.iterdir() if path.name != "SHA256SUMS")
    assert {"install.sh", "ddns.service", "ddns.json", "dormouse-ddns_1.2.3-1_armhf.deb"} < set(listed)


def test_a_release_is_signed_by_the_key_that_install_sh_knows(machine: Machine) -> None:
    """Another key is refused, and the message has the public half that belongs into install.sh."""
    other = ec.generate_private_key(ec.SECP256R1())
    done = sums(machine, pem(other, private=True))
    assert done.returncode == 1
    assert "packaging/install.sh must have the public half" in done.stderr
    assert pem(other) in done.stderr
    assert not (machine.release / "SHA256SUMS.sig").exists()
