"""Serving an application on this machine while a test runs, as the desk serves itself."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from litestar.types import ASGIApp

from pulih.web.frame.hub import Hub
from pulih.web.server import DeskServer, server

# Takes an application and, if it has one, its hub; returns the address.
Server = Callable[..., str]


@contextmanager
def serving_here() -> Iterator[Server]:
    """Give a function that serves an application on a free port of this machine, and returns its address.

    With `hub`, streams of events end when the server stops, as they do on a desk.
    """
    running: list[tuple[DeskServer, threading.Thread]] = []

    def serve(app: ASGIApp, hub: Hub | None = None) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        made = server(app, hub or Hub())
        thread = threading.Thread(target=made.run, kwargs={"sockets": [listener]})
        thread.start()
        running.append((made, thread))
        until = time.monotonic() + 10
        while not made.started and time.monotonic() < until:
            time.sleep(0.01)
        assert made.started
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    try:
        yield serve
    finally:
        for made, _ in running:
            made.should_exit = True
        for _, thread in running:
            thread.join(10)
            assert not thread.is_alive()
