"""A wire before a server: it carries bytes both ways until a test cuts it, freezes it, or heals it.

A server that is killed over words it has not read yet resets its connection; the wire passes that on as it passes on
an end. One that did not made sources seem mute for a minute, until they asked whether their peer lived.
"""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from collections.abc import Iterator

_PART = 1 << 16


class CutWire:
    """Listens on `port` and carries to the server."""

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._carried: list[socket.socket] = []
        self._whole = True
        # A connection is either seen by a cut, or not made any more.
        self._changing = threading.Lock()
        self._moves = threading.Event()
        self._moves.set()
        self._ended = False
        threading.Thread(target=self._accept, daemon=True).start()

    def lead_to(self, port: int) -> None:
        """Carry new connections to another port, where a server that began again is."""
        self._to_port = port

    def cut(self) -> None:
        """End all connections, and let no new one through."""
        with self._changing:
            self._whole = False
            for one in self._carried:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def freeze(self) -> None:
        """Carry nothing any more, and end nothing."""
        self._moves.clear()

    def heal(self) -> None:
        """Carry again."""
        self._whole = True
        self._moves.set()

    def end(self) -> None:
        """Take the wire down."""
        self._ended = True
        self.heal()
        self.cut()
        self._listening.close()

    def _accept(self) -> None:
        while not self._ended:
            try:
                ready, _, _ = select.select([self._listening], [], [], 0.1)
                if not ready:
                    continue
                near, _ = self._listening.accept()
            except (OSError, ValueError):
                return
            self._connect(near)

    def _connect(self, near: socket.socket) -> None:
        with self._changing:
            try:
                if not self._whole:
                    raise ConnectionRefusedError
                far = socket.create_connection(("127.0.0.1", self._to_port))
            except OSError:
                near.close()
                return
            for one in (near, far):
                # Small parts are carried at once, as they come.
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._carried += [near, far]
        for one, other in ((near, far), (far, near)):
            threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.closing(source):
            try:
                while part := source.recv(_PART):
                    self._moves.wait()
                    target.sendall(part)
                way = socket.SHUT_WR
            except OSError:
                # It was reset, and nothing goes either way any more.
                way = socket.SHUT_RDWR
            self._moves.wait()
            with contextlib.suppress(OSError):
                target.shutdown(way)


@contextlib.contextmanager
def cut_wire(to_port: int) -> Iterator[CutWire]:
    """A wire to a port of this machine."""
    wire = CutWire(to_port)
    try:
        yield wire
    finally:
        wire.end()
