"""The server of the desk: uvicorn, which first ends the streams of open pages when it is told to stop.

Uvicorn waits for open answers before it tells the application that it stops; streams of events never end by
themselves, so without this every stop would take its whole grace and end in errors.
"""

from __future__ import annotations

import socket

import uvicorn

from pulih.web.frame.hub import Hub


class DeskServer(uvicorn.Server):
    """A uvicorn server that closes a hub before it waits for open answers."""

    def __init__(self, config: uvicorn.Config, hub: Hub) -> None:
        super().__init__(config)
        self._hub = hub

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, then stop as uvicorn does."""
        self._hub.close()
        await super().shutdown(sockets)
