"""Publishing: makes the site whenever an incident changed and once a minute, and hands what is new to every courier.

The thread that makes it waits for nobody: each place has a courier with a thread of its own. When the bulletin cannot
be made (a database that is away), what is published stays and says by itself when it is stale.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from pulih.model.bulletin import Bulletin
from pulih.ports.clock import Clock
from pulih.ports.publishing import Renderer
from pulih.service.arrival import Arrival
from pulih.service.courier import STOP_S, Courier, CourierNow
from pulih.service.site_digests import SiteDigests

TURN_S: Final = 60.0
# What changes together (an incident with its finding, a word with its signature) is made together.
PACE_S: Final = 0.05


class PublishingNow(msgspec.Struct, frozen=True, kw_only=True):
    """How the site is published.

    Attributes:
        made_us: when its bulletin was made last, None before the first.
        pages: how many there are; `changed` how many of them the last bulletin changed.
        took_s: how long making them took.
        says: what could not be made the last time, "" when all was.
        places: what became of each publisher.
    """

    made_us: int | None = None
    pages: int = 0
    changed: int = 0
    took_s: float = 0.0
    says: str = ""
    places: tuple[CourierNow, ...] = ()


class Publishing:
    """Keeps the site as the desk knows things. `start` it once and `stop` it once.

    Args:
        make: makes a bulletin of the present; `turn` is told once a minute (see service.bulletin).
        renderers: make pages of it, by name.
        couriers: bring them to their places.
        clock: the desk's.
    """

    def __init__(
        self,
        make: Callable[[int, bool], Bulletin],
        renderers: Mapping[str, Renderer],
        couriers: Sequence[Courier],
        clock: Clock,
    ) -> None:
        self._make, self._couriers, self._clock = make, tuple(couriers), clock
        self._site = SiteDigests(renderers)
        self._arrival = Arrival(self._couriers)
        self._now = PublishingNow()
        self._latest: Bulletin | None = None
        self._listeners: list[Callable[[Bulletin], None]] = []
        self._whole = True
        self._wake = threading.Event()
        self._hear = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="publishing", daemon=True)

    def on_made(self, listener: Callable[[Bulletin], None]) -> None:
        """Call `listener` with each bulletin whose pages were handed on, from this thread; it must not fail."""
        self._listeners.append(listener)

    def on_put(self, listener: Callable[[], None]) -> None:
        """Call `listener` each time a place has all that it was handed; it must only hand on, and not fail."""
        for courier in self._couriers:
            courier.on_brought(listener)

    def awaited(self, word: str) -> str:
        """Return why a word ("incident/word") does not stand on its page everywhere yet, "" when it does."""
        return self._arrival.awaited(word)

    def start(self) -> None:
        """Begin: the first bulletin is made at once."""
        for courier in self._couriers:
            courier.start()
        self._thread.start()

    def wake(self) -> None:
        """Make the site anew soon, since an incident changed; any thread may call it, and it does not wait."""
        self._wake.set()

    def hear_anew(self) -> None:
        """Make the site anew soon, with what is heard by then: for a desk whose clock is faster than the world's."""
        self._hear.set()
        self._wake.set()

    def stop(self) -> None:
        """End after what is being made and put, and after some seconds at the latest."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            # Making all pages takes some seconds, and nothing is lost when they are not made.
            self._thread.join(STOP_S)
        for courier in self._couriers:
            courier.stop()

    def latest(self) -> Bulletin | None:
        """Return the bulletin that is published, None before the first."""
        return self._latest

    def now(self) -> PublishingNow:
        """Return how the site is published."""
        return msgspec.structs.replace(self._now, places=tuple(one.now() for one in self._couriers))

    def trouble(self) -> str:
        """Return what could not be made or put the last time, "" when all was."""
        now = self.now()
        return " ".join(one for one in (now.says, *(place.says for place in now.places)) if one)

    def publish(self, *, turn: bool = True) -> None:
        """Make the site as it is now and hand what changed to the couriers; for the thread, or whoever has none."""
        begun_s = time.monotonic()
        bulletin = self._make(self._clock.now_us(), turn)
        change = self._site.turn(bulletin)
        # While a renderer has not made its pages once, nobody can tell which old ones are no more.
        first, self._whole = self._whole and not change.says, self._whole and bool(change.says)
        for courier in self._couriers if first or change.pages or change.gone else ():
            courier.take(change.pages, change.gone, whole=self._site.paths if first else None)
        self._arrival.handed_on(bulletin, " ".join(change.says))
        self._latest = bulletin
        self._now = PublishingNow(
            made_us=bulletin.made_us,
            pages=len(self._site),
            changed=len(change.pages),
            took_s=round(time.monotonic() - begun_s, 3),
            says=" ".join(change.says),
        )
        for listener in self._listeners:
            listener(bulletin)

    def _run(self) -> None:
        due_s = time.monotonic()
        while not self._stopping.is_set():
            self._wake.wait(max(0.0, due_s - time.monotonic()))
            self._stopping.wait(PACE_S)
            if self._stopping.is_set():
                return
            self._wake.clear()
            turn = self._hear.is_set() or time.monotonic() >= due_s
            if turn:
                self._hear.clear()
                due_s = time.monotonic() + TURN_S
            try:
                self.publish(turn=turn)
            except Exception as problem:
                says = f"{type(problem).__name__}: {problem}"
                self._now = msgspec.structs.replace(self._now, says=says)
