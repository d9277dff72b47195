"""Planning: calendars of planned changes, as the settings name them and machines send them."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from pulih.adapters.announcement import understood_by
from pulih.adapters.calendar_files import CalendarFile, CalendarFiles
from pulih.adapters.config import DeskSettings
from pulih.main import zone_name
from pulih.ports.clock import Clock
from pulih.ports.incidents import PlannedChangeStore
from pulih.serve.knowledge import Known


def calendars_of(
    settings: DeskSettings, folder: Path, changes: PlannedChangeStore, *, known: Known, clock: Clock
) -> CalendarFiles:
    """Return what keeps the calendars of a desk.

    Args:
        settings: the desk's; they name files.
        folder: of calendars that machines sent.
        changes: where what they announce is kept.
        known: operators and places.
        clock: the desk's.
    """
    return CalendarFiles(
        [CalendarFile(one.file, one.operator) for one in settings.maintenance],
        folder,
        changes,
        understood=understood_by(known.catalogue, known.places),
        zone=ZoneInfo(zone_name(settings.desk.zone)),
        clock=clock,
    )
