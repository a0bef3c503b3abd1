"""Carries connections from a port in another network namespace to the same port of this machine's loopback."""

import contextlib
import socket
import threading

from tests.fakes.netns import Namespace


class Relay:
    """What connects to the port there talks to the server here."""

    def __init__(self, namespace: Namespace, port: int) -> None:
        """Listen there. A connection lasts until either side ends it."""
        self._port = port
        self._listener = namespace.run(lambda: socket.create_server(("127.0.0.1", port)))
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def close(self) -> None:
        """Take no more connections, and wait for the end of those there are."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        for each in self._threads:
            each.join()
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                there = self._listener.accept()[0]
                self._threads.append(threading.Thread(target=self._connected, args=(there,)))
                self._threads[-1].start()

    def _connected(self, there: socket.socket) -> None:
        with contextlib.suppress(OSError), there, socket.create_connection(("127.0.0.1", self._port)) as here:
            back = threading.Thread(target=_carry, args=(here, there))
            back.start()
            _carry(there, here)
            back.join()


def _carry(source: socket.socket, target: socket.socket) -> None:
    """Hand on what comes, until one side ends."""
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    for each in (source, target):
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
