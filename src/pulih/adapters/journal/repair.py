"""Repair: what to do at a start with the end of the newest segment, where a crash may have torn a write.

A frame is acknowledged only when all of it is on the disk, and the next is written only then; so at most one frame is
torn, the last, and nobody was told that it was kept. It is cut off. A damaged frame that the ledger knows, or that a
whole one follows, is another matter: it was acknowledged, and the desk does not start over it; `salvage` sets it aside.
"""

from __future__ import annotations

import os

from pulih.adapters.journal.disk import Disk, failed
from pulih.adapters.journal.record import next_whole, offsets_in
from pulih.adapters.journal.segment import OPENING_BYTES, Segment
from pulih.model.errors import OutsideFailed


def mend_end(segment: Segment, ledger_at: int, disk: Disk) -> None:
    """Cut off what follows the last whole frame of the newest segment, and know where its frames are.

    Args:
        segment: the newest.
        ledger_at: number of the last frame that the ledger took.
        disk: how to write.

    Raises: OutsideFailed when an acknowledged frame is damaged or the file cannot be mended.
    """
    try:
        data = segment.path.read_bytes()
        offsets = offsets_in(data, OPENING_BYTES, segment.first, thoroughly=True)
        whole = offsets[-1]
        if whole < len(data):
            number = segment.first + len(offsets) - 1
            if number <= ledger_at or next_whole(data, whole, number) is not None:
                raise segment.damage(number, whole)
            _cut(segment, whole, disk)
        segment.offsets = offsets
    except OSError as problem:
        raise failed("mend", segment.path, problem) from problem


def check_reach(last: int, ledger_at: int, folder: object) -> None:
    """Raise OutsideFailed when the ledger took frames that the journal does not have."""
    if last < ledger_at:
        raise OutsideFailed(
            f"The journal in {folder} ends with frame {last:,}, and the ledger took frame {ledger_at:,}: newer files "
            "of the journal are missing. Put them back, or restore journal and databases from the same backup; to go "
            "on without them, call pulih repair-journal, which says what is lost."
        )


def _cut(segment: Segment, end: int, disk: Disk) -> None:
    file = os.open(segment.path, os.O_WRONLY)
    try:
        disk.truncate(file, end)
        disk.sync(file)
    finally:
        os.close(file)
