"""A file that grows and is put away: what was written since, whole rows of it, and where reading goes on.

A file is known by its number on the disk and by the bytes before where it was read to, since numbers are given anew.
Where whoever rotates copies a file and cuts it off, lines written in between are lost to every reader; that is told.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from pulih.adapters.sources import troubles
from pulih.model.errors import OutsideFailed

PART_BYTES_MAX: Final = 1 << 20
_TAIL_BYTES: Final = 256
# Files beside the log that are looked at; a folder with more is somebody else's.
_NEIGHBOURS_MAX: Final = 1_000
_PACKED: Final = (".gz", ".xz", ".bz2", ".zst")


class Cursor(msgspec.Struct, frozen=True):
    """How far a file was read: its number on the disk, the bytes, and the digest of the last of them."""

    inode: int = 0
    offset: int = 0
    tail: str = ""

    def __str__(self) -> str:
        return f"{self.inode}:{self.offset}:{self.tail}"


class Part(msgspec.Struct, frozen=True):
    """Whole rows, where they begin in their file, and the first line of that."""

    lines: bytes
    offset: int
    heading: bytes


def cursor_of(written: str, name: str) -> Cursor:
    """Return a cursor as it was written. Raises: RefusedInput when it is none.

    >>> cursor_of("12:40:ab", "calls")
    Cursor(inode=12, offset=40, tail='ab')
    """
    inode, _, rest = written.partition(":")
    offset, _, tail = rest.partition(":")
    if not (inode.isdecimal() and offset.isdecimal()):
        raise troubles.stranger_s_cursor(name)
    return Cursor(int(inode), int(offset), tail)


class GrownFile:
    """Reads a file and its successors.

    Args:
        path: under which the one that grows is.
        at: where to go on; None = where it ends now, or at its start.
        from_end: whether that is where it ends now.
        whole: says how many bytes of what was read are whole rows.
    """

    def __init__(self, path: Path, at: Cursor | None, *, from_end: bool, whole: Callable[[bytes], int]) -> None:
        self._path, self._from_end, self._whole = path, from_end and at is None, whole
        self._sought = at
        self._file: BinaryIO | None = None
        self._heading, self._offset, self._gap = b"", 0, ""

    @property
    def at(self) -> Cursor:
        """Return where reading goes on."""
        assert self._file is not None
        start = max(0, self._offset - _TAIL_BYTES)
        return Cursor(self._number(), self._offset, _digest(_span(self._file, start, self._offset)))

    def gap(self) -> str:
        """Return why something may be missing, once."""
        said, self._gap = self._gap, ""
        return said

    def begin(self) -> None:
        """Open the file where reading goes on. Raises: OutsideFailed while there is none; OSError."""
        if self._file is None:
            self._begin()

    def read(self) -> Part | None:
        """Return the next whole rows, None when there are none yet. Raises: as `begin`."""
        self.begin()
        while (part := self._more()) is None:
            # Nothing more to read: is it that nobody writes, or that they write elsewhere?
            if (later := self._later()) is None:
                return None
            # What was written between the two looks still counts.
            if (part := self._more()) is not None:
                break
            self._open(later, 0)
        return part

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _begin(self) -> None:
        sought = self._sought
        if sought is None:
            self._open(self._path, 0)
            if self._from_end:
                self._to_end()
            return
        found = None
        for one in (self._path, *_put_away(self._path)) if sought.inode else ():
            if _is(one, sought):
                found = one
                break
        if found is not None:
            self._open(found, sought.offset)
            return
        beside = _put_away(self._path)
        if sought.inode:
            self._gap = "The log that was read last is not there any more; calls at its end may be missing."
        self._open(beside[0] if beside else self._path, 0)

    def _to_end(self) -> None:
        """Go on behind the last whole line."""
        assert self._file is not None
        size = os.fstat(self._file.fileno()).st_size
        start = max(0, size - PART_BYTES_MAX)
        self._offset = start + _span(self._file, start, size).rfind(b"\n") + 1

    def _open(self, path: Path, offset: int) -> None:
        try:
            opened = path.open("rb")
        except FileNotFoundError:
            raise OutsideFailed(
                f"There is no {path.name} yet; it is waited for.", key="source.no_file", file=path.name
            ) from None
        self.close()
        self._file, self._offset, self._heading = opened, offset, b""

    def _more(self) -> Part | None:
        """Return whole lines that were written, None when none were."""
        assert self._file is not None
        if os.fstat(self._file.fileno()).st_size < self._offset:
            self._gap = "The log was cut off while it was read; calls written just before may be missing."
            self._offset, self._heading = 0, b""
        if not self._heading:
            first = os.pread(self._file.fileno(), PART_BYTES_MAX, 0)
            self._heading = first[: first.find(b"\n") + 1]
        read = os.pread(self._file.fileno(), PART_BYTES_MAX, self._offset)
        whole = self._whole(read)
        if not whole:
            if len(read) < PART_BYTES_MAX:
                return None
            # A row without an end is passed over, and what cannot be read is told.
            whole = len(read)
        part = Part(read[:whole], self._offset, self._heading)
        self._offset += whole
        return part

    def _later(self) -> Path | None:
        """Return the file that was begun after this one, None when there is none yet.

        Between renaming and beginning anew nothing stands under the name; and until something stands in the new file,
        whoever writes may still write to the old one.
        """
        assert self._file is not None
        own, newest = os.fstat(self._file.fileno()), _stat(self._path)
        if newest is None or newest.st_ino == own.st_ino or not newest.st_size:
            return None
        for one in _put_away(self._path):
            there = _stat(one)
            if there is not None and there.st_ino != own.st_ino and there.st_mtime_ns > own.st_mtime_ns:
                return one
        return self._path

    def _number(self) -> int:
        assert self._file is not None
        return os.fstat(self._file.fileno()).st_ino


def _put_away(path: Path) -> list[Path]:
    """Return the files beside `path` whose names begin with its own, those that were written to first before others."""
    found: list[tuple[int, Path]] = []
    with os.scandir(path.parent) as entries:
        for number, entry in enumerate(entries):
            if number >= _NEIGHBOURS_MAX:
                break
            named = entry.name.startswith((f"{path.name}.", f"{path.name}-", f"{path.stem}-", f"{path.stem}."))
            if named and entry.name != path.name and not entry.name.endswith(_PACKED) and entry.is_file():
                found.append((entry.stat().st_mtime_ns, Path(entry.path)))
    return [one for _, one in sorted(found)]


def _is(path: Path, sought: Cursor) -> bool:
    """Say whether a file is the one that was read so far."""
    there = _stat(path)
    if there is None or there.st_ino != sought.inode or there.st_size < sought.offset:
        return False
    with path.open("rb") as file:
        return _digest(_span(file, max(0, sought.offset - _TAIL_BYTES), sought.offset)) == sought.tail


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None


def _span(file: BinaryIO, start: int, end: int) -> bytes:
    return os.pread(file.fileno(), end - start, start)


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=8).hexdigest()
