"""Limits on how often something may be tried: so many per key within a span, and a bound on how many keys are kept.

Kept in memory: who restarts the desk to try again could do worse. Source: the sliding log of tries, OWASP
Authentication Cheat Sheet.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque

from pulih.model.clock import MICROS

KEYS_MAX = 20_000


class Limit:
    """At most `tries` per key within `span_s`; all by the clock that the caller hands in."""

    def __init__(self, tries: int, span_s: int) -> None:
        self._tries = tries
        self._span_us = span_s * MICROS
        self._seen: OrderedDict[str, deque[int]] = OrderedDict()
        self._lock = threading.Lock()

    def wait_s(self, key: str, now_us: int) -> int:
        """Return how many seconds are left until `key` may try again; 0 = now.

        >>> limit = Limit(1, 60)
        >>> limit.note("a", 0)
        >>> limit.wait_s("a", 20_000_000), limit.wait_s("b", 0)
        (40, 0)
        """
        with self._lock:
            tries = self._recent(key, now_us)
            if len(tries) < self._tries:
                return 0
            return -(-(tries[-self._tries] + self._span_us - now_us) // MICROS)

    def note(self, key: str, now_us: int) -> None:
        """Note a try."""
        with self._lock:
            tries = self._recent(key, now_us)
            tries.append(now_us)
            self._seen[key] = tries
            self._seen.move_to_end(key)
            while len(self._seen) > KEYS_MAX:
                self._seen.popitem(last=False)

    def take_back(self, key: str, at_us: int) -> None:
        """Take back the try that was noted at `at_us`: it was none."""
        with self._lock:
            tries = self._seen.get(key, deque())
            if at_us in tries:
                tries.remove(at_us)

    def forget(self, key: str) -> None:
        """Forget the tries of a key."""
        with self._lock:
            self._seen.pop(key, None)

    def _recent(self, key: str, now_us: int) -> deque[int]:
        # A clock that was set back must not lock anybody out for longer than the span.
        return deque(
            (at for at in self._seen.get(key, ()) if now_us - self._span_us < at <= now_us), maxlen=self._tries
        )
