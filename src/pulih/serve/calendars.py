"""Calendars of planned changes that the settings name, and those that machines hand in, as the desk reads them."""

from __future__ import annotations

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
