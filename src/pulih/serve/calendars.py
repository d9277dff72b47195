"""Calendars of planned changes that the settings name, and those that machines hand in, as the desk reads them."""

from __future__ import annotations

import threading
from zoneinfo import ZoneInfo

from pulih.adapters.announcement import understood_by
from pulih.adapters.calendar_files import CalendarFile, CalendarFiles
from pulih.adapters.config import DeskSettings
from pulih.adapters.data_folder import Layout
from pulih.main import zone_name
from pulih.ports.clock import Clock
from pulih.ports.incidents import PlannedChangeStore
from pulih.serve.knowledge import Known


def calendars_of(
    settings: DeskSettings, known: Known, layout: Layout, *, changes: PlannedChangeStore, clock: Clock
) -> CalendarFiles:
    """Return the reader of calendars.

    Args:
        settings: of the desk.
        known: operators and places, by which a calendar's words are understood.
        layout: of the data folder.
        changes: where what was read goes.
        clock: the desk's.
    """
    return CalendarFiles(
        [CalendarFile(one.file, one.operator) for one in settings.maintenance],
        layout.calendars,
        changes,
        understood=understood_by(known.catalogue, known.places),
        zone=ZoneInfo(zone_name(settings.desk.zone)),
        clock=clock,
    )


class Planning:
    """Calendars, read by one thread at a time; each method may be called from any.

    Args:
        calendars: their reader.
    """

    def __init__(self, calendars: CalendarFiles) -> None:
        self._calendars, self._lock = calendars, threading.Lock()

    def refresh(self, _: int) -> list[str]:
        """Read again what changed; return what could not be read, a sentence each."""
        with self._lock:
            return self._calendars.refresh()

    def keep(self, name: str, calendar: bytes) -> list[str]:
        """Keep a calendar that was handed in; return what of it could not be read. Raises RefusedInput."""
        with self._lock:
            return self._calendars.keep(name, calendar)
