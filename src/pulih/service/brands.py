"""Brands: of a network and the brands it carries, the one that holds the trouble tells it, once.

A network is watched with the reports of all its brands. When nearly all of a rise comes from one brand, that
brand's own finding tells it; when it does not, a brand's finding within it is only part of it. Both are judged
by what was known at the alarm.
"""

from __future__ import annotations

import numpy as np

from pulih.detect.calendar import Calendar
from pulih.detect.family import ScopeRise
from pulih.detect.tally import Columns, Tally
from pulih.service.hierarchy import Family

# As for places: who holds this share of the evidence holds the trouble.
HOLDING_SHARE = 0.6


def held_by_a_brand(rise: ScopeRise, at: int, family: Family, *, tally: Tally, calendar: Calendar) -> bool:
    """Whether one carried brand holds what the network's `rise` rests on up to bin `at`."""
    whole = _evidence(tally.columns(list(family.members)), rise.onset, at, calendar)
    return any(
        _evidence(tally.columns([brand]), rise.onset, at, calendar) >= HOLDING_SHARE * whole
        for brand in family.members[1:]
        if brand in tally.operators()
    )


def part_of_network(rise: ScopeRise, at: int, family: Family, *, tally: Tally, calendar: Calendar) -> bool:
    """Whether a brand's `rise` holds less than its share of what its network's brands report at bin `at`."""
    own = _evidence(tally.columns([family.operator]), rise.onset, at, calendar)
    whole = _evidence(tally.columns([*family.carriers]), rise.onset, at, calendar)
    return own < HOLDING_SHARE * whole


def _evidence(columns: Columns, first: int, last: int, calendar: Calendar) -> float:
    edges = [calendar.start_s + first * calendar.bin_s, calendar.start_s + (last + 1) * calendar.bin_s]
    low, high = np.searchsorted(columns.at_s, edges)
    return float(columns.y[low:high].sum())
