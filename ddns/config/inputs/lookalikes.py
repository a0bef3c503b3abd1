"""Environment variables that look like ours but are not: said in a warning, because nothing else would tell."""

from collections.abc import Iterable, Mapping

from ddns.config.settingstable import BY_NAME
from ddns.config.values.suggest import distance, nearest
from ddns.errors import ConfigProblem

_PREFIXES = ("CLOUDFLARE_", "CF_API_", "IP4_", "IP6_", "WAF_", "DDNS_", "MANAGED_", "SHOUTRRR_", "REJECT_")
_OTHERS = {  # names of the dialects, and of the world around us
    *("API_KEY", "API_KEY_FILE", "EMAIL", "ZONE", "ZONE_FILE", "SUBDOMAIN", "SUBDOMAIN_FILE", "RRTYPE", "INTERFACE"),
    *("CUSTOM_LOOKUP_CMD", "DNS_SERVER", "CRON", "CF_API", "CONFIG_PATH"),
}
_MARKS = {"DELETE_ON_FAILURE": "set DDNS_DIALECT=timothymiller if these are the variables of that program"}
"""Names that only another program has, which is not spoken here unless it is asked for."""
_FOREIGN = ("_SERVICE_HOST", "_SERVICE_PORT", "_PORT", "_TCP", "_ADDR", "_PROTO")
"""How the variables end that Kubernetes makes for a service, which may well be called cloudflare-ddns."""


def lookalikes(environ: Mapping[str, str], claims: Iterable[str]) -> list[ConfigProblem]:
    """Return a warning for every variable that was probably meant for us."""
    claimed = tuple(claims)
    known = {*BY_NAME, *_OTHERS, *claimed}
    words = (*BY_NAME, *claimed)
    return [
        ConfigProblem("environment", f"{name} is not a setting and is ignored", _hint(name, words))
        for name in sorted(environ)
        if name not in known and environ[name].strip() and _ours(name, words)
    ]


def _ours(name: str, words: Iterable[str]) -> bool:
    """Whether a name begins like ours, or is one or two letters away from one that is read."""
    if name != name.upper() or name.endswith(_FOREIGN) or "_PORT_" in name:
        return False
    if name.startswith(_PREFIXES) or name in _MARKS:
        return True
    limit = min(2, (len(name) - 2) // 3)
    return limit > 0 and any(distance(name, other, limit) <= limit for other in words)


def _hint(name: str, words: Iterable[str]) -> str:
    found = nearest(name, words)
    return _MARKS.get(name) or (f"did you mean {found}?" if found else "remove it, or correct its name")
