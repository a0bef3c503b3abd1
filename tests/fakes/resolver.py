"""A resolver on loopback that answers ``whoami.cloudflare`` with whatever it is told to."""

import socket
import threading
from types import TracebackType
from typing import Self

from ddns.detect.dnswire import WHOAMI
from tests.fakes.dnsbytes import answer, text


class Resolver:
    """Serves until it is closed. ``says`` is what it answers; ``asked`` counts the questions."""

    def __init__(self, says: str, host: str = "127.0.0.1") -> None:
        """Serve at once, on a free port."""
        self.says = says
        self.asked = 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((host, 0))
        self.server = f"{host}:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while (received := self._socket.recvfrom(4096))[0] != b"stop":
            question, asker = received
            self.asked += 1
            message = answer(WHOAMI, int.from_bytes(question[:2], "big"), (text(self.says.encode()),))
            self._socket.sendto(message, asker)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop serving."""
        self._socket.sendto(b"stop", self._socket.getsockname())
        self._thread.join()
        self._socket.close()
