"""Calls: what of late became of deliveries to hooks: how late they told what was said, and which were refused and why.

A system whose secret was exchanged at one end only goes on calling, and nothing comes in. So what a hook refused is
remembered here, each reason once, since anybody can call; for as long as the desk runs.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from pulih.model.clock import MICROS

_REASONS_MAX, _REASON_CHARS, _DELAYS_MAX, _DELAYS_A_CALL = 20, 300, 200, 10


class RefusedCall(msgspec.Struct, frozen=True):
    """Deliveries that were refused for one reason: when it was the last time, why, and how often."""

    at_us: int
    why: str
    times: int = 1


class CallsNow(msgspec.Struct, frozen=True, kw_only=True):
    """What became of deliveries to one hook since the desk was started.

    Attributes:
        adapter: whose payloads it takes.
        taken_us: when one was taken last, None = not yet.
        delays_s: seconds between said and heard, of reports of late.
        refused: what was refused, newest first.
    """

    adapter: str
    taken_us: int | None = None
    delays_s: tuple[float, ...] = ()
    refused: tuple[RefusedCall, ...] = ()

    @property
    def shut(self) -> bool:
        """Whether the last delivery was refused."""
        return bool(self.refused) and (self.taken_us is None or self.refused[0].at_us > self.taken_us)


class Calls:
    """Remembers calls; every method may be called from any thread.

    Args:
        hooks: names of hooks, with the adapter of each.

    >>> calls = Calls({"care": "zammad"})
    >>> calls.refuse("care", "No signature belongs to it.", 7)
    >>> calls.now()["care"].refused[0].why, calls.now()["care"].shut
    ('No signature belongs to it.', True)
    """

    def __init__(self, hooks: Mapping[str, str]) -> None:
        self._lock = threading.Lock()
        self._hooks: Final = {name: _Hook(adapter) for name, adapter in hooks.items()}

    def take(self, source: str, said_us: Sequence[int | None], now_us: int) -> None:
        """Note that a delivery was taken, and when its reports were said."""
        if (hook := self._hooks.get(source)) is not None:
            with self._lock:
                hook.taken_us = now_us
                late = [at_us for at_us in said_us[-_DELAYS_A_CALL:] if at_us is not None]
                hook.delays_s.extend(max(0, now_us - at_us) / MICROS for at_us in late)

    def refuse(self, source: str, why: str, now_us: int) -> None:
        """Note that a delivery was refused; `why` holds no secret."""
        if (hook := self._hooks.get(source)) is not None:
            with self._lock:
                before = hook.refused.pop(why[:_REASON_CHARS], None)
                if len(hook.refused) >= _REASONS_MAX:
                    del hook.refused[next(iter(hook.refused))]
                times = before.times + 1 if before else 1
                hook.refused[why[:_REASON_CHARS]] = RefusedCall(now_us, why[:_REASON_CHARS], times)

    def now(self) -> Mapping[str, CallsNow]:
        """Return how each hook is, by name."""
        with self._lock:
            return {name: one.now() for name, one in self._hooks.items()}


class _Hook:
    def __init__(self, adapter: str) -> None:
        self.adapter = adapter
        self.taken_us: int | None = None
        self.delays_s: deque[float] = deque(maxlen=_DELAYS_MAX)
        # By reason, that which came last at the end.
        self.refused: dict[str, RefusedCall] = {}

    def now(self) -> CallsNow:
        return CallsNow(
            adapter=self.adapter,
            taken_us=self.taken_us,
            delays_s=tuple(self.delays_s),
            refused=tuple(reversed(self.refused.values())),
        )
