"""A store of listening in memory, a source that does what a script says, and the ground that sources stand on."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence

from intake_in_memory import MemoryJournal, MemoryLedger, SetClock

from pulih.listen.payload import PayloadReader
from pulih.ports.listening import SourcePast
from pulih.ports.sources import Batch, Item
from pulih.service.accepting import Accepting
from pulih.service.listening.forgetting import Forgetting
from pulih.service.listening.one_source import Ground
from pulih.service.listening.patience import Patience
from pulih.service.listening.room import Listened, Listening

READER = PayloadReader(b"a secret of some length")


class MemoryListeningStore:
    """A listening store (ports.ListeningStore)."""

    def __init__(self) -> None:
        self.kept: dict[str, SourcePast] = {}
        self.cost: dict[tuple[str, str], int] = {}
        self.texts: dict[int, int] = {}

    def pasts(self) -> Mapping[str, SourcePast]:
        return dict(self.kept)

    def keep(self, pasts: Sequence[SourcePast]) -> None:
        self.kept |= {past.source: past for past in pasts}

    def spent(self, source: str, month: str) -> int:
        return self.cost.get((source, month), 0)

    def spend(self, source: str, month: str, micros: int, *, most: int) -> bool:
        summed = self.spent(source, month) + micros
        if micros > 0 and summed > most:
            return False
        self.cost[source, month] = max(summed, 0)
        return True

    def forget(self, texts: Mapping[int, int], at_us: int) -> None:
        self.texts |= texts

    def forgotten(self) -> Mapping[int, int]:
        return dict(self.texts)


class ScriptedSource:
    """Yields the batches of a script and raises its errors; then it waits. `asked` tells the cursors it was given."""

    def __init__(self, *script: Batch | BaseException) -> None:
        self.script = deque(script)
        self.asked: list[str] = []
        self.yielded = self.opened = self.closed = 0

    def open(self) -> ScriptedSource:
        self.opened += 1
        return self

    async def listen(self, cursor: str) -> AsyncIterator[Batch]:
        self.asked.append(cursor)
        while self.script:
            step = self.script.popleft()
            if isinstance(step, BaseException):
                raise step
            self.yielded += 1
            yield step
        await asyncio.Event().wait()

    async def close(self) -> None:
        self.closed += 1


class ListeningDesk:
    """Listens to sources by name, over an intake in memory; `waits` are the seconds that were waited, at once."""

    def __init__(self, **sources: ScriptedSource) -> None:
        self.journal, self.ledger, self.clock = MemoryJournal(), MemoryLedger(), SetClock()
        self.store, self.waits = MemoryListeningStore(), list[float]()
        self.forgot: list[Collection[int]] = []
        # Authors that were gone, and the keys of what was heard of them.
        self.gone, self.theirs = list[tuple[str, ...]](), set[int]()
        self.accepting = Accepting(self.journal, self.ledger, self.clock, READER)
        forgetting = Forgetting(
            READER,
            self.ledger,
            self.store,
            forget_items=self._forget,
            forget_authors=self._forget_all,
            clock=self.clock,
        )
        ground = Ground(
            self.accepting, READER, self.ledger, forgetting.forget, self.clock, Patience(self._sleep, lambda: 1.0)
        )
        listened = [Listened(name, "scripted", one.open) for name, one in sources.items()]
        self.listening = Listening(listened, ground, self.store)
        # The sleeper goes on when it is set.
        self.awake = threading.Event()
        self.awake.set()

    def __enter__(self) -> ListeningDesk:
        self.accepting.start()
        self.listening.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.journal.gate.set()
        self.listening.stop()
        self.accepting.close()

    def state(self, name: str = "mail") -> str:
        return self.listening.one(name).standing.state

    def says(self, name: str = "mail") -> str:
        return self.listening.one(name).standing.says

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        while not self.awake.is_set():
            await asyncio.sleep(0.002)

    def _forget(self, keys: Collection[int]) -> Mapping[int, int]:
        self.forgot.append(keys)
        return dict.fromkeys(keys, 0)

    def _forget_all(self, source: str, authors: Collection[str]) -> Mapping[int, int]:
        self.gone.append((source, *authors))
        return self._forget(self.theirs) if self.theirs else {}


def said(*ids: str, cursor: str = "", deleted: Sequence[str] = (), filters: Sequence[str] = ()) -> Batch:
    """Return a batch with an item for each id."""
    items = tuple(Item(id=one, text=f"internet mati {one}") for one in ids)
    return Batch(cursor=cursor, items=items, deleted=tuple(deleted), filters=tuple(filters))


def wait_for(true: Callable[[], bool], within_s: float = 10.0) -> None:
    """Wait until something is so."""
    end = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < end, "it did not come to be so"
        time.sleep(0.002)
