"""Log: the journal on disk (ports.Journal): frames appended to segments, durable when `append` returns.

One thread appends; any thread reads, and sees whole frames only. A failed write is undone before the next, so that a
frame's number never stands twice: after a failed fsync the same file is not trusted again, as Linux may have dropped
what it could not write and would say so only once.
Source: Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC 2020.
"""

from __future__ import annotations

import bisect
import contextlib
import itertools
import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from pulih.adapters.journal.disk import Disk, failed
from pulih.adapters.journal.keys import DayKeys
from pulih.adapters.journal.record import FRAME_BYTES_MAX, pack, packer
from pulih.adapters.journal.repair import check_reach, mend_end
from pulih.adapters.journal.segment import Segment, segments_in
from pulih.adapters.write_trial import try_to_write
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.intake import Frame

SEGMENT_BYTES: Final = 32 << 20
# So much of the disk is left to what stands beside the journal: reports come in by the million, and a database that has
# no room for what people decide, or for what was heard already, stops the whole desk.
LEFT_BYTES: Final = 64 << 20
# Where the frames of older segments lie is kept for so many of them.
_INDEXED_SEGMENTS: Final = 16


class SegmentJournal:
    """A journal in a folder."""

    def __init__(
        self,
        folder: Path,
        keys: DayKeys,
        *,
        ledger_at: int = 0,
        disk: Disk | None = None,
        segment_bytes: int = SEGMENT_BYTES,
    ) -> None:
        """Open the journal of `folder`, which must be there, and mend what a crash left.

        Args:
            folder: of the segments.
            keys: of its days.
            ledger_at: number of the last frame that the ledger took.
            disk: how to write.
            segment_bytes: a segment that has as many is the last frame's; the next begins another.

        Raises: OutsideFailed when the folder cannot be read or mended, or acknowledged frames are damaged or gone.
        """
        self._folder = folder
        self._keys = keys
        self._disk = disk or Disk()
        self._segment_bytes = segment_bytes
        self._packer = packer()
        self._lock = threading.Lock()
        self._segments = segments_in(folder)
        self._file: int | None = None
        # A file whose end is not to be trusted, until it was cut back.
        self._unsure: int | None = None
        self._last = self._mended_last(ledger_at)

    def append(self, reports: Sequence[bytes], received_us: int) -> int:
        """Write one frame and return its number once it is on the disk.

        Args:
            reports: at least one, each without line ends.
            received_us: microseconds since 1970 UTC.

        Raises: OutsideFailed when it cannot be written, or would leave too little room to others on its disk, and then
            nothing of it is kept; RefusedInput when it is empty or too large.
        """
        if not reports or sum(map(len, reports)) + len(reports) > FRAME_BYTES_MAX:
            raise RefusedInput(f"A frame holds 1 report at least and {FRAME_BYTES_MAX:,} bytes at most.")
        number = self._last + 1
        key = self._keys.of_day(received_us)
        try:
            self._undo_failed()
            record = pack(reports, number, received_us, key, by=self._packer)
            self.check_room(len(record))
            segment, file = self._open_for(number, key.id, received_us)
            self._unsure = file
            self._disk.write_all(file, record)
            self._disk.sync(file)
            self._unsure = None
        except OSError as problem:
            with contextlib.suppress(OSError):
                self._undo_failed()
            raise failed("write to the journal in", self._folder, problem) from problem
        offsets = segment.known()
        offsets.append(offsets[-1] + len(record))
        self._last = number
        return number

    def frames(self, after: int) -> Iterator[Frame]:
        """Yield the frames behind number `after` that are there by now and have not expired, in order.

        Raises: OutsideFailed when one is damaged.
        """
        last, number = self._last, after + 1
        while number <= last:
            segment, end = self._segment_of(number)
            if segment is None:
                number = end
                continue
            stop = min(end, last + 1)
            if self._keys.of_id(segment.key_id) is not None:
                for wanted in range(number, stop):
                    if (frame := self._read(segment, wanted)) is not None:
                        yield frame
            number = stop

    def frame(self, number: int) -> Frame | None:
        """Return a frame, None when it has expired or never was; raise OutsideFailed when it is damaged."""
        if not 1 <= number <= self._last:
            return None
        segment, _ = self._segment_of(number)
        return None if segment is None else self._read(segment, number)

    def last(self) -> int:
        """Return the number of the last frame, 0 without any."""
        return self._last

    def check_room(self, more_bytes: int = 0) -> None:
        """Raise OutsideFailed when a frame of so many bytes would take what is left to others on the disk."""
        try:
            free = self._disk.free(self._folder)
        except OSError as problem:
            raise failed("look at the disk of", self._folder, problem) from problem
        if free is not None and free < LEFT_BYTES + more_bytes:
            raise OutsideFailed(
                f"The disk of {self._folder.name}/ has {free / (1 << 20):,.1f} MiB free, and the last "
                f"{LEFT_BYTES >> 20} MiB are left to the database; right would be more room there, and the same sent "
                "again. Nothing acknowledged is lost."
            )

    def try_disk(self) -> None:
        """Raise OutsideFailed when nothing can be written where the journal is."""
        try_to_write(self._folder)

    def expire(self, before_us: int) -> int:
        """Make the days that ended before `before_us` unreadable for good; return how many.

        The file of the last frame stays, unreadable, so that numbers go on behind it; of one behind others that are
        kept, its opening stays, so that it is not missed. Raises OutsideFailed.
        """
        dropped = self._keys.drop(before_us)
        with self._lock:
            going = list(itertools.takewhile(self._is_over, self._segments[:-1]))
            self._segments = self._segments[len(going) :]
            between = [one for one in self._segments[:-1] if self._is_over(one)]
        try:
            for segment in going:
                segment.path.unlink(missing_ok=True)
            for segment in between:
                segment.empty()
        except OSError as problem:
            raise failed("remove expired files in", self._folder, problem) from problem
        return len({key.day for key in dropped})

    def expired(self) -> int:
        """Return the number of the last frame that has expired together with all before it, 0 without any."""
        with self._lock:
            readable = (one.first for one in self._segments if not self._is_over(one))
            return next(readable, self._last + 1) - 1

    def close(self) -> None:
        """Let go of the file; what was appended is on the disk already."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _is_over(self, segment: Segment) -> bool:
        return self._keys.of_id(segment.key_id) is None

    def _mended_last(self, ledger_at: int) -> int:
        """Mend the newest segment, pass over those without a frame, and return the last frame's number."""
        reach = 0
        while self._segments:
            newest = self._segments[-1]
            mend_end(newest, ledger_at, self._disk)
            if (count := len(newest.known()) - 1) > 0:
                last = newest.first + count - 1
                break
            # Its file stays: it says that all numbers before it were given. The next frame's file takes its place.
            reach = max(reach, newest.first - 1)
            self._segments.pop()
        else:
            last = 0
        last = max(last, reach)
        check_reach(last, ledger_at, self._folder)
        return last

    def _open_for(self, number: int, key_id: bytes, received_us: int) -> tuple[Segment, int]:
        """Return the segment for the next frame and its file, a new one for a new day or when the last is full."""
        if self._file is not None:
            newest = self._segments[-1]
            if newest.key_id == key_id and newest.known()[-1] < self._segment_bytes:
                return newest, self._file
            self.close()
        segment, self._file = Segment.make(self._folder, number, self._keys.of_day(received_us), self._disk)
        with self._lock:
            self._segments.append(segment)
        return segment, self._file

    def _undo_failed(self) -> None:
        """Cut off what a failed write left, and trust that file no more; raise OSError when it cannot be cut."""
        if self._unsure is None:
            return
        newest = self._segments[-1]
        offsets = newest.known()
        self._disk.truncate(self._unsure, offsets[-1])
        self._disk.sync(self._unsure)
        self._unsure = None
        self.close()
        if len(offsets) == 1:
            newest.path.unlink(missing_ok=True)
            with self._lock:
                self._segments.pop()

    def _segment_of(self, number: int) -> tuple[Segment | None, int]:
        """Return the segment that a frame is in, and where the next begins; None before the first."""
        with self._lock:
            place = bisect.bisect_right(self._segments, number, key=lambda one: one.first) - 1
            following = self._segments[place + 1].first if place + 1 < len(self._segments) else self._last + 1
            if place < 0:
                return None, following
            self._forget_indexes(place)
            return self._segments[place], following

    def _forget_indexes(self, wanted: int) -> None:
        indexed = [place for place, one in enumerate(self._segments[:-1]) if one.offsets is not None]
        if wanted not in indexed and len(indexed) >= _INDEXED_SEGMENTS:
            self._segments[indexed[0]].offsets = None

    def _read(self, segment: Segment, number: int) -> Frame | None:
        try:
            return segment.read(number, self._keys)
        except FileNotFoundError:
            # It expired while it was looked for.
            return None
        except OSError as problem:
            raise failed("read the journal in", self._folder, problem) from problem
