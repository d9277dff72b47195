"""Pace: at most so many a second, evenly, for all who take turns within one event loop."""

from __future__ import annotations

import asyncio


class Pace:
    """Gives turns. `per_s` is how many a second at most; 0 gives as many as are asked for."""

    def __init__(self, per_s: float) -> None:
        self._gap_s = 1.0 / per_s if per_s > 0 else 0.0
        self._next_s = 0.0

    async def turn(self) -> None:
        """Wait for the next turn.

        >>> asyncio.run(Pace(0).turn())
        """
        if not self._gap_s:
            return
        now_s = asyncio.get_running_loop().time()
        self._next_s = max(self._next_s, now_s) + self._gap_s
        wait_s = self._next_s - self._gap_s - now_s
        if wait_s > 0:
            await asyncio.sleep(wait_s)
