"""A courier brings pages to one publisher, in a thread of its own: what cannot be put now waits, and is tried again.

One place that does not answer must not keep the others from telling what is known. What waits is kept by path, the
newest content of each, so however long a place is away no more waits than the site has pages.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping
from typing import Final

import msgspec

from pulih.model.errors import OutsideFailed
from pulih.ports.clock import Clock
from pulih.ports.publishing import PathsKept, Published, Publisher

# Between two tries, doubled each time until the longest.
RETRY_S: Final = 1.0
RETRY_S_MAX: Final = 60.0
# How long a stop waits for what is being put; what was not put is put at the next start.
STOP_S: Final = 3.0


class CourierNow(msgspec.Struct, frozen=True, kw_only=True):
    """What became of publishing to one place.

    Attributes:
        name: of the publisher.
        put_us: when pages were put last, None before the first time; `took_s` how long that took.
        pages, gone, octets: how many pages were put and taken away, and bytes put, since the start.
        waiting: pages that wait to be put or taken away.
        failures: how often it failed in a row; `says` why the last time, "" when all is well.
    """

    name: str
    put_us: int | None = None
    took_s: float = 0.0
    pages: int = 0
    gone: int = 0
    octets: int = 0
    waiting: int = 0
    failures: int = 0
    says: str = ""


class Courier:
    """The thread of one publisher. `start` it once and `stop` it once.

    Args:
        publisher: where pages go.
        clock: the desk's.
        kept: remembers which paths are there, over a restart.
        retry_s: first wait after a failure.

    Attributes:
        taken: how often it took pages; `brought` up to which time all that it took is put.
    """

    def __init__(
        self, publisher: Publisher, clock: Clock, kept: PathsKept | None = None, *, retry_s: float = RETRY_S
    ) -> None:
        self._publisher, self._clock, self._kept, self._retry_s = publisher, clock, kept, retry_s
        self._waiting: dict[str, bytes | None] = {}
        self._busy = 0
        # How often pages were handed in, and until which time all of them were put.
        self.taken, self.brought = 0, 0
        self._listeners: list[Callable[[], None]] = []
        self._change = threading.Condition()
        self._stopping = threading.Event()
        self._now = CourierNow(name=publisher.name)
        self._there: frozenset[str] | None = None
        self._thread = threading.Thread(target=self._run, name=f"publish {publisher.name}"[:60], daemon=True)

    def on_brought(self, listener: Callable[[], None]) -> None:
        """Call `listener` each time all that waited was put, from this thread; it must only hand on, and not fail."""
        self._listeners.append(listener)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def take(self, pages: Mapping[str, bytes], gone: Collection[str], *, whole: frozenset[str] | None = None) -> None:
        """Take pages to be put soon, and paths to be taken away; from any thread, without waiting for the place.

        Args:
            pages, gone: as a publisher takes them.
            whole: all paths that there are, so that what else was put there in earlier days goes; None: not told.
        """
        strange = frozenset() if whole is None else self._known() - whole
        with self._change:
            self._waiting.update(dict.fromkeys([*gone, *strange], None))
            self._waiting.update(pages)
            self.taken += 1
            self._change.notify()

    def now(self) -> CourierNow:
        """Return what became of publishing so far."""
        with self._change:
            return msgspec.structs.replace(self._now, waiting=len(self._waiting) + self._busy)

    def stop(self) -> None:
        """End; what is being put may end first, for some seconds."""
        self._stopping.set()
        with self._change:
            self._change.notify()
        if self._thread.is_alive():
            self._thread.join(STOP_S)

    def bring(self) -> Published:
        """Put what waits, once, in the caller's thread; raise OutsideFailed when not all could be put."""
        with self._change:
            taken, self._waiting = self._waiting, {}
            self._busy, until = len(taken), self.taken
        begun_s = time.monotonic()
        try:
            done = self._put(taken)
        except BaseException as problem:
            with self._change:
                # What came meanwhile is newer.
                self._waiting = {**taken, **self._waiting}
                self._busy = 0
                self._now = msgspec.structs.replace(self._now, failures=self._now.failures + 1, says=_sentence(problem))
            raise
        with self._change:
            self._busy, self.brought = 0, until
            self._now = msgspec.structs.replace(
                self._now,
                put_us=self._clock.now_us(),
                took_s=round(time.monotonic() - begun_s, 3),
                pages=self._now.pages + done.put,
                gone=self._now.gone + done.gone,
                octets=self._now.octets + done.octets,
                failures=0,
                says="",
            )
        for listener in self._listeners:
            listener()
        return done

    def _put(self, taken: Mapping[str, bytes | None]) -> Published:
        pages = {path: content for path, content in taken.items() if content is not None}
        gone = [path for path, content in taken.items() if content is None]
        done = self._publisher.put(pages, gone)
        there = (self._known() | pages.keys()) - frozenset(gone)
        if there != self._there:
            self._there = there
            if self._kept is not None:
                self._kept.keep(self._publisher.name, there)
        return done

    def _known(self) -> frozenset[str]:
        if self._there is None:
            self._there = frozenset() if self._kept is None else self._kept.known(self._publisher.name)
        return self._there

    def _run(self) -> None:
        wait_s = self._retry_s
        while not self._stopping.is_set():
            with self._change:
                self._change.wait_for(lambda: self._waiting or self._stopping.is_set())
            if self._stopping.is_set():
                return
            try:
                self.bring()
                wait_s = self._retry_s
            except Exception:
                # `now` says what it was; whatever it was, the next try may do.
                self._stopping.wait(wait_s)
                wait_s = min(2 * wait_s, RETRY_S_MAX)


def _sentence(problem: BaseException) -> str:
    return str(problem) if isinstance(problem, OutsideFailed) else f"{type(problem).__name__}: {problem}"
