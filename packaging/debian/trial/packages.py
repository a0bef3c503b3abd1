"""The package of Debian: from the apt repository, by hand in a chroot, and under a real systemd."""

import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from debmaker import deb, repository
from debmaker.project import PACKAGE

from tests.fakes.cloudflare import Cloudflare
from trial import cloud
from trial.cloud import ADDRESS, CONFIG, HOME, NAS, configure, environ, names_of, store_token
from trial.report import expect, run
from trial.roots import Booted, Making, Root, booted
from trial.service import Service, eventually, mode

_SERVICE = "/usr/lib/systemd/system/ddns.service"
_WANTED = "/etc/systemd/system/multi-user.target.wants/ddns.service"
_SOURCE = f"""Types: deb
URIs: file:/srv/apt
Suites: stable
Components: main
Signed-By: /usr/share/keyrings/{repository.KEYRING}
"""
_UNTOUCHED = ("/etc/ddns", "/usr/bin/ddns", "/var/lib/ddns", "/var/lib/private/ddns", _SERVICE)


def throw_away_key() -> str:
    """Return a private OpenPGP key made for this run."""
    with tempfile.TemporaryDirectory(prefix="gpg-") as home:
        gpg = ["gpg", "--homedir", home, "--batch", "--quiet", "--passphrase", ""]
        run([*gpg, "--quick-generate-key", "Trial <trial@example.org>", "ed25519", "sign", "1d"])
        done = subprocess.run([*gpg, "--armor", "--export-secret-keys"], capture_output=True, text=True, check=True)
        subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], capture_output=True, check=False)
        return done.stdout


def publish(root: Root, dist: Path, revision: int) -> None:
    """Make the package for the root's architecture with this revision, and a signed repository of it in the root."""
    for old in dist.glob(f"{PACKAGE}_*.deb"):
        old.unlink()
    deb.make(root.architecture, dist, revision)
    made = repository.make(dist)
    shutil.rmtree(root.file("/srv/apt"), ignore_errors=True)
    shutil.copytree(made, root.file("/srv/apt"))
    shutil.copy(made / repository.KEYRING, root.file("/usr/share/keyrings"))
    root.file("/etc/apt/sources.list.d/dormouse.sources").write_text(_SOURCE)


def by_hand(making: Making, dist: Path) -> None:
    """Install, start by the unit's command line, upgrade, remove, purge in a chroot. TrialError: anything is wrong."""
    with making() as root, Cloudflare(["example.org"]) as simulator:
        simulator.set_address(ADDRESS)
        before = _files(root)
        publish(root, dist, 1)
        _refusals_of_apt(root)
        _install(root)
        extra = environ(root, simulator)
        _settings_are_private(root, extra, simulator)
        service = Service(root, _SERVICE, extra)
        try:
            service.start()
            eventually(lambda: names_of(simulator) == {HOME}, "its record is at Cloudflare")
            configure(root, simulator, HOME, NAS)
            service.signal(signal.SIGHUP)
            eventually(
                lambda: names_of(simulator) == {HOME, NAS}, "a reload reads the settings, which it may read still"
            )
            publish(root, dist, 2)
            root.sh("apt-get update -qq && apt-get upgrade -qq -y")
            expect(_version(root).endswith("-2"), "an upgrade while it runs")
            service.stop()
        finally:
            service.kill()
        _upgraded(root)
        _removed(root, before)


def _refusals_of_apt(root: Root) -> None:
    """Show that apt takes neither an unsigned list nor a changed one. TrialError: it does."""
    suite = root.file("/srv/apt/dists/stable")
    kept = root.file("/srv/kept")
    shutil.copytree(suite, kept)
    for name in ("InRelease", "Release.gpg"):
        (suite / name).unlink()
    said = root.sh("apt-get update", code=None)
    expect("is not signed" in said, "apt refuses the repository without its signature")
    for path in (kept / f"main/binary-{root.architecture}").iterdir():
        target = suite / path.relative_to(kept)
        target.write_bytes(path.read_bytes().replace(b"Depends: adduser", b"Depends: nothing"))
    for name in ("InRelease", "Release.gpg"):
        shutil.copy(kept / name, suite)
    for name in ("Packages.gz", "Packages.xz"):
        (suite / f"main/binary-{root.architecture}" / name).unlink()
    said = root.sh("apt-get update", code=None)
    expect("Hash Sum mismatch" in said or "unexpected size" in said, "apt refuses a list that was changed")
    shutil.rmtree(suite)
    kept.rename(suite)


def _install(root: Root) -> None:
    root.sh("apt-get update -qq")
    said = root.sh(f"apt-get install -qq -y {PACKAGE}")
    expect("nothing runs yet" in said, "installed from the signed repository; it says what to do next")
    expect(root.run("ddns", "--version").startswith("ddns "), "the program runs")
    expect(root.file(_WANTED).is_symlink(), "the service is enabled")
    owner = root.run("stat", "-c", "%a %U:%G", CONFIG).strip()
    expect(owner == "640 root:dormouse", "the settings are root's, readable for the group dormouse, and nobody else")
    expect(root.run("dpkg", "--verify", PACKAGE).strip() == "", "dpkg finds every file as it should be")
    units = [f"/usr/lib/systemd/system/{name}" for name in ("ddns.service", "ddns-once.service", "ddns-once.timer")]
    said = "".join(
        line for line in root.run("systemd-analyze", "verify", "--man=no", *units).splitlines() if "ddns" in line
    )
    expect(said == "", "systemd-analyze verify has nothing to say about the units")
    condition = f"ConditionFileNotEmpty={cloud.TOKEN}"
    expect(condition in root.file(_SERVICE).read_text(), "the service waits for a token")


def _settings_are_private(root: Root, extra: dict[str, str], simulator: Cloudflare) -> None:
    configure(root, simulator, HOME)
    store_token(root, simulator)
    service = Service(root, _SERVICE, extra)
    said = root.run(*service.argv(groups=False), code=2)
    expect("ddns.json" in said, "another user cannot read the settings")


def _version(root: Root) -> str:
    return root.run("dpkg-query", "-W", "-f", "${Version}", PACKAGE)


def _upgraded(root: Root) -> None:
    """Check what an upgrade must have left as it was."""
    expect(NAS in root.file(CONFIG).read_text(), "the upgrade has kept the settings")
    expect(mode(root.file(CONFIG)) == "640", "and their mode")
    expect(root.run("stat", "-c", "%G", CONFIG).strip() == "dormouse", "and their group")
    expect(mode(root.file(cloud.TOKEN)) == "600", "and the token")
    expect(root.file(_WANTED).is_symlink(), "the service is still enabled")


def _removed(root: Root, before: set[str]) -> None:
    root.sh(f"apt-get remove -qq -y {PACKAGE}")
    expect(not root.file("/usr/bin/ddns").exists(), "apt remove takes the program")
    expect(root.file(CONFIG).exists() and root.file(cloud.TOKEN).exists(), "and keeps settings and token")
    state = root.file("/var/lib/private/ddns")
    state.mkdir(parents=True, exist_ok=True)
    (state / "state.json").touch()
    root.sh(f"apt-get purge -qq -y {PACKAGE}")
    left = {name for name in _files(root) - before if not name.startswith(_OTHERS)}
    expect(left == set(), f"apt purge leaves no file behind{': ' if left else ''}{', '.join(sorted(left))}")
    expect(not any(root.file(name).exists() for name in _UNTOUCHED), "settings, token and state are gone")


_OTHERS = (
    *("/var/cache/", "/var/lib/apt/", "/var/lib/dpkg/", "/var/log/", "/srv/", "/run/", "/proc/", "/dev/"),
    *("/etc/apt/", "/usr/share/keyrings/", "/etc/group-", "/etc/gshadow-", "/etc/ssl/simulator.pem"),
    *(
        "/etc/machine-id",
        "/var/lib/systemd/",
        "/var/lib/private",
        "/etc/systemd/system/ddns.service.d/",
        *("/etc/systemd/system/ddns-once.service.d/", "/etc/.updated", "/var/.updated"),
    ),
)
"""What the trial itself or the system's own tools have written."""


def _files(root: Root) -> set[str]:
    return {
        f"/{path.relative_to(root.path)}" for path in root.path.rglob("*") if not path.is_dir() or path.is_symlink()
    }


def under_systemd(making: Making, dist: Path) -> None:
    """Do the same in a container whose first process is systemd. TrialError: anything is wrong."""
    with making() as plain, Cloudflare(["example.org"]) as simulator:
        simulator.set_address(ADDRESS)
        before = _files(plain)
        publish(plain, dist, 1)
        with booted(plain) as root:
            print(f"   {root.run('systemctl', '--version').splitlines()[0]}", flush=True)
            drop_in = root.file("/etc/systemd/system/ddns.service.d/trial.conf")
            drop_in.parent.mkdir(parents=True)
            lines = [f"Environment={name}={value}\n" for name, value in environ(root, simulator).items()]
            drop_in.write_text("[Service]\n" + "".join(lines))
            shutil.copytree(drop_in.parent, drop_in.parent.with_name("ddns-once.service.d"))
            _install(root)
            _waits_for_a_token(root)
            store_token(root, simulator)
            configure(root, simulator, HOME, state_file="/var/lib/ddns/state.json")
            _runs(root, simulator)
            publish(root, dist, 2)
            first = _process(root)
            root.sh("apt-get update -qq && apt-get upgrade -qq -y")
            expect(_version(root).endswith("-2"), "an upgrade while it runs")
            expect(_state(root) == "active" and _process(root) != first, "it was restarted by the upgrade")
            _upgraded(root)
            _by_timer(root, simulator)
            _removed(root, before)
            expect(_state(root) == "inactive", "and nothing runs")


def _state(root: Root) -> str:
    return root.run("systemctl", "is-active", "ddns", code=None).strip()


def _process(root: Root) -> str:
    return root.run("systemctl", "show", "-P", "MainPID", "ddns").strip()


def _waits_for_a_token(root: Booted) -> None:
    expect(_state(root) == "inactive", "it did not start without a token")
    root.run("systemctl", "start", "ddns")
    result = root.run("systemctl", "show", "-P", "ConditionResult", "-P", "Result", "ddns").split()
    expect(
        _state(root) == "inactive" and set(result) == {"no", "success"}, "a start by hand is passed over, not failed"
    )


def _runs(root: Booted, simulator: Cloudflare) -> None:
    root.run("systemctl", "start", "ddns")
    expect(_state(root) == "active", "with a token it starts, and systemd knows that it is ready")
    eventually(lambda: names_of(simulator) == {HOME}, "its record is at Cloudflare")
    user, bounding = (root.sh(f"grep ^{name}: /proc/{_process(root)}/status").split() for name in ("Uid", "CapBnd"))
    expect(int(user[1]) >= 61184, f"it runs as a user of its own ({user[1]})")
    expect(int(bounding[1], 16) == 0, "without any capability")
    configure(root, simulator, HOME, NAS, state_file="/var/lib/ddns/state.json")
    root.run("systemctl", "reload", "ddns")
    eventually(lambda: names_of(simulator) == {HOME, NAS}, "a reload reads the settings")
    expect(root.file("/var/lib/private/ddns/state.json").exists(), "its state is in /var/lib/ddns")
    expect(simulator.token not in root.run("journalctl", "-u", "ddns", "--no-pager"), "the journal has no token")


def _by_timer(root: Booted, simulator: Cloudflare) -> None:
    root.run("systemctl", "disable", "--now", "ddns")
    simulator.record("example.org", NAS)["content"] = "192.0.2.1"
    root.run("systemctl", "enable", "--now", "ddns-once.timer")
    root.run("systemctl", "start", "ddns-once.service")
    expect(names_of(simulator) == {HOME, NAS}, "one round by ddns-once.service")
