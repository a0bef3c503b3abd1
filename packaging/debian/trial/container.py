"""A container as its node sees it: what its process may do, what it has, how much memory it took."""

import re
from typing import Any

from trial.machine import Machine
from trial.report import expect

_KINDS = ("Uid", "Gid", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp")
_NONE = "0000000000000000"


def status(pod: Any, name: str = "ddns") -> Any:  # noqa: ANN401 -- JSON
    """Return the status of a container."""
    return next((each for each in pod["status"].get("containerStatuses", ()) if each["name"] == name), {})


def ready(pod: Any) -> bool:  # noqa: ANN401 -- JSON
    """Whether a pod is ready, and is to stay."""
    found = {each["type"]: each["status"] for each in pod["status"].get("conditions", ())}
    return found.get("Ready") == "True" and "deletionTimestamp" not in pod["metadata"]


def hardened(where: Machine, pod: Any) -> None:  # noqa: ANN401 -- JSON
    """Look at the process of a running container, not at what was asked for. TrialError: it may do too much."""
    pid = _pid(where, pod)
    lines = dict(line.split(":\t") for line in where.sh(f"cat /proc/{pid}/status").splitlines() if ":\t" in line)
    user, group, *rest = (lines[kind] for kind in _KINDS)
    expect(user.split() == ["1000"] * 4 and group.split() == ["1000"] * 4, "user and group are 1000")
    expect(rest == [*[_NONE] * 5, "1", "2"], "no capability, no new privileges, system calls are filtered")
    root = next(line for line in where.sh(f"cat /proc/{pid}/mounts").splitlines() if line.split()[1] == "/")
    expect("ro" in root.split()[3].split(","), "its root is read-only")


def frugal(where: Machine, pod: Any, limit: int) -> None:  # noqa: ANN401 -- JSON
    """Look at the memory of a running container. TrialError: it is not limited, was killed, or began anew."""
    group = "/sys/fs/cgroup" + where.sh(f"cat /proc/{_pid(where, pod)}/cgroup").strip().partition("::")[2]
    most, peak, events = (where.sh(f"cat {group}/memory.{name}") for name in ("max", "peak", "events"))
    killed = re.findall(r"^(?:oom|oom_kill) (\d+)$", events, re.MULTILINE)
    expect(int(most) == limit, f"memory is limited to {limit >> 20} MiB")
    expect(
        killed == ["0", "0"] and status(pod)["restartCount"] == 0,
        f"{int(peak) / 1e6:.1f} MB at most; nothing was killed",
    )


def shown(where: Machine, pod: Any) -> tuple[str, str]:  # noqa: ANN401 -- JSON
    """Return variables and arguments of a container's process."""
    environ, line = (where.sh(f"tr '\\0' '\\n' </proc/{_pid(where, pod)}/{name}") for name in ("environ", "cmdline"))
    return environ, line


def asked(where: Machine, address: str, port: int) -> str:
    """Return what a web server of a pod answers, asked from the node; nothing there speaks HTTP but this."""
    request = r"GET /metrics HTTP/1.0\r\n\r\n"
    return where.run("/bin/bash", "-c", f"exec 3<>/dev/tcp/{address}/{port}; printf '{request}' >&3; cat <&3")


def logs(where: Machine) -> str:
    """Return what containers of this node have printed, as far as it is kept."""
    return where.sh("find /var/log/pods -name '*.log' -exec tail -n 40 {} +", None)


def _pid(where: Machine, pod: Any) -> int:  # noqa: ANN401 -- JSON
    name = status(pod)["containerID"].removeprefix("containerd://")
    return int(where.sh(f"ctr -n k8s.io tasks ls | grep '^{name} '").split()[1])
