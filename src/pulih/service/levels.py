"""Complaint levels and measurements as the public sees them: reports against what is usual, probes that answer or not.

A level is about reports and never about customers; where nothing can be heard it is unknown and never as usual
(requirement L5).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import msgspec

from pulih.model.bulletin import ComplaintLevel, Level, Measurement
from pulih.model.clock import HOUR_S, MICROS
from pulih.model.reading import Service
from pulih.ports.live import Row
from pulih.service.view import OperatorNow, RegionNow, Series, SourceNow, Weighed

# So many times the usual is far above it.
FAR: Final = 3.0
# A curve is of twelve times a quarter of an hour.
CURVE_STEP_S: Final = 900
CURVE_STEPS: Final = 12
# What a probe said before that is no measurement of now.
MEASURED_US: Final = 15 * 60 * MICROS
_HOUR_US: Final = HOUR_S * MICROS


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What levels are made of, asked of the live desk when they are wanted.

    Attributes:
        operators, sources: all that were heard of.
        regions: regions of an operator over [start_us, end_us) that were named.
        series: of an operator and a region ("" the country) over [start_us, end_us), in steps of `CURVE_STEP_S`.
    """

    operators: Callable[[], Sequence[OperatorNow]]
    sources: Callable[[], Sequence[SourceNow]]
    regions: Callable[[str, int, int], Sequence[RegionNow]]
    series: Callable[[str, str, int, int], Series]


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What is heard and measured now: whether a source of complaints lives, and whether some of it was made up."""

    heard: bool = False
    simulated: bool = False
    levels: tuple[ComplaintLevel, ...] = ()
    measurements: tuple[Measurement, ...] = ()


def level(reports: float, usual: float) -> Level:
    """Return how reports stand against usual, in words that chance does not move: above is three spreads above.

    >>> level(9, 8.0), level(30, 8.0), level(18, 8.0)
    ('usual', 'far_above', 'above')
    """
    if reports <= usual + 3 * math.sqrt(usual + 1):
        return "usual"
    return "far_above" if reports >= FAR * max(usual, 1.0) else "above"


def level_of(one: OperatorNow | RegionNow) -> Level:
    """Return the level of reports as they weigh: a thousand from one hand turn no public page (requirement L4).

    >>> level_of(OperatorNow(operator="xl", name="XL", reports=1000, usual=9.0, weighed=Weighed(2.6, 0.3)))
    'usual'
    """
    told = one.weighed or Weighed(one.reports, one.usual)
    return level(told.reports, told.usual)


def can_hear(sources: Iterable[SourceNow], machines: frozenset[str] = frozenset()) -> bool:
    """Whether a source of complaints lives; probes, alarms and what measures from afar, by their names, are none."""
    return any(one.liveness == "live" and one.source not in machines for one in sources)


def levels(asked: Asked, shown: Callable[[str], bool], now_us: int, *, heard: bool) -> tuple[ComplaintLevel, ...]:
    """Return the levels of operators that are shown: of the country, of services, and of each region that was named.

    Args:
        asked: where they come from.
        shown: whether an operator is, by its id.
        now_us: the moment until which is counted, over the hour before it.
        heard: whether a source of complaints lives; all levels are unknown where none does.

    Returns: the country first, then services and regions by reports, for one operator after another.
    """
    found: list[ComplaintLevel] = []
    for one in asked.operators():
        if not one.operator or not shown(one.operator):
            continue
        if not heard:
            found.append(ComplaintLevel(operator=one.operator, level="unknown"))
            continue
        curve = _curve(asked, one.operator, "", now_us)
        found.append(_level(one.operator, one, curve))
        found += [_of_service(one, service, reports) for service, reports in one.services]
        for region in asked.regions(one.operator, now_us - _HOUR_US, now_us):
            drawn = _curve(asked, one.operator, region.code, now_us) if level_of(region) != "usual" else ()
            found.append(_level(one.operator, region, drawn))
    return tuple(found)


def measurements(
    rows: Iterable[Row], kinds: Mapping[str, str], shown: Callable[[str], bool], now_us: int
) -> tuple[Measurement, ...]:
    """Return what own probes said last, together for each operator, kind and region.

    Args:
        rows: probes and alarms, oldest first.
        kinds: what is asked ("dns"), by the source of a probe.
        shown: whether an operator is, by its id.
        now_us: the present; older answers than `MEASURED_US` are left out.
    """
    last = {row.source: row for row in rows if row.source in kinds and now_us - row.at_us <= MEASURED_US}
    told: dict[tuple[str, str, str | None], list[Row]] = {}
    for source, row in sorted(last.items()):
        if row.operator is not None and shown(row.operator):
            told.setdefault((row.operator, kinds[source], row.region), []).append(row)
    return tuple(
        Measurement(
            operator=operator,
            kind=kind,
            region=region,
            asked=len(said),
            failed=sum(not row.recovered for row in said),
            at_us=max(row.at_us for row in said),
        )
        for (operator, kind, region), said in told.items()
    )


def _level(operator: str, one: OperatorNow | RegionNow, curve: tuple[int, ...]) -> ComplaintLevel:
    told = level_of(one)
    return ComplaintLevel(
        operator=operator,
        region=one.code if isinstance(one, RegionNow) else None,
        level=told,
        reports=one.reports,
        usual=one.usual,
        repeated=told == "usual" and _would_be_more(one),
        curve=curve,
    )


def _would_be_more(one: OperatorNow | RegionNow) -> bool:
    """Whether so many reports would be above usual, did each count in full."""
    return one.weighed is not None and level(one.reports, one.weighed.usual) != "usual"


def _of_service(one: OperatorNow, service: Service, reports: int) -> ComplaintLevel:
    """Return the level of a service: above where its reports alone are more than usual of the whole operator.

    Where they are not, the service is as usual if the operator is; else nobody knows.
    """
    whole = one.weighed or Weighed(one.reports, one.usual)
    # What each weighs is known of all of them together.
    told = level(reports * whole.reports / max(one.reports, 1), whole.usual)
    if told == "usual" and level_of(one) != "usual":
        told = "unknown"
    return ComplaintLevel(operator=one.operator, service=service, level=told, reports=reports, usual=one.usual)


def _curve(asked: Asked, operator: str, region: str, now_us: int) -> tuple[int, ...]:
    """Return the reports of the last quarters of an hour; none where some of them could not be heard."""
    end_us = -(-now_us // (CURVE_STEP_S * MICROS)) * CURVE_STEP_S * MICROS
    drawn = asked.series(operator, region, end_us - CURVE_STEPS * CURVE_STEP_S * MICROS, end_us)
    counts = drawn.counts[:CURVE_STEPS]
    return tuple(int(one) for one in counts if one is not None) if None not in counts else ()
