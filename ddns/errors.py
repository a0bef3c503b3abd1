"""Every error the program raises on purpose, with the data a message or a decision needs."""

from typing import NamedTuple


class Problem(NamedTuple):
    """One thing somebody must know of, in the four parts every problem line has.

    ``key`` names the problem for good (``"detect.4"``, ``"zone.example.org"``): the same key in two
    rounds is the same lasting problem. ``what`` says what happened and to which name, ``kept`` what was
    left untouched, ``remedy`` what the reader can do; either of the last two may be empty.
    """

    key: str
    what: str
    kept: str = ""
    remedy: str = ""


class DdnsError(Exception):
    """Base of all errors below: a message for the person who must act, and a hint for the next step."""

    def __init__(self, message: str, hint: str = "") -> None:
        """Keep the message (without secrets) and the hint (may be empty)."""
        super().__init__(message)
        self.message = message
        self.hint = hint


class StateError(DdnsError):
    """The state file cannot be used, and is left as it is. Rounds work without it."""


class ConfigProblem(NamedTuple):
    """One fault of the configuration: where it was written, what is wrong, how to mend it."""

    origin: str
    what: str
    hint: str = ""


class ConfigError(DdnsError):
    """The configuration cannot be used; carries all of its problems, in the order found."""

    def __init__(self, problems: tuple[ConfigProblem, ...]) -> None:
        """Keep every problem; the message is the first one."""
        super().__init__(problems[0].what, problems[0].hint)
        self.problems = problems


class NetError(DdnsError):
    """A request got no usable answer.

    ``sent`` is False only when it is certain that no byte of the request reached the server, so that
    even a request that must not happen twice may be tried again.
    """

    def __init__(self, message: str, hint: str = "", *, sent: bool = True, timeout: bool = False) -> None:
        """Keep whether the request may have arrived, and whether time ran out."""
        super().__init__(message, hint)
        self.sent = sent
        self.timeout = timeout


class ApiError(DdnsError):
    """Cloudflare did not do what was asked. ``status``: HTTP (0: no answer), ``code``: its own (0: none)."""

    def __init__(self, message: str, hint: str = "", *, status: int = 0, code: int = 0) -> None:
        """Keep the HTTP status and Cloudflare's code."""
        super().__init__(message, hint)
        self.status = status
        self.code = code


class AuthError(ApiError):
    """The token is invalid, under-scoped or refused from this address (401, 403, malformed-header 400)."""


class RateLimited(ApiError):
    """Cloudflare asks us to wait (429). ``retry_after`` is in seconds, always positive."""

    def __init__(self, message: str, hint: str = "", *, retry_after: float, status: int = 429, code: int = 0) -> None:
        """Keep for how long nothing must be sent."""
        super().__init__(message, hint, status=status, code=code)
        self.retry_after = retry_after


class Refused(ApiError):
    """A definite no to this request (other 4xx, or ``success: false``): nothing was changed by it."""


class Busy(Refused):
    """Another bulk operation of the account is pending; this request changed nothing, and may be sent again soon."""


class Gone(Refused):
    """The record, list or zone named by its id does not exist (404, 81044, 7003)."""


class Exists(Refused):
    """What is sent is there already (81057, 81058), or may be: read again; equal means done."""


class Unavailable(ApiError):
    """No usable answer to a request that changes nothing, or that certainly did not arrive."""


class Unconfirmed(ApiError):
    """A write whose answer was lost or unreadable: it may have happened. Read before writing again."""


class Interrupted(Exception):
    """Work was cut short because the program has been asked to stop."""


def place(error: BaseException) -> str:
    """Return function, module and line an error was raised in: all of an unexpected one that is sure to hold no secret.

    The frozen program knows lines of its own modules only, so of all frames it is the last one with a line.
    """
    found, trace = None, error.__traceback__
    while trace is not None:
        if found is None or trace.tb_lineno:
            found = trace
        trace = trace.tb_next
    if found is None:
        return "an unknown place"
    frame = found.tb_frame
    return f"{frame.f_code.co_name} of {frame.f_globals['__name__']}, line {found.tb_lineno}"
