"""Tally: what every reading adds to the counts of the operators it concerns, kept as compact columns.

A report counts with its probability, its weight, and how much its symptom speaks of a lost service; talk
that only names the operator counts for the quality gate alone. Twenty-odd bytes a signal, so that ten million
fit in memory; texts are not kept here.
"""

from __future__ import annotations

from array import array

import msgspec
import numpy as np
from numpy.typing import NDArray

from pulih.model.clock import MICROS
from pulih.model.reading import SERVICE_LOSS, Reading

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Stands for "no operator named": a file of one provider need not name it in every text.
UNNAMED = ""
# Below this probability a text is taken for talk: the many bare insults would otherwise make the usual level.
REPORT_FLOOR = 0.2
# A report of habit ("every weekend") is mostly written because it is happening, but less surely so.
HABIT_FACTOR = 0.9
# Who names an operator and a place and talks neither of prices nor of anything else has a reason to.
PLACED_FLOOR = 0.7
# Billing, quota and app failures are reports, but no loss of service.
OTHER_FACTOR = 0.1
# From here on a report speaks for the gate as one of a lost service, and from this weight on as one head of its own.
LOSS_FLOOR = 0.4
HEAD_WEIGHT = 0.3


class Columns(msgspec.Struct, frozen=True):
    """The tally of one operator as arrays of equal length, by time.

    Attributes:
        at_s: seconds since 1970 UTC.
        y: counted evidence of a lost service, 0..1.
        loss: 1 where it passes as somebody's report of a lost service, else 0.
        talk: 1 for any text that names the operator and is not a mere copy, else 0.
        region: index into `Tally.codes`, -1 without a place.
        place_p: probability of that place.
        acute: 1 where the report is of now.
    """

    at_s: Ints
    y: Floats
    loss: Floats
    talk: Floats
    region: Ints
    place_p: Floats
    acute: Ints


class _Store:
    __slots__ = ("acute", "at_s", "loss", "place_p", "region", "talk", "y")

    def __init__(self) -> None:
        self.at_s = array("q")
        self.y = array("f")
        self.loss = array("f")
        self.talk = array("f")
        self.region = array("h")
        self.place_p = array("f")
        self.acute = array("b")

    def columns(self) -> Columns:
        return Columns(
            at_s=np.array(self.at_s, dtype=np.int64),
            y=np.array(self.y, dtype=np.float64),
            loss=np.array(self.loss, dtype=np.float64),
            talk=np.array(self.talk, dtype=np.float64),
            region=np.array(self.region, dtype=np.int64),
            place_p=np.array(self.place_p, dtype=np.float64),
            acute=np.array(self.acute, dtype=np.int64),
        )


def probability(reading: Reading) -> float:
    """Return how probably a reading reports a lost service: its own word, or what naming a place tells."""
    unclear = reading.talk in ("trouble", "other") and not reading.recovered
    if unclear and reading.places and blamed(reading) != UNNAMED:
        return max(reading.p_report, PLACED_FLOOR)
    return reading.p_report


def blamed(reading: Reading) -> str:
    """Return the operator a reading counts for: the one at fault, else the only one that is named with a place."""
    if reading.operator is None and len(reading.named) == 1 and reading.places:
        return reading.named[0]
    return reading.operator or UNNAMED


def counted(reading: Reading, weight: float) -> float:
    """Return how much a reading counts as evidence of a lost service, 0..1."""
    p = probability(reading)
    if p < REPORT_FLOOR or (reading.recovered and not reading.is_report):
        return 0.0
    kind = 1.0 if reading.symptom in SERVICE_LOSS or not reading.is_report else OTHER_FACTOR
    now = 1.0 if reading.acute or not reading.is_report else HABIT_FACTOR
    return weight * p * kind * now


class Tally:
    """Adds up readings, operator by operator, in the order of time."""

    def __init__(self) -> None:
        self._stores: dict[str, _Store] = {}
        self.codes: list[str] = []
        self._index: dict[str, int] = {}

    def add(self, at_us: int, reading: Reading, weight: float) -> None:
        """Add one reading to the operator at fault, and as talk to all others it names."""
        operator = blamed(reading)
        self._append(operator, at_us, reading, weight)
        for named in reading.named:
            if named != operator:
                self._talk(named, at_us, weight)

    def operators(self) -> list[str]:
        """Return the operators that have any signal, sorted."""
        return sorted(self._stores)

    def columns(self, operators: list[str]) -> Columns:
        """Return the signals of `operators` together, by time."""
        parts = [self._stores[one].columns() for one in operators if one in self._stores]
        joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in Columns.__struct_fields__}
        order = np.argsort(joined["at_s"], kind="stable")
        return Columns(**{name: values[order] for name, values in joined.items()})

    def _append(self, operator: str, at_us: int, reading: Reading, weight: float) -> None:
        store = self._stores.setdefault(operator, _Store())
        y = counted(reading, weight)
        store.at_s.append(at_us // MICROS)
        store.y.append(y)
        head = 1 if weight >= HEAD_WEIGHT else 0
        store.loss.append(head if y >= LOSS_FLOOR * weight else 0)
        store.talk.append(head)
        place = reading.places[0] if reading.places and y > 0 else None
        store.region.append(self._code(place.code) if place else -1)
        store.place_p.append(place.p if place else 0.0)
        store.acute.append(1 if reading.acute and y > 0 else 0)

    def _talk(self, operator: str, at_us: int, weight: float) -> None:
        store = self._stores.setdefault(operator, _Store())
        store.at_s.append(at_us // MICROS)
        store.y.append(0.0)
        store.loss.append(0.0)
        store.talk.append(1 if weight >= HEAD_WEIGHT else 0)
        store.region.append(-1)
        store.place_p.append(0.0)
        store.acute.append(0)

    def _code(self, code: str) -> int:
        index = self._index.get(code)
        if index is None:
            index = self._index[code] = len(self.codes)
            self.codes.append(code)
        return index
