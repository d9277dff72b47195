"""Keys: one for each day of the journal, so that dropping a key makes all texts of that day unreadable for good.

Texts are personal data and are kept for a set time only (requirement L3). Taking them out of files that must never
change would be slow and leave copies; a key of 32 bytes is gone in a moment, and from every backup that leaves it out.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pulih.adapters.journal.disk import Disk, failed
from pulih.model.clock import DAY_S, MICROS, from_micros

ID_BYTES: Final = 8
# As a desk runs, one day is over at a time.
OVER_AT_ONCE_MAX: Final = 1
OVER_S_MIN: Final = 3_600
_KEY_BYTES: Final = 32
_DAY_US: Final = DAY_S * MICROS
_NAME: Final = re.compile(r"(?P<day>\d{4}-\d{2}-\d{2})\.(?P<id>[0-9a-f]{16})\.key")


class DayKey(msgspec.Struct, frozen=True):
    """The key of one day: an id that no other key ever has, the day as YYYY-MM-DD, and the cipher."""

    id: bytes
    day: str
    cipher: AESGCM


def day_of(at_us: int) -> str:
    """Return the UTC day of a moment.

    >>> day_of(0)
    '1970-01-01'
    """
    return from_micros(at_us).date().isoformat()


class DayKeys:
    """The keys in a folder. May be used from any thread."""

    def __init__(
        self, folder: Path, disk: Disk | None = None, *, monotonic_s: Callable[[], float] = time.monotonic
    ) -> None:
        """Read the keys of `folder`, which must be there.

        Args:
            folder: of the keys.
            disk: how to write.
            monotonic_s: seconds that pass, whatever the clock is set to.

        Raises: OutsideFailed when a key cannot be read.
        """
        self._folder = folder
        self._disk = disk or Disk()
        self._lock = threading.Lock()
        self._by_id: dict[bytes, DayKey] = {}
        self._by_day: dict[str, DayKey] = {}
        self._monotonic_s = monotonic_s
        # When a key was first seen to be over.
        self._over_since: dict[bytes, float] = {}
        try:
            for path in sorted(folder.iterdir()):
                # Half a key was never used: the first text is written when the whole of it is on the disk.
                if (named := _NAME.fullmatch(path.name)) and len(secret := _read(path)) == _KEY_BYTES:
                    self._take(bytes.fromhex(named["id"]), named["day"], secret)
        except OSError as problem:
            raise failed("read keys in", folder, problem) from problem

    def of_id(self, key_id: bytes) -> DayKey | None:
        """Return the key of that id, None when it was dropped."""
        return self._by_id.get(key_id)

    def all(self) -> list[DayKey]:
        """Return all keys that are there."""
        with self._lock:
            return list(self._by_id.values())

    def of_day(self, at_us: int) -> DayKey:
        """Return the key of the day of a moment, made and on the disk if it is the first of its day.

        Raises: OutsideFailed when it cannot be written.
        """
        day = day_of(at_us)
        with self._lock:
            return self._by_day.get(day) or self._make(day)

    def drop(self, before_us: int) -> list[DayKey]:
        """Drop the keys of all days that ended by `before_us`, and return them.

        Where more days are over at once than pass while a desk runs, it was stopped for long, or its clock is wrong. A
        key is gone for good, and a wrong clock is set right soon; so these wait until they have been over for an hour.

        Raises: OutsideFailed when a file cannot be removed; the keys dropped until then are gone.
        """
        last_day = day_of(before_us - _DAY_US)
        with self._lock:
            over = [key for key in self._by_id.values() if key.day <= last_day]
            now_s = self._monotonic_s()
            self._over_since = {key.id: self._over_since.get(key.id, now_s) for key in over}
            if len({key.day for key in over}) > OVER_AT_ONCE_MAX:
                over = [key for key in over if now_s - self._over_since[key.id] >= OVER_S_MIN]
            return self._dropped(over)

    def _dropped(self, dropped: list[DayKey]) -> list[DayKey]:
        try:
            for key in dropped:
                self._path(key.day, key.id).unlink(missing_ok=True)
                del self._by_id[key.id]
                if self._by_day.get(key.day) is key:
                    del self._by_day[key.day]
            if dropped:
                self._disk.sync_folder(self._folder)
        except OSError as problem:
            raise failed("drop keys in", self._folder, problem) from problem
        return dropped

    def _make(self, day: str) -> DayKey:
        key_id, secret = os.urandom(ID_BYTES), os.urandom(_KEY_BYTES)
        path = self._path(day, key_id)
        try:
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                self._disk.write_all(file, secret)
                self._disk.sync(file)
            finally:
                os.close(file)
            self._disk.sync_folder(self._folder)
        except OSError as problem:
            path.unlink(missing_ok=True)
            raise failed("write a key in", self._folder, problem) from problem
        return self._take(key_id, day, secret)

    def _take(self, key_id: bytes, day: str, secret: bytes) -> DayKey:
        key = DayKey(key_id, day, AESGCM(secret))
        self._by_id[key_id] = key
        self._by_day[day] = key
        return key

    def _path(self, day: str, key_id: bytes) -> Path:
        return self._folder / f"{day}.{key_id.hex()}.key"


def _read(path: Path) -> bytes:
    """Return a file, b"" when it went since it was seen: a desk that runs drops keys."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
