"""Stand-in until the dialect is written: it translates nothing and says so."""

from ddns.config.raw import Door, Translated
from ddns.errors import ConfigProblem


def translate(door: Door) -> Translated:
    """Return a single problem: this dialect is not supported yet."""
    problem = ConfigProblem(door.path or "environment", "this dialect is not supported yet")
    return Translated({}, problems=(problem,))
