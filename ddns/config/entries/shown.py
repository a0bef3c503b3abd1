"""Settings for people: nothing that could be a secret is shown."""

from ddns.config.settingstable import Setting
from ddns.config.values.fields import take_apart
from ddns.config.values.sources import parse_source
from ddns.core.addresses.families import Family

OLD_SOURCES = {"cloudflare": "cloudflare.trace", "unmanaged": "none"}
"""Words that only ``IP4_POLICY`` and ``IP6_POLICY`` know (favonia, until 1.5.0), and what they are called now."""
REDACTED = "(redacted)"


def shown(setting: Setting, text: str) -> str:
    """Return the text of a setting without secrets: tokens, URLs of services, URLs and commands of sources.

    The fields of entries may hold sources, so only their names are shown; what they say is described elsewhere.
    """
    if setting.secret:
        return REDACTED
    if setting.kind == "entries":
        entries = take_apart(text).entries
        return ", ".join(f"{entry.name}{{…}}" if entry.fields else entry.name for entry in entries)
    if setting.kind == "places":
        return _places(text)
    if setting.kind != "source" or (setting.group == "old" and text in OLD_SOURCES):
        return text
    return _source(text, 4 if setting.name.startswith("IP4") else 6)


def _places(text: str) -> str:
    from ddns.config.entries.placeentries import take_apart as take_places  # noqa: PLC0415 -- most users have none

    return ", ".join(f"{place.name}{{…}}" if place.fields else place.name for place in take_places(text))


def _source(text: str, family: Family) -> str:
    try:
        source = parse_source(text, family).source
    except ValueError:
        return REDACTED
    return "none" if source is None else source.describe()
