"""Gathered writes: what many ask to be written at the same time is written in one commit, in the order asked.

A commit costs a wait for the disk; twenty messages under way cost one wait and not twenty.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from pulih.ports.outbox import Settled

_RETRY_S: Final = 1.0
_TRIES_AT_CLOSE: Final = 3


class _Asked(msgspec.Struct):
    changes: Sequence[Settled]
    done: asyncio.Future[None] | None


class GatheredWrites:
    """Writes within one event loop; `commit` runs in a thread, one at a time."""

    def __init__(self, commit: Callable[[list[Settled]], object]) -> None:
        self._commit = commit
        self._asked: list[_Asked] = []
        self._wake = asyncio.Event()
        self._closing = False

    def write(self, changes: Sequence[Settled]) -> None:
        """Have changes written soon; they are tried again until they are."""
        self._ask(_Asked(changes, None))

    async def written(self, changes: Sequence[Settled]) -> None:
        """Have changes written, and return when they are on the disk.

        Raises: OutsideFailed, or what else kept them from being written; they are not tried again.
        """
        done = asyncio.get_running_loop().create_future()
        self._ask(_Asked(changes, done))
        await done

    async def close(self) -> None:
        """Write what is left, and end `run`."""
        self._closing = True
        self._wake.set()

    async def run(self) -> None:
        """Write until `close`."""
        failed = 0
        while self._asked or not self._closing:
            if not self._asked:
                self._wake.clear()
                await self._wake.wait()
                continue
            taken, self._asked = self._asked, []
            try:
                await asyncio.to_thread(self._commit, [one for asked in taken for one in asked.changes])
            except Exception as problem:
                failed += 1
                self._asked = [*_kept(taken, problem), *self._asked]
                if self._closing and failed >= _TRIES_AT_CLOSE:
                    return
                await asyncio.sleep(_RETRY_S)
            else:
                failed = 0
                for asked in taken:
                    if asked.done is not None and not asked.done.done():
                        asked.done.set_result(None)

    def _ask(self, asked: _Asked) -> None:
        self._asked.append(asked)
        self._wake.set()


def _kept(taken: Sequence[_Asked], problem: Exception) -> list[_Asked]:
    """Return what is tried again; who waits is told that it was not written."""
    for asked in taken:
        if asked.done is not None and not asked.done.done():
            asked.done.set_exception(problem)
    return [asked for asked in taken if asked.done is None]
