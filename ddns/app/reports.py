"""Who is told of what: monitors, notification services, the metrics file and ON_CHANGE."""

from ddns.app.process import Process
from ddns.core.memory import Memory
from ddns.core.report import RoundReport
from ddns.core.settings import Settings
from ddns.errors import ConfigError
from ddns.output.lines import Line
from ddns.ports import Clock


class Reports:
    """Tells everybody; never takes long and never raises."""

    def __init__(self, settings: Settings, process: Process, clock: Clock) -> None:
        self._settings = settings

    def start(self) -> None:
        """The program has started."""

    def stop(self, memory: Memory) -> None:
        """The program ends."""

    def no_schedule(self) -> None:
        """UPDATE_CRON never matches again."""

    def misconfigured(self, error: ConfigError) -> None:
        """The configuration is bad."""

    def round(self, report: RoundReport, memory: Memory, *, cleanup: bool) -> Memory:
        """A round was done."""
        return memory

    def flush(self, memory: Memory, until: float | None) -> Memory:
        """Wait for what is still being delivered."""
        return memory

    def complaints(self) -> tuple[Line, ...]:
        """Return what could not be delivered since the last call."""
        return ()
