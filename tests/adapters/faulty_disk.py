"""Disks that fail as real ones do: full, torn in the middle of a write, failing to sync, losing what was not synced."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from pulih.adapters.journal.disk import Disk, free_bytes


class FaultyDisk:
    """A disk whose next calls fail as told, and that knows what would be left if power went.

    Attributes:
        room: bytes that may still be written, None = no end; a write beyond it is torn, as on a full disk.
        free: bytes that the disk says are free, None = as much as there are.
        fail_sync, fail_truncate: whether these fail.
        calls: names of the calls made, in order.
    """

    def __init__(self) -> None:
        self.room: int | None = None
        self.free: int | None = None
        self.fail_sync = False
        self.fail_truncate = False
        self.calls: list[str] = []
        self._synced: dict[Path, int] = {}
        self.disk = Disk(write=self._write, sync=self._sync, truncate=self._truncate, free=self._free)

    def cut_power(self, folder: Path) -> None:
        """Leave of every file below `folder` what was synced, as a disk may after power went."""
        for path in folder.rglob("*"):
            if path.is_file():
                os.truncate(path, min(path.stat().st_size, self._synced.get(path, 0)))

    def _free(self, folder: Path) -> int | None:
        return free_bytes(folder) if self.free is None else self.free

    def _write(self, file: int, data: bytes) -> int:
        self.calls.append("write")
        if self.room is None:
            return os.write(file, data)
        if self.room == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = os.write(file, data[: self.room])
        self.room -= written
        return written

    def _sync(self, file: int) -> None:
        self.calls.append("sync")
        if self.fail_sync:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        os.fsync(file)
        self._synced[Path(f"/proc/self/fd/{file}").readlink()] = os.fstat(file).st_size

    def _truncate(self, file: int, size: int) -> None:
        self.calls.append("truncate")
        if self.fail_truncate:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        os.ftruncate(file, size)
