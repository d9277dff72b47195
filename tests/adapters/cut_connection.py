"""A socket before a PostgreSQL server that cuts a connection when a transaction was committed, before it is told."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# The server's message that a transaction was committed.
_COMMITTED = b"C\x00\x00\x00\x0bCOMMIT\x00"


class Cutter:
    """Passes everything on until `cut` or `hold` is set.

    After `cut`, the answer to the next COMMIT is lost with its connection. After `hold`, the next COMMIT itself is
    under way until `finish`, with its connection lost for whoever sent it.
    """

    def __init__(self, server: Path) -> None:
        self._server = server
        self.cut = threading.Event()
        self.hold = threading.Event()
        self._held: socket.socket | None = None
        # Commits whose answers were lost.
        self.lost = 0

    def finish(self) -> None:
        """Let the COMMIT that was held arrive."""
        assert self._held is not None
        self._held.sendall(b"Q\x00\x00\x00\x0bCOMMIT\x00")

    def serve(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(str(self._server))
            for one, other in ((client, server), (server, client)):
                threading.Thread(target=self._pass, args=(one, other), daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(1 << 16):
                if self.hold.is_set() and b"commit" in data:
                    self.hold.clear()
                    self._held = other
                    one.shutdown(socket.SHUT_RDWR)
                    one.close()
                    return
                if self.cut.is_set() and _COMMITTED in data:
                    self.cut.clear()
                    self.lost += 1
                    break
                other.sendall(data)
        with suppress(OSError):
            other.shutdown(socket.SHUT_RDWR)
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()


@contextmanager
def cutting(server: Path, path: Path) -> Iterator[Cutter]:
    """Listen at `path` for as long as the block lasts, before the socket of a server."""
    cutter = Cutter(server)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        thread = threading.Thread(target=cutter.serve, args=(listener,), daemon=True)
        thread.start()
        yield cutter
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(10)
