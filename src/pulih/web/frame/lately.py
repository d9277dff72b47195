"""Lately: an answer that is kept for some seconds, so that a crowd costs the desk no more than one who asks.

On the worst day everybody looks at the public page, and what it says must not keep the desk from counting.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

KEPT_S = 3.0

Answer = TypeVar("Answer")


class Lately(Generic[Answer]):
    """Keeps one answer for `kept_s` seconds of `monotonic_s`; who comes while it is asked for waits for it."""

    def __init__(self, kept_s: float = KEPT_S, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._kept_s = kept_s
        self._monotonic_s = monotonic_s
        self._lock = threading.Lock()
        self._kept: tuple[float, Answer] | None = None

    def answer(self, ask: Callable[[], Answer]) -> Answer:
        """Return what was answered lately, else what `ask` answers now; what it raises is raised and not kept.

        >>> lately = Lately[int](10.0, lambda: 0.0)
        >>> lately.answer(lambda: 1), lately.answer(lambda: 2)
        (1, 1)
        """
        with self._lock:
            now_s = self._monotonic_s()
            if self._kept is None or now_s - self._kept[0] >= self._kept_s:
                self._kept = now_s, ask()
            return self._kept[1]
