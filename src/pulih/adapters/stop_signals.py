"""Stop signals: a process that is asked to stop while it begins notes that, and ends in good order soon after."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager


class StopAsked:
    """Notes the first SIGINT or SIGTERM, and gives up at the second.

    Attributes:
        number: of the signal that was noted, 0 before any.
    """

    def __init__(self) -> None:
        self.number = 0

    def __call__(self, number: int, _: object) -> None:
        """Take a signal."""
        if self.number:
            raise KeyboardInterrupt
        self.number = number


@contextmanager
def noting_stops() -> Iterator[StopAsked]:
    """Give what notes the signals of this process for as long as the block lasts; that of a block around it, if any."""
    held = signal.getsignal(signal.SIGTERM)
    if isinstance(held, StopAsked):
        yield held
        return
    asked = StopAsked()
    before = {number: signal.signal(number, asked) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
