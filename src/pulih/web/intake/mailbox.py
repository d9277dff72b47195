"""Mailbox: carries what became of parcels from the committing thread to those who wait in an event loop.

Waking a loop costs a system call; one call here wakes it for all that a commit settled.
"""

from __future__ import annotations

import asyncio
from collections import deque
from functools import partial

from pulih.model.errors import PulihError
from pulih.service.accepting import Outcome, Told

Settled = Outcome | PulihError


class Mailbox:
    """A mailbox of one event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Deliver into `loop`."""
        self._loop = loop
        self._filled: deque[tuple[asyncio.Future[Settled], Settled]] = deque()
        self._ringing = False

    def slot(self) -> tuple[asyncio.Future[Settled], Told]:
        """Return a future, and what settles it from any thread."""
        future: asyncio.Future[Settled] = self._loop.create_future()
        return future, partial(self._post, future)

    def _post(self, future: asyncio.Future[Settled], settled: Settled) -> None:
        self._filled.append((future, settled))
        if not self._ringing:
            self._ringing = True
            self._loop.call_soon_threadsafe(self._deliver)

    def _deliver(self) -> None:
        # Lowered first: whatever is posted from here on rings again, at worst for nothing.
        self._ringing = False
        filled = self._filled
        while filled:
            future, settled = filled.popleft()
            if not future.done():
                future.set_result(settled)
