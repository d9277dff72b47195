"""Measures over many incidents: medians, promises, and the availability indices of each operator by month.

A month is the calendar month of the onset in the desk's zone. Incidents whose people nobody counted are in the medians
of times and not in the indices, and it is said how many they are (requirement N1).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from pulih.learn.experience import Experience, Range, experience, indices
from pulih.model.clock import from_micros
from pulih.model.impact import Bounds
from pulih.model.record import Record

# The goal of the house for the first word, minutes (docs/incidents.md).
FIRST_WORD_GOAL_MIN: Final = 15
TIMES: Final = (
    "time_to_detect",
    "time_to_acknowledge",
    "time_to_first_word",
    "time_to_claim",
    "time_to_restore",
    "claim_gap",
)


class Point(msgspec.Struct, frozen=True):
    """One incident of the trend: its id, whose, when, and its measures."""

    incident: str
    operator: str
    onset_us: int
    measures: Experience


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """The availability indices of one operator in one month ("2026-11").

    `incidents` fell into it, of which people were counted in `counted`; `served` is what SAIDI and SAIFI are per.
    """

    operator: str
    month: str
    incidents: int
    counted: int
    served: Bounds | None
    saidi: Range | None
    saifi: Range | None
    caidi: Range | None


class Trend(msgspec.Struct, frozen=True, kw_only=True):
    """Many incidents.

    Attributes:
        points: latest first.
        medians: minutes by measure, over the incidents of which it is known; None where of none.
        known: of how many it is.
        in_time: first words within the goal, of `told` incidents that had one.
        kept, broken: promises of all.
        periods: latest month first, then by operator.
    """

    points: tuple[Point, ...]
    medians: Mapping[str, float | None]
    known: Mapping[str, int]
    in_time: int
    told: int
    kept: int
    broken: int
    periods: tuple[Period, ...]


def trend(records: Iterable[Record], *, now_us: int) -> Trend:
    """Return the measures of many incidents.

    Args:
        records: of incidents that are over.
        now_us: the present.

    >>> trend([], now_us=0).medians["time_to_restore"] is None
    True
    """
    ordered = sorted(records, key=lambda one: -one.incident.onset_us)
    points = tuple(
        Point(one.incident.id, one.incident.operator, one.incident.onset_us, experience(one, now_us=now_us))
        for one in ordered
    )
    known = {name: [found for one in points if (found := one.measures.minutes[name]) is not None] for name in TIMES}
    words = known["time_to_first_word"]
    return Trend(
        points=points,
        medians={name: median(found) if found else None for name, found in known.items()},
        known={name: len(found) for name, found in known.items()},
        in_time=sum(one <= FIRST_WORD_GOAL_MIN for one in words),
        told=len(words),
        kept=sum(one.measures.kept for one in points),
        broken=sum(one.measures.broken for one in points),
        periods=tuple(_periods(ordered, now_us)),
    )


def month_of(record: Record) -> str:
    """Return the month of an incident's onset, in the desk's zone."""
    return f"{from_micros(record.incident.onset_us).astimezone(ZoneInfo(record.zone)):%Y-%m}"


def _periods(ordered: Sequence[Record], now_us: int) -> Iterable[Period]:
    keys = dict.fromkeys((month_of(one), one.incident.operator) for one in ordered)
    for month, operator in sorted(keys, key=lambda key: (_backwards(key[0]), key[1])):
        found = [one for one in ordered if (month_of(one), one.incident.operator) == (month, operator)]
        # The latest word on how many are served stands for the month.
        served = next((one.figures.served for one in found if one.figures.served is not None), None)
        saidi, saifi, caidi = indices(found, served=served, now_us=now_us)
        yield Period(
            operator=operator,
            month=month,
            incidents=len(found),
            counted=sum(bool(one.figures.affected) for one in found),
            served=served,
            saidi=saidi,
            saifi=saifi,
            caidi=caidi,
        )


def _backwards(month: str) -> int:
    return -int(month.replace("-", ""))
