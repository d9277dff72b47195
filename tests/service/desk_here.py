"""A whole desk that reads in the process of a test: processes of its own take as long to begin as all the rest."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pulih.adapters.config import DeskSettings
from pulih.adapters.data_folder import DataFolder
from pulih.adapters.reading_workers import OneReader
from pulih.adapters.remembered_readings import RememberedReadings
from pulih.main_reading import make_reader
from pulih.ports.clock import Clock
from pulih.ports.credit_desk import CreditPress
from pulih.serve.desk import Desk
from pulih.serve.reading import own_operator


def desk_here(folder: DataFolder, settings: DeskSettings, clock: Clock, *, press: CreditPress | None = None) -> Desk:
    """Return a desk as `pulih serve` makes it, but for the processes that read."""
    desk = settings.desk
    reader = _reader(own_operator(settings), desk.catalogue, desk.places)
    return Desk(folder, settings, clock, press=press, readers=RememberedReadings(reader, lambda: None))


@cache
def _reader(operator: str | None, catalogue: Path | None, places: Path | None) -> OneReader:
    return OneReader(make_reader(operator, catalogue, places))
