"""Room of listening: one thread with one event loop, in which every source is a task; begins and ends with the desk.

Sources wait nearly all of the time; twenty threads for that would cost memory and turns, and the libraries of the field
speak asyncio.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from pulih.model.clock import MICROS
from pulih.model.errors import RefusedInput
from pulih.ports.listening import ListeningStore, SourcePast
from pulih.ports.sources import Source
from pulih.service.listening.life import Life, Pace, filters_now
from pulih.service.listening.one_source import CLOSE_S, Ground, OneSource, Standing
from pulih.service.listening.spending import Governor, Spent
from pulih.service.view import Alive, FilterNow

# A source that cannot be cancelled must not keep a desk from ending.
_STOP_S: Final = 2 * CLOSE_S


class Listened(msgspec.Struct, frozen=True):
    """One source of the settings: its name, its kind, what makes it, and what watches over its cost (None: free).

    `filters` are all that it has, None where its kind does not say, and `pace` is how they speak.
    """

    name: str
    kind: str
    opened: Callable[[], Source]
    governor: Governor | None = None
    filters: tuple[str, ...] | None = None
    pace: Pace = "people"


class ListenedNow(msgspec.Struct, frozen=True, kw_only=True):
    """One source as it is now: what it does, how it spoke, its filters, how these speak, and its cost (None: free)."""

    name: str
    kind: str
    standing: Standing
    past: SourcePast
    filters: tuple[FilterNow, ...] = ()
    pace: Pace = "people"
    spent: Spent | None = None


class Listening:
    """Listens to all sources of the settings. `start` it once and `stop` it once.

    Args:
        sources: each with its own name.
        ground: what they stand on.
        store: knows how they spoke before.

    Raises: OutsideFailed when the store cannot be used.
    """

    def __init__(self, sources: Sequence[Listened], ground: Ground, store: ListeningStore) -> None:
        self._listened, self._ground, self._store = tuple(sources), ground, store
        pasts = store.pasts() if sources else {}
        self._tasks = [
            OneSource(one.name, one.opened, ground, Life(pasts.get(one.name, SourcePast(source=one.name)), one.filters))
            for one in sources
        ]
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ready, self._end, self._ended = threading.Event(), asyncio.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="listening", daemon=True)

    def start(self) -> None:
        """Begin to listen; what cannot be opened is shown and keeps no other waiting."""
        if self._tasks:
            self._ground.accepting.know([one.name for one in self._listened])
            self._thread.start()
            self._ready.wait()

    def stop(self) -> None:
        """End every source and keep how they spoke; what was handed in is kept. Raises OutsideFailed."""
        if self._thread.is_alive() and self._loop is not None:
            self._loop.call_soon_threadsafe(self._end.set)
            # Not for the thread: it goes on until the last look-up of a name, which nobody can break off, is over.
            self._ended.wait(_STOP_S)
        self.keep(self._ground.clock.now_us())

    def keep(self, _: int) -> None:
        """Keep how sources spoke, for after a restart. Raises OutsideFailed."""
        self._store.keep([one.life.past() for one in self._tasks])

    def now(self) -> list[ListenedNow]:
        """Return every source as it is now, in the order of the settings. Raises OutsideFailed."""
        return [self._now(*one) for one in zip(self._listened, self._tasks, strict=True)]

    def alive(self) -> Mapping[str, Alive]:
        """Return whether each source is listened to, and how its filters are, by name."""
        return {one.name: self._alive(one, task) for one, task in zip(self._listened, self._tasks, strict=True)}

    def standings(self) -> Mapping[str, Standing]:
        """Return what each source does, by name."""
        return {one.name: one.standing() for one in self._tasks}

    def one(self, name: str) -> ListenedNow:
        """Return one source as it is now. Raises RefusedInput when there is none of that name."""
        for pair in zip(self._listened, self._tasks, strict=True):
            if pair[0].name == name:
                return self._now(*pair)
        raise RefusedInput(f"There is no source {name!r} that the desk listens to by itself.")

    def trouble(self) -> str:
        """Return which sources are not listened to and why, "" when all are; for the health of the desk."""
        held = [(one.name, one.standing()) for one in self._tasks]
        return "; ".join(f"{name}: {one.says}" for name, one in held if one.says)

    def _alive(self, listened: Listened, task: OneSource) -> Alive:
        standing, now_us = task.standing(), self._ground.clock.now_us()
        connected = standing.state in {"begun", "listening"}
        away_s = 0.0 if connected else (now_us - standing.since_us) / MICROS
        filters = filters_now(task.life.past(), now_us, connected=connected, pace=listened.pace)
        return Alive(away_s=away_s, filters=filters)

    def _now(self, listened: Listened, task: OneSource) -> ListenedNow:
        standing, past, now_us = task.standing(), task.life.past(), self._ground.clock.now_us()
        return ListenedNow(
            name=listened.name,
            kind=listened.kind,
            standing=standing,
            past=past,
            filters=filters_now(past, now_us, connected=standing.state == "listening", pace=listened.pace),
            pace=listened.pace,
            spent=listened.governor.now() if listened.governor else None,
        )

    def _run(self) -> None:
        try:
            asyncio.run(self._all())
        finally:
            self._ended.set()

    async def _all(self) -> None:
        self._loop = asyncio.get_running_loop()
        tasks = [asyncio.create_task(one.run(), name=one.name) for one in self._tasks]
        self._ready.set()
        await self._end.wait()
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=_STOP_S)
        self._ended.set()
