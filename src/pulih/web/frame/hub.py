"""The hub tells open pages that something changed, over server-sent events; pages then ask for what they show.

An event is a name and the newest value under it, never a queue: a page that is slow sees the newest only, and a
hub with a thousand silent pages holds a thousand small dictionaries. Threads of the desk call `tell`; the event loop
serves `listen`. Source: HTML Living Standard, 9.2 Server-sent events.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator

import msgspec

from pulih.service.waking import woken

# A page that hears nothing for three of these says that it is stale; proxies close what is silent for a minute.
BEAT_S = 15.0
LISTENERS_MAX = 500


class Event(msgspec.Struct, frozen=True):
    """One thing that changed: its name, which pages listen for, and a short value."""

    name: str
    value: str = ""

    def encoded(self) -> bytes:
        r"""Write it as the standard asks.

        >>> Event("live", "a\nb").encoded()
        b'event: live\ndata: a\ndata: b\n\n'
        """
        lines = "".join(f"data: {line}\n" for line in self.value.splitlines() or [""])
        return f"event: {self.name}\n{lines}\n".encode()


class _Listener:
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.waiting: dict[str, str] = {}
        self.wake = asyncio.Event()


class Hub:
    """Where the desk tells and pages listen."""

    def __init__(self, *, beat_s: float = BEAT_S) -> None:
        """Beat on silent streams every `beat_s` seconds."""
        self._beat_s = beat_s
        self._listeners: set[_Listener] = set()
        self._lock = threading.Lock()
        self._closed = False

    def tell(self, name: str, value: str = "") -> None:
        """Tell every open page that `name` changed; any thread may call it, and it never waits."""
        with self._lock:
            for listener in self._listeners:
                listener.waiting[name] = value
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

    async def listen(self) -> AsyncIterator[Event]:
        """Yield what changes from now on, and a `beat` at first and whenever nothing did for long."""
        listener = _Listener(asyncio.get_running_loop())
        with self._lock:
            self._listeners.add(listener)
        try:
            yield Event("beat")
            while not self._closed:
                for event in await self._next(listener):
                    yield event
        finally:
            with self._lock:
                self._listeners.discard(listener)

    async def _next(self, listener: _Listener) -> list[Event]:
        if not await woken(listener.wake, self._beat_s):
            return [Event("beat")]
        with self._lock:
            listener.wake.clear()
            told, listener.waiting = listener.waiting, {}
        return [Event(name, value) for name, value in told.items()]

    def _wake(self, listener: _Listener) -> None:
        # A loop that has ended has no page left to wake.
        if not listener.loop.is_closed():
            listener.loop.call_soon_threadsafe(listener.wake.set)
