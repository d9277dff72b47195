"""Windows: in which window a report counts, by when it was said and when its frame was received, and by nothing else.

A window closes a little after its end, by the time of frames; so what counts where is a function of the journal alone,
whatever the batches in which it is read. A report that comes when its window is closed counts in the first open one;
when it comes much too late for that, it is a latecomer: kept and shown at its own time, and not counted.
"""

from __future__ import annotations

import msgspec

from pulih.model.clock import MICROS

# A window stays open so long after its end, for what is under way.
GRACE_S = 10
# What is older than the first open window by more than this says too little about now.
LATENESS_S = 900
LATECOMER = -1


class Windows(msgspec.Struct, frozen=True):
    """Windows of `bin_s` seconds, each begun at a multiple of it since 1970 UTC."""

    bin_s: int

    def open_from(self, received_us: int) -> int:
        """Return the start of the first window that is still open for a frame received then, microseconds.

        >>> Windows(60).open_from(130_000_000), Windows(60).open_from(129_999_999)
        (120000000, 60000000)
        """
        width_us = self.bin_s * MICROS
        return (received_us - GRACE_S * MICROS) // width_us * width_us

    def place(self, at_us: int, open_us: int) -> int:
        """Return the start of the window that a report counts in, or LATECOMER.

        Args:
            at_us: when it was said.
            open_us: start of the first window that was open when its frame was received.

        >>> Windows(60).place(59_000_000, 120_000_000), Windows(60).place(185_000_000, 120_000_000)
        (120000000, 180000000)
        >>> Windows(60).place(0, 1_000_000_000)
        -1
        """
        width_us = self.bin_s * MICROS
        if at_us >= open_us:
            return at_us // width_us * width_us
        return open_us if at_us >= open_us - LATENESS_S * MICROS else LATECOMER
