"""Objects as Cloudflare tells them, for tests of places: full, so that a test sees what does not survive."""

from ipaddress import ip_network
from typing import Any

from ddns.core.places import Networks, Place
from ddns.core.planning.intents import PlaceGoals
from ddns.core.planning.plan import Goal, Preserve

OUT = Preserve()


def location(*networks: str, name: str = "Home", id_: str = "loc1", **more: object) -> dict[str, Any]:
    """Return a Gateway location, with everything in it that a PUT would reset."""
    return {
        "id": id_,
        "name": name,
        "networks": [{"network": text, "id": f"id-{text}"} for text in networks],
        "client_default": True,
        "ecs_support": True,
        "doh_subdomain": "abc123",
        "dns_destination_ips_id": "dest",
        "max_ttl": {"mode": "override", "ttl_secs": 300},
        "endpoints": {
            "ipv4": {"enabled": True},
            "ipv6": {"enabled": True, "networks": [{"network": "2001:db8:9::/64"}]},
            "dot": {"enabled": False, "networks": []},
            "doh": {"enabled": True, "networks": None, "require_token": True},
        },
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z",
        "policy_ids": ["p"],
        **more,
    }


def group(*rules: dict[str, Any], name: str = "Home", id_: str = "grp1", **more: object) -> dict[str, Any]:
    """Return an Access group with these rules in ``include``."""
    return {
        "id": id_,
        "name": name,
        "include": list(rules),
        "exclude": [{"geo": {"country_code": "XX"}}],
        "require": [{"ip": {"ip": "203.0.113.0/24"}}],
        "is_default": False,
        "created_at": "2026-01-01T00:00:00Z",
        **more,
    }


def rule(text: str) -> dict[str, Any]:
    """Return a rule of kind ``ip``."""
    return {"ip": {"ip": text}}


def pool(*origins: tuple[str, str], name: str = "web", id_: str = "pool1") -> dict[str, Any]:
    """Return a pool with these origins: name and address."""
    listed = [
        {
            "name": key,
            "address": address,
            "enabled": True,
            "weight": 0.5,
            "header": {"Host": ["x"]},
            "disabled_at": None,
        }
        for key, address in origins
    ]
    return {"id": id_, "name": name, "origins": listed, "monitor": "m", "minimum_origins": 1}


def nets(*texts: str) -> Networks:
    """Return wanted ranges."""
    return Networks(tuple(ip_network(text) for text in texts))


def want(place: Place, four: Goal = OUT, six: Goal = OUT) -> PlaceGoals:
    """Return what a place should hold."""
    return PlaceGoals(place, (four, six))
