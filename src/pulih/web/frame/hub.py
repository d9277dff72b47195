"""The hub tells open pages that something changed, over server-sent events; pages then ask for what they show.

An event is a name and the newest value under it, never a queue: a page that is slow sees the newest only, and a
hub with a thousand silent pages holds a thousand small dictionaries. Events are numbered, so that what happened between
the making of a page and its first hearing, or while its stream was broken, is told as soon as it listens again. Threads
of the desk call `tell`; the event loop serves `listen`. Source: HTML Living Standard, 9.2 Server-sent events.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator

import msgspec

from pulih.service.waking import woken

# A page that hears nothing for three of these says that it is stale; proxies close what is silent for a minute.
BEAT_S = 15.0
LISTENERS_MAX = 500


class Event(msgspec.Struct, frozen=True):
    """One thing that changed: its name, which pages listen for, a short value, and its number (0: a beat has none)."""

    name: str
    value: str = ""
    number: int = 0

    def encoded(self) -> bytes:
        r"""Write it as the standard asks.

        >>> Event("live", "a\nb", 7).encoded()
        b'event: live\nid: 7\ndata: a\ndata: b\n\n'
        """
        number = f"id: {self.number}\n" if self.number else ""
        lines = "".join(f"data: {line}\n" for line in self.value.splitlines() or [""])
        return f"event: {self.name}\n{number}{lines}\n".encode()


class _Listener:
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.waiting: dict[str, Event] = {}
        self.wake = asyncio.Event()


class Hub:
    """Where the desk tells and pages listen."""

    def __init__(self, *, beat_s: float = BEAT_S) -> None:
        """Beat on every stream each `beat_s` seconds, however much it is told: a session that ended shows then."""
        self._beat_s = beat_s
        self._listeners: set[_Listener] = set()
        self._lock = threading.Lock()
        self._closed = False
        # Of another start of the desk a page knows a smaller number, and so hears everything anew.
        self._said = time.time_ns()
        self._newest: dict[str, Event] = {}

    def said(self) -> int:
        """Return the number of the newest event: a page that is made now knows all up to it."""
        return self._said

    def tell(self, name: str, value: str = "") -> None:
        """Tell every open page that `name` changed; any thread may call it, and it never waits."""
        with self._lock:
            self._said += 1
            self._newest[name] = Event(name, value, self._said)
            for listener in self._listeners:
                listener.waiting[name] = self._newest[name]
                self._wake(listener)

    def close(self) -> None:
        """End every stream, so that the desk can stop."""
        with self._lock:
            self._closed = True
            for listener in self._listeners:
                self._wake(listener)

    def full(self) -> bool:
        """Tell whether as many pages listen as may."""
        return len(self._listeners) >= LISTENERS_MAX

    async def listen(self, since: int | None = None) -> AsyncIterator[Event]:
        """Yield what changes from now on, and a `beat` at first and every now and then.

        Args:
            since: the number of the last event that the page knows of; what came after it is told first. None: nothing.
        """
        listener = _Listener(asyncio.get_running_loop())
        with self._lock:
            self._listeners.add(listener)
            if since is not None:
                # A clock that was set back makes the numbers of an earlier start the larger ones.
                known = since if since <= self._said else 0
                listener.waiting = {name: event for name, event in self._newest.items() if event.number > known}
            if listener.waiting:
                listener.wake.set()
        try:
            while not self._closed:
                yield Event("beat")
                beats_s = time.monotonic() + self._beat_s
                while not self._closed and (left_s := beats_s - time.monotonic()) > 0:
                    for event in await self._next(listener, left_s):
                        yield event
        finally:
            with self._lock:
                self._listeners.discard(listener)

    async def _next(self, listener: _Listener, within_s: float) -> list[Event]:
        if not await woken(listener.wake, within_s):
            return []
        with self._lock:
            listener.wake.clear()
            told, listener.waiting = listener.waiting, {}
        return sorted(told.values(), key=lambda event: event.number)

    def _wake(self, listener: _Listener) -> None:
        # A loop that has ended has no page left to wake.
        if not listener.loop.is_closed():
            listener.loop.call_soon_threadsafe(listener.wake.set)
