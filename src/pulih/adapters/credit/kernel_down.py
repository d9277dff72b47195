"""What was down where, as tables for the kernel: by layer and class of place, the runs of down time.

There are tens of thousands of region codes and a few dozen windows, so codes are put into classes by the window
regions that cover them; a class is made when the first code that needs it is met. Lists get classes of their own, an
incident and a service each, in which a layer is down for ever.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

import msgspec
import numpy as np

from pulih.adapters.credit.columns import LISTED_FROM_US, LISTED_TO_US
from pulih.adapters.credit.kernel_exposure import Down, Reach
from pulih.compensate.outages import CreditIncident, Window
from pulih.compensate.regions import EVERYWHERE, depth
from pulih.compensate.runs import Runs, union

EVERY_SERVICE: Final = "*"
_Pieces = dict[int, Runs]


class Layer(msgspec.Struct, frozen=True):
    """Windows or lists of one incident that name one of some services (None: any), not deeper than a bound."""

    incident: int
    location: Literal["presence", "home", "presence_else_home", "listed"]
    services: tuple[str, ...] | None
    depth_max: int | None

    def heeds(self, service: str) -> bool:
        """Whether the layer is down where this service is."""
        return self.services is None or service == EVERY_SERVICE or service in self.services


class _Classes:
    """Runs of each layer in each class; class 0 is a place where nothing is ever down."""

    def __init__(self, layers: tuple[Layer, ...]) -> None:
        self.layers = layers
        self._pieces: list[_Pieces] = [{}]
        self._built = self._build()
        self._size = 1

    def add(self, pieces: _Pieces) -> int:
        """Take a new class; return its number."""
        self._pieces.append(pieces)
        return len(self._pieces) - 1

    def tables(self) -> tuple[Down, Reach]:
        """The tables of all classes so far."""
        if self._size != len(self._pieces):
            self._built, self._size = self._build(), len(self._pieces)
        return self._built

    def _build(self) -> tuple[Down, Reach]:
        first = np.zeros((len(self.layers), len(self._pieces)), np.int32)
        count = np.zeros_like(first)
        reach = Reach(*(np.zeros(len(self._pieces), np.int64) for _ in range(4)))
        flat: list[tuple[int, int]] = []
        for number, pieces in enumerate(self._pieces):
            for layer, runs in pieces.items():
                first[layer, number], count[layer, number] = len(flat), len(runs)
                flat.extend(runs)
            self._measure(reach, number, pieces)
        bounds = np.array(flat, np.int64).reshape(-1, 2)
        return Down(first, count, bounds[:, 0].copy(), bounds[:, 1].copy()), reach

    def _measure(self, reach: Reach, number: int, pieces: _Pieces) -> None:
        by_rows = [run for layer, runs in pieces.items() if self.layers[layer].location != "home" for run in runs]
        at_home = [len(runs) for layer, runs in pieces.items() if "home" in self.layers[layer].location]
        reach.runs[number], reach.home[number] = len(by_rows), sum(at_home)
        reach.start[number] = min((start for start, _ in by_rows), default=0)
        reach.end[number] = max((end for _, end in by_rows), default=0)


class RegionClasses:
    """Classes of region codes, by the windows of all incidents.

    >>> window = Window("31", "data", 0, 60)
    >>> classes = RegionClasses((Layer(0, "presence", None, None),),
    ...     (CreditIncident(id="A", zone="UTC", windows=(window,)),))
    >>> [classes.class_of(code) for code in ("31.74", "31", "3", "32.71", "31.75")]
    [1, 1, 0, 0, 1]
    """

    def __init__(self, layers: tuple[Layer, ...], incidents: tuple[CreditIncident, ...]) -> None:
        """Take the layers and the incidents that they number."""
        self._classes = _Classes(layers)
        self._windows: dict[str, list[tuple[int, Window]]] = {}
        for number, incident in enumerate(incidents):
            for window in incident.windows:
                self._windows.setdefault(window.region, []).append((number, window))
        self._layers: dict[int, list[tuple[int, Layer]]] = {}
        for number, layer in enumerate(layers):
            if layer.location != "listed":
                self._layers.setdefault(layer.incident, []).append((number, layer))
        self._known: dict[str, int] = {}
        self._by_cover: dict[tuple[str, ...], int] = {(): 0}

    def class_of(self, code: str) -> int:
        """The class of a region code."""
        known = self._known.get(code)
        if known is None:
            cover = tuple(sorted(region for region in {EVERYWHERE, *_prefixes(code)} if region in self._windows))
            if cover not in self._by_cover:
                self._by_cover[cover] = self._classes.add(self._pieces(cover))
            known = self._known[code] = self._by_cover[cover]
        return known

    def tables(self) -> tuple[Down, Reach]:
        """The tables of all classes so far."""
        return self._classes.tables()

    def _pieces(self, cover: tuple[str, ...]) -> _Pieces:
        found: dict[int, list[tuple[int, int]]] = {}
        for region in cover:
            for incident, window in self._windows[region]:
                for number, layer in self._layers.get(incident, ()):
                    too_deep = layer.depth_max is not None and depth(region) > layer.depth_max
                    if not too_deep and layer.heeds(window.service):
                        found.setdefault(number, []).append((window.start_us, window.end_us))
        return {number: union(pieces) for number, pieces in found.items()}


class ListClasses:
    """Classes of listed rows: an incident and a service each."""

    def __init__(self, layers: tuple[Layer, ...], incidents: tuple[CreditIncident, ...]) -> None:
        """Take the layers and the incidents that they number."""
        self._classes = _Classes(layers)
        self._numbers = {incident.id: number for number, incident in enumerate(incidents)}
        self._known: dict[tuple[str, str], int] = {}

    def class_of(self, incident_id: str, service: str) -> int:
        """The class of a row; 0 for an incident that is not in the file."""
        key = (incident_id, service)
        if key not in self._known:
            number = self._numbers.get(incident_id)
            heeding = [
                at
                for at, layer in enumerate(self._classes.layers)
                if layer.location == "listed" and layer.incident == number and layer.heeds(service)
            ]
            self._known[key] = (
                self._classes.add(dict.fromkeys(heeding, ((LISTED_FROM_US, LISTED_TO_US),))) if heeding else 0
            )
        return self._known[key]

    def tables(self) -> tuple[Down, Reach]:
        """The tables of all classes so far."""
        return self._classes.tables()


def _prefixes(code: str) -> Iterable[str]:
    """The codes of which this one is part, and itself."""
    at = code.find(".")
    while at >= 0:
        yield code[:at]
        at = code.find(".", at + 1)
    yield code
