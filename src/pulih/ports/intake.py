"""What accepting asks of the outside: a journal that keeps what was heard, a ledger that knows it was heard once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Protocol

import msgspec

from pulih.listen.payload import Cursor


class Frame(msgspec.Struct, frozen=True):
    """What was written to the journal together: reports as they came in (one JSON object each), and when.

    `number` counts from 1 without gaps and never means another frame again.
    """

    number: int
    received_us: int
    reports: tuple[bytes, ...]


class Journal(Protocol):
    """Keeps frames in order, durably, each readable until its day expires."""

    def append(self, reports: Sequence[bytes], received_us: int) -> int:
        """Write one frame and return its number once it is on the disk; raise OutsideFailed when it cannot be."""
        ...

    def frames(self, after: int) -> Iterator[Frame]:
        """Yield the frames behind number `after` that are there by now and have not expired, in order."""
        ...

    def frame(self, number: int) -> Frame | None:
        """Return a frame, None when it has expired or never was."""
        ...

    def last(self) -> int:
        """Return the number of the last frame, 0 without any."""
        ...

    def expired(self) -> int:
        """Return the number of the last frame that has expired together with all before it, 0 without any."""
        ...

    def expire(self, before_us: int) -> int:
        """Make the days that ended before `before_us` unreadable for good; return how many."""
        ...


class SourceCount(msgspec.Struct, frozen=True):
    """What one source sent: heard = counted + refused + repeated + late; when it was last heard, None = never."""

    source: str
    heard: int = 0
    counted: int = 0
    refused: int = 0
    repeated: int = 0
    late: int = 0
    last_heard_us: int | None = None


class Keyed(msgspec.Struct, frozen=True, gc=False):
    """A valid report as the ledger sees it: digest of (source, native id), where it was heard, whether it is late."""

    key: int
    source: str
    late: bool = False


class Accepted(msgspec.Struct, frozen=True):
    """Which reports of a frame count: their positions in it, in order."""

    frame: int
    counted: tuple[int, ...]


class Ledger(Protocol):
    """Knows every key once; keys, counters and the journal's number change in one transaction.

    What was accepted is known to every method at once and on the disk after `settle` at the latest; whoever opens the
    ledger after a crash takes the frames behind `position` again from the journal, with the same result.
    """

    def accept(
        self,
        frame: int,
        reports: Sequence[Keyed],
        refused: Sequence[tuple[str, int]],
        *,
        at_us: int,
        cursors: Sequence[Cursor] = (),
    ) -> Accepted:
        """Take the reports of a frame (0 when nothing of it was worth a frame) and return which count.

        The same frame taken again changes nothing and returns the same. `refused` tells how many were refused, by
        source ("" where not even that could be read). `cursors` are kept in the transaction of the reports, one for
        each source, with what it took back early; a desk that was killed before that goes on from older ones, and
        hears the same again.
        """
        ...

    def settle(self) -> None:
        """Write what was accepted; raise OutsideFailed when that cannot be, and it is tried again the next time."""
        ...

    def position(self) -> int:
        """Return the number of the last frame taken, 0 before any."""
        ...

    def accepted(self, after: int, limit: int) -> list[Accepted]:
        """Return up to `limit` frames behind number `after`, in order."""
        ...

    def counts(self) -> list[SourceCount]:
        """Return the counters by source, sorted."""
        ...

    def known(self, asked: set[int]) -> set[int]:
        """Return which of these keys were heard."""
        ...

    def early(self, asked: Collection[int]) -> set[int]:
        """Return which of these keys were taken back before they were heard, of late: an hour, 50,000 of them."""
        ...

    def cursor(self, source: str) -> str:
        """Return where a source goes on listening, "" when it never did."""
        ...
