"""Reading: how the desk's workers come by a reader, and who its texts are about when they name nobody."""

from __future__ import annotations

import os
from functools import partial

from pulih.adapters.config import DeskSettings
from pulih.adapters.reading_workers import ReadingWorkers
from pulih.adapters.remembered_readings import RememberedReadings
from pulih.main_reading import make_reader


def own_operator(settings: DeskSettings) -> str | None:
    """Return the operator that is meant where neither a text nor its source names one: that of a desk with one.

    >>> from pulih.adapters.config import DeskTable
    >>> own_operator(DeskSettings(desk=DeskTable(operators=("xl",)))), own_operator(DeskSettings())
    ('xl', None)
    """
    own = settings.desk.operators
    return own[0] if settings.desk.mode == "operator" and len(own) == 1 else None


def reading_workers(settings: DeskSettings) -> RememberedReadings:
    """Return the processes that read, as many as the settings say, and what they read lately.

    Where they say nothing a core is left to the desk, until more waits than the others read soon: the desk takes less
    than a fifth of what reading takes, so in a flood there is one for each core.
    """
    desk, cores = settings.desk, os.cpu_count() or 1
    workers = settings.reading.workers or max(1, cores - 1)
    make = partial(make_reader, own_operator(settings), desk.catalogue, desk.places)
    readers = ReadingWorkers(make, workers, settings.reading.workers or cores)
    return RememberedReadings(readers, readers.close)
