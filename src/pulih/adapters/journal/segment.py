"""Segment: one file of the journal: a few bytes that name its key and its first frame, then records to the end.

A segment holds frames of one day only, so that the file goes when the key of its day was dropped. Numbers of frames go
on from file to file without a gap, so that a file that is missing shows: of one whose frames are known to be gone, its
opening stays, with a key that is not there any more, until all before it has gone too.
"""

from __future__ import annotations

import contextlib
import os
import re
import struct
from array import array
from pathlib import Path
from typing import Final, Self
from zlib import crc32

from pulih.adapters.journal.disk import Disk, failed
from pulih.adapters.journal.keys import ID_BYTES, DayKey, DayKeys
from pulih.adapters.journal.record import Damaged, offsets_in, unpack
from pulih.model.errors import OutsideFailed
from pulih.ports.intake import Frame

_MAGIC: Final = b"PULIHJ01"
_OPENING: Final = struct.Struct(f"<8s{ID_BYTES}sQI")
OPENING_BYTES: Final = _OPENING.size
_REPAIR: Final = "set what is damaged aside with pulih repair-journal, which says what is lost"
_NAME: Final = re.compile(r"(\d{20})\.seg")


class Segment:
    """One file. `offsets` says where each record starts and the last one ends; None while nobody asked."""

    def __init__(self, path: Path, first: int, key_id: bytes) -> None:
        """Know a segment by its file, the number of its first frame and the id of its key."""
        self.path = path
        self.first = first
        self.key_id = key_id
        self.offsets: array[int] | None = None

    @classmethod
    def make(cls, folder: Path, first: int, key: DayKey, disk: Disk) -> tuple[Self, int]:
        """Return a new segment without frames, and its file opened for writing behind the opening.

        Raises: OSError.
        """
        path = segment_path(folder, first)
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        try:
            disk.write_all(file, opening(key.id, first))
            disk.sync(file)
            disk.sync_folder(folder)
        except OSError:
            os.close(file)
            raise
        segment = cls(path, first, key.id)
        segment.offsets = array("Q", [OPENING_BYTES])
        return segment, file

    @classmethod
    def of(cls, path: Path) -> Self | None:
        """Return the segment in a file, None when writing its opening was broken off.

        Raises: OutsideFailed when the opening is damaged; OSError.
        """
        with path.open("rb") as file:
            opened = file.read(OPENING_BYTES)
        if len(opened) < OPENING_BYTES:
            return None
        if (key_id := key_id_in(opened, first := _OPENING.unpack(opened)[2])) is None:
            raise OutsideFailed(
                f"The first {OPENING_BYTES} bytes of {path} are damaged; restore the file from a backup, or {_REPAIR}."
            )
        return cls(path, first, key_id)

    def known(self, *, thoroughly: bool = False) -> array[int]:
        """Return `offsets`, read from the file when nobody did so far.

        Raises: OutsideFailed when the file ends in something else than records; OSError.
        """
        # Looked at once: whoever reads elsewhere may have them forgotten meanwhile.
        offsets = self.offsets
        if offsets is None:
            data = self.path.read_bytes()
            offsets = offsets_in(data, OPENING_BYTES, self.first, thoroughly=thoroughly)
            if offsets[-1] != len(data):
                raise self.damage(self.first + len(offsets) - 1, offsets[-1])
            self.offsets = offsets
        return offsets

    def read(self, number: int, keys: DayKeys) -> Frame | None:
        """Return a frame, None when its key was dropped or it is not in this file.

        Raises: OutsideFailed when it is damaged; OSError.
        """
        key = keys.of_id(self.key_id)
        offsets = self.known()
        place = number - self.first
        if key is None or place + 1 >= len(offsets):
            return None
        file = os.open(self.path, os.O_RDONLY)
        try:
            record = os.pread(file, offsets[place + 1] - offsets[place], offsets[place])
        finally:
            os.close(file)
        try:
            return unpack(record, key)
        except Damaged as problem:
            if keys.of_id(self.key_id) is None:
                # It expired while it was read.
                return None
            raise self.damage(number, offsets[place]) from problem

    def empty(self) -> None:
        """Leave nothing of a file that has expired but its opening. Raises OSError."""
        with contextlib.suppress(FileNotFoundError):
            if self.path.stat().st_size > OPENING_BYTES:
                os.truncate(self.path, OPENING_BYTES)
        self.offsets = array("Q", [OPENING_BYTES])

    def damage(self, number: int, byte: int) -> OutsideFailed:
        """Return the error for a frame that is not what was written."""
        return OutsideFailed(
            f"Frame {number:,} of the journal is damaged ({self.path}, byte {byte:,}), though it was acknowledged; "
            f"restore the file from a backup, or {_REPAIR}. Look at the disk."
        )


def segments_in(folder: Path) -> list[Segment]:
    """Return the segments of a folder in order; what is left of one that was just begun is removed.

    Raises: OutsideFailed.
    """
    segments: list[Segment] = []
    try:
        for path in segment_paths(folder):
            if segment := Segment.of(path):
                segments.append(segment)
            else:
                path.unlink()
    except OSError as problem:
        raise failed("read the journal in", folder, problem) from problem
    return segments


def segment_path(folder: Path, first: int) -> Path:
    """Return the file of the segment whose first frame has that number.

    >>> segment_path(Path("journal"), 7).name
    '00000000000000000007.seg'
    """
    return folder / f"{first:020}.seg"


def segment_paths(folder: Path) -> list[Path]:
    """Return the files of a folder that are segments by their names, oldest first. Raises OSError."""
    return sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))


def key_id_in(data: bytes, first: int) -> bytes | None:
    """Return the id of the key in the opening of a segment, None when that is not whole.

    >>> key_id_in(opening(b"8 bytes.", 7), 7), key_id_in(b"", 7)
    (b'8 bytes.', None)
    """
    key_id = data[len(_MAGIC) : len(_MAGIC) + ID_BYTES]
    return key_id if data[:OPENING_BYTES] == opening(key_id, first) else None


def opening(key_id: bytes, first: int) -> bytes:
    """Return the bytes with which a segment opens."""
    crc = crc32(_MAGIC + key_id + first.to_bytes(8, "little"))
    return _OPENING.pack(_MAGIC, key_id, first, crc)
