"""Beating: the threads that keep a desk going; one counts what was accepted, one keeps house.

A failure outside (a full disk, a database that is away) is told to whoever watches, and the same is tried again: what
was accepted stays in the journal until it is counted.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from pulih.model.clock import MICROS
from pulih.model.errors import PulihError
from pulih.ports.clock import Clock
from pulih.serve.interpreter import give_back
from pulih.service.upkeep import Chore

# Windows close though nothing is heard, and a complaint is to be on the console within a second.
TICK_S: Final = 0.5
# What comes within so long is counted together: one look costs about the same for one report as for a hundred.
PACE_S: Final = 0.1
# After a failure, longer each time.
_RETRY_S_MAX: Final = 30.0
_HOUSE_S: Final = 60.0


class Pulse:
    """The thread that advances the live desk whenever something was accepted, and on every tick.

    Args:
        advance: takes the present (microseconds since 1970 UTC) and counts what was accepted by then.
        clock: the desk's.

    Attributes:
        done_us: the present that was taken last without a failure.
    """

    def __init__(self, advance: Callable[[int], object], clock: Clock) -> None:
        self._advance = advance
        self._clock = clock
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pulse", daemon=True)
        self._trouble = ""
        self.done_us = 0

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Look at once; any thread may call it, and it does not wait."""
        self._wake.set()

    def stop(self) -> None:
        """End after what is being counted."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    def trouble(self) -> str:
        """Return why counting stands still, "" when it does not."""
        return self._trouble

    def _run(self) -> None:
        failed = 0
        while not self._stopping.is_set():
            if failed:
                # However much is accepted meanwhile: what failed begins processes anew, and reads all of it again.
                self._stopping.wait(min(TICK_S * 2**failed, _RETRY_S_MAX))
            else:
                self._wake.wait(TICK_S)
                self._stopping.wait(PACE_S)
            self._wake.clear()
            now_us = self._clock.now_us()
            try:
                self._advance(now_us)
                self._trouble, self.done_us, failed = "", now_us, 0
            except Exception as problem:
                failed = min(failed + 1, 10)
                _tell(problem, self._trouble, "counting")
                self._trouble = str(problem)


# Takes the present, microseconds since 1970 UTC, and returns a sentence for each thing that it could not use, if any.
Task = Callable[[int], Sequence[str] | None]


class House:
    """The thread that keeps house once a minute: expires, refreshes calendars, and gives memory back.

    Args:
        chores: by name.
        clock: the desk's.
    """

    def __init__(self, chores: Mapping[str, Task], clock: Clock) -> None:
        self._chores = chores
        self._told = {name: Chore(name) for name in chores}
        self._clock = clock
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="house", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the chore that is being done."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def told(self) -> tuple[Chore, ...]:
        """Return what became of each chore so far."""
        return tuple(self._told[name] for name in self._chores)

    def _run(self) -> None:
        while True:
            for name, chore in self._chores.items():
                self._do(name, chore)
            give_back()
            if self._stopping.wait(_HOUSE_S):
                return

    def _do(self, name: str, chore: Task) -> None:
        before = self._told[name]
        try:
            unusable = chore(self._clock.now_us()) or ()
        except Exception as problem:
            _tell(problem, before.says, f"keeping house ({name})")
            self._told[name] = Chore(name, before.failures + 1, str(problem) or type(problem).__name__)
        else:
            self._told[name] = Chore(name, before.failures, " ".join(unusable))


def days_ago(now_us: int, days: int) -> int:
    """Return the moment so many days before another.

    >>> days_ago(86_400_000_000, 1)
    0
    """
    return now_us - days * 86_400 * MICROS


def _tell(problem: Exception, said: str, doing: str) -> None:
    """Write a failure to standard error once; one that nobody foresaw with its kind, since it is ours to mend."""
    if str(problem) == said:
        return
    kind = "" if isinstance(problem, PulihError) else f"{type(problem).__name__}: "
    sys.stderr.write(f"pulih: {doing} failed at {time.strftime('%H:%M:%S')}: {kind}{problem}\n")
