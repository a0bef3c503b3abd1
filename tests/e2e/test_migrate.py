"""``ddns migrate``: any of the four languages in, a native file and native variables out, which plan the same."""

import json
from typing import Any

import pytest

from tests.e2e.program import FOUR, Program, Result

HOME = "home.example.org"


@pytest.fixture
def old(ddns: Program) -> Program:
    """Return the program with nothing in its environment but the roots, and some records in the zone."""
    sim = ddns.sim
    ddns.env = {"SSL_CERT_FILE": sim.ca_file, "EMOJI": "false"}
    sim.add_record("example.org", "A", HOME, "9.9.9.1", ttl=600, comment="mine", proxied=True)
    sim.add_record("example.org", "A", HOME, "9.9.9.2", ttl=600, comment="mine", proxied=True)
    sim.add_record("example.org", "A", "vpn.example.org", FOUR, proxied=True)
    return ddns


def zone(program: Program, name: str, **other: object) -> dict[str, Any]:
    """Return an element of a config.json."""
    sim = program.sim
    return {
        "zone_id": sim.zone(name).id,
        "authentication": {"api_token": sim.token},
        "subdomains": ["home", {"name": "vpn", "proxied": True}, ""],
        **other,
    }


def favonia(program: Program) -> dict[str, str]:
    """Return a configuration of favonia's program."""
    return {
        "CLOUDFLARE_API_TOKEN": program.sim.token,
        "CLOUDFLARE_API_BASE_URL": program.sim.base_url,
        "DOMAINS": f"{HOME}, vpn.example.org, new.example.org",
        "IP4_PROVIDER": f"url:{program.sim.origin}/ip",
        "IP6_PROVIDER": "none",
        "PROXIED": "sub(example.org) && !is(vpn.example.org)",
        "RECORD_COMMENT": "mine, too",
        "TTL": "300",
        "CACHE_EXPIRATION": "6h",
    }


def oznu(program: Program) -> dict[str, str]:
    """Return a configuration of oznu's program."""
    return {
        "API_KEY": program.sim.token,
        "CF_API": program.sim.base_url,
        "ZONE": "example.org",
        "SUBDOMAIN": "home,vpn,new",
        "PROXIED": "false",
        "CUSTOM_LOOKUP_CMD": f"echo {FOUR}",
        "CRON": "*/5\t*\t*\t*\t*",
    }


def environment(program: Program) -> dict[str, str]:
    """Return a configuration of timothymiller's program in its environment form."""
    return {
        **favonia(program),
        "DDNS_DIALECT": "timothymiller",
        "PROXIED": "sub(vpn.example.org)",
        "UPDATE_CRON": "@every 300",
        "QUIET": "no",
        "CACHE_EXPIRATION": "",
    }


def document(program: Program) -> dict[str, str]:
    """Write a config.json of timothymiller's program and return what stands beside it."""
    top = {
        "cloudflare": [zone(program, "example.org"), zone(program, "example.net", proxied=True)],
        "aaaa": False,
        "purgeUnknownRecords": True,
        "ttl": 120,
        "ip4_provider": f"cloudflare.trace:{program.sim.trace_url}",
    }
    (program.folder / "config.json").write_text(json.dumps(top), "utf-8")
    return {"CONFIG_PATH": str(program.folder), "CLOUDFLARE_API_BASE_URL": program.sim.base_url}


LANGUAGES = {"favonia": favonia, "oznu": oznu, "environment": environment, "document": document}


def steps(result: Result) -> list[str]:
    """Return what a plan would do."""
    assert result.code == 3, result.out
    return [line for line in result.lines if line.strip()[:2] in {"+ ", "- ", "~ "}]


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_outputs_plan_exactly_the_same(old: Program, language: str) -> None:
    """With nothing but the secrets carried over by hand."""
    env = LANGUAGES[language](old)
    planned = steps(old.run("plan", **env))
    assert planned
    text = old.run("migrate", **env)
    found = old.run("migrate", "--json", **env)
    (old.folder / "config.json").unlink(missing_ok=True)
    assert (text.code, found.code) == (0, 0)

    by_hand = {"CLOUDFLARE_API_TOKEN": old.sim.token}
    if language == "oznu":
        by_hand["IP4_PROVIDER"] = f"cmd:{env['CUSTOM_LOOKUP_CMD']}"
    path = old.folder / "native.json"
    path.write_text(found.out, "utf-8")
    assert steps(old.run("plan", "--config", str(path), **by_hand)) == planned

    lines = [line.partition("=") for line in text.lines if line[:1].isupper()]
    variables = {name: value for name, _, value in lines}
    assert steps(old.run("plan", **variables, **by_hand)) == planned


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_says_what_to_do_and_what_differs(old: Program, language: str) -> None:
    """Two parts, no secret, and every line that is neither is a comment."""
    text = old.run("migrate", **LANGUAGES[language](old))

    assert old.sim.token not in text.out
    assert "# To do by hand" in text.out
    assert "# 1. As a file" in text.out
    assert "# 2. As environment variables" in text.out
    assert "# What is different or safer now:" in text.out or language == "favonia"
    assert old.sim.log == []


def test_a_bad_configuration_is_not_migrated(old: Program) -> None:
    """Exit 2, in the words it was written in."""
    result = old.run("migrate", API_KEY="x", ZONE="example..org")

    assert result.code == 2
    assert "ZONE" in result.out


def test_the_container_of_a_config_json_goes_on_repeating(old: Program) -> None:
    """--repeat is part of what is migrated."""
    env = document(old)

    assert '"update_cron": "@every 120s"' in old.run("migrate", "--json", "--repeat", **env).out
    assert '"update_cron": "@once"' in old.run("migrate", "--json", **env).out
