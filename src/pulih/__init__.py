"""Pulih, the open outage desk for telecoms: from complaints to a dated, placed outage.

The Python API. Names load when they are first used, since reading texts needs neither numba nor Arrow.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pulih.adapters.calendars import public_calendar
    from pulih.detect.scanner import CountFinding, CountScanner, scan_counts
    from pulih.main import Wishes, backtest
    from pulih.main_reading import read_texts
    from pulih.model.reading import Reading
    from pulih.service.outcome import Outcome

_HOMES = {
    "CountFinding": "pulih.detect.scanner",
    "CountScanner": "pulih.detect.scanner",
    "Outcome": "pulih.service.outcome",
    "Reading": "pulih.model.reading",
    "Wishes": "pulih.main",
    "backtest": "pulih.main",
    "public_calendar": "pulih.adapters.calendars",
    "read_texts": "pulih.main_reading",
    "scan_counts": "pulih.detect.scanner",
}

__all__ = [
    "CountFinding",
    "CountScanner",
    "Outcome",
    "Reading",
    "Wishes",
    "backtest",
    "public_calendar",
    "read_texts",
    "scan_counts",
]


def __getattr__(name: str) -> object:
    """Load a public name from its room."""
    if name not in _HOMES:
        raise AttributeError(f"pulih has no {name!r}; its names are {', '.join(__all__)}.")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """Return what the package offers."""
    return sorted(__all__)
