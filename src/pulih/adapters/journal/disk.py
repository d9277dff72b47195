"""Disk: the few calls by which the journal changes files, and what their failures mean for whoever runs the desk.

They are handed in, so that a test can fill a disk, tear a write or cut the power at any of them.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from pulih.model.errors import OutsideFailed

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_BARRED: Final = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


def free_bytes(folder: Path) -> int | None:
    """Return how much may still be written where a folder is; None where nobody says. Raises OSError."""
    told = os.statvfs(folder)
    return told.f_bavail * told.f_frsize if told.f_blocks else None


class Disk(msgspec.Struct, frozen=True):
    """How files are written: `write` may write less than it was given, `sync` returns when all is on the disk, `free`
    says how much may still be written.
    """

    write: Callable[[int, bytes], int] = os.write
    sync: Callable[[int], None] = os.fsync
    truncate: Callable[[int, int], None] = os.ftruncate
    free: Callable[[Path], int | None] = free_bytes

    def write_all(self, file: int, data: bytes) -> None:
        """Write all of `data`; raise OSError when that cannot be."""
        rest = data
        while rest:
            rest = rest[self.write(file, rest) :]

    def sync_folder(self, folder: Path) -> None:
        """Make the names in a folder durable."""
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            self.sync(opened)
        finally:
            os.close(opened)


def failed(what: str, path: Path, problem: OSError) -> OutsideFailed:
    """Return the error that says what could not be done, where, and what would help.

    >>> print(failed("write to", Path("/srv/journal"), OSError(errno.ENOSPC, "No space left on device")))
    Cannot write to /srv/journal: No space left on device. Make room on its disk; nothing acknowledged is lost.
    """
    if problem.errno in _FULL:
        right = "Make room on its disk; nothing acknowledged is lost."
    elif problem.errno in _BARRED:
        right = "The folder must be writable for the user that runs the desk."
    else:
        right = "Look at the disk before the desk is used again; nothing acknowledged is lost."
    return OutsideFailed(f"Cannot {what} {path}: {problem.strerror or problem}. {right}")
