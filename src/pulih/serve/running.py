"""Running: start a desk, tell people where it is, serve it until it is asked to stop, and stop it in good order."""

from __future__ import annotations

import signal
import socket
import sys
import threading
from pathlib import Path
from typing import TextIO

import msgspec
import uvicorn

from pulih.adapters.config import DeskSettings
from pulih.adapters.data_folder import DataFolder
from pulih.adapters.machine_time import this_machine
from pulih.adapters.stop_signals import StopAsked, noting_stops
from pulih.model.errors import ForbiddenMove, OutsideFailed, RefusedInput
from pulih.ports.clock import Clock
from pulih.serve.clock_start import steady_clock
from pulih.serve.clocks import WorldClock
from pulih.serve.desk import Desk
from pulih.serve.interpreter import share_evenly
from pulih.serve.opening import refusals
from pulih.serve.storage import settings_of
from pulih.web.server import GRACE_S, DeskServer

# Open connections beside which further ones wait.
_BACKLOG = 2048
# What a shell expects of a command that Ctrl-C ended before it did what it was for.
_INTERRUPTED = 130


class _Server(DeskServer):
    """A server that says when it listens."""

    def __init__(self, config: uvicorn.Config, desk: Desk, out: TextIO) -> None:
        super().__init__(config, desk.hub)
        self._desk, self._out = desk, out
        self.listened = False

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until asked to stop, and return then, so that the desk is stopped in good order.

        Uvicorn raises SIGINT and SIGTERM again when it has ended, for whoever listened before; nobody does, and SIGTERM
        would end the process at once. A process of its own is also set up for a desk that answers quickly.
        """
        if threading.current_thread() is not threading.main_thread():
            super().run(sockets)
            return
        share_evenly()
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            super().run(sockets)
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def leave(self) -> None:
        """Stop as when asked to; from any thread."""
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and tell where."""
        await super().startup(sockets)
        if self.started:
            self.listened = True
            self._out.write(self._desk.greeting(f"http://{self.config.host}:{self.config.port}"))
            self._out.flush()


def serve_desk(
    data: Path, config: Path | None, *, host: str | None, port: int | None, out: TextIO, clock: Clock | None = None
) -> int:
    """Run a desk until SIGINT or SIGTERM; return the exit code.

    Args:
        data: its folder.
        config: its settings, None for those in the folder.
        host, port: instead of those of the settings.
        out: where it says where it is.
        clock: instead of this machine's.

    Raises: RefusedInput; ForbiddenMove when another process has the folder; OutsideFailed.
    """
    if port is not None and not 1 <= port <= 65_535:
        raise RefusedInput(f"--port {port}: this is no port to listen on; right would be a number from 1 to 65535.")
    settings = settings_of(data, config)
    host, port = host or settings.server.host, port or settings.server.port
    settings = msgspec.structs.replace(settings, server=msgspec.structs.replace(settings.server, host=host, port=port))
    with noting_stops() as asked:
        if asked.number:
            return _ended_early(asked.number)
        return _run(data, settings, asked, out=out, clock=clock)


def _run(data: Path, settings: DeskSettings, asked: StopAsked, *, out: TextIO, clock: Clock | None) -> int:
    host, port = settings.server.host, settings.server.port
    with DataFolder(data) as folder:
        # The desk begins all the same: others are heard, and the page of each says the same.
        out.writelines(f"Not listened to: {why}\n" for _, why in refusals(settings, WorldClock(), environment=True))
        # Before anything is opened: whoever mistook the port has the answer at once, and nothing to undo.
        _check_free(host, port)
        desk = Desk(folder, settings, clock or steady_clock(folder.layout.clock, this_machine()))
        try:
            desk.start()
            server = server_of(desk, host, port, out)
            desk.alone.on_lost(server.leave)
            if not asked.number:
                server.run()
        finally:
            desk.stop()
    if desk.alone.lost:
        raise ForbiddenMove(desk.alone.lost)
    if server.listened or not asked.number:
        return 0
    return _ended_early(asked.number)


def _ended_early(number: int) -> int:
    sys.stderr.write("pulih: asked to stop before it listened; the desk ended in good order.\n")
    return _INTERRUPTED if number == signal.SIGINT else 0


def server_of(desk: Desk, host: str, port: int, out: TextIO) -> _Server:
    """Return a server for a desk that has been started.

    Raises: OutsideFailed when the port is taken.
    """
    config = uvicorn.Config(
        desk.app,
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        ws="none",
        backlog=_BACKLOG,
        access_log=False,
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    _check_free(host, port)
    return _Server(config, desk, out)


def _check_free(host: str, port: int) -> None:
    """Refuse a port that somebody else has, in a sentence; uvicorn would only log it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise OutsideFailed(
                f"{host}:{port}: the desk cannot listen there ({error.strerror}). Give another --host or --port."
            ) from None
