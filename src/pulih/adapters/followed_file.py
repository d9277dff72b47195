"""A file that grows, read on as it grows, with the readers of any other file.

The readers know only streams that end. Here the stream does not end: at the end of the file it waits for more, and
tells whoever sends what was read that nothing more is coming for now. It does end when the file was put away (a log
that was rotated) or began anew, so that its successor can be opened.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

from pulih.adapters.files.encoding import HEAD_BYTES
from pulih.adapters.files.origin import PACKINGS, Origin, ReadBytes
from pulih.adapters.position_file import Position, position_in
from pulih.model.errors import RefusedInput

_LINES_WANTED: Final = 2


class StoppedFollowingError(Exception):
    """Nobody wants to follow the file any more."""


class FollowedFile(Origin):
    """A file that is read to its present end at first, and beyond it once `follow` was called.

    Args:
        path: a plain text file, as a log or an export that is appended to.
        wait: called at the end of what is there; returns when it is time to look again, or raises
            StoppedFollowingError.
    """

    def __init__(self, path: str, wait: Callable[[], None]) -> None:
        """Look at the file. Raises RefusedInput when it cannot be followed."""
        super().__init__(path, None)
        if not self._regular:
            raise RefusedInput(f"{path} is no regular file and cannot be followed; send it with: pulih send -")
        if self.begins_with((b"PAR1", *PACKINGS)):
            raise RefusedInput(
                f"{path} is packed or Parquet, which nobody appends to; send it whole: pulih send {path}"
            )
        self._wait = wait
        self._follows = False
        self._open: BinaryIO | None = None

    def follow(self) -> None:
        """Read on beyond the present end, from the next time it is opened."""
        self._follows = True

    @contextlib.contextmanager
    def plain(self) -> Iterator[ReadBytes]:
        """Open it from the start, as Origin does."""
        if not self._follows:
            with super().plain() as read:
                yield read
            return
        with self._from_start() as file:
            self._open = file
            try:
                yield _Following(file, self._path, self._wait).read
            finally:
                self._open = None

    def position(self, rows: int) -> Position:
        """Return the position behind `rows` rows, the start when the file is not followed any more.

        It is that of the file that is read, and not of one that has taken its name meanwhile.
        """
        return Position() if self._open is None else position_in(self._open, rows)


class _Following:
    """Reads on at the end of a file until that is put away."""

    def __init__(self, file: BinaryIO, path: Path, wait: Callable[[], None]) -> None:
        self._file = file
        self._path = path
        self._wait = wait
        self._offset = 0
        # Readers first ask for the head of a file and take a pause for its end, which it is for a moment.
        self._paused = False

    def read(self, size: int) -> bytes:
        """Return what is there, b"" only when nothing will come any more, or once within the head."""
        while not (part := self._file.read(size)):
            if not self._paused and self._offset < HEAD_BYTES:
                self._paused = True
                return b""
            if self._was_put_away():
                # What was written between the last look and now still counts.
                part = self._file.read(size)
                break
            self._wait()
        self._offset += len(part)
        return part

    def _was_put_away(self) -> bool:
        """Say whether another file, or the same one begun anew, stands in its place."""
        own = os.fstat(self._file.fileno())
        if own.st_size < self._offset:
            return True
        try:
            there = self._path.stat()
        except FileNotFoundError:
            # Between putting away and beginning anew there is a moment without either.
            return False
        return (there.st_dev, there.st_ino) != (own.st_dev, own.st_ino)


def has_rows(path: Path) -> bool:
    """Say whether a file has enough lines to tell its columns: two, or one that is an object.

    >>> has_rows(Path("not-there.csv"))
    False
    """
    try:
        with path.open("rb") as file:
            lines = [file.readline() for _ in range(_LINES_WANTED)]
    except FileNotFoundError:
        return False
    whole = [line for line in lines if line.endswith(b"\n")]
    return len(whole) == _LINES_WANTED or any(line.lstrip().startswith(b"{") for line in whole)
