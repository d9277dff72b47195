"""A WebSocket server that can be cut off and healed on the same port: what the peers of Bluesky's two streams share."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod

from websockets.asyncio.server import Server, ServerConnection, serve


class StreamServer(ABC):
    """Plays to whoever connects; `more` is set, and made anew, when something comes in."""

    def __init__(self) -> None:
        self.more = asyncio.Event()
        self.port = 0
        self._server: Server | None = None

    def came_in(self) -> None:
        """Tell who listens that something came in."""
        self.more.set()
        self.more = asyncio.Event()

    @abstractmethod
    async def say(self, text: str) -> None:
        """Have a post come in."""

    @abstractmethod
    async def play(self, connection: ServerConnection) -> None:
        """Speak to one who came, until either ends."""

    async def repeat(self, text: str) -> None:
        await self.say(text)

    async def restart(self) -> None:
        await self.cut()
        await self.heal()

    async def cut(self) -> None:
        assert self._server is not None
        for connection in list(self._server.connections):
            connection.transport.abort()
        self._server.close()
        await self._server.wait_closed()

    async def heal(self) -> None:
        self._server = await serve(self.play, "127.0.0.1", self.port)
        self.port = next(iter(self._server.sockets)).getsockname()[1]
