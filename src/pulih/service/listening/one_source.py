"""One source: a task that listens, hands in what it hears, waits until that is kept, and asks for more.

The next batch is asked for when the last is on the disk: so a slow disk makes the source wait, and a source that
acknowledges to its peer never does so too early. What fails is shown, and tried again, also what only a person can
mend: a token in a file is renewed by other programs, which tell the desk nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import PurePath
from typing import Final, Literal

import msgspec

from pulih.listen.payload import Cursor, Parcel, PayloadReader
from pulih.model.errors import OutsideFailed, PulihError, RefusedInput
from pulih.ports.clock import Clock
from pulih.ports.intake import Ledger
from pulih.ports.sources import Batch, Source, SpendReached
from pulih.service.accepting import Accepting, Outcome
from pulih.service.listening.forgetting import without_words
from pulih.service.listening.life import Life
from pulih.service.listening.lines import parcels_of, whole
from pulih.service.listening.patience import REFUSED_S, UNFORESEEN_S, Patience
from pulih.service.listening.spending import left_of_month_s

# "begun" is who has not heard anything yet; "waiting" who failed and tries again; "refused" who needs a person, and
# looks again whether somebody came.
SourceState = Literal["begun", "listening", "waiting", "spent", "failed", "refused", "ended"]
# Signs of life may come many times a second; where they say to go on is kept so often.
CURSOR_S: Final = 10.0
# A desk whose disk is busy is asked again so soon, and later each time.
_FULL_S, _FULL_S_MAX = 0.25, 30.0
# How long a source may take to give its connections back.
CLOSE_S: Final = 5.0
_CURSOR_CHARS_MAX: Final = 1 << 20


class Standing(msgspec.Struct, frozen=True):
    """What a source does, since when, why, and when it tries again.

    `says` is English; `key` names the same sentence in web/words, to be filled in with `values` (as in a PulihError).
    """

    state: SourceState
    since_us: int
    says: str = ""
    again_us: int | None = None
    key: str = ""
    values: Mapping[str, object] = {}


class Ground(msgspec.Struct, frozen=True):
    """What sources stand on: where they hand in, what checks it, where they go on, what forgets, and how to wait.

    `forget` returns the keys of what was never heard.
    """

    accepting: Accepting
    reader: PayloadReader
    ledger: Ledger
    forget: Callable[[str, Sequence[str], Sequence[str]], tuple[int, ...]]
    clock: Clock
    patience: Patience


class OneSource:
    """Listens to one source; `run` is for one task, the rest for any thread.

    Args:
        name: under which it is counted.
        opened: makes the source; raises RefusedInput.
        ground: what it stands on.
        life: remembers how it speaks.
    """

    def __init__(self, name: str, opened: Callable[[], Source], ground: Ground, life: Life) -> None:
        self.name = name
        self.life = life
        self._opened, self._ground = opened, ground
        # Where it goes on, the same as it was kept last, and when that was by the loop's clock.
        self._cursor = self._kept = ""
        self._kept_s = 0.0
        self._tries = 0
        self._standing = Standing("begun", ground.clock.now_us())

    def standing(self) -> Standing:
        """Return what it does."""
        return self._standing

    async def run(self) -> None:
        """Listen until this is cancelled."""
        while True:
            source: Source | None = None
            try:
                source = self._opened()
                while True:
                    await self._tried(source)
            except RefusedInput as problem:
                await self._rest("refused", problem, REFUSED_S)
            except asyncio.CancelledError as problem:
                # A library that cancels a task of its own does not end listening.
                if _is_cancelled():
                    self._stand("ended")
                    raise
                await self._rest("failed", unforeseen(problem), UNFORESEEN_S)
            except Exception as problem:
                await self._rest("failed", unforeseen(problem), UNFORESEEN_S)
            finally:
                if source is not None:
                    with suppress(Exception):
                        await asyncio.wait_for(source.close(), CLOSE_S)

    async def _tried(self, source: Source) -> None:
        """Listen until the source fails in a way that it foresaw, and wait as long as is right."""
        try:
            try:
                await self._listen(source)
            except ExceptionGroup as group:
                # What tasks of a source raise together is one failure; the first says which.
                raise _first_of(group) from None
        except SpendReached as problem:
            await self._rest("spent", problem, left_of_month_s(self._ground.clock.now_us()))
        except OutsideFailed as problem:
            wait_s = self._ground.patience.wait_s(self._tries, problem)
            self._tries += 1
            await self._rest("waiting", problem, wait_s)

    async def _listen(self, source: Source) -> None:
        self._cursor = self._kept = await asyncio.to_thread(self._ground.ledger.cursor, self.name)
        batches = source.listen(self._cursor)
        try:
            async for batch in batches:
                await self._take(batch)
                if self._standing.state != "listening":
                    self._stand("listening")
                self._tries = 0
        finally:
            await _end(batches)
        raise OutsideFailed(
            f"{self.name}: it came to an end by itself; it is listened to again.", key="source.ended", name=self.name
        )

    async def _take(self, batch: Batch) -> None:
        ground = self._ground
        parcels = self._parcels(batch)
        cursor = self._due(batch, worth=bool(parcels or batch.deleted))
        if cursor and parcels and not (batch.deleted or batch.gone):
            parcels[-1], cursor = msgspec.structs.replace(parcels[-1], cursor=cursor), None
        for parcel in parcels:
            await self._hand_in(parcel)
        # What is taken back may have come in the same batch, and is forgotten before the desk goes on behind it.
        if batch.deleted or batch.gone:
            early = await asyncio.to_thread(ground.forget, self.name, batch.deleted, batch.gone)
            cursor = Cursor(self.name, self._cursor, early) if early else cursor
        if cursor:
            await self._hand_in(Parcel((), cursor=cursor))
        self.life.take(batch, ground.clock.now_us())

    def _parcels(self, batch: Batch) -> list[Parcel]:
        ground = self._ground
        now_us = ground.clock.now_us()
        parcels = list(parcels_of(batch, self.name, ground.reader, now_us))
        early = ground.ledger.early([one.key for parcel in parcels for one in parcel.heard])
        if not early:
            return parcels
        return list(parcels_of(without_words(batch, self.name, ground.reader, early), self.name, ground.reader, now_us))

    def _due(self, batch: Batch, *, worth: bool) -> Cursor | None:
        """Return where to go on, if that is to be kept now: behind a sign of life, nothing is lost where it is not."""
        if len(batch.cursor) > _CURSOR_CHARS_MAX:
            raise RefusedInput(f"{self.name}: a cursor of {len(batch.cursor):,} signs; right would be a short one.")
        if whole(batch.cursor) != batch.cursor or "\0" in batch.cursor:
            raise RefusedInput(f"{self.name}: a cursor that no database keeps; right would be one of whole letters.")
        self._cursor = batch.cursor or self._cursor
        now_s = asyncio.get_running_loop().time()
        if self._cursor == self._kept or not (worth or now_s - self._kept_s >= CURSOR_S):
            return None
        self._kept, self._kept_s = self._cursor, now_s
        return Cursor(self.name, self._cursor)

    async def _hand_in(self, parcel: Parcel) -> None:
        """Hand in a parcel, however long it takes until it is kept. Raises RefusedInput."""
        loop, wait_s = asyncio.get_running_loop(), _FULL_S
        while True:
            settled: asyncio.Future[Outcome | PulihError] = loop.create_future()
            try:
                self._ground.accepting.submit(parcel, partial(_settle, loop, settled))
                outcome = await settled
            except OutsideFailed as problem:
                outcome = problem
            if isinstance(outcome, Outcome):
                return
            if not isinstance(outcome, OutsideFailed):
                raise outcome
            await self._rest("waiting", outcome, wait_s)
            wait_s = min(2 * wait_s, _FULL_S_MAX)

    async def _rest(self, state: SourceState, problem: PulihError, wait_s: float) -> None:
        self._stand(state, problem, wait_s)
        await self._ground.patience.sleep(wait_s)

    def _stand(self, state: SourceState, problem: PulihError | None = None, wait_s: float | None = None) -> None:
        now_us, before = self._ground.clock.now_us(), self._standing
        since_us = before.since_us if before.state == state else now_us
        if state != "listening":
            self.life.absent(now_us)
        again_us = None if wait_s is None else now_us + int(wait_s * 1e6)
        if problem is None:
            self._standing = Standing(state, since_us, again_us=again_us)
        else:
            self._standing = Standing(state, since_us, whole(str(problem)), again_us, problem.key, problem.values)


def _settle(
    loop: asyncio.AbstractEventLoop, settled: asyncio.Future[Outcome | PulihError], outcome: Outcome | PulihError
) -> None:
    """Tell the loop of a source what became of a parcel; from the thread that commits."""

    def tell() -> None:
        if not settled.done():
            settled.set_result(outcome)

    # Where the desk is being stopped, nobody waits any more.
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(tell)


async def _end(batches: AsyncIterator[Batch]) -> None:
    """End an iterator, so that what it holds open is given back now."""
    end = getattr(batches, "aclose", None)
    if end is not None:
        await end()


def _is_cancelled() -> bool:
    """Whether this task is being ended, and not one within it."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _first_of(group: ExceptionGroup[Exception]) -> Exception:
    """Return the first that a group holds, however deep.

    >>> _first_of(ExceptionGroup("a", [ExceptionGroup("b", [OutsideFailed("away")])]))
    OutsideFailed('away')
    """
    first: Exception = group
    while isinstance(first, ExceptionGroup):
        first = first.exceptions[0]
    return first


def unforeseen(problem: BaseException) -> OutsideFailed:
    """Return what says where something failed that nobody foresaw; its own words may hold an address with a token."""
    trace = problem.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" at {PurePath(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    why = f"{type(problem).__name__}{where}"
    return OutsideFailed(f"It failed in a way nobody foresaw: {why}.", key="source.unforeseen", why=why)
