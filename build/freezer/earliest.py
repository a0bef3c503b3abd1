"""The day before which a file cannot have been made, from what it is made of: every build of it finds the same."""

import re
import time
from datetime import UTC, date, datetime
from pathlib import Path

from freezer.errors import FreezeError

_RELEASE = re.compile(r"^## \d\S* \((\d{4})-(\d\d)-(\d\d)\)$", re.MULTILINE)
_ROOTS = re.compile(r"certifi-(\d{4})\.(\d\d?)\.(\d\d?)\.dist-info")


def earliest(changelog: str, data: Path) -> int:
    """Return it in UNIX seconds: the newest release in the changelog, or the CA roots, whichever is later.

    ``data`` is the folder that pip has put certifi into, whose version is its date. FreezeError: there is no such
    version, or the day is yet to come, and certificates that are valid today could count as expired.
    """
    found = [match for path in data.iterdir() if (match := _ROOTS.fullmatch(path.name))]
    if not found:
        raise FreezeError("the version of certifi is not a date any more; freezer/earliest.py needs another one")
    days = [date(*map(int, match.groups())) for match in (*found, *_RELEASE.finditer(changelog))]
    moment = datetime.combine(max(days), datetime.min.time(), UTC).timestamp()
    if moment > time.time():
        raise FreezeError(f"{max(days)} is the date of the newest release or of certifi, and is yet to come")
    return int(moment)
