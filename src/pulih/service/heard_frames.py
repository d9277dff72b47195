"""Heard frames: what was accepted, frame by frame, as whoever counts it reads it: journal and ledger joined.

The ledger says which reports of a frame count, the journal what they say; so reading is the same at any time, and a
reader that remembers the number of its last frame goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from pulih.ports.intake import Accepted, Frame, Journal, Ledger


class HeardFrame(msgspec.Struct, frozen=True):
    """One frame with the reports that count.

    Attributes:
        number: of the frame.
        received_us: when it was received; None when its day has expired and nothing of it can be read.
        reports: place in the frame and line of each report that counts, in order.
    """

    number: int
    received_us: int | None
    reports: tuple[tuple[int, bytes], ...] = ()


def heard_frames(journal: Journal, ledger: Ledger, after: int, limit: int) -> Iterator[HeardFrame]:
    """Yield up to `limit` frames behind number `after` that the ledger took, in order, expired ones empty.

    Raises: OutsideFailed when the journal is damaged there or one of both cannot be read.
    """
    accepted = ledger.accepted(after, limit)
    kept = journal.frames(after) if accepted else iter(())
    frame = next(kept, None)
    for one in accepted:
        while frame is not None and frame.number < one.frame:
            frame = next(kept, None)
        yield _joined(one, frame)


def _joined(accepted: Accepted, frame: Frame | None) -> HeardFrame:
    if frame is None or frame.number != accepted.frame:
        return HeardFrame(accepted.frame, None)
    reports = tuple((place, frame.reports[place]) for place in accepted.counted)
    return HeardFrame(frame.number, frame.received_us, reports)
