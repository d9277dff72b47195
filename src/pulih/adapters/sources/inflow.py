"""Inflow: what several connections bring in at once, held in bounds and taken in batches.

A post by itself would be a commit by itself; so what comes within a moment is taken together. Who reads too slowly
makes the connections wait, and through them the peer.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Final, Generic, TypeVar

T = TypeVar("T")

TAKEN_MAX: Final = 1_000
_HELD_MAX: Final = 2_000
HELD_BYTES_MAX: Final = 16 << 20
# So long a batch waits for company.
_LINGER_S: Final = 0.2


class Inflow(Generic[T]):
    """Holds what tasks put in until it is taken; used as a context, whose end ends the tasks.

    Args:
        linger_s: seconds for which the first of a batch waits for others.
    """

    def __init__(self, linger_s: float = _LINGER_S) -> None:
        # With the size of each.
        self._held: deque[tuple[T, int]] = deque()
        self._held_bytes = 0
        self._linger_s = linger_s
        self._some, self._room = asyncio.Event(), asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._problem: BaseException | None = None

    def feed(self, work: Coroutine[Any, Any, None]) -> None:
        """Have a task put things in; when it ends, with or without an error, `take` says so."""
        task = asyncio.create_task(work)
        task.add_done_callback(self._ended)
        self._tasks.append(task)

    async def put(self, one: T, size: int) -> None:
        """Put something of so many bytes in, when there is room; what is larger than all room comes in alone."""
        while len(self._held) >= _HELD_MAX or (self._held and self._held_bytes + size > HELD_BYTES_MAX):
            self._room.clear()
            await self._room.wait()
        self._held.append((one, size))
        self._held_bytes += size
        self._some.set()

    async def take(self, most: int = TAKEN_MAX, *, wait_s: float | None = None) -> list[T]:
        """Return what came, at most `most`; empty when nothing did for `wait_s` seconds.

        Raises: what ended a task, once all that came before was taken.
        """
        try:
            async with asyncio.timeout(wait_s):
                await self._some.wait()
        except TimeoutError:
            return []
        if self._problem is None and len(self._held) < most:
            await asyncio.sleep(self._linger_s)
        if not self._held and self._problem is not None:
            raise self._problem
        taken = [self._held.popleft() for _ in range(min(most, len(self._held)))]
        self._held_bytes -= sum(size for _, size in taken)
        self._room.set()
        if not self._held and self._problem is None:
            self._some.clear()
        return [one for one, _ in taken]

    def _ended(self, task: asyncio.Task[None]) -> None:
        if task.cancelled():
            return
        problem = task.exception()
        if problem is not None and self._problem is None:
            self._problem = problem
            self._some.set()

    async def __aenter__(self) -> Inflow[T]:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
