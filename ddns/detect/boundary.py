"""Where an error of one source ends: it makes that source's answer unknown and touches nothing else."""

from collections.abc import Callable
from typing import Final

from ddns.core.addresses.accept import Undetected
from ddns.core.addresses.families import Known
from ddns.errors import DdnsError, Interrupted, NetError, place

SLOW: Final = "the source is slow or cannot be reached: use another one, or raise DETECTION_TIMEOUT"


def outcome(ask: Callable[[], Known]) -> Known | Undetected:
    """Ask a source; return what it says, or why nothing is known. Only Interrupted, a stop, is passed on.

    Of an error nobody expected the kind and the place are told, never its text: it may hold a secret.
    """
    try:
        return ask()
    except DdnsError as error:
        slow = isinstance(error, NetError) and error.timeout
        return Undetected(error.message, error.hint or (SLOW if slow else ""))
    except Interrupted:
        raise
    except OSError as error:
        what = error.strerror or type(error).__name__
        return Undetected(f"the system does not let it be asked ({what}, in {place(error)})")
    except Exception as error:  # noqa: BLE001 -- one source must never end the round of all others
        what = f"asking it stopped at an unexpected {type(error).__name__} (in {place(error)})"
        return Undetected(what, "please report this as a fault of the program")
