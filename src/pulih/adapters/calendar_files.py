"""Keeps the desk's planned changes in step with calendar files: those of the settings, and those that came by webhook.

A file is read again when it changed and once a day, since occurrences are made half a year ahead. What is no longer in
a calendar is forgotten, and with a calendar that is there no more all that it said, also where it went, or the data
folder was moved, while the desk was stopped. A file that cannot be read any more leaves what it said before, and a
sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import tzinfo
from pathlib import Path
from typing import Final
from zlib import crc32

import msgspec

from pulih.adapters.data_folder import write_private
from pulih.adapters.maintenance import AHEAD_US, BACK_US, CALENDAR_BYTES_MAX, Understood, read_calendar
from pulih.model.clock import DAY_S, MICROS
from pulih.model.errors import RefusedInput
from pulih.ports.clock import Clock
from pulih.ports.incidents import PlannedChangeStore
from pulih.ports.live import PlannedChange

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")
_FILES_MAX: Final = 200
# How the id of a change begins that a calendar announced; see `_name`.
_OF_CALENDAR: Final = re.compile(r".*\.[0-9a-f]{8}/")


class CalendarFile(msgspec.Struct, frozen=True):
    """A calendar, and whose changes it holds where its words name nobody."""

    path: Path
    operator: str = ""


class CalendarFiles:
    """Brings calendars into the store. `refresh` and `keep` are for one thread.

    Args:
        files: those of the settings.
        folder: of those that came by webhook.
        store: where planned changes are kept.
        understood: makes operator and region of words.
        zone: of times that state none.
        clock: the desk's time.
    """

    def __init__(
        self,
        files: Sequence[CalendarFile],
        folder: Path,
        store: PlannedChangeStore,
        *,
        understood: Understood,
        zone: tzinfo,
        clock: Clock,
    ) -> None:
        self._files = tuple(files)
        self._folder = folder
        self._store = store
        self._understood = understood
        self._zone = zone
        self._clock = clock
        # What each file was when it was read last, and on which day that was.
        self._seen: dict[Path, tuple[int, int, int]] = {}
        self._said: dict[Path, tuple[str, ...]] = {}
        # What calendars said that went before this start is forgotten once.
        self._settled = False

    def refresh(self) -> list[str]:
        """Read what is new, and return a sentence for each file and event that could not be used.

        Raises: OutsideFailed when the store cannot be written.
        """
        files = (*self._files, *(CalendarFile(path) for path in sorted(self._folder.glob("*.ics"))[:_FILES_MAX]))
        for path in [path for path in self._seen if path not in {one.path for one in files}]:
            self._replace(path, ())
            del self._seen[path], self._said[path]
        if not self._settled:
            self._forget_but({_name(one.path) for one in files})
            self._settled = True
        for one in files:
            self._read(one)
        return [sentence for said in self._said.values() for sentence in said]

    def keep(self, name: str, data: bytes) -> list[str]:
        """Take a calendar that came by webhook, in place of the last one of its name.

        Returns: a sentence for each event that could not be used.
        Raises: RefusedInput when it is no calendar, the name is none, or there are too many; OutsideFailed when the
            disk refuses.
        """
        if _NAME.fullmatch(name) is None:
            raise RefusedInput(f"{name!r} is no name of a calendar; right would be small letters, digits, dots, dashes")
        # Whatever cannot be read must not take the place of what can.
        read_calendar(data, name, self._understood, zone=self._zone, now_us=self._clock.now_us())
        path = self._folder / f"{name}.ics"
        there = set(self._folder.glob("*.ics"))
        if path not in there and len(there) >= _FILES_MAX:
            raise RefusedInput(
                f"The desk keeps {len(there)} calendars already; right would be one of these names, with all changes "
                f"of its kind in it, or to remove those that are over from {self._folder}"
            )
        write_private(path, data)
        self._read(CalendarFile(path))
        return list(self._said.get(path, ()))

    def _read(self, one: CalendarFile) -> None:
        now_us = self._clock.now_us()
        try:
            about = one.path.stat()
            seen = (about.st_mtime_ns, about.st_size, now_us // (DAY_S * MICROS))
            if self._seen.get(one.path) == seen:
                return
            with one.path.open("rb") as file:
                data = file.read(CALENDAR_BYTES_MAX + 1)
            read = read_calendar(
                data, _name(one.path), self._understood, zone=self._zone, now_us=now_us, operator=one.operator
            )
        except OSError as error:
            self._said[one.path] = (f"{one.path} cannot be read ({error.strerror}); its last planned changes stay.",)
            return
        except RefusedInput as refusal:
            self._said[one.path] = (f"{refusal}; its last planned changes stay.",)
            return
        self._replace(one.path, read.changes)
        self._seen[one.path] = seen
        self._said[one.path] = read.unusable

    def _forget_but(self, names: set[str]) -> None:
        """Forget what calendars of other names than these said."""
        now_us = self._clock.now_us()
        told = (change.id for change in self._store.between(now_us - BACK_US, now_us + AHEAD_US))
        self._store.drop({one for one in told if _OF_CALENDAR.match(one) and one.partition("/")[0] not in names})

    def _replace(self, path: Path, changes: Sequence[PlannedChange]) -> None:
        """Put the changes of a calendar in place of those it held before."""
        now_us = self._clock.now_us()
        own = f"{_name(path)}/"
        before = {change.id for change in self._store.between(now_us - BACK_US, now_us + AHEAD_US)}
        gone = {one for one in before if one.startswith(own)} - {change.id for change in changes}
        self._store.put(changes)
        self._store.drop(gone)


def _name(path: Path) -> str:
    """Return a name for a calendar that another one of the same file name does not have."""
    return f"{path.stem[:50]}.{crc32(bytes(path)):08x}"
