"""An inbox: what came in by itself and waits to be kept, within a bound, and is answered once it is.

Whoever can be made to wait is (a connection, whose sender then waits too); who cannot (a datagram) is counted and the
gap told.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Final

import msgspec

from pulih.ports.sources import Batch, Item

WAITING_MAX: Final = 5_000
WAITING_CHARS_MAX: Final = 16 << 20
BATCH_MAX: Final = 1_000
REFUSALS_SHOWN: Final = 20
# Messages that do not count say that their sender lives; it is told no more often than this.
_LIFE_S: Final = 5.0


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What one message gave.

    Attributes:
        items: what counts of it.
        refused: why it cannot be read, "" when it can.
        filters: names of the rules that it kept.
        kept: called once it is on the disk; answers its sender.
    """

    items: tuple[Item, ...] = ()
    refused: str = ""
    filters: tuple[str, ...] = ()
    kept: Callable[[], None] | None = None

    @property
    def chars(self) -> int:
        """Return how many characters wait with it."""
        return len(self.refused) + sum([len(one.text) for one in self.items])


_END: Final = Message()


class Inbox:
    """Messages that wait; used within one event loop."""

    def __init__(self, waiting_max: int = WAITING_MAX) -> None:
        self._waiting: asyncio.Queue[Message] = asyncio.Queue(waiting_max)
        self._chars, self._room = 0, asyncio.Event()
        self._lost = 0
        self._alive: asyncio.TimerHandle | None = None
        self._failed: BaseException | None = None

    async def put(self, message: Message) -> None:
        """Take a message, when there is room."""
        while self._chars > WAITING_CHARS_MAX:
            self._room.clear()
            await self._room.wait()
        self._chars += message.chars
        await self._waiting.put(message)

    def offer(self, message: Message) -> bool:
        """Take a message whose sender waits for nobody; without room it is lost, counted, and False returned."""
        if self._waiting.full() or self._chars > WAITING_CHARS_MAX:
            self.lose()
            return False
        self._chars += message.chars
        self._waiting.put_nowait(message)
        return True

    def lose(self) -> None:
        """Count a message that is lost."""
        self._lost += 1

    def lives(self) -> None:
        """Know that somebody spoke, of what does not count."""
        if self._alive is None:
            self._alive = asyncio.get_running_loop().call_later(_LIFE_S, self._tell_life)

    def fail(self, problem: BaseException) -> None:
        """End the batches with a problem, once what came before it is kept."""
        self._failed = problem
        # With no room it is seen when some of what waits was taken.
        if not self._waiting.full():
            self._waiting.put_nowait(_END)

    async def batches(self) -> AsyncGenerator[Batch, None]:
        """Yield what came in, and answer its senders when the next is asked for. Raises what `fail` was told."""
        try:
            while True:
                waiting = [await self._waiting.get()]
                while len(waiting) < BATCH_MAX and not self._waiting.empty():
                    waiting.append(self._waiting.get_nowait())
                self._chars -= sum([one.chars for one in waiting])
                self._room.set()
                if self._failed is not None and waiting == [_END]:
                    raise self._failed
                yield self._batch(waiting)
                for message in waiting:
                    if message.kept is not None:
                        message.kept()
                if self._failed is not None and self._waiting.empty():
                    raise self._failed
        finally:
            if self._alive is not None:
                self._alive.cancel()

    def _batch(self, waiting: list[Message]) -> Batch:
        lost, self._lost = self._lost, 0
        return Batch(
            items=tuple(item for message in waiting for item in message.items),
            filters=tuple(sorted({name for message in waiting for name in message.filters})),
            refused=shortened([message.refused for message in waiting if message.refused]),
            gap=f"{lost:,} messages came faster than they could be kept." if lost else "",
        )

    def _tell_life(self) -> None:
        self._alive = None
        if self._waiting.empty():
            self._waiting.put_nowait(Message())


def shortened(refused: list[str]) -> tuple[str, ...]:
    """Return the first refusals, and how many more there are.

    >>> shortened(["a"]), len(shortened(["a"] * 50)), shortened(["a"] * 50)[-1]
    (('a',), 21, '30 more could not be read.')
    """
    more = len(refused) - REFUSALS_SHOWN
    return tuple(refused) if more <= 0 else (*refused[:REFUSALS_SHOWN], f"{more:,} more could not be read.")
