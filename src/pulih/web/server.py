"""The server of the desk: uvicorn, which first ends the streams of open pages when it is told to stop.

Uvicorn waits for open answers before it tells the application that it stops; streams of events never end by
themselves, so without this every stop would take its whole grace and end in errors.
"""

from __future__ import annotations

import socket

import uvicorn
from litestar.types import ASGIApp

from pulih.web.frame.hub import Hub

# How long open answers may take to end when the desk stops.
GRACE_S = 5


class DeskServer(uvicorn.Server):
    """A uvicorn server that closes a hub before it waits for open answers."""

    def __init__(self, config: uvicorn.Config, hub: Hub) -> None:
        super().__init__(config)
        self._hub = hub

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, then stop as uvicorn does."""
        self._hub.close()
        await super().shutdown(sockets)


def server(app: ASGIApp, hub: Hub, *, host: str = "127.0.0.1", port: int = 8000) -> DeskServer:
    """Return a server for the desk; `run()` serves until SIGTERM or SIGINT, or until `should_exit` is set to True.

    Args:
        app: what is served.
        hub: whose streams end first.
        host, port: where.
    """
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        # Whose word on a visitor's address is taken is a setting of the desk, and never the whole machine.
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    return DeskServer(config, hub)
