"""The simulated Cloudflare that installed programs work against, and settings for them."""

import json
from pathlib import Path

from tests.fakes.cloudflare import Cloudflare
from trial.roots import Root

ADDRESS = "9.9.9.9"
CA = "/etc/ssl/simulator.pem"
CONFIG, TOKEN = "/etc/ddns/ddns.json", "/etc/ddns/token"
HOME, NAS = "home.example.org", "nas.example.org"


def environ(root: Root, simulator: Cloudflare) -> dict[str, str]:
    """Put the simulator's certificate into a root; return the variables with which a program finds and trusts it."""
    root.file(CA).parent.mkdir(parents=True, exist_ok=True)
    root.file(CA).write_bytes(Path(simulator.ca_file).read_bytes())
    return {"SSL_CERT_FILE": CA, "CLOUDFLARE_API_BASE_URL": simulator.base_url}


def configure(root: Root, simulator: Cloudflare, *names: str, **more: str) -> None:
    """Write the settings into the file that is there, so that its owner and mode stay."""
    settings = {
        "domains": list(names),
        "ip4_provider": f"cloudflare.trace:{simulator.trace_url}",
        "ip6_provider": "none",
        **more,
    }
    with root.file(CONFIG).open("r+", encoding="utf-8") as file:
        file.truncate()
        file.write(json.dumps(settings, indent=2) + "\n")


def store_token(root: Root, simulator: Cloudflare) -> None:
    """Write the token as the documentation says."""
    root.file(TOKEN).write_text(simulator.token + "\n", "utf-8")
    root.file(TOKEN).chmod(0o600)


def names_of(simulator: Cloudflare) -> set[str]:
    """Return the names that have the right address."""
    return {name for name, type_, content in simulator.records("example.org") if (type_, content) == ("A", ADDRESS)}
