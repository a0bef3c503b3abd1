"""The help texts, from the tables of commands, flags and settings. Only ``--help`` imports this."""

from collections.abc import Mapping
from typing import NamedTuple

from ddns.config.inputs.argv import FLAGS, SETTING_OPTIONS, TOPIC, VERBS
from ddns.config.settingstable import GROUPS, SETTINGS, Setting


class Page(NamedTuple):
    """What ``ddns COMMAND --help`` says beside the summary: a text, the flags of the command, its exit codes."""

    text: str
    flags: tuple[str, ...]
    exits: Mapping[int, str]
    example: str = ""


_BAD = {2: "bad configuration"}
PAGES: Mapping[str, Page] = {
    "run": Page(
        "The first round runs at once; the next ones follow UPDATE_CRON and, with WATCH, every changed address.\n"
        "SIGHUP reads the configuration again, SIGUSR1 starts a round now, SIGTERM and SIGINT stop.",
        ("--once", "--dry-run", "--config", "--json", "--repeat"),
        {0: "stopped, or the one round of --once went well", 1: "the round of --once failed", **_BAD},
        "DOMAINS=home.example.org ddns run --once",
    ),
    "plan": Page(
        "Detects the addresses, reads the records and lists, prints every step a round would take.\n"
        "Nothing is changed at Cloudflare and nobody is notified.",
        ("--config", "--json"),
        {0: "nothing to do", 1: "something could not be detected or read", **_BAD, 3: "changes pending"},
        "DOMAINS=home.example.org ddns plan",
    ),
    "check": Page(
        "Reads the configuration, makes no request, and prints what was understood, each value with its origin.\n"
        "Secrets are not shown.",
        ("--all", "--config", "--json"),
        {0: "the configuration is good", **_BAD},
        "ddns check --all --config /etc/ddns/ddns.json",
    ),
    "doctor": Page(
        "Looks for everything that keeps the records from being right: token, permissions, zones, records, lists,\n"
        "address sources, clock, certificates and paths. Every finding has its remedy. Nothing is changed.",
        ("--config", "--json"),
        {0: "nothing is bad", 1: "something is bad", **_BAD},
    ),
    "cleanup": Page(
        "Shows the records and list items that this configuration owns, as DELETE_ON_STOP would delete them.\n"
        "With --yes it deletes them: before an uninstall, or for a machine that is gone. Stop ddns first.",
        ("--yes", "--config", "--json"),
        {0: "nothing to delete, or all of it deleted", 1: "something failed", **_BAD, 3: "shown, not deleted"},
        "DOMAINS=home.example.org ddns cleanup",
    ),
    "notify": Page(
        "Sends one message to every service in SHOUTRRR, a log to HEALTHCHECKS and an “up” to UPTIMEKUMA.\n"
        "Nothing is asked or changed at Cloudflare.",
        ("--test", "--config", "--json"),
        {0: "every service accepted it", 1: "a service did not, or none is set", **_BAD},
        "ddns notify --test",
    ),
    "status": Page(
        "Prints what the running instances of this user last did, and when the next round is due.\n"
        "With --web a browser of this machine sees it as a page, until Ctrl-C.",
        ("--config", "--json", "--web"),
        {0: "the last round went well", 1: "it failed, or no instance is running"},
    ),
    "healthcheck": Page(
        "For containers and supervisors: one word, and the exit code.",
        ("--config", "--json"),
        {0: "healthy", 1: "the last round failed, the next one is overdue, or no instance is running"},
        'HEALTHCHECK CMD ["/ddns", "healthcheck"]',
    ),
    "migrate": Page(
        "Reads settings of favonia, timothymiller or oznu (environment or config.json) and prints native ones.",
        ("--config", "--json"),
        {0: "printed", **_BAD},
        "ddns migrate --json --config config.json > ddns.json",
    ),
}


def help_text(topic: str) -> str:
    """Return the help on a command or on ``settings``; the overview for any other topic."""
    if topic == TOPIC:
        return _settings()
    page = PAGES.get(topic)
    return _overview() if page is None else _page(topic, page)


def _overview() -> str:
    commands = {verb: text for verb, text in VERBS.items() if verb in PAGES}
    return _joined(
        "ddns keeps Cloudflare DNS records and IP lists pointing at this machine.",
        "Usage: ddns [COMMAND] [OPTIONS]",
        f"Commands:\n{_table(commands)}",
        f"Options:\n{_table(FLAGS)}",
        "Every setting is an environment variable, a key of the JSON file and an option: DOMAINS is --domains.\n"
        "The least you need: CLOUDFLARE_API_TOKEN_FILE and DOMAINS.",
        "ddns COMMAND --help   what a command does, its options and exit codes\n"
        "ddns help settings    every setting with its default",
    )


def _page(verb: str, page: Page) -> str:
    flags = {name: text for name, text in FLAGS.items() if name.split(" ")[0] in page.flags}
    return _joined(
        f"ddns {verb}: {VERBS[verb]}",
        f"Usage: ddns {verb} [OPTIONS]",
        page.text,
        f"Options (and every setting, see ddns help settings):\n{_table(flags)}",
        f"Exit codes:\n{_table({str(code): text for code, text in sorted(page.exits.items())})}",
        f"Example:\n  {page.example}" if page.example else "",
    )


def _settings() -> str:
    """Return every setting by group; secrets have no option, because every user of the machine can read it."""
    parts = ["Settings. DOMAINS in the environment is --domains on the command line and domains in the JSON file."]
    for group, title in GROUPS.items():
        inside = {_name(one): _explained(one) for one in SETTINGS if one.group == group and group != "old"}
        parts += [f"{title}:\n{_table(inside)}"] if inside else []
    parts.append("Names with * are secrets: give them in the environment or in a file, not as an option.")
    return _joined(*parts)


def _name(setting: Setting) -> str:
    return setting.name if setting.option in SETTING_OPTIONS else f"{setting.name} *"


def _explained(setting: Setting) -> str:
    return f"{setting.meaning} [{setting.default}]" if setting.default else setting.meaning


def _joined(*parts: str) -> str:
    return "\n\n".join(filter(None, parts))


def _table(rows: Mapping[str, str]) -> str:
    width = max(map(len, rows))
    return "\n".join(f"  {name:{width}}  {text}".rstrip() for name, text in rows.items())
