"""Clocks of a desk: the world's, and one that a replay sets."""

from __future__ import annotations

import threading
import time

from pulih.model.clock import MICROS


class WorldClock:
    """The time of this machine."""

    def now_us(self) -> int:
        """Return the present, microseconds since 1970 UTC."""
        return time.time_ns() // 1000


class ReplayClock:
    """Stands where it was set, or runs from there, `speed` times as fast as the world; it never goes back."""

    def __init__(self, start_us: int) -> None:
        """Stand at `start_us`, microseconds since 1970 UTC."""
        self._lock = threading.Lock()
        self._from_us = start_us
        self._since_s = time.monotonic()
        self._speed = 0.0

    def now_us(self) -> int:
        """Return the present of the replay."""
        with self._lock:
            return self._now_us()

    def set(self, at_us: int) -> None:
        """Go on to `at_us`; a moment that has passed already changes nothing."""
        with self._lock:
            self._move(max(at_us, self._now_us()), self._speed)

    def run(self, speed: float) -> None:
        """Run `speed` times as fast as the world from now on; 0 stands still."""
        with self._lock:
            self._move(self._now_us(), speed)

    def _now_us(self) -> int:
        return self._from_us + round((time.monotonic() - self._since_s) * self._speed * MICROS)

    def _move(self, at_us: int, speed: float) -> None:
        self._from_us, self._since_s, self._speed = at_us, time.monotonic(), speed
